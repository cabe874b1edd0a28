"""Keeps the newest frame with the memory before it, while somebody wants to look into it."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from engine.backends.base import State
    from engine.frame import Frame
    from engine.predictor import Predictor
    from engine.results import FrameResult


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """One frame as the model took it.

    Attributes
    ----------
    rgb
        (H, W, 3) uint8 at the bundle's input size.
    before, after
        The state that went into the step, and the one that came out of it. Where the frame before
        was not seen, as after a jump, both are the one that came out.
    dt_s
        Seconds since the frame before.
    """

    pts_s: float
    rgb: NDArray[np.uint8]
    before: State
    after: State
    dt_s: float


class LookProbe:
    """A `Sink` that costs nothing until something is wanted of it, and a copy a frame then."""

    def __init__(self, predictor: Predictor) -> None:
        self._predictor = predictor
        self._lock = threading.Lock()
        self._wanted = False
        self._newest: Look | None = None
        self._next_index: int | None = None

    def want(self, wanted: bool) -> None:
        """Say whether anything is wanted from the next frame on."""
        with self._lock:
            self._wanted = wanted
            if not wanted:
                self._newest = self._next_index = None

    def newest(self) -> Look | None:
        """Return the frame seen last."""
        with self._lock:
            return self._newest

    # -- in the pipeline's thread ----------------------------------------------------------------

    def write(self, frame: Frame, result: FrameResult) -> None:
        """Keep the frame, if wanted."""
        with self._lock:
            wanted, former = self._wanted, self._newest
        carry = self._predictor.snapshot(frame).carry if wanted else None
        if carry is None or carry.pts_s != result.pts_s:
            return  # memory of another moment: it has yet to catch up
        spec = self._predictor.manifest.input
        follows = former is not None and result.index == self._next_index and result.memory_s > 0
        before = former.after if former is not None and follows else carry.state
        dt_s = result.pts_s - former.pts_s if former is not None and follows else 1 / spec.rate_hz
        rgb = frame.picture.rgb(spec.width, spec.height)
        with self._lock:
            if self._wanted:
                self._next_index = result.index + 1
                self._newest = Look(result.pts_s, rgb, before, carry.state, dt_s)

    def settle(self, frame: Frame, result: FrameResult) -> None:
        """Keep the frame written last once memory has caught up with it."""
        self.write(frame, result)

    def close(self) -> None:
        """Nothing to finish."""

    def abort(self) -> None:
        """Nothing to give up."""
