"""OpenVINO's own way: as many requests under way as it advises, results drawn as they come.

After its samples of asynchronous inference: one loop reads and starts, a callback keeps what came
of a frame, and frames are drawn and written in their order. OpenCV reads and writes (MPEG-4), as
there. For detectors without memory: what remembers cannot have two frames under way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import openvino as ov

from benchmarks.plain_loop import LabelDrawer, open_both
from models.spec import DT_INPUT, FRAME_INPUT

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from engine.bundle import Bundle


class AsyncLoop:
    """Annotates clips with several frames under way."""

    def __init__(self, bundle: Bundle) -> None:
        manifest = bundle.manifest
        if manifest.state:
            raise ValueError(f"{manifest.name} remembers: no two frames at once")
        core = ov.Core()
        model = core.read_model(bundle.model_path)
        model.reshape({port: [1, *list(port.partial_shape)[1:]] for port in model.inputs})
        hints = {"PERFORMANCE_HINT": "THROUGHPUT", "INFERENCE_PRECISION_HINT": "f32"}
        self._compiled = core.compile_model(model, "CPU", hints)
        self._given = {name for port in self._compiled.inputs for name in port.get_names()}
        self._size = (manifest.input.width, manifest.input.height)
        self._drawer = LabelDrawer(manifest)

    def annotate(self, source: Path, target: Path) -> int:
        """Write `source` with everything recognised drawn on it; return the number of frames."""
        capture, writer, rate_hz = open_both(source, target)
        queue = ov.AsyncInferQueue(self._compiled)
        said: dict[int, dict[str, NDArray]] = {}
        queue.set_callback(lambda request, number: said.__setitem__(number, _outputs(request)))
        images: dict[int, NDArray[np.uint8]] = {}
        read = written = 0
        while (picture := capture.read())[0]:
            images[read] = picture[1]
            queue.start_async(self._feed(picture[1], rate_hz), read)
            read += 1
            written = self._write(writer, images, said, written)
        queue.wait_all()
        written = self._write(writer, images, said, written)
        capture.release()
        writer.release()
        return written

    def _feed(self, image: NDArray[np.uint8], rate_hz: float) -> dict[str, NDArray]:
        small = cv2.cvtColor(cv2.resize(image, self._size), cv2.COLOR_BGR2RGB)
        feed = {FRAME_INPUT: small[None], DT_INPUT: np.full(1, 1 / rate_hz, np.float32)}
        return {name: value for name, value in feed.items() if name in self._given}

    def _write(
        self,
        writer: cv2.VideoWriter,
        images: dict[int, NDArray[np.uint8]],
        said: dict[int, dict[str, NDArray]],
        number: int,
    ) -> int:
        """Write all frames that are ready, in order; return the number of the next."""
        while number in said:
            image = images.pop(number)
            self._drawer.draw(image, said.pop(number))
            writer.write(image)
            number += 1
        return number


def _outputs(request: Any) -> dict[str, NDArray]:
    return {
        name: np.array(request.get_output_tensor(place).data)
        for place, port in enumerate(request.model_outputs)
        for name in port.get_names()
    }
