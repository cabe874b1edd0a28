"""Finds the frames at which the picture becomes another scene at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SIDE: Final = 28
_BINS: Final = 32
_DECAY: Final = 0.95


@dataclass(frozen=True, slots=True)
class SceneCutState:
    """What the detector carries from frame to frame.

    Attributes
    ----------
    luma
        (28, 28) uint8 of the last frame.
    histogram
        (32,) float32, of its luma; sums to 1.
    motion
        Largest difference of late, in grey levels, fading; None before there is one.
    """

    luma: NDArray[np.uint8] | None = None
    histogram: NDArray[np.float32] | None = None
    motion: float | None = None


class SceneCutDetector:
    """Compares each frame, made very small, with the one before.

    A cut changes both where things are (mean absolute difference of luma) and how bright they are
    overall (luma histogram), and by much more than the largest motion of late. Motion alone moves
    pixels but keeps the histogram. As long as nothing is known of the motion, at the second frame,
    only an unmistakable difference counts.

    The defaults were tuned on one half of the clips of `benchmarks.scene_cut`, which prints
    precision and recall on the other half.

    Parameters
    ----------
    difference
        Least mean absolute difference of luma, in grey levels.
    histogram
        Least difference of the histograms, half the L1 distance, 0..1.
    ratio
        How many times the recent motion the difference must be.
    unmistakable
        Least difference where no motion is known.
    """

    def __init__(
        self,
        difference: float = 5.0,
        histogram: float = 0.10,
        ratio: float = 2.5,
        unmistakable: float = 25.0,
    ) -> None:
        self._difference, self._histogram = difference, histogram
        self._ratio, self._unmistakable = ratio, unmistakable
        self._state = SceneCutState()

    def update(self, rgb: NDArray[np.uint8]) -> bool:
        """Take the next frame, (H, W, 3) uint8; return whether a new scene begins with it."""
        # Every few pixels are enough: averaging all of them took most of the time.
        stride = max(1, min(rgb.shape[:2]) // (2 * _SIDE))
        sparse = cv2.cvtColor(np.ascontiguousarray(rgb[::stride, ::stride]), cv2.COLOR_RGB2GRAY)
        luma = np.asarray(
            cv2.resize(sparse, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA), np.uint8
        )
        counts = np.bincount(luma.ravel() >> 3, minlength=_BINS)
        histogram = (counts / luma.size).astype(np.float32)
        before = self._state
        if before.luma is None or before.histogram is None:
            self._state = SceneCutState(luma, histogram)
            return False
        difference = float(cv2.absdiff(luma, before.luma).mean())
        shift = float(np.abs(histogram - before.histogram).sum() / 2)
        least = (
            self._unmistakable
            if before.motion is None
            else max(self._difference, self._ratio * before.motion)
        )
        cut = difference >= least and shift >= self._histogram
        # The jump itself is no motion: the new scene is judged by its own.
        motion = 0.0 if cut else max(difference, _DECAY * (before.motion or 0.0))
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
