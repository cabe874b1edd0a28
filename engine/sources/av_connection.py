"""A camera, stream or test picture that FFmpeg reads."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

import av

from engine.errors import SourceError
from engine.sources.decoding import Undecodable, VideoDecoder, nominal_rate_hz
from engine.sources.live import Captured, ConnectionLostError
from engine.sources.opening import SILENCE, open_media, pick_video, reason

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from av import Packet, VideoFrame
    from av.container import InputContainer
    from av.video.stream import VideoStream

_MADE_UP_TIMES = frozenset({"mpjpeg", "h264", "hevc", "mjpeg", "m4v"})
"""Formats that carry no time stamps; FFmpeg counts frames at 25 per second instead."""
_LIVE_WAIT_S = 0.003
"""What is buffered comes sooner than this, what is captured now comes later."""
_LONGEST_BACKLOG_S = 3.0


class AvConnection:
    """An open container whose frames come at their own pace.

    Parameters
    ----------
    address, format, options, timeout_s, title, hint
        As for `engine.sources.opening.open_media`.
    ends
        Whether the end of the stream is the end of everything, not a loss; None to tell by its
        having a known length.
    from_live_edge
        Begin with the first picture that had to be waited for. What came while the stream was
        being looked into is late, and would come all at once.

    Raises
    ------
    SourceError
        When it cannot be opened or holds no pictures.
    """

    def __init__(
        self,
        address: str,
        *,
        title: str,
        format: str | None = None,
        options: Mapping[str, str] | None = None,
        timeout_s: tuple[float, float] | None = None,
        hint: str = "",
        ends: bool | None = None,
        from_live_edge: bool = False,
    ) -> None:
        self._container: InputContainer = open_media(
            address, title=title, format=format, options=options, timeout_s=timeout_s, hint=hint
        )
        try:
            self._stream: VideoStream = pick_video(self._container, title)
            if not self._stream.width:
                raise SourceError(f'"{title}" sends no picture that can be decoded.', hint)
        except SourceError:
            self._container.close()
            raise
        self._read_timeout_s = timeout_s[1] if timeout_s else math.inf
        # Frame threads would hold back as many frames as there are threads.
        self._stream.thread_type = "SLICE"
        self._decoder = VideoDecoder(self._container, self._stream)
        self._decoder.sync()  # one joins in the middle, before the next key frame
        geometry = self._decoder.expected_geometry()
        self.width, self.height = geometry.width, geometry.height
        self.rate_hz = nominal_rate_hz(self._stream)
        self.duration_s = (self._container.duration or 0) / av.time_base or None
        self.ended = self.duration_s is not None if ends is None else ends
        self._from_live_edge = from_live_edge
        self._waited_s = 0.0
        self._has_times = self._container.format.name not in _MADE_UP_TIMES

    def frames(self) -> Iterator[Captured]:
        """Yield pictures as they come; see `engine.sources.live.Connection`."""
        late = self._from_live_edge and self._has_times and not self.ended
        oldest_s: float | None = None
        try:
            for frame, skipped in self._decoder.frames(self._packets()):
                oldest_s = frame.time if oldest_s is None else oldest_s
                late = late and self._is_backlog(frame, oldest_s)
                if not late:
                    yield self._captured(frame, skipped)
        except Undecodable as error:
            why = str(error)
        else:
            return
        raise ConnectionLostError(why)

    def close(self) -> None:
        """Release the device or socket."""
        self._container.close()

    def _captured(self, frame: VideoFrame, skipped: int) -> Captured:
        return Captured(
            picture=self._decoder.picture(frame, self._decoder.geometry(frame)),
            device_s=frame.time if self._has_times else None,
            captured_ns=time.monotonic_ns(),
            skipped=skipped,
        )

    def _is_backlog(self, frame: VideoFrame, oldest_s: float | None) -> bool:
        if self._waited_s > _LIVE_WAIT_S:
            return False
        if frame.time is None or oldest_s is None:
            return True  # RTSP's first picture has no time, and the others come right behind it
        # A computer too slow for the stream never waits: it must not look for ever.
        return 0 <= frame.time - oldest_s < _LONGEST_BACKLOG_S

    def _packets(self) -> Iterator[Packet[VideoStream]]:
        asked_s = time.monotonic()
        try:
            for packet in self._container.demux(self._stream):
                self._waited_s = time.monotonic() - asked_s
                yield packet
                asked_s = time.monotonic()
        except av.FFmpegError as error:
            late = time.monotonic() - asked_s >= self._read_timeout_s
            why = SILENCE if late else reason(error)
        else:
            return
        raise ConnectionLostError(why)
