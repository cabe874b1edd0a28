"""Recordings in which every object is known and keeps its name: what trackers are measured on.

=============  =====================================================================
format         what lies in the folder
=============  =====================================================================
label lines    ``<name>.mp4`` with ``<name>.jsonl`` beside it, as ``longtake annotate
               --labels`` and ``longtake actors-dataset`` write them
MOT Challenge  ``<sequence>/gt/gt.txt``, ``<sequence>/seqinfo.ini`` and the pictures in
               ``<sequence>/img1`` (Milan et al., arXiv 1603.00831)
=============  =====================================================================
"""

from __future__ import annotations

import configparser
import json
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from models.data.class_folders import RECORDINGS
from models.data.splits import DataError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

_PEDESTRIAN: Final = 1


@dataclass(frozen=True)
class Known:
    """Objects in one frame.

    Attributes
    ----------
    ids
        (N,) int64, the same for the same object in all frames of a recording.
    labels
        Class names.
    xyxy
        (N, 4) float64, fractions of the picture.
    """

    ids: NDArray[np.int64]
    labels: tuple[str, ...]
    xyxy: NDArray[np.float64]


@dataclass(frozen=True)
class TrackedRecording:
    """One recording.

    Attributes
    ----------
    path
        Recording, or folder of pictures.
    rate_hz
        Of a folder of pictures; None where the recording says it.
    times_s
        (T,) of the frames that are known.
    """

    path: Path
    rate_hz: float | None
    times_s: NDArray[np.float64]
    frames: tuple[Known, ...]


def holds_tracks(folder: Path) -> bool:
    """Tell whether there is a recording with tracks."""
    return any(_label_files(folder)) or any(folder.glob("*/gt/gt.txt"))


def read_tracked(folder: Path) -> list[TrackedRecording]:
    """Read all of them.

    Raises
    ------
    DataError
        If a file is broken; the message names it.
    """
    readers: list[tuple[Path, Callable[[], TrackedRecording]]] = [
        (labels, partial(_read_lines, video, labels)) for video, labels in _label_files(folder)
    ]
    readers += [(path, partial(_read_mot, path)) for path in sorted(folder.glob("*/gt/gt.txt"))]
    found = []
    for path, read in readers:
        try:
            found.append(read())
        except (OSError, ValueError, KeyError, TypeError, configparser.Error) as error:
            raise DataError(f"{path} holds no tracks: {error}") from error
    return found


def _label_files(folder: Path) -> Iterator[tuple[Path, Path]]:
    for video in sorted(folder.glob("*")):
        labels = video.with_suffix(".jsonl")
        if video.suffix.lower() in RECORDINGS and labels.is_file():
            yield video, labels


def _read_lines(video: Path, path: Path) -> TrackedRecording:
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    source = lines[0]["source"]
    frames = [line for line in lines if line["type"] == "frame"]
    scale = np.array([source["width"], source["height"]] * 2, np.float64)
    times_s = np.array([frame["pts_s"] for frame in frames], np.float64)
    return TrackedRecording(video, None, times_s, tuple(_known(f, scale) for f in frames))


def _known(frame: dict[str, Any], scale: NDArray[np.float64]) -> Known:
    sure = [one for one in frame["detections"] if one["track_id"] is not None]
    return Known(
        np.array([one["track_id"] for one in sure], np.int64),
        tuple(one["label"] for one in sure),
        np.array([one["xyxy"] for one in sure], np.float64).reshape(-1, 4) / scale,
    )


def _read_mot(path: Path) -> TrackedRecording:
    """Read ``frame,id,left,top,width,height,counted,class,visible``; only pedestrians count."""
    sequence = path.parent.parent
    info = configparser.ConfigParser()
    info.read_string((sequence / "seqinfo.ini").read_text(encoding="utf-8"))
    about = info["Sequence"]
    rate_hz, length = float(about["frameRate"]), int(about["seqLength"])
    scale = np.array([float(about["imWidth"]), float(about["imHeight"])] * 2)
    rows = np.loadtxt(path, delimiter=",", ndmin=2)
    if rows.shape[1] > 7:
        rows = rows[(rows[:, 6] > 0) & (rows[:, 7] == _PEDESTRIAN)]
    frames = []
    for number in range(1, length + 1):
        own = rows[rows[:, 0] == number]
        # Its pixels count from one.
        corner = own[:, 2:4] - 1
        xyxy = np.concatenate((corner, corner + own[:, 4:6]), axis=1) / scale
        frames.append(Known(own[:, 1].astype(np.int64), ("person",) * len(own), xyxy))
    times_s = np.arange(length) / rate_hz
    return TrackedRecording(sequence / about.get("imDir", "img1"), rate_hz, times_s, tuple(frames))
