"""Random changes made once per clip, so that motion stays what it was.

The articles' augmentation (article 004: rotation 20°, shifts 0.2, horizontal flip) with zoom,
exposure and noise added. None of it changes a label.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ROTATION_DEG = 12.0
_SHIFT = 0.12
_ZOOM = (0.85, 1.35)
_STRETCH = 0.12


def augment_clip(frames: NDArray[np.uint8], variant: int, seed: int) -> NDArray[np.uint8]:
    """Return a changed copy of (T, H, W, 3) frames.

    Parameters
    ----------
    variant
        0 is the clip itself, 1 its mirror image; others are random, mirrored when odd.
    seed
        With `variant`, determines the random change.
    """
    if variant % 2:
        frames = frames[:, :, ::-1]
    if variant < 2:
        return np.ascontiguousarray(frames)
    rng = np.random.default_rng((seed, variant))
    height, width = frames.shape[1:3]
    matrix = _random_affine(rng, width, height)
    gain, offset = rng.uniform(0.6, 1.35), rng.uniform(-25, 25)
    levels = np.arange(256)[:, None] * gain * rng.uniform(0.92, 1.08, 3) + offset
    table = np.clip(levels, 0, 255).astype(np.uint8)[None]
    deviation = rng.uniform(0, 6) * (rng.random() < 0.5)
    noise = rng.normal(0, max(deviation, 1e-6), (height, width, 3)).astype(np.int16)
    changed = np.empty_like(frames, order="C")
    for t, frame in enumerate(frames):
        warped = cv2.warpAffine(
            np.ascontiguousarray(frame), matrix, (width, height), borderMode=cv2.BORDER_REPLICATE
        )
        changed[t] = cv2.LUT(warped, table)
        if deviation:
            shifted = np.roll(noise, t * 37, axis=1)
            cv2.add(changed[t], shifted, dst=changed[t], dtype=cv2.CV_8U)
    return changed


def _random_affine(rng: np.random.Generator, width: int, height: int) -> NDArray[np.float64]:
    zoom = rng.uniform(*_ZOOM)
    stretch = 1 + rng.uniform(-_STRETCH, _STRETCH)
    angle = rng.uniform(-_ROTATION_DEG, _ROTATION_DEG)
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, zoom).astype(np.float64)
    matrix[0] *= stretch
    matrix[:, 2] += rng.uniform(-_SHIFT, _SHIFT, 2) * (width, height)
    matrix[0, 2] += width / 2 * (1 - stretch)
    return matrix
