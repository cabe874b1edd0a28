"""Checkpoints of everything that carries over, so that seeking shows what playing shows."""

from __future__ import annotations

import threading
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from engine.result_log import ResultLog

if TYPE_CHECKING:
    from engine.carry import Snapshot
    from engine.frame import Frame
    from engine.predictor import Predictor
    from engine.results import FrameResult

DEFAULT_LIMIT_BYTES: Final = 64 << 20
DEFAULT_RESULTS_BYTES: Final = 48 << 20
DEFAULT_EVERY_FRAMES: Final = 15


@dataclass(frozen=True, slots=True)
class SeekPlan:
    """How to get to a position with the memory that belongs there.

    Attributes
    ----------
    from_s
        Where the source has to go on from.
    until_s
        Frames before it are processed but not shown.
    snapshot
        To be restored before the first frame; None starts with empty memory.
    known
        What was seen at the target when it was played, to be shown at once; None when that was
        not kept.
    """

    from_s: float
    until_s: float
    snapshot: Snapshot | None
    known: FrameResult | None = None


class StateTimeline:
    """Snapshots, and results, by position in one recording, within memory limits.

    Near the position last asked for they stay `every_frames` apart; farther away they are thinned
    in proportion to the distance, so that a long recording keeps some everywhere.

    Parameters
    ----------
    limit_bytes
        Upper bound on the snapshots held together.
    every_frames
        Distance between snapshots while playing.
    longest_replay_s
        Stream time beyond which replaying from a snapshot would take too long: the seek then
        starts with empty memory `warm_up_s` before the target, and is marked approximate.
    results_bytes
        Upper bound on the results kept, with which a seek shows its target before memory has been
        replayed; 0 keeps none.
    """

    def __init__(
        self,
        limit_bytes: int = DEFAULT_LIMIT_BYTES,
        every_frames: int = DEFAULT_EVERY_FRAMES,
        longest_replay_s: float = 20.0,
        warm_up_s: float = 4.0,
        results_bytes: int = DEFAULT_RESULTS_BYTES,
    ) -> None:
        self._limit_bytes = limit_bytes
        self._every_frames = every_frames
        self._longest_replay_s = longest_replay_s
        self._warm_up_s = warm_up_s
        self._lock = threading.Lock()  # offered to by the model's thread, asked by the display's
        self._positions: list[float] = []
        self._snapshots: list[Snapshot] = []
        self._bytes = 0
        self._since = every_frames
        self._end_s = 0.0
        self._results = ResultLog(results_bytes) if results_bytes else None

    def __len__(self) -> int:
        return len(self._snapshots)

    @property
    def nbytes(self) -> int:
        """Bytes held by the snapshots."""
        return self._bytes

    def offer(self, predictor: Predictor, frame: Frame) -> None:
        """Take a snapshot before `frame` is processed, if one is due and memory is exact."""
        self._since += 1
        if self._since <= self._every_frames or not predictor.exact:
            return
        self._since = 0
        self._end_s = max(self._end_s, frame.pts_s)
        place = bisect_left(self._positions, frame.pts_s)
        if place < len(self._positions) and self._positions[place] == frame.pts_s:
            return
        snapshot = predictor.snapshot(frame)
        with self._lock:
            self._positions.insert(place, frame.pts_s)
            self._snapshots.insert(place, snapshot)
            self._bytes += snapshot.nbytes
            while self._bytes > self._limit_bytes and len(self._snapshots) > 1:
                self._thin(frame.pts_s)

    def note(self, result: FrameResult) -> None:
        """Keep what was seen in a frame, if memory was exact."""
        if self._results is not None and result.exact:
            with self._lock:
                self._results.put(result)

    def at(self, pts_s: float) -> Snapshot | None:
        """Return the snapshot taken before the frame at exactly `pts_s`, if there is one."""
        with self._lock:
            place = bisect_left(self._positions, pts_s)
            found = place < len(self._positions) and self._positions[place] == pts_s
            return self._snapshots[place] if found else None

    def clear(self) -> None:
        """Forget everything, because a setting that changes results has changed."""
        with self._lock:
            self._positions.clear()
            self._snapshots.clear()
            self._bytes = 0
            self._since = self._every_frames
            if self._results is not None:
                self._results.clear()

    def plan(self, target_s: float) -> SeekPlan:
        """Return how to reach the first frame at or after `target_s`."""
        with self._lock:
            known = self._results.first_from(target_s) if self._results is not None else None
            place = bisect_right(self._positions, target_s) - 1
            if place >= 0 and target_s - self._positions[place] <= self._longest_replay_s:
                return SeekPlan(self._positions[place], target_s, self._snapshots[place], known)
        return SeekPlan(max(0.0, target_s - self._warm_up_s), target_s, None, known)

    def _thin(self, here_s: float) -> None:
        """Drop the snapshot that is missed least: small hole left, far from here.

        Holes too long to be replayed are left last of all, one up to the end included. The first
        one stays: it makes the beginning exact for ever.
        """
        positions = self._positions

        def worth(i: int) -> tuple[bool, float]:
            after_s = positions[i + 1] if i + 1 < len(positions) else self._end_s
            hole_s = after_s - positions[i - 1]
            distance_s = abs(positions[i] - here_s)
            return hole_s > self._longest_replay_s, hole_s / (1.0 + distance_s)

        victim = min(range(1, len(positions)), key=worth)
        del positions[victim]
        self._bytes -= self._snapshots.pop(victim).nbytes
