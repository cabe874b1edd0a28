"""One picture of a stream, with its place in time."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from fractions import Fraction

    import numpy as np
    from numpy.typing import NDArray

    from engine.backends.base import Sight


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


class Cause(StrEnum):
    """Why memory might not carry on: as `Discontinuity`, whose values are a contract, but finer."""

    START = "start"
    SEEK = "seek"
    GAP = "gap"
    """The source lost frames, or its time stamps leapt."""
    DROP = "drop"
    """The model was too slow for a live source."""
    SCENE_CUT = "scene-cut"
    RECONNECT = "reconnect"
    SOURCE = "source"
    SIZE = "size"
    """The same source with another picture size."""
    BACKEND = "backend"
    """Another runtime goes on where one left off."""


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
    sight
        What the model made of it already, where it was read ahead; see `engine.ahead`.
    cause
        What exactly lies behind `discontinuity`, where that alone does not say.
    """

    index: int
    pts: int
    time_base: Fraction
    captured_ns: int
    picture: Picture
    discontinuity: Discontinuity | None = None
    sight: Sight | None = field(default=None, compare=False, repr=False)
    cause: Cause | None = None

    @property
    def pts_s(self) -> float:
        """Presentation time in seconds."""
        return float(self.pts * self.time_base)

    @property
    def mark(self) -> Mark:
        """How it follows the frame before it."""
        return Mark(self.discontinuity, self.cause)

    def marked(self, mark: Mark) -> Frame:
        """Return the frame with another mark."""
        return replace(self, discontinuity=mark.discontinuity, cause=mark.exact_cause)


class Mark(NamedTuple):
    """A discontinuity and what lies behind it."""

    discontinuity: Discontinuity | None = None
    exact_cause: Cause | None = None

    @property
    def cause(self) -> Cause | None:
        """What lies behind it; None where there is nothing."""
        if self.exact_cause is None and self.discontinuity is not None:
            return Cause(self.discontinuity.value)
        return self.exact_cause
