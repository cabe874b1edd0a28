"""ONNX Runtime on the CPU."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from engine.backends.graph_part import graph_of, outputs_of
from engine.backends.precision import Precision
from engine.backends.stepper import Stepper
from engine.errors import BackendError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from engine.backends.base import Encoder, State, StepOutput, Tensors
    from engine.bundle import Bundle
    from models.spec import HeadSpec

NAME: Final = "onnxruntime"


def probe() -> str:
    """Return the version; raises `ImportError` where it is not installed."""
    import onnxruntime

    return str(onnxruntime.__version__)


class OnnxRuntimeBackend:
    """Sessions run synchronously in the calling thread; a batch as rows side by side."""

    def __init__(
        self,
        bundle: Bundle,
        threads: int,
        heads: Sequence[HeadSpec] | None = None,
        precision: Precision = Precision.F32,
    ) -> None:
        self._threads, self._precision = threads, precision
        runtime = _OnnxRuntime(bundle.manifest.name)
        outputs = outputs_of(bundle.manifest, heads)
        size = (bundle.manifest.input.width, bundle.manifest.input.height)
        self._stepper = Stepper(graph_of(bundle, heads), outputs, size, threads, runtime)

    @property
    def name(self) -> str:
        """Key of the runtime."""
        return NAME

    @property
    def device(self) -> str:
        """What it runs on, for people."""
        return f"CPU, {self._precision}, {self._threads} thread{'s' if self._threads > 1 else ''}"

    def step(self, frame: NDArray[np.uint8], dt_s: NDArray[np.float32], state: State) -> StepOutput:
        """Run one frame of each row; see `engine.backends.base.Backend.step`."""
        return self._stepper.step(frame, dt_s, state)

    def encoder(self) -> Encoder | None:
        """See `engine.backends.base.Divisible.encoder`."""
        return self._stepper.encoder()

    def close(self) -> None:
        """End the threads; the sessions go with the object."""
        self._stepper.close()


class _OnnxRuntime:
    """The runtime, for one bundle."""

    def __init__(self, bundle_name: str) -> None:
        self._bundle_name = bundle_name

    def load(
        self,
        graph: str | bytes,
        outputs: Sequence[str],
        *,
        threads: int,
        at_once: int,
        exact: bool = False,
    ) -> _Session:
        """Load a graph; calls at once have a thread each, their own. The graph says how exactly."""
        import onnxruntime as ort

        options = ort.SessionOptions()
        options.intra_op_num_threads = 1 if at_once > 1 else threads
        options.inter_op_num_threads = 1
        # Spinning workers burn a core between frames for no lower latency (measured: 1.34 cores
        # against 0.43 at 30 fps).
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        try:
            session = ort.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
            return _Session(session, outputs)
        except Exception as error:  # its errors share no base class but Exception
            raise BackendError(
                f"ONNX Runtime cannot load the model {self._bundle_name!r}: {error}"
            ) from error


class _Session:
    """A session, which any number of threads may call."""

    def __init__(self, session: Any, outputs: Sequence[str]) -> None:
        self._session, self._outputs = session, tuple(outputs)
        self._inputs = {value.name for value in session.get_inputs()}

    def __call__(self, given: Tensors) -> dict[str, NDArray[np.generic]]:
        """Run it."""
        taken = {name: value for name, value in given.items() if name in self._inputs}
        try:
            values = self._session.run(self._outputs, taken)
        except Exception as error:
            raise BackendError(f"ONNX Runtime failed on a frame: {error}") from error
        return dict(zip(self._outputs, values, strict=True))
