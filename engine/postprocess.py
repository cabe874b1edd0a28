"""From the graph's boxes to detections: thresholds, pixels, duplicates removed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from engine.results import Detections

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.backends.base import Tensors
    from models.spec import HeadSpec

_CANDIDATES: Final = 300


def decode_boxes(
    heads: Tensors,
    head: HeadSpec,
    width: int,
    height: int,
    confidence: float,
    iou: float = 0.5,
    limit: int = 100,
) -> Detections:
    """Turn one stream's row of a box head into detections, best first.

    Parameters
    ----------
    heads
        Graph outputs, of which the first row is read; see `models.spec`.
    width, height
        Of the picture, in pixels: boxes are clipped to it.
    confidence
        Boxes below it are left out.
    iou
        Of two boxes of one class that overlap by more than this, the better stays.
    limit
        Most detections returned.
    """
    boxes_name, confidence_name, class_name = head.output_names
    scores = np.asarray(heads[confidence_name][0], np.float32)
    chosen = np.flatnonzero(scores >= confidence)
    if len(chosen) > _CANDIDATES:
        chosen = chosen[np.argpartition(scores[chosen], -_CANDIDATES)[-_CANDIDATES:]]
    # Stable, so that equal scores keep the graph's order whatever the runtime.
    chosen = chosen[np.argsort(-scores[chosen], kind="stable")]
    scale = np.array([width, height, width, height], np.float32)
    xyxy = np.clip(np.asarray(heads[boxes_name][0], np.float32)[chosen], 0, 1) * scale
    found = Detections(
        xyxy,
        scores[chosen],
        np.asarray(heads[class_name][0])[chosen].astype(np.int32),
        np.full(len(chosen), -1, np.int32),
    )
    sound = (xyxy[:, 2] > xyxy[:, 0]) & (xyxy[:, 3] > xyxy[:, 1])
    found = found.select(sound)
    return found.select(suppress(found, iou)[:limit])


def suppress(found: Detections, iou: float) -> NDArray[np.intp]:
    """Return the indices that greedy non-maximum suppression within each class keeps.

    `found` must be sorted by falling confidence.
    """
    overlaps = (box_iou(found.xyxy, found.xyxy) > iou) & (
        found.class_id[:, None] == found.class_id[None]
    )
    kept = np.ones(len(found), bool)
    worse = np.triu(overlaps, 1)
    for i in np.flatnonzero(worse.any(axis=1)):
        if kept[i]:
            kept &= ~worse[i]
    return np.flatnonzero(kept)


def box_iou(a: NDArray[np.floating], b: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the intersection over union of every box of `a` (N, 4) with every one of `b` (M, 4).

    Boxes are x1 y1 x2 y2 in any one unit; the result is (N, M) in 0..1.
    """
    # Sides apart: arrays whose last axis is 2 long cost numpy ten times as much.
    a_x1, a_y1, a_x2, a_y2 = np.asarray(a, np.float64).T[..., None]
    b_x1, b_y1, b_x2, b_y2 = np.asarray(b, np.float64).T
    width = np.minimum(a_x2, b_x2) - np.maximum(a_x1, b_x1)
    height = np.minimum(a_y2, b_y2) - np.maximum(a_y1, b_y1)
    shared = np.maximum(width, 0) * np.maximum(height, 0)
    union = (a_x2 - a_x1) * (a_y2 - a_y1) + (b_x2 - b_x1) * (b_y2 - b_y1) - shared
    return np.asarray(shared / np.maximum(union, 1e-9), np.float64)
