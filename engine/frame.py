"""One picture of a stream, with its place in time."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from fractions import Fraction

    import numpy as np
    from numpy.typing import NDArray


class Discontinuity(StrEnum):
    """Why a frame does not simply follow the one before it."""

    START = "start"
    """First frame of a stream."""
    SEEK = "seek"
    """First frame after a jump the user asked for."""
    GAP = "gap"
    """Frames are missing before this one: dropped, damaged, or a jump in the time stamps."""
    SCENE_CUT = "scene-cut"
    """The picture changed at once to another scene."""
    SOURCE = "source"
    """Another source, the same one reconnected or with another size, or an unrelated still."""


class Picture(Protocol):
    """Pixels that are converted only when, and only to the size, someone needs them.

    Rotation from the container is already accounted for. Safe to call from several threads.
    """

    @property
    def width(self) -> int:
        """Pixels, as displayed."""

    @property
    def height(self) -> int:
        """Pixels, as displayed."""

    def rgb(self, width: int, height: int) -> NDArray[np.uint8]:
        """Return the picture stretched to (height, width, 3), RGB, C-contiguous."""

    def bgra(self) -> NDArray[np.uint8]:
        """Return a new (height, width, 4) array, BGRA with A = 255, that the caller may draw on."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A picture and its place in a stream.

    Attributes
    ----------
    index
        Number of the frame in the stream's own count, from 0. Dropped frames keep their number.
    pts
        Presentation time stamp in units of `time_base`; strictly increasing between
        discontinuities.
    time_base
        Seconds per unit of `pts`.
    captured_ns
        `time.monotonic_ns()` when the frame was decoded or captured.
    discontinuity
        None when the frame simply follows the one before it.
    """

    index: int
    pts: int
    time_base: Fraction
    captured_ns: int
    picture: Picture
    discontinuity: Discontinuity | None = None

    @property
    def pts_s(self) -> float:
        """Presentation time in seconds."""
        return float(self.pts * self.time_base)
