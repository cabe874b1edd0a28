"""Sequences of drawn people, so that the box head also knows the people of the demo clip."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

import numpy as np

from models.data.boxes import PERSON, BoxLabels
from models.data.boxes_cache import Sequence
from models.data.boxes_damage import damage_some
from models.data.boxes_motion import film, random_camera
from models.data.figures import ACTIONS, FigureTruth, Part, Role, render_clip

if TYPE_CHECKING:
    from collections.abc import Iterator

SIZE: Final = (640, 360)
"""Of the drawings, width and height in pixels."""
_RATE_HZ: Final = 6.0
_SKIPPED: Final = 6
"""Frames after which everybody is in the midst of his action."""


def figure_sequences(rng: np.random.Generator, frames: int) -> Iterator[Sequence]:
    """Yield without end: one to four drawn people who act, seen by a camera that stays."""
    while True:
        cast = [_random_role(rng) for _ in range(int(rng.integers(1, 5)))]
        clip = render_clip(
            int(rng.integers(2**31)),
            cast,
            duration_s=(_SKIPPED + frames) / _RATE_HZ,
            size=SIZE,
            rate_hz=_RATE_HZ,
        )
        drawn = list(islice(clip, _SKIPPED, _SKIPPED + frames))
        pictures = [np.ascontiguousarray(image[..., ::-1]) for image, _ in drawn]
        camera = random_camera(rng, frames, whole=True).held()
        shot = film(pictures, [_labels(truth) for _, truth in drawn], camera, rng)
        yield Sequence(*damage_some(*shot, rng))


def _random_role(rng: np.random.Generator) -> Role:
    start = (float(rng.uniform(-2.5, 2.5)), float(rng.uniform(3.0, 8.0)))
    heading = float(rng.uniform(-np.pi, np.pi))
    return Role((Part(str(rng.choice(sorted(ACTIONS))), 10.0, heading),), start)


def _labels(truth: FigureTruth) -> BoxLabels:
    count = len(truth.boxes)
    return BoxLabels(
        (truth.boxes / np.tile(SIZE, 2)).astype(np.float32),
        np.full(count, PERSON, np.int64),
        np.ones(count, np.float32),
        np.zeros(count, bool),
    )
