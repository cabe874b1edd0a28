"""Pixels of one frame, converted only when and only as far as someone needs them."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, cast

import cv2
import numpy as np
from av.video.reformatter import Interpolation, VideoReformatter

if TYPE_CHECKING:
    from av import VideoFrame
    from numpy.typing import NDArray

_CONTEXTS_PER_THREAD = 8
_BLOCK = 8


class Scaler(threading.local):
    """Scaling contexts of a source, kept from frame to frame, a set of its own for each thread.

    A swscale context takes longer to set up than to use and must not be shared between threads.
    """

    def __init__(self) -> None:
        self._reformatters: dict[tuple[str, int, int], VideoReformatter] = {}

    def scale(self, frame: VideoFrame, layout: str, width: int, height: int) -> NDArray[np.uint8]:
        """Return `frame` as (height, width, channels); may be a view of the frame's own memory."""
        if layout == "bgra" and 0 < width % _BLOCK <= _BLOCK // 2:
            # swscale converts eight pixels at a time and leaves out a last block that would not
            # fit, and a row of four-byte pixels is only filled up to four: they would be garbage.
            opaque = cv2.cvtColor(self.scale(frame, "rgb24", width, height), cv2.COLOR_RGB2BGRA)
            return cast("NDArray[np.uint8]", opaque)
        key = (layout, width, height)
        reformatter = self._reformatters.get(key)
        if reformatter is None:
            while len(self._reformatters) >= _CONTEXTS_PER_THREAD:
                del self._reformatters[next(iter(self._reformatters))]
            reformatter = self._reformatters[key] = VideoReformatter()
        # One thread: slicing across all cores costs more than it saves at these sizes.
        scaled = reformatter.reformat(
            frame, width, height, layout, interpolation=Interpolation.FAST_BILINEAR, threads=1
        )
        return cast("NDArray[np.uint8]", scaled.to_ndarray())


class AvPicture:
    """A decoded frame, still in the decoder's colour format.

    Parameters
    ----------
    frame
        Not to be changed by anyone from here on.
    scaler
        Shared by all pictures of a source.
    rotation
        Degrees to turn the stored picture counter-clockwise for display; a multiple of 90.
    width, height
        Pixels as displayed (after rotation, with square pixels).
    """

    __slots__ = ("_frame", "_lock", "_quarters", "_scaler", "height", "width")

    def __init__(
        self, frame: VideoFrame, scaler: Scaler, *, rotation: int, width: int, height: int
    ) -> None:
        self._frame = frame
        self._scaler = scaler
        self._quarters = rotation // 90 % 4
        self.width = width
        self.height = height
        # The reformatter writes colour tags into its *source* frame while it scales.
        self._lock = threading.Lock()

    def rgb(self, width: int, height: int) -> NDArray[np.uint8]:
        """Return the picture stretched to (height, width, 3), RGB, C-contiguous."""
        return self._convert("rgb24", width, height)

    def bgra(self) -> NDArray[np.uint8]:
        """Return a new (height, width, 4) array, BGRA with A = 255, that the caller may draw on."""
        image = self._convert("bgra", self.width, self.height)
        if any(component.is_alpha for component in self._frame.format.components):
            image[..., 3] = 255
        return image

    def _convert(self, layout: str, width: int, height: int) -> NDArray[np.uint8]:
        stored = (height, width) if self._quarters % 2 else (width, height)
        with self._lock:
            image = self._scaler.scale(self._frame, layout, *stored)
        if self._frame.format.name == layout:
            image = image.copy()  # at equal size it is the decoder's memory, others read it too
        # Turning the small scaled picture is far cheaper than turning the decoded one.
        return np.ascontiguousarray(np.rot90(image, self._quarters))


class ArrayPicture:
    """Pixels that already lie in an array: stills, and cameras read through OpenCV.

    Parameters
    ----------
    bgr
        (height, width, 3) uint8, BGR, as displayed; not to be changed by anyone from here on.
    """

    __slots__ = ("_bgr",)

    def __init__(self, bgr: NDArray[np.uint8]) -> None:
        self._bgr = bgr

    @property
    def width(self) -> int:
        """Pixels, as displayed."""
        return int(self._bgr.shape[1])

    @property
    def height(self) -> int:
        """Pixels, as displayed."""
        return int(self._bgr.shape[0])

    def rgb(self, width: int, height: int) -> NDArray[np.uint8]:
        """Return the picture stretched to (height, width, 3), RGB, C-contiguous."""
        scaled = cv2.resize(self._bgr, (width, height), interpolation=cv2.INTER_LINEAR)
        return cast("NDArray[np.uint8]", cv2.cvtColor(scaled, cv2.COLOR_BGR2RGB))

    def bgra(self) -> NDArray[np.uint8]:
        """Return a new (height, width, 4) array, BGRA with A = 255, that the caller may draw on."""
        return cast("NDArray[np.uint8]", cv2.cvtColor(self._bgr, cv2.COLOR_BGR2BGRA))
