"""Sources for watching: recordings at their own pace, and only every n-th frame."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from engine.errors import SourceError
from engine.pacing import Pacer

if TYPE_CHECKING:
    from engine.frame import Frame
    from engine.sources.base import Source, SourceInfo, SourceStatus


class WatchedSource:
    """A `Source` as something to watch: live, whatever it is, and as often as wanted.

    A recording comes at its own time stamps, and what is not taken in time is lost, as with a
    camera. It counts as captured when it is due, so that latency means the same for all.

    Parameters
    ----------
    source
        Owned from now on.
    stride
        Hand on every `stride`-th frame. One that carries a discontinuity is always handed on, and
        counting begins anew there. The model is told the time between the frames it is given.
    paced
        False leaves a recording what it is: as fast as it is read, nothing lost.
    """

    def __init__(self, source: Source, *, stride: int = 1, paced: bool = True) -> None:
        if stride < 1:
            raise ValueError(f"stride must be at least 1, not {stride}")
        self._source, self._stride = source, stride
        self._pacer = Pacer() if paced and not source.info.live else None
        self._closed = threading.Event()
        self._to_skip = 0

    @property
    def info(self) -> SourceInfo:
        """What is known of the source; live, unless it is a recording that is not paced."""
        info, rate_hz = self._source.info, self._source.info.rate_hz
        return replace(
            info,
            live=info.live or self._pacer is not None,
            seekable=False,
            rate_hz=rate_hz / self._stride if rate_hz else None,
        )

    @property
    def status(self) -> SourceStatus:
        """A snapshot of its health."""
        return self._source.status

    def read(self) -> Frame | None:
        """Wait for the next frame that is wanted, and until it is due.

        Raises
        ------
        SourceError
            When the source broke and cannot recover.
        """
        while (frame := self._source.read()) is not None:
            if frame.discontinuity is None and self._to_skip > 0:
                self._to_skip -= 1
                continue
            self._to_skip = self._stride - 1
            return self._when_due(frame)
        return None

    def seek(self, pts_s: float) -> None:
        """Raise `SourceError`: what is watched has no past."""
        raise SourceError(f"{self.info.title} is watched live and cannot go to {pts_s:.1f} s.")

    def close(self) -> None:
        """Release everything; a `read` in progress returns None. Idempotent."""
        self._closed.set()
        self._source.close()

    def _when_due(self, frame: Frame) -> Frame | None:
        if self._pacer is None:
            return frame
        if self._closed.wait(self._pacer.wait_s(frame.pts_s)):
            return None
        return replace(frame, captured_ns=time.monotonic_ns())
