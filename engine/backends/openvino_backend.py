"""OpenVINO on the CPU, in full float32 precision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from engine.backends.base import split_outputs
from engine.errors import BackendError
from models.spec import DT_INPUT, FRAME_INPUT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.backends.base import State, StepOutput
    from engine.bundle import Bundle

NAME: Final = "openvino"


def probe() -> str:
    """Return the version; raises `ImportError` where it is not installed."""
    import openvino

    return str(openvino.__version__).split("-")[0]


class OpenVinoBackend:
    """One compiled model per batch size, run synchronously in the calling thread.

    A fixed batch dimension lets the plugin plan its memory once; streams are rarely added.
    """

    def __init__(self, bundle: Bundle, threads: int) -> None:
        import openvino as ov

        self._core: Any = ov.Core()
        self._threads = threads
        self._requests: dict[int, Any] = {}
        try:
            self._model: Any = self._core.read_model(str(bundle.model_path))
            self._outputs = [output.get_any_name() for output in self._model.outputs]
            self._request(batch=1)
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
        """Run one frame; see `engine.backends.base.Backend.step`."""
        try:
            request = self._request(len(frame))
            results = request.infer(
                {FRAME_INPUT: frame, DT_INPUT: dt_s, **state}, share_inputs=True
            )
        except RuntimeError as error:
            raise BackendError(f"OpenVINO failed on a frame: {error}") from error
        # The request reuses its output memory, and a state once handed out must not change.
        return split_outputs({name: np.array(results[i]) for i, name in enumerate(self._outputs)})

    def close(self) -> None:
        """Release the compiled models."""
        self._requests.clear()

    def _request(self, batch: int) -> Any:
        if batch not in self._requests:
            model = self._model.clone()
            model.reshape({port: [batch, *list(port.partial_shape)[1:]] for port in model.inputs})
            compiled = self._core.compile_model(
                model,
                "CPU",
                {
                    "PERFORMANCE_HINT": "LATENCY",
                    # The plugin takes bf16 by default where the CPU has it, which drifts.
                    "INFERENCE_PRECISION_HINT": "f32",
                    "INFERENCE_NUM_THREADS": self._threads,
                },
            )
            self._requests[batch] = compiled.create_infer_request()
        return self._requests[batch]
