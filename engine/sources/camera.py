"""Cameras of this computer."""

from __future__ import annotations

import platform
import time
from typing import TYPE_CHECKING, cast

import cv2

from engine.errors import SourceError
from engine.picture import ArrayPicture
from engine.sources.av_connection import AvConnection
from engine.sources.base import SourceInfo, SourceKind
from engine.sources.camera_modes import CameraMode, split_mode
from engine.sources.clocks import LiveClock
from engine.sources.devices import CAMERA_FORMATS, list_cameras
from engine.sources.live import Backoff, Captured, ConnectionLostError, LiveSource

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

_WISHES: tuple[dict[str, str], ...] = (
    # Uncompressed, 720p at 30 Hz does not fit through USB 2.
    {"video_size": "1280x720", "framerate": "30", "input_format": "mjpeg"},
    {"video_size": "640x480", "framerate": "30"},
    {},
)
"""What is asked of a camera, the best first; drivers refuse what they cannot give."""
_TIMEOUT_S = (5.0, 5.0)
_HINT = "Check that it is plugged in, not in use elsewhere, and that you may use it."
_UNPLUGGED = "it gives no more pictures; is it plugged in"


class CvConnection:
    """A camera read through OpenCV, where FFmpeg has no way to it.

    Parameters
    ----------
    device
        A number, or a path where the system has such.

    Raises
    ------
    SourceError
        When it cannot be opened or gives no picture.
    """

    ended = False
    rate_hz: float | None

    def __init__(self, device: str, *, title: str) -> None:
        self._capture = cv2.VideoCapture(int(device) if device.isdecimal() else device)
        read, image = self._capture.read()
        if not read:
            self._capture.release()
            raise SourceError(f'"{title}" cannot be opened.', _HINT)
        self.height, self.width = image.shape[:2]
        rate_hz = self._capture.get(cv2.CAP_PROP_FPS)
        self.rate_hz = rate_hz if 0 < rate_hz <= 1000 else None

    def frames(self) -> Iterator[Captured]:
        """Yield pictures as they come; see `engine.sources.live.Connection`."""
        while True:
            read, image = self._capture.read()
            if not read:
                raise ConnectionLostError(_UNPLUGGED)
            picture = ArrayPicture(cast("NDArray[np.uint8]", image))
            yield Captured(picture, device_s=None, captured_ns=time.monotonic_ns())

    def close(self) -> None:
        """Release the camera."""
        self._capture.release()


def open_camera(device: str, *, backoff: Backoff | None = None) -> LiveSource:
    """Open a camera of this computer; once unplugged, it is waited for.

    Parameters
    ----------
    device
        As in `CameraDevice.address` after ``camera:``; empty for the first one there is. With a
        mode as `engine.sources.camera_modes.CameraMode.address` adds it, that or none is taken.
    backoff
        The waits before reconnecting; the default ones if None.

    Raises
    ------
    SourceError
        When there is no such camera, or it cannot be used.
    """
    name, mode = split_mode(device)
    name = name or _first_camera()
    title = _name(name)

    def connect() -> AvConnection | CvConnection:
        return _connect(name, title, mode)

    first = connect()
    info = SourceInfo(
        title=title,
        kind=SourceKind.CAMERA,
        width=first.width,
        height=first.height,
        rate_hz=first.rate_hz,
        live=True,
    )
    return LiveSource(info, first, connect, clock=LiveClock(), backoff=backoff or Backoff())


def _connect(device: str, title: str, mode: CameraMode | None) -> AvConnection | CvConnection:
    format = CAMERA_FORMATS.get(platform.system())
    refusal = None
    for wishes in (_WISHES if mode is None else (mode.wishes(),)) if format else ():
        try:
            return AvConnection(
                _ffmpeg_name(device, format),
                title=title,
                format=format,
                options=wishes,
                timeout_s=_TIMEOUT_S,
                hint=_HINT,
                ends=False,
            )
        except SourceError as error:
            refusal = error
    if mode is not None and refusal is not None:
        raise refusal
    try:
        return CvConnection(device, title=title)
    except SourceError as error:
        # FFmpeg tells why it cannot, OpenCV does not.
        raise refusal or error from None


def _ffmpeg_name(device: str, format: str | None) -> str:
    """Return what FFmpeg's capture device calls the camera."""
    if format == "v4l2" and device.isdecimal():
        return f"/dev/video{device}"
    if format == "dshow" and not device.startswith("video="):
        return f"video={device}"
    return device


def _first_camera() -> str:
    cameras = list_cameras()
    if not cameras:
        raise SourceError("No camera was found.", "Plug one in, or open a file instead.")
    return cameras[0].address.removeprefix("camera:")


def _name(device: str) -> str:
    names = {camera.address: camera.name for camera in list_cameras()}
    return names.get(f"camera:{device}", f"camera:{device}")
