"""Events as people count them, of a run of steps; and how many two runs have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from engine.recognitions import RecognitionTracker
from engine.results import Detections, FrameResult
from engine.smoothing import Smoother, SmootherState, Smoothing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.backends.base import Tensors
    from engine.recognitions import Recognition
    from models.spec import HeadSpec

_SAME_EVENT_IOU: Final = 0.5
_INSTANT_S: Final = 0.05
"""What an event of one frame is taken to last, so that two of them can overlap."""


class Follower:
    """Keeps the events of one run, steadied as the window steadies labels."""

    def __init__(self, heads: Sequence[HeadSpec]) -> None:
        self._heads = tuple(heads)
        self._smoother = Smoother(heads, Smoothing())
        self._tracker = RecognitionTracker(heads)
        self._state: SmootherState | None = None
        self._frames = 0

    def update(self, said: Tensors, pts_s: float) -> None:
        """Take the next step's outputs."""
        actions = {
            head.name: np.asarray(said[head.output_names[0]][0], np.float32) for head in self._heads
        }
        self._state = self._smoother.step(actions, pts_s, self._state)
        result = FrameResult(
            self._frames, pts_s, Detections.empty(), actions, shown=self._state.shown
        )
        self._tracker.update(result)
        self._frames += 1

    def finish(self) -> list[Recognition]:
        """End the events under way; return all, by start."""
        return self._tracker.finish()


def pair_events(first: Sequence[Recognition], second: Sequence[Recognition]) -> int:
    """Return how many events of two runs are the same, one to one.

    Two are the same when their labels are and the time they share is at least half of the time
    that either covers.
    """
    left, pairs = list(second), 0
    for event in first:
        best = max(left, key=lambda other: _overlap(event, other), default=None)
        if best is not None and _overlap(event, best) >= _SAME_EVENT_IOU:
            left.remove(best)
            pairs += 1
    return pairs


def _overlap(a: Recognition, b: Recognition) -> float:
    """Return the intersection over union of two intervals; 0 where labels differ."""
    if (a.head, a.label) != (b.head, b.label):
        return 0.0
    shared = min(a.end_s, b.end_s) - max(a.start_s, b.start_s) + _INSTANT_S
    covered = max(a.end_s, b.end_s) - min(a.start_s, b.start_s) + _INSTANT_S
    return max(0.0, shared) / covered
