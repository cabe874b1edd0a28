"""Waits for a stream that is being opened in a thread, and keeps out one that comes too late."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.stream import Stream


class Door:
    """Stops a stream that comes when nobody waits for it any more, or has come but was not seen."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._shut = False
        self._stream: Stream | None = None

    def enter(self, stream: Stream) -> None:
        """Take a stream that is open; from the thread that opened it."""
        with self._lock:
            self._stream = stream
            shut = self._shut
        if shut:
            stream.stop()

    def shut(self) -> None:
        """Stop the stream, now or when it comes. Idempotent."""
        with self._lock:
            self._shut = True
            stream = self._stream
        if stream is not None:
            stream.stop()
