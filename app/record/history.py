"""Everything that a stream has shown so far."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from app.record.intervals import IntervalLog
from app.record.probability_log import ProbabilityLog
from app.record.track_log import TrackLog, TrackSpan
from engine.frame import Discontinuity
from models.spec import HeadKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from engine.frame import Frame
    from engine.recognitions import Recognition
    from engine.results import FrameResult
    from engine.state import StateEvent
    from models.spec import HeadSpec, Manifest

WINDOW_S: Final = 10.0
_MARKS_LIMIT: Final = 2000
_RESTARTS: Final = (Discontinuity.START, Discontinuity.SEEK, Discontinuity.SOURCE)


@dataclass(frozen=True, slots=True)
class Trace:
    """The last `WINDOW_S` seconds of one action head, as far as memory reaches without a hole.

    Attributes
    ----------
    times_s
        (N,) presentation times, ascending.
    probabilities
        (N, L) float32.
    """

    times_s: NDArray[np.float64]
    probabilities: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Mark:
    """A place on the timeline where memory did not simply carry on, and what was done."""

    pts_s: float
    kind: Discontinuity
    event: StateEvent | None = None


class History:
    """A `Sink` that remembers. Written by the pipeline's thread, read from any.

    Attributes
    ----------
    shown
        By head, the labels shown last where they are steadied; empty where they are not.
    """

    def __init__(self, manifest: Manifest) -> None:
        self.heads: tuple[HeadSpec, ...] = tuple(
            head for head in manifest.heads if head.kind is HeadKind.ACTIONS
        )
        self._lock = threading.Lock()
        self._columns = _columns(self.heads)
        self._width = sum(len(head.labels) for head in self.heads)
        self._log = ProbabilityLog(self._width)
        self._tracks = TrackLog()
        self._intervals = IntervalLog(self.heads)
        self._marks: dict[float, Mark] = {}
        self._next_index: int | None = None
        self._since_s = self._last_s = 0.0
        self.shown: Mapping[str, NDArray[np.bool_]] = {}

    def write(self, frame: Frame, result: FrameResult) -> None:
        """Take note of one frame."""
        row = np.zeros(self._width, np.float32)
        for head, (first, last) in self._columns.items():
            if (values := result.actions.get(head)) is not None:
                row[first:last] = values
        with self._lock:
            follows = self._follows(result)
            if not follows:
                self._since_s = result.pts_s - result.memory_s
            self._last_s = result.pts_s
            self._intervals.put(result, follows=follows)
            self._tracks.put(result, follows=follows)
            self._log.put(result.pts_s, row)
            self._note_mark(result)
            self.shown = result.shown or {}

    def close(self) -> None:
        """Nothing to finish."""

    def abort(self) -> None:
        """Nothing to give up."""

    def forget_tracks(self) -> None:
        """Forget what was tracked: it was tracked by a threshold that is no more."""
        with self._lock:
            self._tracks.clear()

    def column(self, head: str, index: int) -> int:
        """Return the place of a label in the rows of `envelope` and `at`."""
        return self._columns[head][0] + index

    def trace(self, head: str) -> Trace:
        """Return the recent past of an action head."""
        first, last = self._columns[head]
        with self._lock:
            start_s = max(self._since_s, self._last_s - WINDOW_S)
            times_s, rows = self._log.run_up_to(self._last_s, start_s)
        return Trace(times_s, rows[:, first:last])

    def envelope(self, start_s: float, end_s: float, columns: int) -> NDArray[np.float32]:
        """See `ProbabilityLog.envelope`; labels of all action heads side by side."""
        with self._lock:
            return self._log.envelope(start_s, end_s, columns)

    def at(self, pts_s: float) -> NDArray[np.float32] | None:
        """See `ProbabilityLog.at`."""
        with self._lock:
            return self._log.at(pts_s)

    def span(self) -> tuple[float, float] | None:
        """Return the first and the last time seen; None before the first frame."""
        with self._lock:
            times_s = self._log.times_s
            return (float(times_s[0]), float(times_s[-1])) if len(times_s) else None

    def tracks(self) -> list[TrackSpan]:
        """Return every tracked thing, in order of appearance."""
        with self._lock:
            return self._tracks.tracks()

    def intervals(self) -> list[Recognition]:
        """Return what was recognised when, the unfinished included; overlaps are merged."""
        with self._lock:
            return self._intervals.intervals()

    def marks(self) -> list[Mark]:
        """Return the discontinuities worth a tick: not the start of the stream."""
        with self._lock:
            return sorted(self._marks.values(), key=lambda mark: mark.pts_s)

    def previous_time(self, pts_s: float) -> float | None:
        """Return the time of the frame seen before the one at `pts_s`, if it was seen."""
        with self._lock:
            times_s = self._log.times_s
            place = int(np.searchsorted(times_s, pts_s - 1e-6))
            return float(times_s[place - 1]) if place else None

    def _follows(self, result: FrameResult) -> bool:
        """Tell whether a frame comes right after the last one.

        An exact seek carries memory on and marks nothing, but what lies between was not seen.
        """
        expected, self._next_index = self._next_index, result.index + 1
        if result.discontinuity is not None:
            return result.discontinuity not in _RESTARTS
        return result.index == expected

    def _note_mark(self, result: FrameResult) -> None:
        # Where the user jumps to is not a property of the recording.
        kind = result.discontinuity
        if kind in (None, Discontinuity.START, Discontinuity.SEEK):
            return
        self._marks[round(result.pts_s, 3)] = Mark(result.pts_s, kind, result.event)
        if len(self._marks) > _MARKS_LIMIT:
            del self._marks[next(iter(self._marks))]


def _columns(heads: tuple[HeadSpec, ...]) -> dict[str, tuple[int, int]]:
    columns, first = {}, 0
    for head in heads:
        columns[head.name] = (first, first + len(head.labels))
        first += len(head.labels)
    return columns
