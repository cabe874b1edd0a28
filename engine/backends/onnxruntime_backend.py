"""ONNX Runtime on the CPU."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from engine.backends.base import split_outputs
from engine.backends.graph_part import graph_of
from engine.backends.side_by_side import SideBySide
from engine.errors import BackendError
from models.spec import DT_INPUT, FRAME_INPUT

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from engine.backends.base import State, StepOutput
    from engine.bundle import Bundle
    from models.spec import HeadSpec

NAME: Final = "onnxruntime"


def probe() -> str:
    """Return the version; raises `ImportError` where it is not installed."""
    import onnxruntime

    return str(onnxruntime.__version__)


class OnnxRuntimeBackend:
    """One session, run synchronously in the calling thread; a batch as rows side by side.

    For batches a second session of one thread is loaded, when the first one comes.
    """

    def __init__(
        self, bundle: Bundle, threads: int, heads: Sequence[HeadSpec] | None = None
    ) -> None:
        self._bundle_name, self._graph = bundle.manifest.name, graph_of(bundle, heads)
        self._threads = threads
        self._session: Any = self._load(threads)
        self._outputs = [output.name for output in self._session.get_outputs()]
        self._rows: SideBySide | None = None

    @property
    def name(self) -> str:
        """Key of the runtime."""
        return NAME

    @property
    def device(self) -> str:
        """What it runs on, for people."""
        return f"CPU, f32, {self._threads} thread{'s' if self._threads > 1 else ''}"

    def step(self, frame: NDArray[np.uint8], dt_s: NDArray[np.float32], state: State) -> StepOutput:
        """Run one frame of each row; see `engine.backends.base.Backend.step`."""
        if len(frame) == 1:
            return self._run(self._session, frame, dt_s, state)
        if self._rows is None:
            session = self._session if self._threads == 1 else self._load(1)
            self._rows = SideBySide(partial(self._run, session), self._threads)
        return self._rows(frame, dt_s, state)

    def close(self) -> None:
        """Release the sessions."""
        self._session = None
        if self._rows is not None:
            self._rows.close()
            self._rows = None

    def _load(self, threads: int) -> Any:
        import onnxruntime as ort

        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        # Spinning workers burn a core between frames for no lower latency (measured: 1.34 cores
        # against 0.43 at 30 fps).
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        try:
            return ort.InferenceSession(self._graph, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # its errors share no base class but Exception
            raise BackendError(
                f"ONNX Runtime cannot load the model {self._bundle_name!r}: {error}"
            ) from error

    def _run(
        self, session: Any, frame: NDArray[np.uint8], dt_s: NDArray[np.float32], state: State
    ) -> StepOutput:
        try:
            values = session.run(self._outputs, {FRAME_INPUT: frame, DT_INPUT: dt_s, **state})
        except Exception as error:
            raise BackendError(f"ONNX Runtime failed on a frame: {error}") from error
        return split_outputs(dict(zip(self._outputs, values, strict=True)))
