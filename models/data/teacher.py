"""Labels from a teacher: YOLOX-Nano's boxes for pictures that nobody labelled.

YOLOX: Ge, Liu, Wang, Li, Sun, "YOLOX: Exceeding YOLO Series in 2021", arXiv 2107.08430.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from models.data.boxes import BoxLabels
from models.data.boxes_geometry import iou, suppress_duplicates
from models.data.compiled import compile_graph

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from models.data.boxes_geometry import Bools, Floats, Ints

SIDE: Final = 416
"""Pixels; the picture lies in the top left corner of a square of this side."""

_PADDING: Final = 114
_STRIDES: Final = (8, 16, 32)


class YoloxTeacher:
    """YOLOX-Nano as an ONNX file, run by OpenVINO in float32.

    Parameters
    ----------
    model
        The ONNX file: (1, 3, 416, 416) BGR 0..255 to (1, 3549, 85) undecoded.
    sure
        From this score on a box is an object.
    unsure
        From this score up to `sure` a box is ignored: neither object nor background.
    threads
        Of the CPU.
    """

    def __init__(
        self, model: Path, *, sure: float = 0.35, unsure: float = 0.1, threads: int = 1
    ) -> None:
        self._model = compile_graph(model, threads)
        self._sure = sure
        self._unsure = unsure
        self._centres, self._strides = _grid()

    def label(self, picture: NDArray[np.uint8]) -> BoxLabels:
        """Return the boxes in `picture`, (H, W, 3) uint8 RGB; fractions, best first."""
        height, width = picture.shape[:2]
        scale = min(SIDE / height, SIDE / width)
        raw = self._model(_letterbox(picture, scale))[0][0]
        xyxy, score, class_id = self._decode(raw)
        xyxy = np.clip(xyxy / (np.array([width, height] * 2, np.float32) * scale), 0, 1)
        kept = suppress_duplicates(xyxy, score, class_id)
        score = score[kept]
        return BoxLabels(xyxy[kept], class_id[kept], score, score < self._sure)

    def _decode(self, raw: Floats) -> tuple[Floats, Floats, Ints]:
        class_id = raw[:, 5:].argmax(1)
        score = raw[:, 4] * raw[np.arange(len(raw)), 5 + class_id]
        likely = score >= self._unsure
        raw, strides = raw[likely], self._strides[likely, None]
        centre = (raw[:, :2] + self._centres[likely]) * strides
        half = np.exp(raw[:, 2:4]) * strides / 2
        xyxy = np.concatenate([centre - half, centre + half], 1).astype(np.float32)
        return xyxy, score[likely], class_id[likely].astype(np.int64)


def _grid() -> tuple[Floats, Floats]:
    centres, strides = [], []
    for stride in _STRIDES:
        cells = np.arange(SIDE // stride)
        grid = np.stack(np.meshgrid(cells, cells), -1).reshape(-1, 2)
        centres.append(grid)
        strides.append(np.full(len(grid), stride))
    return np.concatenate(centres).astype(np.float32), np.concatenate(strides).astype(np.float32)


def _letterbox(picture: NDArray[np.uint8], scale: float) -> Floats:
    size = (round(picture.shape[1] * scale), round(picture.shape[0] * scale))
    square = np.full((SIDE, SIDE, 3), _PADDING, np.uint8)
    square[: size[1], : size[0]] = cv2.resize(picture, size)[..., ::-1]
    return np.ascontiguousarray(square.transpose(2, 0, 1)[None], np.float32)


def complete(true: BoxLabels, teacher: BoxLabels, true_classes: Bools) -> BoxLabels:
    """Add the teacher's boxes of classes that the human labels do not cover.

    Parameters
    ----------
    true, teacher
        Boxes of the same picture.
    true_classes
        (80,) bool: the classes that were labelled by hand in this data set.

    Returns
    -------
    The true boxes and those of the teacher's that are of another class. Where such a box lies on
    a true one (a "truck" on a car) the teacher has only taken the name for another, and the box is
    dropped.
    """
    other = teacher.select(~true_classes[teacher.class_id])
    if len(true) and len(other):
        other = other.select(iou(other.xyxy, true.xyxy).max(1) < 0.7)
    return BoxLabels.join([true, other])
