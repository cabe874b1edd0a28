"""What the stream has shown so far, kept small, for the panels and the seek bar."""

from __future__ import annotations

import bisect
import threading
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from engine.frame import Discontinuity
from engine.recognitions import Recognition, RecognitionTracker
from models.spec import HeadKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from engine.frame import Frame
    from engine.results import FrameResult
    from models.spec import Manifest

WINDOW_S: Final = 10.0
_MARKS_LIMIT: Final = 2000
_INTERVALS_LIMIT: Final = 5000
_TIMES_LIMIT: Final = 500_000
_RESTARTS: Final = (Discontinuity.START, Discontinuity.SEEK, Discontinuity.SOURCE)


@dataclass(frozen=True, slots=True)
class Trace:
    """The last `WINDOW_S` seconds of one action head.

    Attributes
    ----------
    times_s
        Presentation times, ascending.
    probabilities
        One (L,) array per time.
    """

    times_s: tuple[float, ...]
    probabilities: tuple[NDArray[np.float32], ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """A place on the timeline where memory did not simply carry on."""

    pts_s: float
    kind: Discontinuity


class History:
    """A `Sink` that remembers. Written by the pipeline's thread, read from any."""

    def __init__(self, manifest: Manifest) -> None:
        self._heads = [head for head in manifest.heads if head.kind is HeadKind.ACTIONS]
        self._lock = threading.Lock()
        self._trace: deque[tuple[float, Mapping[str, NDArray[np.float32]]]] = deque()
        self._tracker = RecognitionTracker(self._heads)
        self._intervals: list[Recognition] = []
        self._marks: dict[float, Mark] = {}
        self._times: list[float] = []

    def write(self, frame: Frame, result: FrameResult) -> None:
        """Take note of one frame."""
        with self._lock:
            if result.discontinuity is not None:
                self._note_break(result.pts_s, result.discontinuity)
            self._tracker.update(result)
            self._trace.append((result.pts_s, result.actions))
            while self._trace and self._trace[0][0] < result.pts_s - WINDOW_S:
                self._trace.popleft()
            self._note_time(result.pts_s)

    def close(self) -> None:
        """Nothing to finish."""

    def abort(self) -> None:
        """Nothing to give up."""

    def trace(self, head: str) -> Trace:
        """Return the recent past of an action head."""
        with self._lock:
            entries = [(t, actions[head]) for t, actions in self._trace if head in actions]
        return Trace(tuple(t for t, _ in entries), tuple(p for _, p in entries))

    def intervals(self) -> list[Recognition]:
        """Return what was recognised when, the unfinished included; overlaps are merged."""
        with self._lock:
            return merge([*self._intervals, *self._tracker.closed, *self._tracker.open])

    def marks(self) -> list[Mark]:
        """Return the discontinuities worth a tick: not the start of the stream."""
        with self._lock:
            return list(self._marks.values())

    def previous_time(self, pts_s: float) -> float | None:
        """Return the time of the frame seen before the one at `pts_s`, if it was seen."""
        with self._lock:
            place = bisect.bisect_left(self._times, pts_s - 1e-6)
            return self._times[place - 1] if place else None

    def _note_break(self, pts_s: float, kind: Discontinuity) -> None:
        if kind in _RESTARTS:
            self._trace.clear()
            finished = [*self._intervals, *self._tracker.finish()]
            self._intervals = merge(finished)[-_INTERVALS_LIMIT:]
            self._tracker = RecognitionTracker(self._heads)
        # Where the user jumps to is not a property of the recording.
        if (
            kind not in (Discontinuity.START, Discontinuity.SEEK)
            and len(self._marks) < _MARKS_LIMIT
        ):
            self._marks[round(pts_s, 3)] = Mark(pts_s, kind)

    def _note_time(self, pts_s: float) -> None:
        if not self._times or pts_s > self._times[-1]:
            if len(self._times) < _TIMES_LIMIT:
                self._times.append(pts_s)
            return
        place = bisect.bisect_left(self._times, pts_s)
        if self._times[place] != pts_s:
            self._times.insert(place, pts_s)


def merge(intervals: list[Recognition]) -> list[Recognition]:
    """Join overlapping intervals of the same label, as replaying a stretch makes them."""
    merged: list[Recognition] = []
    for one in sorted(intervals, key=lambda r: (r.head, r.label, r.start_s)):
        last = merged[-1] if merged else None
        if last and (last.head, last.label) == (one.head, one.label) and one.start_s <= last.end_s:
            merged[-1] = Recognition(
                last.head,
                last.label,
                last.start_s,
                max(last.end_s, one.end_s),
                max(last.peak, one.peak),
            )
        else:
            merged.append(one)
    return merged
