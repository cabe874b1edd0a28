"""Boxes as arrays: overlap and suppression of duplicates, in numpy.

A box is ``x1 y1 x2 y2``; any unit will do as long as both sides of a call use the same one.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float32]
Ints: TypeAlias = NDArray[np.int64]
Bools: TypeAlias = NDArray[np.bool_]

_TINY = 1e-12


def area(xyxy: Floats) -> Floats:
    """Return the area of each box, (N,); an inverted box has none."""
    sides: Floats = np.clip(xyxy[:, 2:] - xyxy[:, :2], 0, None)
    return np.asarray(sides[:, 0] * sides[:, 1], np.float32)


def intersection(first: Floats, second: Floats) -> Floats:
    """Return the area shared by each pair, (N, M), of boxes (N, 4) and (M, 4)."""
    low = np.maximum(first[:, None, :2], second[None, :, :2])
    high = np.minimum(first[:, None, 2:], second[None, :, 2:])
    sides = np.clip(high - low, 0, None)
    return np.asarray(sides[..., 0] * sides[..., 1], np.float32)


def iou(first: Floats, second: Floats) -> Floats:
    """Return intersection over union of each pair, (N, M), of boxes (N, 4) and (M, 4)."""
    shared = intersection(first, second)
    union = area(first)[:, None] + area(second)[None, :] - shared
    return np.asarray(shared / np.maximum(union, _TINY), np.float32)


def suppress_duplicates(
    xyxy: Floats, score: Floats, class_id: Ints, *, iou_limit: float = 0.6, keep: int = 300
) -> Ints:
    """Greedy non-maximum suppression, class by class.

    Parameters
    ----------
    xyxy, score, class_id
        (N, 4), (N,) and (N,).
    iou_limit
        A box that overlaps a better one of its class by more than this is dropped.
    keep
        At most so many boxes are returned.

    Returns
    -------
    Indices of the boxes that stay, best first.
    """
    order = np.argsort(-score, kind="stable")
    overlap = iou(xyxy[order], xyxy[order]) > iou_limit
    overlap &= class_id[order][:, None] == class_id[order][None, :]
    alive = np.ones(len(order), bool)
    for position in range(len(order)):
        if alive[position]:
            alive[position + 1 :] &= ~overlap[position, position + 1 :]
    return np.asarray(order[alive][:keep], np.int64)
