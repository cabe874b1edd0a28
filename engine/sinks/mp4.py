"""Annotated clips as H.264 in MP4, at the source's own time stamps, safe against crashes."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from fractions import Fraction
from typing import TYPE_CHECKING, Final, cast

import av
import av.error
from av.video.frame import PictureType

from engine.errors import SinkError
from engine.sinks.audio import AudioPassThrough
from engine.sinks.encoders import ENCODERS, VideoOptions
from engine.sinks.part_file import PartFile, write_error

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import numpy as np
    from av import VideoStream
    from av.container import OutputContainer
    from numpy.typing import NDArray

    from engine.frame import Frame
    from engine.results import FrameResult
    from engine.sources.base import SourceInfo

    Draw = Callable[[NDArray[np.uint8], FrameResult, tuple[int, int]], None]

_QUEUE_FRAMES: Final = 3
# A killed export loses what follows its last key frame, and what waits in the queue: together
# less than a second.
_KEY_INTERVAL_S: Final = 0.8
_LONGEST_KEY_INTERVAL: Final = 600
# A killed export must still play: fragments that are turned into an ordinary index on closing.
_CONTAINER_OPTIONS: Final = {
    "movflags": "hybrid_fragmented+frag_keyframe",
    "flush_packets": "1",
}
_BT601: Final = 6
_LIMITED_RANGE: Final = 1


class Mp4Sink:
    """Draws, converts and encodes in a thread of its own.

    Parameters
    ----------
    path
        Written as ``.part`` beside it, and named so when complete.
    draw
        Draws a result on a (H, W, 4) BGRA picture, given the width and height that boxes refer to;
        None leaves pictures as they are.
    quality
        As x264's constant rate factor: less is better and larger.
    end_s
        Where the part of the source that is exported ends; it begins with the first frame written.
        Audio outside is left out.
    options
        Size, encoder and sound.
    """

    def __init__(
        self,
        path: Path,
        info: SourceInfo,
        *,
        draw: Draw | None,
        quality: int = 23,
        end_s: float | None = None,
        options: VideoOptions | None = None,
    ) -> None:
        self._part = PartFile(path, source=info.audio_path)
        self._encoder = _Encoder(self._part, info, draw, quality, end_s, options or VideoOptions())
        self._worker = ThreadPoolExecutor(1, "longtake-encode")
        self._pending: deque[Future[None]] = deque()

    def write(self, frame: Frame, result: FrameResult) -> None:
        """Hand one frame over; waits while the encoder is behind."""
        self._collect(_QUEUE_FRAMES - 1)
        self._pending.append(self._worker.submit(self._encoder.add, frame, result))

    def close(self) -> None:
        """Encode what is waiting, close the container and give the file its name."""
        try:
            self._collect(0)
            self._encoder.finish()
        finally:
            self._worker.shutdown()
        if self._encoder.frames == 0:
            self._part.discard()
            raise SinkError(f"{self._part.target} was not written: there was no picture to export.")
        self._part.finish()

    def abort(self) -> None:
        """Leave what was encoded so far, playable, as ``.part``; nothing if that is no frame."""
        self._worker.shutdown()
        with suppress(SinkError):
            self._encoder.finish()
        if self._encoder.frames == 0:
            self._part.discard()

    def _collect(self, most: int) -> None:
        """Wait until at most `most` frames are with the encoder; raise what went wrong there."""
        while self._pending and (len(self._pending) > most or self._pending[0].done()):
            # A failed frame is not taken away: a failed export stays failed.
            self._pending[0].result()
            self._pending.popleft()


class _Encoder:
    """The container and its streams, from the first frame on."""

    def __init__(
        self,
        part: PartFile,
        info: SourceInfo,
        draw: Draw | None,
        quality: int,
        end_s: float | None,
        options: VideoOptions,
    ) -> None:
        self._part, self._info, self._draw = part, info, draw
        self._quality, self._end_s, self._options = quality, end_s, options
        self._codec = ENCODERS[options.encoder]
        self._container: OutputContainer | None = None
        self._stream: VideoStream | None = None
        self._audio: AudioPassThrough | None = None
        self._zero = Fraction(0)
        self._last_pts, self._interval, self._key_pts = -1, 0, 0
        self._failure: SinkError | None = None
        self.frames = 0

    def add(self, frame: Frame, result: FrameResult) -> None:
        """Draw and encode one frame; after a failed write nothing is written any more."""
        if self._failure is not None:
            raise self._failure
        canvas = self._options.scaled(frame.picture.bgra())
        if self._draw is not None:
            self._draw(canvas, result, (frame.picture.width, frame.picture.height))
        try:
            if self._stream is None:
                self._begin(frame, canvas.shape[1] & ~1, canvas.shape[0] & ~1)
            self._encode(frame, canvas)
            self.frames += 1
        except (OSError, av.error.FFmpegError) as error:
            # FFmpeg crashes when asked to write on after it could not write the beginning.
            self._failure = self._error(error)
            raise self._failure from error

    def finish(self) -> None:
        """Flush encoders and close the container; closing can find the disk full, too."""
        if self._container is None:
            return
        container, self._container = self._container, None
        if self._failure is not None:
            self._close_quietly(container)
            return
        try:
            if self._stream is not None:
                container.mux(self._stream.encode(None))
            if self._audio is not None:
                self._audio.advance(self._end_of_audio_s())
                self._audio.close()
        except (OSError, av.error.FFmpegError) as error:
            self._close_quietly(container)
            raise self._error(error) from error
        try:
            container.close()
        except (OSError, av.error.FFmpegError) as error:
            raise self._error(error) from error

    def _begin(self, frame: Frame, width: int, height: int) -> None:
        self._zero = frame.pts * frame.time_base
        self._container = av.open(
            str(self._part.path), "w", format="mp4", options=_CONTAINER_OPTIONS
        )
        rate = Fraction(self._info.rate_hz or 30).limit_denominator(1001)
        stream = cast("VideoStream", self._container.add_stream(self._codec.name, rate=rate))
        stream.width, stream.height, stream.pix_fmt = width, height, self._codec.pixels
        stream.time_base = stream.codec_context.time_base = frame.time_base
        stream.codec_context.gop_size = _LONGEST_KEY_INTERVAL
        stream.options = {**self._codec.options(self._quality)}
        context = stream.codec_context
        context.colorspace = context.color_primaries = context.color_trc = _BT601
        context.color_range = _LIMITED_RANGE
        self._stream = stream
        if self._info.audio_path is not None and self._options.audio:
            self._audio = AudioPassThrough(
                self._info.audio_path, self._container, float(self._zero)
            )

    def _encode(self, frame: Frame, canvas: NDArray[np.uint8]) -> None:
        assert self._stream is not None
        assert self._container is not None
        converted = self._codec.convert(canvas)
        converted.colorspace, converted.color_range = _BT601, _LIMITED_RANGE
        time_base = self._stream.codec_context.time_base
        assert time_base is not None
        pts = round((frame.pts * frame.time_base - self._zero) / time_base)
        pts = max(pts, self._last_pts + 1)
        # By time, not by count: frames can be few and far between.
        if self._last_pts < 0 or (pts - self._key_pts) * time_base >= _KEY_INTERVAL_S:
            converted.pict_type, self._key_pts = PictureType.I, pts
        self._interval, self._last_pts = pts - self._last_pts, pts
        converted.pts, converted.time_base = pts, time_base
        if self._audio is not None:
            self._audio.advance(float(converted.pts * time_base))
        self._container.mux(self._stream.encode(converted))

    def _end_of_audio_s(self) -> float:
        """Audio goes on as long as the last picture is shown, or to the end of the range."""
        if self._end_s is not None:
            return self._end_s - float(self._zero)
        assert self._stream is not None
        assert self._stream.codec_context.time_base is not None
        return float((self._last_pts + self._interval) * self._stream.codec_context.time_base)

    def _error(self, error: OSError | av.error.FFmpegError) -> SinkError:
        number, reason = getattr(error, "errno", None), getattr(error, "strerror", None)
        return write_error(self._part.target, OSError(number or 0, reason or str(error)))

    def _close_quietly(self, container: OutputContainer) -> None:
        try:
            container.close()
        except (OSError, av.error.FFmpegError):
            return  # the first error is the one to tell
