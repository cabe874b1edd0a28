"""Compares what two runs of one model say and remember, frame by frame."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

import numpy as np

from engine.drift.events import Follower, pair_events
from engine.drift.report import BoxDrift, HeadDrift, MemoryDrift
from engine.postprocess import box_iou, decode_boxes
from models.spec import HeadKind

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.backends.base import StepOutput, Tensors
    from engine.results import Detections
    from models.spec import HeadSpec, Manifest

MEMORY: Final = (".h", ".c")
"""Endings of the state tensors that are memory; others say what the last picture looked like."""
_SAME_BOX_IOU: Final = 0.5
_LOW_PERCENTILE: Final = 1.0
_HIGH_PERCENTILE: Final = 99.0
_NOTHING: Final = 1e-6


class Comparison:
    """Takes the steps of both and sums up."""

    def __init__(self, manifest: Manifest) -> None:
        self._manifest = manifest
        kinds = {head.name: head.kind for head in manifest.heads}
        self._actions = [h for h in manifest.heads if kinds[h.name] is HeadKind.ACTIONS]
        self._boxes = next((h for h in manifest.heads if kinds[h.name] is HeadKind.BOXES), None)
        self._cosines: dict[str, list[float]] = defaultdict(list)
        self._same: dict[str, list[bool]] = defaultdict(list)
        self._errors: dict[str, list[float]] = defaultdict(list)
        self._reference, self._fast = Follower(self._actions), Follower(self._actions)
        self._overlaps: list[float] = []
        self._found = [0, 0]

    def update(self, reference: StepOutput, fast: StepOutput, pts_s: float) -> None:
        """Take a step of both; raises `KeyError` when one lacks what the other says."""
        for name, value in reference.state.items():
            if name.endswith(MEMORY):
                self._cosines[name].append(cosine(value, fast.state[name]))
        for head in self._actions:
            self._compare_head(head, reference.heads, fast.heads)
        self._reference.update(reference.heads, pts_s)
        self._fast.update(fast.heads, pts_s)
        if self._boxes is not None:
            self._compare_boxes(
                self._find(self._boxes, reference.heads), self._find(self._boxes, fast.heads)
            )

    def memory(self) -> dict[str, MemoryDrift]:
        """Return how alike the memories were."""
        return {name: _summed_up(np.asarray(found)) for name, found in self._cosines.items()}

    def heads(self) -> dict[str, HeadDrift]:
        """Return how alike the action heads were. Ends the events that are under way."""
        events, others = self._reference.finish(), self._fast.finish()
        found = {}
        for head in self._actions:
            mine = [event for event in events if event.head == head.name]
            theirs = [event for event in others if event.head == head.name]
            found[head.name] = HeadDrift(
                top1=float(np.mean(self._same[head.name])),
                probability_error=float(np.percentile(self._errors[head.name], _HIGH_PERCENTILE)),
                events=len(mine),
                event_f1=_f1(pair_events(mine, theirs), len(mine), len(theirs)),
            )
        return found

    def boxes(self) -> BoxDrift | None:
        """Return how alike boxes were; None where the model has none."""
        if self._boxes is None:
            return None
        return BoxDrift(
            boxes=self._found[0],
            f1=_f1(len(self._overlaps), *self._found),
            iou=float(np.mean(self._overlaps)) if self._overlaps else 0.0,
        )

    def _compare_head(self, head: HeadSpec, reference: Tensors, fast: Tensors) -> None:
        name = head.output_names[0]
        a, b = np.asarray(reference[name][0]), np.asarray(fast[name][0])
        self._same[head.name].append(_top1(head, a) == _top1(head, b))
        # What is no number is as wrong as a probability can be.
        self._errors[head.name].append(float(np.nan_to_num(np.abs(a - b), nan=1.0).max()))

    def _find(self, head: HeadSpec, heads: Tensors) -> Detections:
        spec = self._manifest.input
        least = np.asarray(head.thresholds, np.float32)
        found = decode_boxes(heads, head, spec.width, spec.height, confidence=float(least.min()))
        return found.select(found.confidence >= least[found.class_id])

    def _compare_boxes(self, reference: Detections, fast: Detections) -> None:
        self._found[0] += len(reference)
        self._found[1] += len(fast)
        overlaps = box_iou(reference.xyxy, fast.xyxy)
        overlaps *= reference.class_id[:, None] == fast.class_id[None]
        while overlaps.size and (best := overlaps.max()) >= _SAME_BOX_IOU:
            self._overlaps.append(float(best))
            row, column = np.unravel_index(overlaps.argmax(), overlaps.shape)
            overlaps[row], overlaps[:, column] = 0, 0


def cosine(a: NDArray[np.generic], b: NDArray[np.generic]) -> float:
    """Return the cosine between two tensors.

    1 where both are nothing; 0 where only one is, or either holds what is no number.
    """
    x, y = np.asarray(a, np.float64).ravel(), np.asarray(b, np.float64).ravel()
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        return 0.0
    shorter, longer = sorted((float(np.linalg.norm(x)), float(np.linalg.norm(y))))
    if longer < _NOTHING:
        return 1.0
    return float(np.clip(x @ y / (shorter * longer), -1, 1)) if shorter >= _NOTHING else 0.0


def _summed_up(found: NDArray[np.float64]) -> MemoryDrift:
    tenth = max(1, len(found) // 10)
    return MemoryDrift(
        mean=float(found.mean()),
        at_start=float(found[:tenth].mean()),
        at_end=float(found[-tenth:].mean()),
        low=float(np.percentile(found, _LOW_PERCENTILE)),
    )


def _top1(head: HeadSpec, probability: NDArray[np.generic]) -> int:
    best = int(np.argmax(probability))
    return best if float(probability[best]) >= head.thresholds[best] else -1


def _f1(pairs: int, found: int, others: int) -> float:
    return 2 * pairs / (found + others) if found + others else 1.0
