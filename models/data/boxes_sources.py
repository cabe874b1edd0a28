"""Where the box head's training sequences come from: photographs, mosaics of them, and video."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import av
import numpy as np

from models.data.boxes import COCO_NAMES, BoxPicture, read_coco_json, read_picture
from models.data.boxes_cache import Sequence
from models.data.boxes_damage import damage_some
from models.data.boxes_motion import Camera, film, mosaic, random_camera
from models.data.teacher import complete

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from models.data.boxes import BoxLabels
    from models.data.teacher import YoloxTeacher

TUNING_PICTURES: Final = 250
"""The last pictures of ``voc/train.json``: thresholds are chosen on them, nothing is learnt."""

FRAMES: Final = 4
"""Per training sequence."""


def split_photographs(data: Path) -> tuple[list[BoxPicture], list[BoxPicture]]:
    """Return the pictures of ``voc/train.json`` to learn from and those to choose thresholds on.

    Parameters
    ----------
    data
        The folder that holds ``voc``.
    """
    pictures = read_coco_json(data / "voc/train.json", data / "voc/images")
    return pictures[:-TUNING_PICTURES], pictures[-TUNING_PICTURES:]


def labelled_photographs(data: Path, teacher: YoloxTeacher) -> list[BoxPicture]:
    """Return the pictures to learn from, the teacher adding the classes that VOC lacks."""
    pictures, _ = split_photographs(data)
    named = np.isin(np.arange(len(COCO_NAMES)), [c for p in pictures for c in p.labels.class_id])
    return [
        BoxPicture(p.path, complete(p.labels, teacher.label(read_picture(p.path)), named))
        for p in pictures
    ]


def unlabelled_photographs(data: Path, teacher: YoloxTeacher) -> list[BoxPicture]:
    """Return ``photos/*/*`` with the teacher's boxes."""
    paths = sorted((data / "photos").glob("*/*"))
    return [BoxPicture(path, teacher.label(read_picture(path))) for path in paths]


def photograph_sequences(
    pictures: list[BoxPicture], rng: np.random.Generator, frames: int = FRAMES
) -> Iterator[Sequence]:
    """Yield one pseudo-video per picture, in random order."""
    for index in rng.permutation(len(pictures)):
        picture = pictures[index]
        pixels = read_picture(picture.path)
        yield _shoot([pixels] * frames, [picture.labels] * frames, random_camera(rng, frames), rng)


def mosaic_sequences(
    pictures: list[BoxPicture], rng: np.random.Generator, frames: int = FRAMES
) -> Iterator[Sequence]:
    """Yield without end: pseudo-videos of four random pictures side by side."""
    while True:
        chosen = [pictures[index] for index in rng.integers(len(pictures), size=4)]
        pixels, labels = mosaic(
            [read_picture(p.path) for p in chosen], [p.labels for p in chosen], rng
        )
        camera = random_camera(rng, frames, whole=True)
        yield _shoot([pixels] * frames, [labels] * frames, camera, rng)


def _shoot(
    pictures: list[NDArray[np.uint8]],
    labels: list[BoxLabels],
    camera: Camera,
    rng: np.random.Generator,
) -> Sequence:
    return Sequence(*damage_some(*film(pictures, labels, camera, rng), rng))


def video_clips(data: Path) -> list[Path]:
    """Return the clips with people that may be learnt from, sorted."""
    folders = ("fight", "interaction", "tennis", "weizmann")
    return sorted(path for name in folders for path in (data / name).glob("*/*.mp4"))


def held_out(clip: Path) -> bool:
    """Return whether a clip is kept for measuring what memory is worth on real video.

    By recording, not by clip: sequences 03 and 13 of ``interaction``, each one continuous shoot,
    and tennis clips number 30 to 35, which lie next to each other in the source.
    """
    kind, stem = clip.parent.parent.name, clip.stem
    if kind == "interaction":
        return "_seq03_" in stem or "_seq13_" in stem
    return kind == "tennis" and 30 <= int(stem.rsplit("_", 1)[1]) <= 35


def read_excerpt(clip: Path, start_share: float, frames: int, step: int) -> NDArray[np.uint8]:
    """Return every `step`-th of a clip's frames from a share of its length on.

    Returns
    -------
    (T, H, W, 3) uint8 RGB, T = `frames` or fewer if the clip ends.
    """
    with av.open(str(clip)) as container:
        stream = container.streams.video[0]
        first = int(start_share * max(stream.frames - frames * step, 0))
        wanted = range(first, first + frames * step, step)
        pictures = [
            frame.to_ndarray(format="rgb24")
            for index, frame in enumerate(container.decode(stream))
            if index in wanted
        ]
    return np.stack(pictures)


def video_sequences(
    clips: list[Path],
    teacher: YoloxTeacher,
    rng: np.random.Generator,
    frames: int = FRAMES,
) -> Iterator[Sequence]:
    """Yield one excerpt per clip at a third to all of its frame rate, the teacher's boxes in it."""
    for clip in clips:
        pixels = read_excerpt(clip, rng.random(), frames, int(rng.integers(1, 4)))
        if len(pixels) == frames:
            labels = [teacher.label(frame) for frame in pixels]
            # Held still: the people move by themselves.
            camera = random_camera(rng, frames, whole=True).held()
            yield _shoot(list(pixels), labels, camera, rng)
