"""Recordings as arrays of frames with their real times."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import av
import av.error
import numpy as np
from av.video.reformatter import Interpolation, VideoReformatter

if TYPE_CHECKING:
    from pathlib import Path

    from av.video.stream import VideoStream
    from numpy.typing import NDArray


_ASSUMED_RATE_HZ: Final = 25.0


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


def read_clip(
    path: Path,
    size: tuple[int, int] | None,
    most_hz: float = 31.0,
    longest_s: float = math.inf,
) -> Clip:
    """Decode a recording by its time stamps.

    Parameters
    ----------
    size
        Width and height of the frames returned; None leaves them as they are.
    most_hz
        Frames that would make it faster than this are left out.
    longest_s
        No more is decoded.

    Raises
    ------
    ClipError
        If it holds no frame that can be decoded.
    """
    frames: list[NDArray[np.uint8]] = []
    times: list[float] = []
    reformatter = VideoReformatter()
    width, height = size or (None, None)
    try:
        with av.open(str(path), metadata_errors="replace") as container:
            timeless_hz = _timeless_hz(container.streams.video[0])
            for number, frame in enumerate(container.decode(video=0)):
                time_s = number / timeless_hz if timeless_hz else frame.time
                if time_s is None or (times and time_s - times[-1] < 0.99 / most_hz):
                    continue
                if times and time_s - times[0] > longest_s:
                    break
                times.append(time_s)
                picture = reformatter.reformat(
                    frame, width, height, format="rgb24", interpolation=Interpolation.FAST_BILINEAR
                )
                frames.append(picture.to_ndarray().astype(np.uint8, copy=False))
    except (av.error.FFmpegError, IndexError) as error:
        raise ClipError(f"{path} cannot be read: {error}") from error
    if not frames:
        raise ClipError(f"{path} has no frame that can be decoded")
    return Clip(np.stack(frames), np.asarray(times) - times[0])


def duration_s(path: Path) -> float:
    """Return how long a recording says it is; 0 where it does not or cannot be opened."""
    try:
        with av.open(str(path), metadata_errors="replace") as container:
            return (container.duration or 0) / av.time_base
    except (av.error.FFmpegError, OSError):
        return 0.0


def content_digest(path: Path) -> str:
    """Tell one recording from another of the same name, drawn or cut anew.

    Raises
    ------
    ClipError
        If it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()[:10]
    except OSError as error:
        raise ClipError(f"{path} cannot be read: {error.strerror}") from error


def _timeless_hz(stream: VideoStream) -> float | None:
    """Return the rate to go by where some cutter wrote the same time stamp on every frame."""
    rate_hz = float(stream.guessed_rate or _ASSUMED_RATE_HZ)
    seconds = float((stream.duration or 0) * (stream.time_base or 0))
    return rate_hz if stream.frames > 2 and 0 < seconds <= 1 / rate_hz else None
