"""What sizes and rates a camera offers; on Linux, where the driver tells (linux/videodev2.h)."""

from __future__ import annotations

import os
import platform
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlencode

from engine.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Ask = Callable[[int, bytes], bytes | None]

_CAPTURE: Final = 1
_DISCRETE: Final = 1
_MOST: Final = 64
# _IOWR('V', 2, v4l2_fmtdesc), ('V', 74, v4l2_frmsizeenum), ('V', 75, v4l2_frmivalenum).
ENUM_FORMATS: Final = 0xC0405602
ENUM_SIZES: Final = 0xC02C564A
ENUM_INTERVALS: Final = 0xC034564B
_FORMAT: Final = struct.Struct("3I32sI4I")
_SIZE: Final = struct.Struct("3I6I2I")
_INTERVAL: Final = struct.Struct("5I6I2I")
_USUAL_SIZES: Final = ((1920, 1080), (1280, 720), (640, 480), (320, 240))
_FFMPEG_NAMES: Final = {
    "MJPG": "mjpeg",
    "YUYV": "yuyv422",
    "H264": "h264",
    "NV12": "nv12",
    "YU12": "yuv420p",
}


@dataclass(frozen=True, slots=True, order=True)
class CameraMode:
    """A size and rate that a camera can be asked for.

    Attributes
    ----------
    width, height
        Pixels.
    rate_hz
        Frames per second; 0 where the driver does not say.
    format
        FFmpeg's name of how pictures come, such as ``mjpeg``; empty for any.
    """

    width: int
    height: int
    rate_hz: float = 0.0
    format: str = ""

    def wishes(self) -> dict[str, str]:
        """Return it as options of FFmpeg's capture devices."""
        options = {"video_size": f"{self.width}x{self.height}"}
        if self.rate_hz:
            options["framerate"] = f"{self.rate_hz:g}"
        if self.format:
            options["input_format"] = self.format
        return options

    def address(self, camera: str) -> str:
        """Return the address that opens `camera` in this mode."""
        wanted = {"size": f"{self.width}x{self.height}"}
        if self.rate_hz:
            wanted["rate"] = f"{self.rate_hz:g}"
        if self.format:
            wanted["format"] = self.format
        return f"{camera}?{urlencode(wanted)}"


def split_mode(device: str) -> tuple[str, CameraMode | None]:
    """Return the device, and the mode asked for with it, if any.

    Raises
    ------
    SourceError
        When what is asked for cannot be understood.
    """
    name, asked, query = device.partition("?")
    if not asked:
        return device, None
    wanted = dict(parse_qsl(query))
    try:
        width, height = (int(side) for side in wanted["size"].split("x"))
        mode = CameraMode(width, height, float(wanted.get("rate", 0)), wanted.get("format", ""))
    except (KeyError, ValueError):
        raise SourceError(
            f'"camera:{device}" asks for a mode that cannot be understood.',
            "Write camera:/dev/video0?size=1280x720&rate=30, as longtake devices lists them.",
        ) from None
    return name, mode


def list_modes(device: str, ask: Ask | None = None) -> list[CameraMode]:
    """Return what a camera offers, the largest first; empty where nobody tells.

    Parameters
    ----------
    device
        As in `CameraDevice.address` after ``camera:``.
    ask
        Puts a request to the driver and returns its answer, None at the end of a list; by default
        the driver of `device`.
    """
    if ask is not None:
        return _modes(ask)
    if platform.system() != "Linux":
        return []
    try:
        descriptor = os.open(device, os.O_RDWR | os.O_NONBLOCK)
    except OSError:
        return []
    try:
        return _modes(lambda request, data: _ioctl(descriptor, request, data))
    finally:
        os.close(descriptor)


def _ioctl(descriptor: int, request: int, data: bytes) -> bytes | None:
    import fcntl  # not there on Windows

    try:
        return fcntl.ioctl(descriptor, request, data)
    except OSError:
        return None


def _modes(ask: Ask) -> list[CameraMode]:
    found = {
        CameraMode(width, height, rate_hz, name)
        for code, name in _formats(ask)
        for width, height in _sizes(ask, code)
        for rate_hz in _rates(ask, code, width, height)
    }
    return sorted(found, key=lambda mode: (-mode.width * mode.height, -mode.rate_hz, mode.format))


def _formats(ask: Ask) -> Iterator[tuple[int, str]]:
    for index in range(_MOST):
        answer = ask(ENUM_FORMATS, _FORMAT.pack(index, _CAPTURE, 0, b"", *[0] * 5))
        if answer is None:
            return
        code = _FORMAT.unpack(answer)[4]
        name = _FFMPEG_NAMES.get(struct.pack("<I", code).decode("ascii", "replace"))
        if name:
            yield code, name


def _sizes(ask: Ask, code: int) -> Iterator[tuple[int, int]]:
    for index in range(_MOST):
        answer = ask(ENUM_SIZES, _SIZE.pack(index, code, *[0] * 9))
        if answer is None:
            return
        _, _, kind, *sides, _, _ = _SIZE.unpack(answer)
        if kind == _DISCRETE:
            yield sides[0], sides[1]
            continue
        least_w, most_w, _, least_h, most_h, _ = sides
        for width, height in _USUAL_SIZES:
            if least_w <= width <= most_w and least_h <= height <= most_h:
                yield width, height
        return


def _rates(ask: Ask, code: int, width: int, height: int) -> Iterator[float]:
    told = False
    for index in range(_MOST):
        answer = ask(ENUM_INTERVALS, _INTERVAL.pack(index, code, width, height, *[0] * 9))
        if answer is None:
            break
        *_, kind, numerator, denominator, _, _, _, _, _, _ = _INTERVAL.unpack(answer)
        if numerator and denominator:
            told = True
            yield round(denominator / numerator, 2)
        if kind != _DISCRETE:
            return
    if not told:
        yield 0.0
