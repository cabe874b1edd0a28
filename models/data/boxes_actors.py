"""Sequences of acting people made by code: photographs hardly show anybody fall or lie."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from models.actors.clip import sample_clip
from models.data.boxes import PERSON, BoxLabels
from models.data.boxes_cache import Sequence
from models.data.boxes_motion import INPUT_SIZE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from models.actors.clip import ActorsClip
    from models.actors.truth import FrameTruth

_RATE_HZ: Final = 6.0
_SECONDS: Final = 6.0
_RARE: Final = (
    "lying", "lying down", "getting up", "sitting", "sitting up", "bending", "squatting",
    "falling forward", "falling backward", "falling sideways", "collapsing",
    "falling off a chair sideways", "falling off a chair forward",
)  # fmt: skip
"""Half of the sequences are of these: whoever lies on the floor must be seen, above all."""
_LEAST_VISIBLE: Final = 0.25
"""Of people less visible, nobody can say whether they should be found."""


def actor_sequences(rng: np.random.Generator, frames: int) -> Iterator[Sequence]:
    """Yield without end: one to three people who act somewhere, from some moment on."""
    while True:
        yield _draw(_random_clip(rng, frames))


def _random_clip(rng: np.random.Generator, frames: int) -> ActorsClip:
    clip = sample_clip(
        int(rng.integers(2**31)),
        actions=_RARE if rng.random() < 0.5 else None,
        seconds=_SECONDS,
        size=INPUT_SIZE,
        steady_rate=True,
    )
    start_s = rng.uniform(0, _SECONDS - frames / _RATE_HZ)
    return replace(clip, times_s=start_s + np.arange(frames) / _RATE_HZ)


def _draw(clip: ActorsClip) -> Sequence:
    drawn = list(clip.frames())
    return Sequence(np.stack([image for image, _ in drawn]), [_labels(truth) for _, truth in drawn])


def _labels(truth: FrameTruth) -> BoxLabels:
    seen = [person for person in truth.people if person.xyxy is not None]
    boxes = np.array([person.xyxy for person in seen], np.float32).reshape(-1, 4)
    return BoxLabels(
        (boxes / np.array(2 * INPUT_SIZE)).astype(np.float32),
        np.full(len(seen), PERSON, np.int64),
        np.ones(len(seen), np.float32),
        np.array([person.visible < _LEAST_VISIBLE for person in seen], bool),
    )
