"""The articles' augmentation, drawn once per clip so that motion stays what it was.

Article 004: rotation by up to 20°, shifts by up to 0.2 of the side, horizontal flip. What comes in
at an edge repeats the edge, as in the article's framework.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Augmentation:
    """How far a clip may be changed.

    Attributes
    ----------
    rotation_deg
        Either way, about the middle.
    shift
        Either way, as a share of the width and of the height.
    flip
        Whether half the clips are mirrored. Not where left and right are what is learnt.
    """

    rotation_deg: float = 20.0
    shift: float = 0.2
    flip: bool = True

    def draw(self, rng: np.random.Generator, width: int, height: int) -> NDArray[np.float64]:
        """Return a random change as (2, 3), from pixel coordinates to pixel coordinates."""
        centre = ((width - 1) / 2, (height - 1) / 2)
        angle_deg = rng.uniform(-self.rotation_deg, self.rotation_deg)
        matrix = cv2.getRotationMatrix2D(centre, angle_deg, 1.0).astype(np.float64)
        matrix[:, 2] += rng.uniform(-self.shift, self.shift, 2) * (width, height)
        if self.flip and rng.random() < 0.5:
            matrix[0] = -matrix[0]
            matrix[0, 2] += width - 1
        return matrix


def warp_clip(frames: NDArray[np.uint8], matrix: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Return (T, H, W) or (T, H, W, 3) frames, all changed alike."""
    size = (frames.shape[2], frames.shape[1])
    changed = np.empty(frames.shape, np.uint8)
    for before, after in zip(frames, changed, strict=True):
        cv2.warpAffine(before, matrix, size, after, cv2.INTER_LINEAR, cv2.BORDER_REPLICATE)
    return changed


def warp_boxes(
    xyxy: NDArray[np.float32], matrix: NDArray[np.float64], width: int, height: int
) -> NDArray[np.float32]:
    """Return the upright hulls, in the picture, of boxes (N, 4) that a clip's change turned."""
    x1, y1, x2, y2 = xyxy.T
    corners = np.stack([np.stack(pair, -1) for pair in ((x1, y1), (x2, y1), (x2, y2), (x1, y2))])
    moved = corners @ matrix[:, :2].T + matrix[:, 2]
    hull = np.concatenate((moved.min(0), moved.max(0)), axis=-1, dtype=np.float32)
    limits = np.array([width, height, width, height], np.float32)
    return np.minimum(np.maximum(hull, 0), limits)
