"""ONNX Runtime on what else a machine has than its processor, where the package brings it.

Nobody has run these on such a device yet: `benchmarks/gpu.md` lists what waits for one. The whole
graph is one session, rows go through it as one batch, and state goes through the host; on NVIDIA's
cards it stays there, see `engine.backends.onnxruntime_cuda`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from engine.backends.base import split_outputs
from engine.backends.graph_part import graph_of, outputs_of
from engine.errors import BackendError
from models.spec import DT_INPUT, FRAME_INPUT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from engine.backends.base import State, StepOutput
    from engine.bundle import Bundle
    from models.spec import HeadSpec


@dataclass(frozen=True, slots=True)
class Accelerator:
    """A device that ONNX Runtime may know.

    Attributes
    ----------
    name
        Key of the runtime.
    provider
        What ONNX Runtime calls it.
    package
        That brings it.
    options
        Of the provider: what keeps it at float32, which each gives up by default where it can.
    """

    name: str
    provider: str
    package: str
    options: Mapping[str, str] = field(default_factory=dict)

    def probe(self) -> str:
        """Return the version; raises `ImportError` where the provider is not there."""
        import onnxruntime as ort

        if self.provider not in ort.get_available_providers():
            raise ImportError(
                f"ONNX Runtime {ort.__version__} here has no {self.provider}; "
                f"the package {self.package} brings it"
            )
        return f"{ort.__version__}, {self.provider}"

    def create(
        self, bundle: Bundle, threads: int, heads: Sequence[HeadSpec] | None = None
    ) -> AcceleratedBackend:
        """Load a bundle; see `engine.backends.choice.Provider`. `threads` means nothing here."""
        return AcceleratedBackend(self, bundle, heads)


_ROWS: Final = "B"
"""Of the first dimension in the graphs that are exported here; in others it may stay open."""

ACCELERATORS: Final = (
    Accelerator(
        "onnxruntime-coreml",
        "CoreMLExecutionProvider",
        "onnxruntime (on a Mac)",
        {"ModelFormat": "MLProgram", "MLComputeUnits": "CPUAndGPU"},  # its Neural Engine has fp16
    ),
    Accelerator("onnxruntime-directml", "DmlExecutionProvider", "onnxruntime-directml"),
)


class AcceleratedBackend:
    """A session on an accelerator; nodes that it does not know run on the processor."""

    def __init__(
        self, accelerator: Accelerator, bundle: Bundle, heads: Sequence[HeadSpec] | None
    ) -> None:
        self._accelerator = accelerator
        self._outputs = outputs_of(bundle.manifest, heads)
        self._session = open_session(bundle, heads, accelerator.provider, accelerator.options)
        self._inputs = {value.name for value in self._session.get_inputs()}

    @property
    def name(self) -> str:
        """Key of the runtime."""
        return self._accelerator.name

    @property
    def device(self) -> str:
        """What it runs on, for people."""
        return f"{self._accelerator.provider.removesuffix('ExecutionProvider')}, f32"

    def step(self, frame: NDArray[np.uint8], dt_s: NDArray[np.float32], state: State) -> StepOutput:
        """Run one frame of each row; see `engine.backends.base.Backend.step`."""
        given = {FRAME_INPUT: frame, DT_INPUT: dt_s, **state}
        taken = {name: value for name, value in given.items() if name in self._inputs}
        try:
            values = self._session.run(self._outputs, taken)
        except Exception as error:
            raise BackendError(f"ONNX Runtime failed on a frame: {error}") from error
        return split_outputs(dict(zip(self._outputs, values, strict=True)))

    def close(self) -> None:
        """Do nothing: what was loaded goes with the object."""


def open_session(
    bundle: Bundle,
    heads: Sequence[HeadSpec] | None,
    provider: str,
    options: Mapping[str, str],
    rows: int | None = None,
) -> Any:
    """Load a bundle's graph into ONNX Runtime on a device.

    Parameters
    ----------
    rows
        That every step will have, if that is known: shapes are then computed once, here.

    Raises
    ------
    BackendError
        When it cannot, or would run it on the processor after all.
    """
    import onnxruntime as ort

    how = ort.SessionOptions()
    how.enable_mem_pattern = False  # DirectML demands it
    how.log_severity_level = 3
    if rows is not None:
        how.add_free_dimension_override_by_name(_ROWS, rows)
    try:
        session = ort.InferenceSession(
            graph_of(bundle, heads), how, providers=[(provider, dict(options))]
        )
    except Exception as error:  # its errors share no base class but Exception
        raise BackendError(
            f"ONNX Runtime cannot load the model {bundle.manifest.name!r}: {error}"
        ) from error
    if provider not in session.get_providers():
        # It says so in its log only, and runs on the processor: slower than our own backend.
        raise BackendError(f"ONNX Runtime cannot use {provider} on this machine.")
    return session
