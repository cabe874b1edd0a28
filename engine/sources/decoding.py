"""From packets to pictures, past whatever is damaged."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import av

from engine.picture import AvPicture, Scaler
from engine.sources.opening import reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from av import Packet, VideoFrame
    from av.container import InputContainer
    from av.video.stream import VideoStream

FAILURES_ALLOWED = 200
"""Packets in a row that give no picture before a stream is given up."""

RECOVERY_FRAMES = 60
"""Pictures after damage that are not trusted, unless a key frame comes; some streams have none."""
FILE_RECOVERY_FRAMES = 300
"""As much in a file. What a decoder with several threads makes up differs each time, and with it
all that follows up to the next key frame; encoders set one every 250 pictures unless told."""

_SQUARE = Fraction(1)


class Undecodable(Exception):
    """Too many packets in a row gave no picture; `str(error)` is a clause that says why."""


@dataclass(frozen=True, slots=True)
class Geometry:
    """Size as displayed in pixels, and how the stored picture is turned to get there."""

    width: int
    height: int
    rotation: int
    """Degrees counter-clockwise: 0, 90, 180 or 270."""


def nominal_rate_hz(stream: VideoStream) -> float | None:
    """Return the frames per second that the container claims; None where absurd or unknown."""
    claimed = (stream.average_rate, stream.guessed_rate)
    return next((float(rate) for rate in claimed if rate and 0 < rate <= 1000), None)


class VideoDecoder:
    """Decodes one stream of a container, past what is damaged.

    After damage the decoder makes up what it cannot know from the pictures before, without saying
    so. Such pictures are no evidence of anything: they are skipped up to the next key frame.

    Parameters
    ----------
    recovery_frames
        Pictures after damage that are not trusted, unless a key frame comes.

    Attributes
    ----------
    skipped
        Pictures skipped since the last good one.
    """

    def __init__(
        self,
        container: InputContainer,
        stream: VideoStream,
        recovery_frames: int = RECOVERY_FRAMES,
    ) -> None:
        self.skipped = 0
        self._recovery_frames = recovery_frames
        self._container = container
        self._stream = stream
        self._scaler = Scaler()
        self._syncing = False
        self._made_up = 0
        # Frames come out several packets later, so it is noted which packets were incomplete.
        self._suspects: set[int] = set()

    def sync(self) -> None:
        """Expect failures up to the next picture, as after a seek: they are no damage."""
        self._syncing = True
        self._made_up = self.skipped = 0
        self._suspects.clear()

    def packets(self) -> Iterator[Packet[VideoStream]]:
        """Yield the packets from here to the end, past unreadable parts of a file.

        Raises
        ------
        Undecodable
            When reading fails again and again.
        """
        failures = 0
        while failures < FAILURES_ALLOWED:
            try:
                for packet in self._container.demux(self._stream):
                    failures = 0
                    yield packet
                return
            except IndexError:
                return  # PyAV's demux stumbles at the end where damage seemed to add a stream
            except av.FFmpegError as error:
                failures += 1
                self._damage()
                why = reason(error)
        raise Undecodable(why)

    def frames(self, packets: Iterable[Packet[VideoStream]]) -> Iterator[tuple[VideoFrame, int]]:
        """Yield each good picture in presentation order, and how many were skipped before it.

        Raises
        ------
        Undecodable
            When `FAILURES_ALLOWED` packets in a row give an error and no picture.
        """
        failures = 0
        for packet in packets:
            if packet.is_corrupt and packet.pts is not None:
                self._suspects.add(packet.pts)
            try:
                frames = packet.decode()
            except av.FFmpegError as error:
                self._damage()
                failures += 1
                if failures >= FAILURES_ALLOWED:
                    why = reason(error)
                    break
                continue
            for frame in filter(self._is_good, frames):
                failures, skipped = 0, self.skipped
                self.skipped = 0
                yield frame, skipped
        else:
            return
        raise Undecodable(why)

    def geometry(self, frame: VideoFrame) -> Geometry:
        """Return how `frame` is to be displayed: turned, and with square pixels."""
        # A broken display matrix reads as an absurd angle.
        turned = frame.rotation % 360 if abs(frame.rotation) <= 360 else 0
        return self._geometry(frame.width, frame.height, turned if turned % 90 == 0 else 0)

    def expected_geometry(self) -> Geometry:
        """Return how pictures are likely to be displayed, before the first one came."""
        return self._geometry(self._stream.width, self._stream.height, 0)

    def picture(self, frame: VideoFrame, geometry: Geometry) -> AvPicture:
        """Return `frame` as a picture with `geometry`."""
        return AvPicture(
            frame,
            self._scaler,
            rotation=geometry.rotation,
            width=geometry.width,
            height=geometry.height,
        )

    def _geometry(self, width: int, height: int, rotation: int) -> Geometry:
        aspect = self._stream.sample_aspect_ratio or _SQUARE
        if aspect != _SQUARE and Fraction(1, 4) <= aspect <= 4:
            width = max(2, round(width * aspect / 2) * 2)
        if rotation % 180:
            width, height = height, width
        return Geometry(width, height, rotation)

    def _is_good(self, frame: VideoFrame) -> bool:
        """Tell pictures from damage, and count that."""
        incomplete = frame.pts is not None and frame.pts in self._suspects
        if incomplete:
            self._suspects.discard(frame.pts)
        if incomplete or frame.is_corrupt:
            self._damage()
            return False
        if self._made_up and not frame.key_frame:
            self._made_up -= 1
            self.skipped += 1
            return False
        if frame.key_frame:
            self._suspects = {pts for pts in self._suspects if pts > (frame.pts or 0)}
        self._made_up = 0
        self._syncing = False
        return True

    def _damage(self) -> None:
        if not self._syncing:
            self.skipped += 1
            self._made_up = self._recovery_frames
