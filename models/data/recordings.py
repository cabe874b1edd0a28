"""Labelled recordings read into memory: by real time stamps, and without those that are broken."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final, TypeVar

import cv2
import numpy as np

from models.data.boxes import read_picture
from models.data.class_folders import PICTURES
from models.data.clips import Clip, ClipError, read_clip
from models.data.splits import DataError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from models.data.splits import LabelledFile

FOLDER_RATE_HZ: Final = 12.0
"""Of recordings kept as folders of pictures, as Jester and Something-Something are."""

_LOG = logging.getLogger(__name__)
_NAMED: Final = 5
_Content = TypeVar("_Content")


def read_recording(
    file: LabelledFile, size: tuple[int, int], most_hz: float, longest_s: float
) -> Clip:
    """Read the frames of a file, of its stretch, or of a folder of pictures.

    Parameters
    ----------
    size
        Width and height of the frames returned.
    most_hz
        Frames that would make it faster than this are left out.
    longest_s
        Of a longer one only the middle is kept.

    Raises
    ------
    ClipError
        If there is nothing that can be decoded.
    """
    if file.path.is_dir():
        clip = _read_pictures(file.path, size, most_hz)
    else:
        clip = read_clip(file.path, size, most_hz)
    start_s, end_s = file.span_s or (0.0, float(clip.times_s[-1]))
    if (surplus_s := end_s - start_s - longest_s) > 0:
        start_s, end_s = start_s + surplus_s / 2, end_s - surplus_s / 2
    inside = (clip.times_s >= start_s - 1e-6) & (clip.times_s <= end_s + 1e-6)
    if not inside.any():
        raise ClipError(f"{file.path} has no frame from {start_s:.2f} to {end_s:.2f} s")
    times_s = clip.times_s[inside]
    return Clip(clip.frames[inside], times_s - times_s[0])


def _read_pictures(folder: Path, size: tuple[int, int], most_hz: float) -> Clip:
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in PICTURES)
    every = max(1, round(FOLDER_RATE_HZ / most_hz))
    if not paths:
        raise ClipError(f"{folder} holds no pictures")
    try:
        frames = [cv2.resize(read_picture(path), size) for path in paths[::every]]
    except ValueError as error:
        raise ClipError(str(error)) from error
    return Clip(
        np.stack(frames).astype(np.uint8, copy=False),
        np.arange(len(frames), dtype=np.float64) * (every / FOLDER_RATE_HZ),
    )


def load_readable(
    files: Iterable[LabelledFile], load: Callable[[LabelledFile], _Content], purpose: str = "use"
) -> tuple[list[LabelledFile], list[_Content], list[str]]:
    """Load what can be read.

    Parameters
    ----------
    purpose
        What they are wanted for, for the message.

    Returns
    -------
    files, contents, skipped
        What could be read, and a sentence about each file that could not.

    Raises
    ------
    DataError
        If nothing could be read.
    """
    kept, contents, skipped = [], [], []
    for file in files:
        try:
            contents.append(load(file))
        except (ClipError, OSError, ValueError) as error:
            skipped.append(str(error))
        else:
            kept.append(file)
    if skipped:
        named = "; ".join(skipped[:_NAMED])
        _LOG.warning("%d of %d files skipped: %s", len(skipped), len(skipped) + len(kept), named)
    if not kept:
        because = f": {skipped[0]}" if skipped else ""
        raise DataError(f"there is no file to {purpose} that can be read{because}")
    return kept, contents, skipped
