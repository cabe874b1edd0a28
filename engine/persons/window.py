"""The part of the picture that is looked at for a person, and how it follows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_PADDING: Final = 1.3
_FOLLOWING_S: Final = 0.4
"""Time constant: boxes jitter from frame to frame; a window that did would look like motion."""


@dataclass(frozen=True, slots=True)
class Window:
    """A rectangle in pixels of the picture, by its centre; it may reach beyond the picture."""

    x: float
    y: float
    height: float

    @classmethod
    def around(cls, xyxy: Sequence[float], aspect: float) -> Window:
        """Return the window that holds a box with room around it; `aspect` is width ÷ height."""
        left, top, right, bottom = xyxy
        height = max(bottom - top, (right - left) / aspect) * _PADDING
        return cls((left + right) / 2, (top + bottom) / 2, height)

    def towards(self, target: Window, dt_s: float) -> Window:
        """Return the window `dt_s` later, on its way to `target`."""
        share = 1 - float(np.exp(-dt_s / _FOLLOWING_S))
        return Window(
            self.x + share * (target.x - self.x),
            self.y + share * (target.y - self.y),
            self.height + share * (target.height - self.height),
        )

    def scaled(self, scale: float) -> Window:
        """Return the same window in a picture that has been scaled."""
        return Window(self.x * scale, self.y * scale, self.height * scale)

    def cut(self, rgb: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
        """Return what it holds of `rgb` (H, W, 3), scaled to (height, width, 3).

        Beyond the picture its border goes on.
        """
        scale = height / self.height
        matrix = np.array(
            [
                [scale, 0, width / 2 - scale * self.x],
                [0, scale, height / 2 - scale * self.y],
            ]
        )
        # Shrinking by more than two would leave pixels out, and edges would flicker.
        if scale < 0.5:
            smaller = 2 * scale
            rgb = np.asarray(
                cv2.resize(rgb, None, fx=smaller, fy=smaller, interpolation=cv2.INTER_AREA),
                np.uint8,
            )
            matrix[:, :2] /= smaller
        return np.asarray(
            cv2.warpAffine(rgb, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE), np.uint8
        )
