"""Finds the frames at which the picture becomes another scene at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SIZE: Final = (32, 24)
_BINS: Final = 32
_MEMORY: Final = 0.2


@dataclass(frozen=True, slots=True)
class SceneCutState:
    """What the detector carries from frame to frame."""

    luma: NDArray[np.uint8] | None = None
    histogram: NDArray[np.float32] | None = None
    motion: float = 0.0


class SceneCutDetector:
    """Compares each frame, made very small, with the one before.

    A cut changes both where things are (mean absolute difference of luma) and how bright they are
    overall (luma histogram), and by much more than the motion of late does. Motion alone moves
    pixels but keeps the histogram; a flash or a change of exposure moves the histogram but is
    over before the picture differs in structure.

    Parameters
    ----------
    difference
        Least mean absolute difference of luma, in grey levels.
    histogram
        Least difference of the histograms, half the L1 distance, 0..1.
    ratio
        How many times the recent motion the difference must be.
    """

    def __init__(
        self, difference: float = 22.0, histogram: float = 0.22, ratio: float = 3.0
    ) -> None:
        self._difference, self._histogram, self._ratio = difference, histogram, ratio
        self._state = SceneCutState()

    def update(self, rgb: NDArray[np.uint8]) -> bool:
        """Take the next frame, (H, W, 3) uint8; return whether a new scene begins with it."""
        small = cv2.resize(rgb, _SIZE, interpolation=cv2.INTER_AREA)
        luma = np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.uint8)
        counts = np.bincount(luma.ravel() >> 3, minlength=_BINS)
        histogram = (counts / luma.size).astype(np.float32)
        before = self._state
        if before.luma is None or before.histogram is None:
            self._state = SceneCutState(luma, histogram)
            return False
        difference = float(cv2.absdiff(luma, before.luma).mean())
        shift = float(np.abs(histogram - before.histogram).sum() / 2)
        cut = (
            difference >= self._difference
            and shift >= self._histogram
            and difference >= self._ratio * before.motion
        )
        # The jump itself is no motion: the new scene is judged by its own.
        motion = 0.0 if cut else before.motion + _MEMORY * (difference - before.motion)
        self._state = SceneCutState(luma, histogram, motion)
        return cut

    def reset(self) -> None:
        """Forget the past."""
        self._state = SceneCutState()

    def snapshot(self) -> SceneCutState:
        """Return what is carried; immutable."""
        return self._state

    def restore(self, state: SceneCutState) -> None:
        """Go back to where `state` was taken."""
        self._state = state
