"""PyTorch, from the bundle's safetensors: the reference the others are compared with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from engine.backends.base import StepOutput
from engine.errors import BackendError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from engine.backends.base import State
    from engine.bundle import Bundle
    from models.spec import HeadSpec

NAME: Final = "torch"


def probe() -> str:
    """Return the version; raises `ImportError` where it is not installed."""
    import torch

    return str(torch.__version__)


class TorchBackend:
    """The network itself, in eager mode, on CUDA where there is a device.

    All heads run, whichever `heads` are wanted.
    """

    def __init__(
        self, bundle: Bundle, threads: int, heads: Sequence[HeadSpec] | None = None
    ) -> None:
        import torch

        from models.network import load_network

        self._torch: Any = torch
        torch.set_num_threads(threads)
        self._device = "cuda" if torch.cuda.is_available() else "cpu"
        try:
            self._network: Any = load_network(bundle.folder).eval().to(self._device)
        except (OSError, KeyError, ValueError, RuntimeError) as error:
            raise BackendError(
                f"PyTorch cannot load the model {bundle.manifest.name!r}: {error}"
            ) from error
        self._threads = threads

    @property
    def name(self) -> str:
        """Key of the runtime."""
        return NAME

    @property
    def device(self) -> str:
        """What it runs on, for people."""
        if self._device == "cuda":
            return f"{self._torch.cuda.get_device_name(0)}, f32"
        return f"CPU, f32, {self._threads} thread{'s' if self._threads > 1 else ''}"

    def step(self, frame: NDArray[np.uint8], dt_s: NDArray[np.float32], state: State) -> StepOutput:
        """Run one frame; see `engine.backends.base.Backend.step`."""
        put = self._torch.from_numpy
        try:
            with self._torch.inference_mode():
                heads, following = self._network.step(
                    put(frame).to(self._device),
                    {name: put(value).to(self._device) for name, value in state.items()},
                    put(dt_s).to(self._device),
                )
        except RuntimeError as error:
            raise BackendError(f"PyTorch failed on a frame: {error}") from error
        return StepOutput(
            {name: value.cpu().numpy() for name, value in heads.items()},
            {name: value.cpu().numpy() for name, value in following.items()},
        )

    def encoder(self) -> None:
        """Nothing runs ahead: this runtime is for comparison."""

    def close(self) -> None:
        """Release the network."""
        self._network = None
