"""Annotated clips as H.264 in MP4, at the source's own time stamps, safe against crashes."""

from __future__ import annotations

import threading
from fractions import Fraction
from queue import Queue
from typing import TYPE_CHECKING, Final

import av
import av.error
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter

from engine.errors import SinkError
from engine.sinks.audio import AudioPassThrough
from engine.sinks.part_file import PartFile, write_error

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from av import VideoStream
    from av.container import OutputContainer
    from numpy.typing import NDArray

    from engine.frame import Frame
    from engine.results import FrameResult
    from engine.sources.base import SourceInfo

    Draw = Callable[[NDArray[np.uint8], FrameResult], None]

_QUEUE_FRAMES: Final = 3
_KEY_INTERVAL_S: Final = 1.0
# A killed export must still play: fragments that are turned into an ordinary index on closing.
_CONTAINER_OPTIONS: Final = {
    "movflags": "hybrid_fragmented+frag_keyframe",
    "flush_packets": "1",
}
_HIGH_DEFINITION_LINES: Final = 720
_BT709: Final = 1
_BT601: Final = 6
_LIMITED_RANGE: Final = 1


class Mp4Sink:
    """Draws, converts and encodes in a thread of its own.

    Parameters
    ----------
    path
        Written as ``.part`` beside it, and named so when complete.
    draw
        Draws a result on a (H, W, 4) BGRA picture; None leaves pictures as they are.
    quality
        Constant rate factor of x264: less is better and larger.
    start_s, end_s
        Part of the source that is exported; audio outside is left out.
    """

    def __init__(
        self,
        path: Path,
        info: SourceInfo,
        *,
        draw: Draw | None,
        quality: int = 23,
        start_s: float | None = None,
        end_s: float | None = None,
    ) -> None:
        self._part = PartFile(path)
        self._encoder = _Encoder(self._part, info, draw, quality, end_s)
        self._queue: Queue[tuple[Frame, FrameResult] | None] = Queue(_QUEUE_FRAMES)
        self._error: SinkError | None = None
        self._thread = threading.Thread(target=self._run, name="longtake-encode", daemon=True)
        self._thread.start()

    def write(self, frame: Frame, result: FrameResult) -> None:
        """Hand one frame over; waits while the encoder is behind."""
        if self._error is not None:
            raise self._error
        self._queue.put((frame, result))

    def close(self) -> None:
        """Encode what is waiting, close the container and give the file its name."""
        self._stop()
        if self._error is None:
            try:
                self._encoder.finish()
            except SinkError as error:
                self._error = error
        if self._error is not None:
            raise self._error
        self._part.finish()

    def abort(self) -> None:
        """Leave what was encoded so far, playable, as ``.part``."""
        if not self._thread.is_alive():
            return
        self._stop()
        try:
            self._encoder.finish()
        except SinkError as error:
            self._error = error

    def _stop(self) -> None:
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        # After an error what comes is thrown away, so that whoever writes never waits for ever.
        while (item := self._queue.get()) is not None:
            if self._error is None:
                try:
                    self._encoder.add(*item)
                except SinkError as error:
                    self._error = error


class _Encoder:
    """The container and its streams, from the first frame on."""

    def __init__(
        self,
        part: PartFile,
        info: SourceInfo,
        draw: Draw | None,
        quality: int,
        end_s: float | None,
    ) -> None:
        self._part, self._info, self._draw = part, info, draw
        self._quality, self._end_s = quality, end_s
        self._container: OutputContainer | None = None
        self._stream: VideoStream | None = None
        self._audio: AudioPassThrough | None = None
        self._reformatter = VideoReformatter()
        self._colours = (
            Colorspace.ITU709 if info.height >= _HIGH_DEFINITION_LINES else Colorspace.ITU601
        )
        self._zero = Fraction(0)
        self._last_pts = -1

    def add(self, frame: Frame, result: FrameResult) -> None:
        """Draw and encode one frame."""
        canvas = frame.picture.bgra()
        if self._draw is not None:
            self._draw(canvas, result)
        try:
            if self._stream is None:
                self._begin(frame, canvas.shape[1] & ~1, canvas.shape[0] & ~1)
            self._encode(frame, canvas)
        except (OSError, av.error.FFmpegError) as error:
            raise self._error(error) from error

    def finish(self) -> None:
        """Flush encoders and close the container; closing can find the disk full, too."""
        if self._container is None:
            return
        container, self._container = self._container, None
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
        stream = self._container.add_stream("libx264", rate=rate)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.time_base = stream.codec_context.time_base = frame.time_base
        stream.codec_context.gop_size = max(1, round(float(rate) * _KEY_INTERVAL_S))
        # B-frames would shift all time stamps: a fragmented file has no edit list to take it back.
        stream.options = {"preset": "superfast", "crf": str(self._quality), "bf": "0"}
        tag = _BT709 if self._colours is Colorspace.ITU709 else _BT601
        context = stream.codec_context
        context.colorspace = context.color_primaries = context.color_trc = tag
        context.color_range = _LIMITED_RANGE
        self._stream = stream
        if self._info.audio_path is not None:
            self._audio = AudioPassThrough(
                self._info.audio_path, self._container, float(self._zero)
            )

    def _encode(self, frame: Frame, canvas: NDArray[np.uint8]) -> None:
        assert self._stream is not None
        assert self._container is not None
        even = canvas[: canvas.shape[0] & ~1, : canvas.shape[1] & ~1]
        picture = av.VideoFrame.from_numpy_buffer(np.ascontiguousarray(even), format="bgra")
        converted = self._reformatter.reformat(
            picture,
            self._stream.width,
            self._stream.height,
            "yuv420p",
            dst_colorspace=self._colours,
            dst_color_range=ColorRange.MPEG,
        )
        time_base = self._stream.codec_context.time_base
        assert time_base is not None
        pts = round((frame.pts * frame.time_base - self._zero) / time_base)
        converted.pts = self._last_pts = max(pts, self._last_pts + 1)
        converted.time_base = time_base
        if self._audio is not None:
            self._audio.advance(float(converted.pts * time_base))
        self._container.mux(self._stream.encode(converted))

    def _end_of_audio_s(self) -> float:
        """Audio goes on as long as the last picture is shown, or to the end of the range."""
        if self._end_s is not None:
            return self._end_s - float(self._zero)
        assert self._stream is not None
        assert self._stream.codec_context.time_base is not None
        return float(self._last_pts * self._stream.codec_context.time_base) + 1.0

    def _error(self, error: OSError | av.error.FFmpegError) -> SinkError:
        number, reason = getattr(error, "errno", None), getattr(error, "strerror", None)
        return write_error(self._part.target, OSError(number or 0, reason or str(error)))

    def _close_quietly(self, container: OutputContainer) -> None:
        try:
            container.close()
        except (OSError, av.error.FFmpegError):
            return  # the first error is the one to tell
