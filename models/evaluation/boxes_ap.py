"""Average precision of boxes, by COCO's rules, in numpy.

Lin et al., "Microsoft COCO: Common Objects in Context", ECCV 2014; the details (greedy matching by
score, 101 recall points, at most 100 boxes a class and picture) are those of its evaluation
programme. An ignored box is treated as VOC treats a difficult one: finding it, once or often,
neither helps nor hurts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from models.data.boxes_geometry import iou

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.data.boxes import BoxLabels
    from models.data.boxes_geometry import Bools, Floats

COCO_IOUS: Final = np.linspace(0.5, 0.95, 10)
MOST_BOXES: Final = 100
"""Per picture and class; only the best so many count."""

_RECALLS: Final = np.linspace(0, 1, 101)


@dataclass(frozen=True)
class Precision:
    """Average precision by class and overlap.

    Attributes
    ----------
    by_class
        (C, I) for C classes that occur in the truth and I overlaps.
    class_id
        (C,) int64.
    ious
        (I,): the overlap from which on a box counts as found.
    """

    by_class: NDArray[np.float64]
    class_id: NDArray[np.int64]
    ious: NDArray[np.float64]

    @property
    def mean(self) -> float:
        """AP over all overlaps and classes; COCO's headline figure with `COCO_IOUS`."""
        return float(self.by_class.mean())

    def at(self, overlap: float) -> float:
        """Return AP over all classes at one overlap."""
        return float(self.by_class[:, int(np.argmin(np.abs(self.ious - overlap)))].mean())


@dataclass(frozen=True)
class Matches:
    """What came of one class in one picture.

    Attributes
    ----------
    score
        (D,) float32, best first.
    found
        (I, D) bool: a true box, at each of I overlaps.
    left_out
        (I, D) bool: an ignored box, which does not count.
    wanted
        How many true boxes there are.
    """

    score: Floats
    found: Bools
    left_out: Bools
    wanted: int


def average_precision(
    found: list[BoxLabels], truth: list[BoxLabels], ious: NDArray[np.float64] = COCO_IOUS
) -> Precision:
    """Compare found boxes with true ones, picture by picture.

    Parameters
    ----------
    found
        With their confidence in ``score``.
    truth
        Ignored boxes may be found or not: neither counts.
    """
    classes = np.unique(np.concatenate([t.class_id[~t.ignored] for t in truth]))
    rows = [
        _class_precision(
            [
                match(f.select(f.class_id == c), t.select(t.class_id == c), ious)
                for f, t in zip(found, truth, strict=True)
            ]
        )
        for c in classes
    ]
    return Precision(np.stack(rows), classes, ious)


def match(found: BoxLabels, truth: BoxLabels, ious: NDArray[np.float64]) -> Matches:
    """Match the boxes of one class in one picture, best score first, each true box once."""
    found = found.select(np.argsort(-found.score, kind="stable")[:MOST_BOXES])
    truth = truth.select(np.argsort(truth.ignored, kind="stable"))
    overlap = iou(found.xyxy, truth.xyxy)
    hit = np.zeros((len(ious), len(found)), bool)
    left_out = np.zeros_like(hit)
    for level, limit in enumerate(ious):
        free = np.ones(len(truth), bool)
        for index in range(len(found)):
            chosen = _choose(overlap[index], free, truth.ignored, limit)
            if chosen is not None:
                hit[level, index] = not truth.ignored[chosen]
                left_out[level, index] = truth.ignored[chosen]
                free[chosen] = truth.ignored[chosen]
    return Matches(found.score, hit, left_out, int((~truth.ignored).sum()))


def _choose(overlap: Floats, free: Bools, ignored: Bools, limit: float) -> int | None:
    """Return the free true box that overlaps most, a real one before an ignored one."""
    for kind in (~ignored, ignored):
        candidate = np.where(free & kind, overlap, -1)
        if len(candidate) and candidate.max() >= min(limit, 1 - 1e-10):
            return int(candidate.argmax())
    return None


def _class_precision(matches: list[Matches]) -> NDArray[np.float64]:
    """Return average precision at each overlap, (I,)."""
    order = np.argsort(-np.concatenate([m.score for m in matches]), kind="stable")
    found = np.concatenate([m.found for m in matches], 1)[:, order]
    counted = ~np.concatenate([m.left_out for m in matches], 1)[:, order]
    wanted = sum(m.wanted for m in matches)
    return np.array([_area_under(f[c], wanted) for f, c in zip(found, counted, strict=True)])


def _area_under(found: Bools, wanted: int) -> float:
    """Return the mean precision at 101 recalls; the precision of a recall is the best beyond it."""
    right = np.cumsum(found)
    precision = right / np.arange(1, len(found) + 1)
    best_beyond = np.maximum.accumulate(precision[::-1])[::-1]
    where = np.searchsorted(right / wanted, _RECALLS, side="left")
    padded = np.append(best_beyond, 0.0)
    return float(padded[np.minimum(where, len(found))].mean())


def recall(found: list[BoxLabels], truth: list[BoxLabels], class_id: int, score: float) -> float:
    """Return which share of the true boxes of a class is found at IoU 0.5 from `score` on."""
    hits = wanted = 0
    for boxes, real in zip(found, truth, strict=True):
        sure = boxes.select((boxes.class_id == class_id) & (boxes.score >= score))
        matches = match(sure, real.select(real.class_id == class_id), np.array([0.5]))
        hits += int(matches.found.sum())
        wanted += matches.wanted
    return hits / max(wanted, 1)
