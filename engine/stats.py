"""Running figures of a stream."""

from __future__ import annotations

import time
from collections import deque


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
