"""OpenVINO on the CPU; in full float32 precision unless another one is asked for."""

from __future__ import annotations

from functools import cache
from queue import SimpleQueue
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from engine.backends.cpu_backend import CpuBackend
from engine.backends.openvino_kept import kept_for
from engine.backends.precision import Precision
from engine.errors import BackendError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from engine.backends.base import Tensors
    from engine.bundle import Bundle
    from models.spec import HeadSpec

NAME: Final = "openvino"


def probe() -> str:
    """Return the version; raises `ImportError` where it is not installed."""
    import openvino

    return str(openvino.__version__).split("-")[0]


class OpenVinoBackend(CpuBackend):
    """Compiled for one row."""

    def __init__(
        self,
        bundle: Bundle,
        threads: int,
        heads: Sequence[HeadSpec] | None = None,
        precision: Precision = Precision.F32,
    ) -> None:
        runtime = _OpenVino(bundle.manifest.name, precision)
        super().__init__(NAME, runtime, bundle, threads, heads, precision)


_WAKING: Final = Lock()


@cache
def _wake_binding() -> None:
    """Run a graph of one node in this thread alone.

    The Python binding sets itself up on first use, and two threads that are the first at the same
    time wait for each other for ever (seen with 2026.4, in `Type.to_dtype`).
    """
    import openvino as ov
    from openvino import opset8

    value = opset8.parameter([1], ov.Type.f32)
    request = ov.Core().compile_model(ov.Model([opset8.relu(value)], [value], "wake"), "CPU")
    np.array(request({0: np.zeros(1, np.float32)}, share_inputs=True)[0])


class _OpenVino:
    """The runtime, for one bundle."""

    def __init__(self, bundle_name: str, precision: Precision) -> None:
        import openvino as ov

        with _WAKING:
            _wake_binding()
        self._core: Any = ov.Core()
        self._bundle_name = bundle_name
        # The plugin takes bf16 by default where the CPU has it, which drifts.
        self._hint = "bf16" if precision is Precision.BF16 else "f32"
        able = self._core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
        if precision is Precision.BF16 and "BF16" not in able:
            raise BackendError("This processor has no bf16.", "Use f32 or int8.")

    def load(
        self,
        graph: str | bytes,
        outputs: Sequence[str],
        *,
        threads: int,
        at_once: int,
        sizes: Mapping[str, Sequence[int]] | None = None,
        exact: bool = False,
    ) -> _Compiled:
        """Compile a graph for one row: a fixed size lets the plugin plan its memory once."""
        options = {
            "NUM_STREAMS": at_once if threads > 1 else 1,
            "INFERENCE_PRECISION_HINT": "f32" if exact else self._hint,
            "INFERENCE_NUM_THREADS": threads,
            # With one thread the plugin would bind the caller to the first core, where every
            # other process that does so waits, too: seen, 7 s a step beside an idle core.
            "ENABLE_CPU_PINNING": False,
        }
        kept = kept_for(self._core, graph, sizes or {}, options)
        try:
            compiled = kept.load() if kept else None
            if compiled is None:
                model = self._core.read_model(graph)
                model.reshape({port: _size(port, sizes or {}) for port in model.inputs})
                compiled = self._core.compile_model(model, "CPU", options)
                if kept:
                    kept.keep(compiled)
            return _Compiled(compiled, outputs, at_once)
        except RuntimeError as error:
            raise BackendError(
                f"OpenVINO cannot load the model {self._bundle_name!r}: {error}"
            ) from error


def _size(port: Any, sizes: Mapping[str, Sequence[int]]) -> list[Any]:
    """Return the size of an input for one row."""
    known = next((sizes[name] for name in port.get_names() if name in sizes), None)
    return list(known) if known is not None else [1, *list(port.partial_shape)[1:]]


class _Compiled:
    """A compiled graph with a request for each call that may be under way."""

    def __init__(self, compiled: Any, outputs: Sequence[str], at_once: int) -> None:
        self._free: SimpleQueue[_Request] = SimpleQueue()
        for _ in range(at_once):
            self._free.put(_Request(compiled, outputs))

    def __call__(self, given: Tensors) -> dict[str, NDArray[np.generic]]:
        """Run it."""
        request = self._free.get()
        try:
            return request.run(given)
        except (RuntimeError, ValueError, TypeError) as error:
            raise BackendError(f"OpenVINO failed on a frame: {error}") from error
        finally:
            self._free.put(request)


class _Request:
    """A request whose inputs and outputs lie in arrays of its own.

    They are bound once: to bind the default bundle's 51 inputs anew takes more than a millisecond
    of a frame, Python's lock held.
    """

    def __init__(self, compiled: Any, outputs: Sequence[str]) -> None:
        self._request = compiled.create_infer_request()
        # A port can have several names: that of whatever does nothing but hand it on becomes its
        # own, too. Inputs that nothing reads are gone.
        self._inputs = self._bind(compiled.inputs)
        known = {name for names, _ in self._inputs for name in names}
        self._unsized = {n for p in compiled.inputs for n in p.get_names()} - known
        said = {name: array for names, array in self._bind(compiled.outputs) for name in names}
        self._outputs = {name: said[name] for name in outputs if name in said}
        places = {name: place for place, p in enumerate(compiled.outputs) for name in p.get_names()}
        self._unsized_outputs = {name: places[name] for name in outputs if name not in said}

    def run(self, given: Tensors) -> dict[str, NDArray[np.generic]]:
        """Run it; what is returned is the caller's own."""
        for names, array in self._inputs:
            value = next(given[name] for name in names if name in given)
            if value.shape != array.shape:
                raise ValueError(f"{names[0]} is {value.shape}, not {array.shape}")
            np.copyto(array, value)
        self._request.infer({name: given[name] for name in self._unsized if name in given})
        said = {name: array.copy() for name, array in self._outputs.items()}
        for name, place in self._unsized_outputs.items():
            said[name] = np.array(self._request.get_output_tensor(place).data)
        return said

    def _bind(self, ports: Sequence[Any]) -> list[tuple[tuple[str, ...], NDArray[np.generic]]]:
        """Bind those whose size is known; return the names and the array of each."""
        import openvino as ov

        bound: list[tuple[tuple[str, ...], NDArray[np.generic]]] = []
        for port in ports:
            if port.partial_shape.is_static:
                array = np.zeros(tuple(port.shape), port.element_type.to_dtype())
                self._request.set_tensor(port, ov.Tensor(array, shared_memory=True))
                bound.append((tuple(port.get_names()), array))
        return bound
