"""How well identities are kept: IDF1, and switches per minute.

IDF1: Ristani et al., Performance Measures and a Data Set for Multi-Target, Multi-Camera Tracking
(ECCV workshops 2016). Switches: Bernardin & Stiefelhagen, Evaluating Multiple Object Tracking
Performance: The CLEAR MOT Metrics (EURASIP JIVP 2008): a known object that was followed under one
identity is followed under another; who was matched stays matched as long as boxes overlap.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.optimize import linear_sum_assignment

from models.data.boxes_geometry import iou

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

_SAME: Final = 0.5
_MINUTE_S: Final = 60.0


@dataclass(frozen=True)
class Followed:
    """Boxes with identities in one frame: (N,) ids and (N, 4) corners, of one class."""

    ids: NDArray[np.int64]
    xyxy: NDArray[np.float64]


@dataclass(frozen=True)
class TrackCounts:
    """What is counted of one recording and class; figures are those of sums.

    Attributes
    ----------
    right
        Boxes found under the identity that best stands for their object.
    true, found
        Boxes there are, and boxes found.
    matched
        Boxes found, under whatever identity.
    """

    right: int
    true: int
    found: int
    matched: int
    switches: int


def count_tracks(truth: Sequence[Followed], found: Sequence[Followed]) -> TrackCounts:
    """Compare what was followed with what is true, frame by frame."""
    together: Counter[tuple[int, int]] = Counter()
    last: dict[int, int] = {}
    switches = matched = 0
    for true, seen in zip(truth, found, strict=True):
        overlap = iou(true.xyxy.astype(np.float32), seen.xyxy.astype(np.float32)) >= _SAME
        for row, column in zip(*np.nonzero(overlap), strict=True):
            together[int(true.ids[row]), int(seen.ids[column])] += 1
        pairs = _matches(true, seen, overlap, last)
        matched += len(pairs)
        switches += sum(last.get(name, identity) != identity for name, identity in pairs.items())
        last |= pairs
    return TrackCounts(
        _best_total(together),
        sum(len(frame.ids) for frame in truth),
        sum(len(frame.ids) for frame in found),
        matched,
        switches,
    )


def track_figures(counts: Iterable[TrackCounts], seconds: float) -> dict[str, float]:
    """Return the figures of several recordings, `seconds` long in all."""
    every = list(counts)
    right, true, found, matched, switches = (
        sum(getattr(one, name) for one in every)
        for name in ("right", "true", "found", "matched", "switches")
    )
    return {
        "idf1": 2 * right / max(1, true + found),
        "switches_per_minute": switches * _MINUTE_S / max(seconds, 1e-9),
        "recall": matched / max(1, true),
        "precision": matched / max(1, found),
    }


def _matches(
    true: Followed, seen: Followed, overlap: NDArray[np.bool_], last: dict[int, int]
) -> dict[int, int]:
    """Return the identity of each known object that is found: the last one's, if it still fits."""
    pairs: dict[int, int] = {}
    free = overlap.copy()
    for row, name in enumerate(true.ids):
        kept = np.flatnonzero(free[row] & (seen.ids == last.get(int(name), -1)))
        if len(kept):
            pairs[int(name)] = int(seen.ids[kept[0]])
            free[row] = False
            free[:, kept[0]] = False
    rows, columns = linear_sum_assignment(free, maximize=True)
    for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
        if free[row, column]:
            pairs[int(true.ids[row])] = int(seen.ids[column])
    return pairs


def _best_total(together: Counter[tuple[int, int]]) -> int:
    """Return how many boxes are right if every object is given the one identity that fits best."""
    if not together:
        return 0
    names = sorted({name for name, _ in together})
    identities = sorted({identity for _, identity in together})
    table = np.zeros((len(names), len(identities)), np.int64)
    for (name, identity), count in together.items():
        table[names.index(name), identities.index(identity)] = count
    rows, columns = linear_sum_assignment(table, maximize=True)
    return int(table[rows, columns].sum())
