"""How different two pictures of a window look, whatever the font and the figures in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from PySide6.QtGui import QImage

_WIDTH_PX: Final = 96
_SIGMA_PX: Final = 1.5
_C1, _C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2


def read_picture(path: Path) -> NDArray[np.uint8]:
    """Return (H, W) uint8, grey."""
    return np.asarray(cv2.imread(str(path), cv2.IMREAD_GRAYSCALE), np.uint8)


def grey(image: QImage) -> NDArray[np.uint8]:
    """Return (H, W) uint8 of a Qt image."""
    flat = image.convertToFormat(image.Format.Format_Grayscale8)
    rows = np.frombuffer(flat.constBits(), np.uint8).reshape(flat.height(), flat.bytesPerLine())
    return rows[:, : flat.width()].copy()


def difference(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """Return 0 of two that look alike, towards 1 of two that have nothing in common.

    One minus the structural similarity (Wang et al. 2004, eq. 13, its Gaussian window) of both at
    a width of 96 pixels: text is a grey bar there, and what lies where is all that is left. The
    mean of the worst tenth: a panel that is gone must not be lost among those that are there.
    """
    height = round(_WIDTH_PX * one.shape[0] / one.shape[1])
    x, y = (_small(picture, height) for picture in (one, other))
    mean_x, mean_y = _blur(x), _blur(y)
    var_x, var_y = _blur(x * x) - mean_x**2, _blur(y * y) - mean_y**2
    both = _blur(x * y) - mean_x * mean_y
    similarity = ((2 * mean_x * mean_y + _C1) * (2 * both + _C2)) / (
        (mean_x**2 + mean_y**2 + _C1) * (var_x + var_y + _C2)
    )
    worst = np.sort(similarity, axis=None)[: max(1, similarity.size // 10)]
    return float(1 - worst.mean())


def _small(picture: NDArray[np.uint8], height: int) -> NDArray[np.float64]:
    size = (_WIDTH_PX, height)
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA).astype(np.float64)


def _blur(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return cv2.GaussianBlur(values, (0, 0), _SIGMA_PX)
