"""Which cameras there are."""

from __future__ import annotations

import logging
import os
import platform
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import av

if TYPE_CHECKING:
    from collections.abc import Callable

_LOG = logging.getLogger(__name__)

CAMERA_FORMATS = {"Linux": "v4l2", "Darwin": "avfoundation", "Windows": "dshow"}
"""FFmpeg's capture device for each `platform.system()`."""

_SYSFS = Path("/sys/class/video4linux")
# linux/videodev2.h: _IOR('V', 0, struct v4l2_capability), its layout, and two of its flags.
_VIDIOC_QUERYCAP = 0x80685600
_CAPABILITY = struct.Struct("16s32s32sIII12x")
_VIDEO_CAPTURE = 0x00000001 | 0x00001000


@dataclass(frozen=True, slots=True)
class CameraDevice:
    """A camera that can be opened.

    Attributes
    ----------
    address
        For `engine.sources.open_source`, such as ``camera:/dev/video0``.
    name
        What its maker calls it.
    """

    address: str
    name: str


def list_cameras() -> list[CameraDevice]:
    """Return the cameras of this computer, the system's first choice first; may be empty."""
    system = platform.system()
    if system == "Linux":
        return list_v4l2_cameras(_SYSFS)
    return _list_by_ffmpeg(CAMERA_FORMATS.get(system, ""))


def list_v4l2_cameras(
    sysfs: Path, can_capture: Callable[[Path], bool] | None = None
) -> list[CameraDevice]:
    """Return the capture devices that Linux lists under the folder `sysfs`.

    A webcam has several nodes, of which one gives pictures and the others tell of them;
    `can_capture` tells which, by default by asking the driver.
    """
    can_capture = can_capture or _can_capture
    nodes = sorted(sysfs.glob("video*"), key=lambda node: (len(node.name), node.name))
    cameras = []
    for node in nodes:
        device = Path("/dev", node.name)
        if can_capture(device):
            cameras.append(CameraDevice(f"camera:{device}", _v4l2_name(node)))
    return cameras


def _v4l2_name(node: Path) -> str:
    try:
        name = (node / "name").read_text(errors="replace").strip()
    except OSError:
        name = ""
    return name or node.name


def _can_capture(device: Path) -> bool:
    """Ask the driver; a device that may not be opened is listed, so that opening it tells why."""
    import fcntl  # not there on Windows

    try:
        descriptor = os.open(device, os.O_RDWR | os.O_NONBLOCK)
    except PermissionError:
        return True
    except OSError:
        return False
    try:
        answer = fcntl.ioctl(descriptor, _VIDIOC_QUERYCAP, bytes(_CAPABILITY.size))
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return captures(answer)


def captures(capability: bytes) -> bool:
    """Return whether a ``struct v4l2_capability`` is that of a node that gives pictures."""
    *_, device_capabilities = _CAPABILITY.unpack(capability)
    return bool(device_capabilities & _VIDEO_CAPTURE)


def _list_by_ffmpeg(format: str) -> list[CameraDevice]:
    try:
        devices = av.enumerate_input_devices(format)
    except (av.FFmpegError, ValueError) as error:
        _LOG.info("cameras cannot be listed: %s", type(error).__name__)
        return []
    devices.sort(key=lambda device: not device.is_default)
    return [
        CameraDevice(f"camera:{device.name}", device.description or device.name)
        for device in devices
        if "video" in device.media_types
    ]
