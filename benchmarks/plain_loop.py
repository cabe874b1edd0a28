"""What one would write in an afternoon: a single loop over OpenCV and ONNX Runtime.

The same graph with its state carried along, boxes above the thresholds, the same information drawn,
written as MPEG-4 because OpenCV cannot write H.264.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import onnxruntime

from models.spec import DT_INPUT, FRAME_INPUT, NEXT_PREFIX, HeadKind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from engine.bundle import Bundle
    from models.spec import HeadSpec, Manifest

_NMS_IOU = 0.5


def open_both(source: Path, target: Path) -> tuple[cv2.VideoCapture, cv2.VideoWriter, float]:
    """Open a clip, and an MPEG-4 of its size and rate; return its rate, too."""
    capture = cv2.VideoCapture(str(source))
    rate_hz = capture.get(cv2.CAP_PROP_FPS)
    size = (
        int(capture.get(cv2.CAP_PROP_FRAME_WIDTH)),
        int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT)),
    )
    writer = cv2.VideoWriter(str(target), cv2.VideoWriter.fourcc(*"mp4v"), rate_hz, size)
    return capture, writer, rate_hz


class PlainLoop:
    """Annotates clips one frame at a time.

    Parameters
    ----------
    threads
        Of the runtime; None leaves it its defaults: all cores, spinning.
    """

    def __init__(self, bundle: Bundle, threads: int | None = None) -> None:
        self._manifest, self._drawer = bundle.manifest, LabelDrawer(bundle.manifest)
        options = onnxruntime.SessionOptions()
        if threads is not None:
            options.intra_op_num_threads = threads
        self._session = onnxruntime.InferenceSession(
            str(bundle.model_path), options, providers=["CPUExecutionProvider"]
        )
        self._names = [output.name for output in self._session.get_outputs()]

    def annotate(self, source: Path, target: Path) -> int:
        """Write `source` with everything recognised drawn on it; return the number of frames."""
        capture, writer, rate_hz = open_both(source, target)
        state = {s.name: np.zeros((1, *s.shape), np.float32) for s in self._manifest.state}
        dt_s = np.full(1, 1 / rate_hz, np.float32)
        frames = 0
        while True:
            found, image = capture.read()
            if not found:
                break
            outputs = self._step(image, dt_s, state)
            state = {name: outputs[NEXT_PREFIX + name] for name in state}
            self._drawer.draw(image, outputs)
            writer.write(image)
            frames += 1
        capture.release()
        writer.release()
        return frames

    def _step(
        self, image: NDArray[np.uint8], dt_s: NDArray[np.float32], state: dict[str, NDArray]
    ) -> dict[str, NDArray]:
        spec = self._manifest.input
        small = cv2.cvtColor(cv2.resize(image, (spec.width, spec.height)), cv2.COLOR_BGR2RGB)
        feed = {FRAME_INPUT: small[None], DT_INPUT: dt_s, **state}
        return dict(zip(self._names, self._session.run(None, feed), strict=True))


class LabelDrawer:
    """Draws what a graph says, as one would in an afternoon."""

    def __init__(self, manifest: Manifest) -> None:
        self._manifest = manifest

    def draw(self, image: NDArray[np.uint8], outputs: Mapping[str, NDArray]) -> None:
        """Draw what is above the thresholds on a BGR picture."""
        line = 0
        for head in self._manifest.heads:
            if head.kind is HeadKind.BOXES:
                self._draw_boxes(image, head, outputs)
                continue
            probability = outputs[head.output_names[0]][0]
            for label, share, least in zip(head.labels, probability, head.thresholds, strict=True):
                if share >= least and label.en not in head.quiet:
                    line += 1
                    text = f"{label.en} {share:.2f}"
                    cv2.putText(image, text, (12, 30 * line), 0, 0.8, (255, 255, 255), 2)

    def _draw_boxes(
        self, image: NDArray[np.uint8], head: HeadSpec, outputs: Mapping[str, NDArray]
    ) -> None:
        boxes, confidence, class_id = (outputs[name][0] for name in head.output_names)
        sure = confidence >= np.asarray(head.thresholds)[class_id]
        height, width = image.shape[:2]
        corners = boxes[sure] * [width, height, width, height]
        sides = np.concatenate([corners[:, :2], corners[:, 2:] - corners[:, :2]], 1)
        kept = cv2.dnn.NMSBoxesBatched(
            sides.tolist(), confidence[sure].tolist(), class_id[sure].tolist(), 0.0, _NMS_IOU
        )
        for i in kept:
            x1, y1, x2, y2 = corners[i].astype(int).tolist()
            text = f"{head.labels[class_id[sure][i]].en} {confidence[sure][i]:.2f}"
            cv2.rectangle(image, (x1, y1), (x2, y2), (80, 220, 80), 2)
            cv2.putText(image, text, (x1, max(12, y1 - 6)), 0, 0.6, (80, 220, 80), 2)
