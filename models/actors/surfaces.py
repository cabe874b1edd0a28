"""Textures drawn by code: planks, tiles, carpet, plaster, wallpaper, pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Image = NDArray[np.uint8]

SIDE: Final = 128
"""Pixels; one texture covers one square metre and repeats."""

FLOORS: Final = ("planks", "tiles", "carpet", "plaster")
WALLS: Final = ("plaster", "wallpaper", "bricks", "panels")


def surface(rng: np.random.Generator, kind: str) -> Image:
    """Return a (SIDE, SIDE, 3) texture whose mean is near white; the geometry's colour tints it."""
    grain = _cloud(rng, 4, 0.08) + _cloud(rng, 32, 0.05)
    lines = np.zeros((SIDE, SIDE), np.float32)
    if kind == "planks":
        count = int(rng.integers(4, 9))
        rows = np.arange(SIDE) * count // SIDE
        grain += rng.normal(0, 0.09, count)[rows][:, None] + _cloud(rng, 64, 0.05).mean(0)[None]
        lines[np.flatnonzero(np.diff(rows))] = 0.35
    elif kind in ("tiles", "panels"):
        count = int(rng.integers(2, 5))
        edge = np.flatnonzero(np.diff(np.arange(SIDE) * count // SIDE))
        lines[:, edge] = 0.3
        if kind == "tiles":
            lines[edge] = 0.3
            cell = np.add.outer(np.arange(SIDE) * count // SIDE, np.arange(SIDE) * count // SIDE)
            grain += (cell % 2) * rng.choice((0.0, 0.0, -0.4))
    elif kind == "bricks":
        y, x = np.mgrid[:SIDE, :SIDE]
        row = y * 12 // SIDE
        column = (x + (row % 2) * 16) * 4 // SIDE
        grain += rng.normal(0, 0.1, (12, 5))[row, np.minimum(column, 4)]
        lines[np.diff(row, axis=0, prepend=0) > 0] = 0.3
        lines[np.diff(column, axis=1, prepend=0) > 0] = 0.3
    elif kind == "wallpaper":
        period = int(rng.choice((8, 16, 32)))
        stripe = (np.arange(SIDE) // (period // 2)) % 2
        grain += -0.18 * stripe[None]
    elif kind == "carpet":
        grain += rng.normal(0, 0.12, (SIDE, SIDE))
    value = np.clip(0.92 + grain - lines, 0, 1)
    return np.repeat((value * 255).astype(np.uint8)[..., None], 3, 2)


def picture(rng: np.random.Generator) -> Image:
    """Return a (SIDE, SIDE, 3) colourful picture, window or poster for a wall."""
    low = rng.uniform(0, 255, (int(rng.integers(2, 7)), int(rng.integers(2, 7)), 3))
    image = cv2.resize(low.astype(np.float32), (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
    for _ in range(int(rng.integers(0, 6))):
        a, b = rng.integers(0, SIDE, 2), rng.integers(0, SIDE, 2)
        cv2.rectangle(image, a.tolist(), b.tolist(), rng.uniform(0, 255, 3).tolist(), -1)
    cv2.rectangle(image, (0, 0), (SIDE - 1, SIDE - 1), rng.uniform(0, 255, 3).tolist(), 6)
    return np.clip(image, 0, 255).astype(np.uint8)


def _cloud(rng: np.random.Generator, cells: int, size: float) -> NDArray[np.float32]:
    """Return (SIDE, SIDE) smooth noise."""
    coarse = rng.normal(0, size, (cells, cells)).astype(np.float32)
    return cv2.resize(coarse, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR).astype(np.float32)
