"""Sequences of acting people made by code: photographs hardly show anybody fall or lie."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from models.actors.clip import sample_clip
from models.data.boxes import COCO_NAMES, PERSON, BoxLabels
from models.data.boxes_cache import Sequence
from models.data.boxes_motion import INPUT_SIZE
from models.data.teacher import complete

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from models.actors.clip import ActorsClip
    from models.actors.truth import FrameTruth
    from models.data.boxes import BoxPicture
    from models.data.teacher import YoloxTeacher

_RATE_HZ: Final = 6.0
_SECONDS: Final = 6.0
_RARE: Final = (
    "lying", "lying down", "getting up", "sitting", "sitting up", "bending", "squatting",
    "falling forward", "falling backward", "falling sideways", "collapsing",
    "falling off a chair sideways", "falling off a chair forward",
)  # fmt: skip
_RARE_SHARE: Final = 0.75
"""Most sequences are of these: whoever lies on the floor must be seen, above all."""
_LEAST_VISIBLE: Final = 0.25
"""Of people less visible, nobody can say whether they should be found."""


def actor_sequences(
    rng: np.random.Generator,
    frames: int,
    pictures: Iterable[BoxPicture],
    teacher: YoloxTeacher,
) -> Iterator[Sequence]:
    """Yield without end: one to three people who act somewhere, from some moment on.

    Parameters
    ----------
    pictures
        Half of the sequences play before those of them that show nobody.
    teacher
        Names what stands around: its people are left out, for of people the truth is known.
    """
    empty = [p.path for p in pictures if not (p.labels.class_id == PERSON).any()]
    while True:
        yield _draw(_random_clip(rng, frames, empty), teacher)


def _random_clip(rng: np.random.Generator, frames: int, photos: list[Path]) -> ActorsClip:
    clip = sample_clip(
        int(rng.integers(2**31)),
        actions=_RARE if rng.random() < _RARE_SHARE else None,
        seconds=_SECONDS,
        size=INPUT_SIZE,
        photos=photos,
        steady_rate=True,
    )
    start_s = rng.uniform(0, _SECONDS - frames / _RATE_HZ)
    return replace(clip, times_s=start_s + np.arange(frames) / _RATE_HZ)


def _draw(clip: ActorsClip, teacher: YoloxTeacher) -> Sequence:
    drawn = list(clip.frames())
    known = np.arange(len(COCO_NAMES)) == PERSON
    return Sequence(
        np.stack([image for image, _ in drawn]),
        [complete(_labels(truth), teacher.label(image), known) for image, truth in drawn],
    )


def _labels(truth: FrameTruth) -> BoxLabels:
    seen = [person for person in truth.people if person.xyxy is not None]
    boxes = np.array([person.xyxy for person in seen], np.float32).reshape(-1, 4)
    return BoxLabels(
        (boxes / np.array(2 * INPUT_SIZE)).astype(np.float32),
        np.full(len(seen), PERSON, np.int64),
        np.ones(len(seen), np.float32),
        np.array([person.visible < _LEAST_VISIBLE for person in seen], bool),
    )
