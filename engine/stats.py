"""Running figures of a stream."""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.frame import Frame
    from engine.results import FrameResult


class RateMeter:
    """Events per second of wall time over the last `window_s`."""

    def __init__(self, window_s: float = 1.5) -> None:
        self._window_ns = int(window_s * 1e9)
        self._ticks: deque[int] = deque()

    def tick(self) -> None:
        """Count one event, now."""
        now_ns = time.monotonic_ns()
        self._ticks.append(now_ns)
        while now_ns - self._ticks[0] > self._window_ns:
            self._ticks.popleft()

    def rate_hz(self) -> float:
        """Return the rate; 0 before two events, and once events have stopped coming."""
        # A snapshot, because another thread may be counting.
        ticks = tuple(self._ticks)
        if len(ticks) < 2 or time.monotonic_ns() - ticks[-1] > self._window_ns:
            return 0.0
        return (len(ticks) - 1) / max(1e-9, (ticks[-1] - ticks[0]) / 1e9)


class StreamRate:
    """Events per second of stream time over the last `window_s` of it.

    Unlike `RateMeter` it says the same however fast a recording is played.
    """

    def __init__(self, window_s: float = 2.0) -> None:
        self._window_s = window_s
        self._times_s: deque[float] = deque()

    def tick(self, pts_s: float) -> None:
        """Count one event; a step back or a hole longer than the window begins anew."""
        last_s = self._times_s[-1] if self._times_s else pts_s
        if not 0 <= pts_s - last_s <= self._window_s:
            self._times_s.clear()
        self._times_s.append(pts_s)
        while pts_s - self._times_s[0] > self._window_s:
            self._times_s.popleft()

    def rate_hz(self) -> float:
        """Return the rate; 0 before two events."""
        times_s = tuple(self._times_s)  # another thread may be counting
        if len(times_s) < 2 or times_s[-1] <= times_s[0]:
            return 0.0
        return (len(times_s) - 1) / (times_s[-1] - times_s[0])


class RunningMean:
    """Exponential mean that starts at the first value."""

    def __init__(self, weight: float = 0.1) -> None:
        self._weight = weight
        self.value = 0.0
        self._empty = True

    def add(self, value: float) -> None:
        """Take one value in."""
        self.value = value if self._empty else self.value + self._weight * (value - self.value)
        self._empty = False


class StreamCounters:
    """Figures of a pipeline; each is written by one thread and read by any."""

    def __init__(self) -> None:
        self.captured = 0
        self.processed = 0
        self.discarded = 0
        self.replayed = 0
        self.discontinuities = 0
        self.position_s: float | None = None
        self.held = 0
        self.memory_s = 0.0
        self.model_rate = StreamRate()
        self.source_rate, self.processed_rate = RateMeter(), RateMeter()
        self.inference_ms, self.latency_ms = RunningMean(), RunningMean()

    def count(self, frame: Frame, result: FrameResult) -> None:
        """Count a frame that was shown."""
        self.processed += 1
        self.discontinuities += result.discontinuity is not None
        self.position_s = frame.pts_s
        self.held += result.held
        self.memory_s = result.memory_s
        if not result.held:
            self.model_rate.tick(frame.pts_s)
        self.processed_rate.tick()
        self.inference_ms.add(result.inference_ns / 1e6)
        self.latency_ms.add((time.monotonic_ns() - frame.captured_ns) / 1e6)
