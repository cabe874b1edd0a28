"""What a predictor carries from frame to frame."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from engine.backends.base import State
    from engine.frame import Mark
    from engine.persons import PersonsState
    from engine.results import Detections
    from engine.scene_cut import SceneCutState
    from engine.smoothing import SmootherState
    from engine.tracking import TrackerState

_SNAPSHOT_OVERHEAD_BYTES: Final = 16_384
_FADING: Final = (".h", ".c")
"""Endings of the tensors that are memory; the others say what the last picture looked like."""


@dataclass(frozen=True, slots=True)
class Carry:
    """What the next frame needs of the frames before it, as far as the model goes.

    Attributes
    ----------
    state
        Recurrent state of every head.
    pts_s
        Of the frame processed last.
    since_s
        pts_s of the frame at which memory began.
    stepped_s
        pts_s of the frame that the model looked at last.
    actions, detections
        What it saw there, as in `engine.results.FrameResult`.
    smoother
        Which labels were shown; None without display smoothing.
    """

    state: State
    pts_s: float
    since_s: float
    stepped_s: float
    actions: Mapping[str, NDArray[np.float32]]
    detections: Detections
    smoother: SmootherState | None = None

    def rebased(self, pts_s: float) -> Carry:
        """Return it as if the last frame had come at `pts_s`: memory goes on elsewhere in time."""
        shift_s = pts_s - self.pts_s
        return replace(self, pts_s=pts_s, since_s=self.since_s + shift_s, stepped_s=pts_s)

    def faded(self, kept: float) -> Carry:
        """Return it with h and c of every layer scaled by `kept`, towards the initial state."""
        scale = np.float32(kept)
        state = {
            name: value * scale if name.endswith(_FADING) else value
            for name, value in self.state.items()
        }
        return replace(self, state=state)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that carries over into one frame, and that frame's own mark.

    Immutable; restoring it and processing the same frames gives the same results, bit for bit, on
    the same backend.

    Attributes
    ----------
    mark
        Of the frame to come, as the source gave it when playing.
    """

    carry: Carry | None
    tracker: TrackerState | None
    cuts: SceneCutState | None
    mark: Mark
    persons: PersonsState | None = None

    @property
    def nbytes(self) -> int:
        """Bytes that keeping it costs, about."""
        state = self.carry.state.values() if self.carry else ()
        people = self.persons.nbytes if self.persons else 0
        return _SNAPSHOT_OVERHEAD_BYTES + sum(tensor.nbytes for tensor in state) + people
