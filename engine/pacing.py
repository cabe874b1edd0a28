"""Playing a recording at its own time stamps."""

from __future__ import annotations

import time

_LATE_NS = 250_000_000


class Pacer:
    """Says how long to wait before a frame is due.

    Anchored at the first frame after `restart`; anchored anew when the stream falls more than a
    quarter of a second behind, so that a slow stretch is not followed by a rush to catch up.
    """

    def __init__(self, speed: float = 1.0) -> None:
        self._speed = speed
        self._anchor: tuple[int, float] | None = None

    @property
    def speed(self) -> float:
        """Stream seconds per wall-clock second."""
        return self._speed

    def set_speed(self, speed: float) -> None:
        """Change the speed from the next frame on."""
        self._speed = speed
        self._anchor = None

    def restart(self) -> None:
        """Let the next frame be due at once."""
        self._anchor = None

    def wait_s(self, pts_s: float) -> float:
        """Return the seconds until the frame of `pts_s` is due; 0 when it is."""
        now_ns = time.monotonic_ns()
        if self._anchor is not None:
            anchor_ns, anchor_s = self._anchor
            due_ns = anchor_ns + int((pts_s - anchor_s) / self._speed * 1e9)
            if pts_s >= anchor_s and due_ns > now_ns - _LATE_NS:
                return max(0, due_ns - now_ns) / 1e9
        self._anchor = (now_ns, pts_s)
        return 0.0
