"""Sequences of people who fall and then lie, real ones: photographs and teacher hardly know them.

One person is in each of these recordings of ``room``; where, was drawn by hand at a few moments,
most of them while the person goes down. ``fallen.json`` next to this file keeps that, as rows of
time in seconds and ``x1 y1 x2 y2`` in fractions of the picture; between them the box moves evenly.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from models.data.boxes import COCO_NAMES, PERSON, BoxLabels, person_at, read_picture
from models.data.boxes_cache import Sequence
from models.data.boxes_cutouts import CutOut, cut_out, lay_into
from models.data.boxes_damage import damage_some
from models.data.boxes_motion import film, random_camera
from models.data.boxes_sources import FRAMES
from models.data.clips import Clip, read_clip
from models.data.teacher import complete

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from models.data.boxes import BoxPicture
    from models.data.boxes_geometry import Floats
    from models.data.teacher import YoloxTeacher

    Picture = NDArray[np.uint8]

FALL_KEPT_BACK: Final = "Subject_3_Fall_16"
"""Nothing is learnt from this recording."""

_KEYS: Final = Path(__file__).with_name("fallen.json")
_SIZE: Final = (480, 360)
_RATE_HZ: Final = 10.0
_PASTED_SHARE: Final = 0.5


@dataclass(frozen=True)
class Fall:
    """A recording of one person, and where that person is.

    Attributes
    ----------
    xyxy
        (T, 4) float32, fractions of the picture.
    """

    clip: Clip
    xyxy: Floats

    @property
    def people(self) -> list[BoxLabels]:
        """The one person, as labels of each frame."""
        return [person_at(box) for box in self.xyxy]


def keyed_falls() -> tuple[str, ...]:
    """Return the names of the recordings in which the person's box is known."""
    return tuple(json.loads(_KEYS.read_text(encoding="utf-8")))


def read_fall(data: Path, name: str, rate_hz: float = _RATE_HZ) -> Fall:
    """Read a recording of `keyed_falls`.

    Parameters
    ----------
    data
        The folder that holds ``room``.
    rate_hz
        At most so many frames a second are kept.
    """
    clip = read_clip(data / "room" / f"{name}.mp4", _SIZE, rate_hz)
    keys = np.array(json.loads(_KEYS.read_text(encoding="utf-8"))[name], np.float64)
    sides = [np.interp(clip.times_s, keys[:, 0], keys[:, side]) for side in range(1, 5)]
    return Fall(clip, np.stack(sides, 1).astype(np.float32))


def fallen_sequences(
    falls: list[Fall],
    pictures: list[BoxPicture],
    teacher: YoloxTeacher,
    rng: np.random.Generator,
    frames: int = FRAMES,
) -> Iterator[Sequence]:
    """Yield without end: excerpts of `falls`, and photographs that their people were laid into.

    Parameters
    ----------
    pictures
        Those that show nobody are laid into.
    teacher
        Names what else is in the excerpts.
    """
    empty = [p for p in pictures if not (p.labels.class_id == PERSON).any()]
    people = [cut for fall in falls for cut in cut_out(fall.clip.frames, fall.xyxy)]
    while True:
        if rng.random() < _PASTED_SHARE:
            yield _pasted(people[rng.integers(len(people))], empty, rng, frames)
        else:
            yield _excerpt(falls[rng.integers(len(falls))], teacher, rng, frames)


def _excerpt(fall: Fall, teacher: YoloxTeacher, rng: np.random.Generator, frames: int) -> Sequence:
    step = int(rng.integers(1, 4))
    first = int(rng.integers(len(fall.clip.frames) - (frames - 1) * step))
    chosen = range(first, first + frames * step, step)
    named = np.arange(len(COCO_NAMES)) == PERSON
    shown = [fall.clip.frames[index] for index in chosen]
    labels = [
        complete(fall.people[index], teacher.label(fall.clip.frames[index]), named)
        for index in chosen
    ]
    camera = random_camera(rng, frames).held()
    return Sequence(*damage_some(*film(shown, labels, camera, rng), rng))


def _pasted(
    person: CutOut, pictures: list[BoxPicture], rng: np.random.Generator, frames: int
) -> Sequence:
    picture = pictures[rng.integers(len(pictures))]
    pixels, labels = lay_into(read_picture(picture.path), picture.labels, person, rng)
    camera = random_camera(rng, frames)
    shot = film([pixels] * frames, [labels] * frames, camera, rng)
    return Sequence(*damage_some(*shot, rng))
