"""The encoders of H.264 that an export can use, and which of them this machine has."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Final, cast

import av
import av.error
import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from av.video.codeccontext import VideoCodecContext
    from numpy.typing import NDArray

log = logging.getLogger(__name__)

SOFTWARE: Final = "libx264"
# The least size that hardware takes is above 128 pixels.
_PROBE_SIZE: Final = (320, 256)
_PROBE_FRAMES: Final = 4


@dataclass(frozen=True, slots=True)
class Encoder:
    """An encoder and how it is told what we want.

    Attributes
    ----------
    name
        FFmpeg's.
    title
        For people.
    pixels
        Layout of the pictures it takes, yuv420p or nv12.
    fixed
        Options that do not depend on the quality.
    quality_options
        Those that are set to the quality, as x264's constant rate factor.
    """

    name: str
    title: str
    pixels: str
    fixed: Mapping[str, str]
    quality_options: tuple[str, ...]

    def options(self, quality: int) -> dict[str, str]:
        """Return the encoder's options."""
        return {**self.fixed, **dict.fromkeys(self.quality_options, str(quality))}

    def convert(self, canvas: NDArray[np.uint8]) -> av.VideoFrame:
        """Return a (H, W, 4) BGRA picture as the encoder takes it, cut to even sides."""
        even = canvas[: canvas.shape[0] & ~1, : canvas.shape[1] & ~1]
        # A quarter of what swscale takes; BT.601 is all that it can, and the stream says so.
        planes = np.asarray(cv2.cvtColor(even, cv2.COLOR_BGRA2YUV_I420), np.uint8)
        frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
        return frame if self.pixels == "yuv420p" else frame.reformat(format=self.pixels)


# ultrafast: 3.7 ms of CPU a frame at 720p against 6.7 ms of superfast, for 1.7 times the size: a
# model that runs beside it needs the difference more.
# B-frames would shift all time stamps: a fragmented file has no edit list to take it back.
ENCODERS: Final[dict[str, Encoder]] = {
    one.name: one
    for one in (
        Encoder(
            SOFTWARE,
            "x264",
            "yuv420p",
            {"preset": "ultrafast", "bf": "0", "forced-idr": "1"},
            ("crf",),
        ),
        Encoder(
            "h264_nvenc",
            "NVIDIA NVENC",
            "yuv420p",
            {"preset": "p4", "rc": "vbr", "bf": "0", "forced-idr": "1"},
            ("cq",),
        ),
        Encoder(
            "h264_qsv",
            "Intel Quick Sync",
            "nv12",
            {"preset": "faster", "bf": "0", "forced_idr": "1"},
            ("global_quality",),
        ),
        Encoder(
            "h264_amf",
            "AMD AMF",
            "nv12",
            {"rc": "cqp", "bf": "0", "forced_idr": "1"},
            ("qp_i", "qp_p"),
        ),
    )
}


@dataclass(frozen=True, slots=True)
class VideoOptions:
    """How an exported video comes out, apart from its quality.

    Attributes
    ----------
    side_px
        Pictures whose shorter side is longer are scaled down to it, aspect kept; None leaves them.
    encoder
        A key of `ENCODERS`.
    audio
        Keep the sound.
    """

    side_px: int | None = None
    encoder: str = SOFTWARE
    audio: bool = True

    def size(self, width: int, height: int) -> tuple[int, int]:
        """Return width and height, even, of what is made of a picture of that size."""
        scale = self._scale(width, height)
        return max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2)

    def scaled(self, canvas: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return (H, W, C) pixels scaled down; the same array where there is nothing to do."""
        height, width = canvas.shape[:2]
        if self._scale(width, height) == 1:
            return canvas
        size = self.size(width, height)
        return np.asarray(cv2.resize(canvas, size, interpolation=cv2.INTER_AREA), np.uint8)

    def _scale(self, width: int, height: int) -> float:
        shorter = min(width, height)
        return 1.0 if self.side_px is None else min(1.0, self.side_px / shorter)


def make_codec(encoder: Encoder, size: tuple[int, int], quality: int) -> VideoCodecContext:
    """Return an encoder of its own, without a container; time base 1/90000 s."""
    codec = cast("VideoCodecContext", av.VideoCodecContext.create(encoder.name, "w"))
    codec.width, codec.height = size
    codec.pix_fmt = encoder.pixels
    codec.time_base = Fraction(1, 90_000)
    codec.framerate = Fraction(30)
    codec.options = encoder.options(quality)
    return codec


@lru_cache(maxsize=1)
def hardware_encoders() -> tuple[Encoder, ...]:
    """Return those that encode a picture on this machine: being compiled in says nothing.

    Takes up to a second the first time; not for a window's thread.
    """
    return tuple(one for one in ENCODERS.values() if one.name != SOFTWARE and _works(one))


def _works(encoder: Encoder) -> bool:
    if encoder.name not in av.codecs_available:
        return False
    canvas = np.zeros((_PROBE_SIZE[1], _PROBE_SIZE[0], 4), np.uint8)
    try:
        codec = make_codec(encoder, _PROBE_SIZE, quality=23)
        packets = 0
        for index in range(_PROBE_FRAMES):
            frame = encoder.convert(canvas)
            frame.pts, frame.time_base = index * 3000, codec.time_base
            packets += len(codec.encode(frame))
        return packets + len(codec.encode(None)) >= _PROBE_FRAMES
    except (av.error.FFmpegError, OSError, ValueError) as error:
        log.info("%s does not work here: %s", encoder.name, error)
        return False
