"""OpenVINO on the CPU, in full float32 precision."""

from __future__ import annotations

from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from engine.backends.base import split_outputs
from engine.backends.graph_part import graph_of
from engine.backends.side_by_side import SideBySide
from engine.errors import BackendError
from models.spec import DT_INPUT, FRAME_INPUT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from engine.backends.base import State, StepOutput
    from engine.bundle import Bundle
    from models.spec import HeadSpec

NAME: Final = "openvino"


def probe() -> str:
    """Return the version; raises `ImportError` where it is not installed."""
    import openvino

    return str(openvino.__version__).split("-")[0]


class OpenVinoBackend:
    """Compiled for one row; a batch is run as rows side by side. Run from one thread.

    A fixed batch dimension lets the plugin plan its memory once. For batches the model is compiled
    a second time, when the first one comes: with as many rows at once as there are threads.
    """

    def __init__(
        self, bundle: Bundle, threads: int, heads: Sequence[HeadSpec] | None = None
    ) -> None:
        import openvino as ov

        self._core: Any = ov.Core()
        self._threads = threads
        self._rows: SideBySide | None = None
        try:
            self._model: Any = self._core.read_model(graph_of(bundle, heads))
            self._outputs = [output.get_any_name() for output in self._model.outputs]
            # Inputs that nothing reads are taken out on reading the graph.
            self._inputs = {port.get_any_name() for port in self._model.inputs}
            self._model.reshape(
                {port: [1, *list(port.partial_shape)[1:]] for port in self._model.inputs}
            )
            self._request: Any = self._compile(threads, rows_at_once=1).create_infer_request()
        except RuntimeError as error:
            raise BackendError(
                f"OpenVINO cannot load the model {bundle.manifest.name!r}: {error}"
            ) from error

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
        try:
            if len(frame) == 1:
                return self._infer(self._request, frame, dt_s, state)
            if self._rows is None:
                self._rows = self._compile_rows()
            return self._rows(frame, dt_s, state)
        except RuntimeError as error:
            raise BackendError(f"OpenVINO failed on a frame: {error}") from error

    def close(self) -> None:
        """Release the compiled models."""
        self._request = None
        if self._rows is not None:
            self._rows.close()
            self._rows = None

    def _infer(
        self, request: Any, frame: NDArray[np.uint8], dt_s: NDArray[np.float32], state: State
    ) -> StepOutput:
        offered = {FRAME_INPUT: frame, DT_INPUT: dt_s, **state}
        taken = {name: value for name, value in offered.items() if name in self._inputs}
        results = request.infer(taken, share_inputs=True)
        # The request reuses its output memory, and a state once handed out must not change.
        return split_outputs({name: np.array(results[i]) for i, name in enumerate(self._outputs)})

    def _compile_rows(self) -> SideBySide:
        compiled = self._compile(self._threads, rows_at_once=self._threads)
        free: SimpleQueue[Any] = SimpleQueue()
        for _ in range(self._threads):
            free.put(compiled.create_infer_request())

        def step(frame: NDArray[np.uint8], dt_s: NDArray[np.float32], state: State) -> StepOutput:
            request = free.get()
            try:
                return self._infer(request, frame, dt_s, state)
            finally:
                free.put(request)

        return SideBySide(step, self._threads)

    def _compile(self, threads: int, *, rows_at_once: int) -> Any:
        return self._core.compile_model(
            self._model,
            "CPU",
            {
                "NUM_STREAMS": rows_at_once,
                # The plugin takes bf16 by default where the CPU has it, which drifts.
                "INFERENCE_PRECISION_HINT": "f32",
                "INFERENCE_NUM_THREADS": threads,
            },
        )
