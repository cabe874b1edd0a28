"""A place in a file from which decoding goes on, and exact jumps to another."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import av

from engine.sources.clocks import FileClock
from engine.sources.decoding import (
    FILE_RECOVERY_FRAMES,
    Undecodable,
    VideoDecoder,
    nominal_rate_hz,
)
from engine.sources.opening import reason

if TYPE_CHECKING:
    from collections.abc import Callable

    from av import VideoFrame
    from av.container import InputContainer
    from av.video.stream import VideoStream

_SEEK_EARLY_S = (0.2, 2.0, 20.0)
"""How far before a target decoding begins: the first that is early enough is used.

Containers find key frames by decoding time, which with B-frames runs up to a few frames ahead of
presentation; and some find them only roughly.
"""
_LITTLE_AHEAD_S = 1.0
_CLOCK_STARTS_ANYWHERE_S = 1.0
"""Broadcast recordings count from when the transmitter was switched on; those start at 0 here."""
_ASSUMED_RATE_HZ = 25.0
_FEW_FRAMES = 2
_WITHOUT_PTS = frozenset({"avi"})
"""Containers that know decoding times only; what FFmpeg gives as pts is wrong with B-frames."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A frame that has its time, but not yet its number.

    Attributes
    ----------
    pts
        Mended, in ticks of `Cursor.time_base`.
    stored
        As in the container, by which it can be found again; None where it has none.
    skipped
        Damaged frames skipped just before it.
    leapt
        Whether the file's clock leapt just before it.
    """

    frame: VideoFrame
    pts: int
    stored: int | None
    skipped: int
    leapt: bool


class Cursor:
    """Decodes the frames of one stream in order, from wherever it was put.

    Attributes
    ----------
    time_base
        Seconds per tick.
    rate_hz
        As the container claims, or 25 where it says nothing of sense.
    decoder
        What turns packets into pictures.
    by_dts
        Whether frames are found by decoding time, which the container has instead of a pts.
    timeless
        Whether all frames lie within the time of one: some cutters write the same stamp on each.
    """

    def __init__(self, container: InputContainer, stream: VideoStream) -> None:
        stream.thread_type = "AUTO"
        self._container = container
        self._stream = stream
        self.time_base = stream.time_base or Fraction(1, av.time_base)
        self.rate_hz = nominal_rate_hz(stream) or _ASSUMED_RATE_HZ
        self.decoder = VideoDecoder(container, stream, FILE_RECOVERY_FRAMES)
        self.by_dts = container.format.name in _WITHOUT_PTS
        self._reorder_delay: int | None = None
        self._position: int | None = None
        self._little = round(_LITTLE_AHEAD_S / self.time_base)
        self._origin = self._find_origin()
        step = round(1 / self.rate_hz / self.time_base)
        self.timeless = stream.frames > _FEW_FRAMES and 0 < (stream.duration or 0) <= step
        self._clock = FileClock(self.time_base, origin=self._origin, step=step)
        self._frames = self.decoder.frames(self.decoder.packets())

    def next(self) -> Decoded | None:
        """Return the next frame; None at the end.

        Raises
        ------
        Undecodable
            When hundreds of packets in a row cannot be decoded.
        """
        found = next(self._frames, None)
        if found is None:
            self._position = None
            return None
        frame, skipped = found
        stored = self._stored(frame)
        self._position, leapt = self._clock.stamp(stored, frame.duration)
        return Decoded(frame, self._position, stored, skipped, leapt)

    def jump(self, target: int, *, stopped: Callable[[], bool]) -> Decoded | None:
        """Return the first frame whose pts is ≥ `target`, or else the last; go on after it.

        Decodes from a key frame before the target, since no container tells reliably which frame
        comes next in presentation order. What is little ahead is reached by decoding on. Gives up
        once `stopped` is true.

        Raises
        ------
        Undecodable
            When the file can no longer be read.
        """
        if self._position is not None and 0 < target - self._position <= self._little:
            found, _ = self._decode_up_to(target, stopped)
            if found is not None:
                return found
        for early_s in _SEEK_EARLY_S:
            self._go_to(target - round(early_s / self.time_base))
            found, exact = self._decode_up_to(target, stopped)
            if exact:
                return found
        self._go_to(None)
        return self._decode_up_to(target, stopped)[0]

    def _decode_up_to(
        self, target: int, stopped: Callable[[], bool]
    ) -> tuple[Decoded | None, bool]:
        """Return the first frame at or past `target` (or the last), and whether it is surely that.

        It is where a frame before the target was seen, so that none can lie between.
        """
        last = None
        while not stopped() and (decoded := self.next()) is not None:
            if decoded.pts >= target:
                return decoded, last is not None or decoded.pts == target
            last = decoded
        return last, last is not None or stopped()

    def _go_to(self, pts: int | None) -> None:
        """Put the decoder on the key frame at or before `pts`; None for the very start."""
        start = self._stream.start_time or 0
        # MPEG-TS compares with decoding times: asked for its start it lands behind it.
        before = start - round(1 / self.time_base)
        wanted = before if pts is None else max(before, pts + self._origin)
        try:
            self._container.seek(wanted, stream=self._stream)
        except av.FFmpegError:  # some refuse what lies before the first key frame they know of
            try:
                self._container.seek(start, stream=self._stream, any_frame=True)
            except av.FFmpegError as error:
                raise Undecodable(reason(error)) from None
        self._position = None
        self._clock.restart()
        self.decoder.sync()
        self._frames = self.decoder.frames(self.decoder.packets())

    def _stored(self, frame: VideoFrame) -> int | None:
        if self.timeless:
            return None
        if not self.by_dts:
            return frame.pts
        if frame.dts is None:
            return None
        if self._reorder_delay is None:
            # A frame comes out with the decoding time of the packet that pushed it out.
            self._reorder_delay = frame.dts - (self._stream.start_time or 0)
        return frame.dts - self._reorder_delay

    def _find_origin(self) -> int:
        return round(clock_origin_s(self._container) / self.time_base)


def clock_origin_s(container: InputContainer) -> float:
    """Return what a container's clock shows at the beginning: frames count from there.

    Transport streams start anywhere; elsewhere a small start time is part of the recording.
    """
    start_s = (container.start_time or 0) / av.time_base
    return start_s if start_s > _CLOCK_STARTS_ANYWHERE_S else 0.0
