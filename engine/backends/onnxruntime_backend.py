"""ONNX Runtime on the CPU."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from engine.backends.cpu_backend import CpuBackend
from engine.backends.precision import Precision
from engine.errors import BackendError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from engine.backends.base import Tensors
    from engine.bundle import Bundle
    from models.spec import HeadSpec

NAME: Final = "onnxruntime"


def probe() -> str:
    """Return the version; raises `ImportError` where it is not installed."""
    import onnxruntime

    return str(onnxruntime.__version__)


class OnnxRuntimeBackend(CpuBackend):
    """Sessions run synchronously in the calling thread."""

    def __init__(
        self,
        bundle: Bundle,
        threads: int,
        heads: Sequence[HeadSpec] | None = None,
        precision: Precision = Precision.F32,
    ) -> None:
        runtime = _OnnxRuntime(bundle.manifest.name)
        super().__init__(NAME, runtime, bundle, threads, heads, precision)


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
        sizes: Mapping[str, Sequence[int]] | None = None,
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
