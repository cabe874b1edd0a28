"""The newest result, for whoever draws it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.frame import Frame
    from engine.results import FrameResult


class Mailbox:
    """A `Sink` of one slot: a newer result replaces one that nobody took.

    The display takes from it on its own timer, so a slow display never holds up the stream.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._slot: tuple[Frame, FrameResult] | None = None

    def write(self, frame: Frame, result: FrameResult) -> None:
        """Put one frame and what was seen in it, replacing what is there."""
        with self._lock:
            self._slot = (frame, result)

    def take(self) -> tuple[Frame, FrameResult] | None:
        """Return the newest result once; None when there is nothing new."""
        with self._lock:
            slot, self._slot = self._slot, None
        return slot

    def close(self) -> None:
        """Nothing to finish."""

    def abort(self) -> None:
        """Nothing to give up."""
