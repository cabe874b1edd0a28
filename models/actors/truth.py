"""What is true of a frame and of a clip."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.actors.score import Interval


@dataclass(frozen=True, slots=True)
class PersonTruth:
    """One person in one frame.

    Attributes
    ----------
    track_id
        The same in every frame; from 1.
    xyxy
        (4,) float32, bounds in pixels of what is seen; None when nothing is.
    visible
        Share of the person's outline that is seen: neither hidden nor cut off, 0..1.
    actions
        Labels that hold.
    keypoints
        (17, 3) float32 in COCO's order: x, y in pixels, and 0 outside the picture, 1 hidden,
        2 seen.
    """

    track_id: int
    xyxy: NDArray[np.float32] | None
    visible: float
    actions: frozenset[str]
    keypoints: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class FrameTruth:
    """One frame; `pts_s` seconds after the first."""

    index: int
    pts_s: float
    people: tuple[PersonTruth, ...]

    @property
    def actions(self) -> frozenset[str]:
        """Labels that hold for anyone who is seen."""
        return frozenset().union(*(p.actions for p in self.people if p.xyxy is not None))


@dataclass(frozen=True, slots=True)
class TrackInterval:
    """A label of one person."""

    track_id: int
    interval: Interval


def mask_bounds(mask: NDArray[np.bool_]) -> NDArray[np.float32] | None:
    """Return (4,) x1 y1 x2 y2 of the true pixels of `mask` (H, W), or None without any."""
    columns = np.flatnonzero(mask.any(0))
    if len(columns) == 0:
        return None
    rows = np.flatnonzero(mask.any(1))
    return np.array([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1], np.float32)


def keypoint_flags(
    points: NDArray[np.float64], ids: NDArray[np.uint8], person: int
) -> NDArray[np.float32]:
    """Return (17, 3): `points` (17, 3: x, y, depth) with COCO's visibility as third column.

    A point counts as seen where the mask `ids` shows `person` (its index + 1) at its pixel.
    """
    height, width = ids.shape
    made = points.astype(np.float32)
    x, y = np.floor(points[:, 0]).astype(int), np.floor(points[:, 1]).astype(int)
    inside = (points[:, 2] > 0) & (x >= 0) & (y >= 0) & (x < width) & (y < height)
    seen = ids[np.clip(y, 0, height - 1), np.clip(x, 0, width - 1)] == person
    made[:, 2] = np.where(inside, np.where(seen, 2, 1), 0)
    return made
