"""Recordings as arrays of frames with their real times."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import av
import av.error
import numpy as np
from av.video.reformatter import Interpolation, VideoReformatter

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


class ClipError(Exception):
    """A recording that cannot be read; the message names it."""


@dataclass(frozen=True, slots=True)
class Clip:
    """Frames of one recording.

    Attributes
    ----------
    frames
        (T, H, W, 3) uint8 RGB, stretched to the size asked for, exactly as the engine does.
    times_s
        (T,) float64, seconds from the first frame, strictly increasing.
    """

    frames: NDArray[np.uint8]
    times_s: NDArray[np.float64]


def read_clip(path: Path, size: tuple[int, int], most_hz: float = 31.0) -> Clip:
    """Decode a recording by its time stamps.

    Parameters
    ----------
    size
        Width and height of the frames returned.
    most_hz
        Frames that would make it faster than this are left out.

    Raises
    ------
    ClipError
        If it holds no frame that can be decoded.
    """
    frames: list[NDArray[np.uint8]] = []
    times: list[float] = []
    reformatter = VideoReformatter()
    try:
        with av.open(str(path), metadata_errors="replace") as container:
            for frame in container.decode(video=0):
                time_s = frame.time
                if time_s is None or (times and time_s - times[-1] < 0.99 / most_hz):
                    continue
                times.append(time_s)
                picture = reformatter.reformat(
                    frame, *size, format="rgb24", interpolation=Interpolation.FAST_BILINEAR
                )
                frames.append(picture.to_ndarray().astype(np.uint8, copy=False))
    except (av.error.FFmpegError, IndexError) as error:
        raise ClipError(f"{path} cannot be read: {error}") from error
    if not frames:
        raise ClipError(f"{path} has no frame that can be decoded")
    return Clip(np.stack(frames), np.asarray(times) - times[0])
