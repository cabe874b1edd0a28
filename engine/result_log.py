"""Results by position: what was shown need not be worked out again."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from engine.results import FrameResult

_OVERHEAD_BYTES: Final = 1400
"""Of the Python objects and array headers of one result."""


class ResultLog:
    """Results of one recording in order of time, within a memory limit.

    What is farthest from the position last put is forgotten first. Not safe for several threads by
    itself: `engine.timeline.StateTimeline` locks around it.

    Parameters
    ----------
    limit_bytes
        Upper bound on all results together, about.
    """

    def __init__(self, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._times_s: list[float] = []
        self._results: list[FrameResult] = []
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._results)

    @property
    def nbytes(self) -> int:
        """Bytes that keeping them costs, about."""
        return self._bytes

    def put(self, result: FrameResult) -> None:
        """Keep a result, unless there is one of that time."""
        place = bisect_left(self._times_s, result.pts_s)
        if place < len(self._times_s) and self._times_s[place] == result.pts_s:
            return
        self._times_s.insert(place, result.pts_s)
        self._results.insert(place, result)
        self._bytes += _nbytes(result)
        while self._bytes > self._limit_bytes and len(self._results) > 1:
            self._forget_farthest(result.pts_s)

    def first_from(self, target_s: float) -> FrameResult | None:
        """Return the result of the first frame at or after `target_s`.

        None where that is not known for sure: another frame, never seen, might lie in between.
        """
        place = bisect_left(self._times_s, target_s)
        if place == len(self._results):
            return None
        found = self._results[place]
        before = self._results[place - 1].index if place else -1
        sure = found.pts_s == target_s or found.index == before + 1
        return found if sure else None

    def clear(self) -> None:
        """Forget everything."""
        self._times_s.clear()
        self._results.clear()
        self._bytes = 0

    def _forget_farthest(self, here_s: float) -> None:
        victim = 0 if here_s - self._times_s[0] >= self._times_s[-1] - here_s else -1
        self._bytes -= _nbytes(self._results.pop(victim))
        del self._times_s[victim]


def _nbytes(result: FrameResult) -> int:
    found = result.detections
    arrays = (found.xyxy, found.confidence, found.class_id, found.track_id)
    return _OVERHEAD_BYTES + sum(array.nbytes for array in (*arrays, *result.actions.values()))
