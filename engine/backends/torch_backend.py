"""PyTorch, from the bundle's safetensors: the reference the others are compared with."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from engine.backends.base import StepOutput
from engine.backends.nvidia_card import open_card
from engine.errors import BackendError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from engine.backends.base import Backend, State
    from engine.bundle import Bundle
    from models.bundled_network import BundledNetwork
    from models.spec import HeadSpec

NAME: Final = "torch"


def probe() -> str:
    """Return the version; raises `ImportError` where it is not installed."""
    import torch

    return str(torch.__version__)


def create(bundle: Bundle, threads: int, heads: Sequence[HeadSpec] | None = None) -> Backend:
    """Load a bundle; see `engine.backends.choice.Provider`.

    On a card that NVIDIA's driver knows, memory stays there.

    Raises
    ------
    BackendError
        When PyTorch cannot load it.
    """
    import torch

    if torch.cuda.is_available():
        from engine.backends.torch_cuda import CudaTorchBackend

        with suppress(ImportError):  # PyTorch calls other makers' cards CUDA, too
            return CudaTorchBackend(bundle, open_card())
    return TorchBackend(bundle, threads, heads)


class TorchBackend:
    """The network itself, in eager mode, on CUDA where there is a device; state on the host.

    All heads run, whichever `heads` are wanted.
    """

    def __init__(
        self, bundle: Bundle, threads: int, heads: Sequence[HeadSpec] | None = None
    ) -> None:
        import torch

        self._torch: Any = torch
        torch.set_num_threads(threads)
        self._device = "cuda" if torch.cuda.is_available() else "cpu"
        self._network: Any = network_of(bundle).to(self._device)
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


def network_of(bundle: Bundle) -> BundledNetwork:
    """Return the network of a bundle; raises `BackendError` when its weights do not fit."""
    from models.network import load_network

    try:
        return load_network(bundle.folder).eval()
    except (OSError, KeyError, TypeError, ValueError, RuntimeError) as error:
        raise BackendError(
            f"PyTorch cannot load the model {bundle.manifest.name!r}: {error}"
        ) from error
