"""What the model saw in one frame."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from engine.frame import Discontinuity
    from engine.state import StateEvent


@dataclass(frozen=True, slots=True)
class Detections:
    """Boxes of one frame, as a struct of arrays of equal length N.

    Attributes
    ----------
    xyxy
        (N, 4) float32, pixels of the source picture: left, top, right, bottom.
    confidence
        (N,) float32 in 0..1.
    class_id
        (N,) int32, index into the head's labels.
    track_id
        (N,) int32; -1 where the tracker has not confirmed an identity.
    """

    xyxy: NDArray[np.float32]
    confidence: NDArray[np.float32]
    class_id: NDArray[np.int32]
    track_id: NDArray[np.int32]

    def __post_init__(self) -> None:
        n = len(self.xyxy)
        if self.xyxy.shape != (n, 4) or any(
            column.shape != (n,) for column in (self.confidence, self.class_id, self.track_id)
        ):
            raise ValueError(
                f"detections do not align: xyxy {self.xyxy.shape}, confidence "
                f"{self.confidence.shape}, class_id {self.class_id.shape}, "
                f"track_id {self.track_id.shape}"
            )

    def __len__(self) -> int:
        return len(self.xyxy)

    @classmethod
    def empty(cls) -> Detections:
        """Return detections of nothing."""
        return cls(
            np.zeros((0, 4), np.float32),
            np.zeros(0, np.float32),
            np.zeros(0, np.int32),
            np.zeros(0, np.int32),
        )

    def select(self, which: NDArray[np.bool_] | NDArray[np.intp]) -> Detections:
        """Return the rows that `which` (a mask or indices) names, in its order."""
        return Detections(
            self.xyxy[which], self.confidence[which], self.class_id[which], self.track_id[which]
        )


@dataclass(frozen=True, slots=True)
class PersonActions:
    """What one tracked person does.

    Attributes
    ----------
    track_id
        As in `Detections`.
    actions
        As in `FrameResult`, from the person's surroundings and the person's own memory.
    memory_s
        Seconds that this memory reaches back.
    """

    track_id: int
    actions: Mapping[str, NDArray[np.float32]]
    memory_s: float


@dataclass(frozen=True, slots=True)
class FrameResult:
    """Everything recognised in one frame.

    Attributes
    ----------
    index, pts_s
        Of the frame, as in `engine.frame.Frame`.
    detections
        Boxes of the bundle's box head; empty without one.
    actions
        Per action head, (L,) float32 probabilities in the order of its labels. Raw, not smoothed.
    discontinuity
        Why the memory did not simply carry on into this frame; None when it did.
    event
        What was done with memory at that; None when it simply carried on.
    memory_s
        Seconds of stream time the carried state reaches back (0 on the frame of a reset).
    exact
        False after a seek too far from any checkpoint: memory began a little before the target, so
        playing from the beginning might show something else.
    held
        The model did not look at this frame, because it came faster than the rate trained at:
        probabilities are those of the frame before, boxes are where their tracks should be.
    shown
        Per action head, (L,) bool: the labels to show where display smoothing was asked for
        (`engine.smoothing`); None where thresholds alone decide.
    persons
        What each person does, by rising track, where that was asked for (`engine.persons`).
    inference_ns
        Time spent in preprocess, backend, postprocess and tracking.
    """

    index: int
    pts_s: float
    detections: Detections
    actions: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)
    discontinuity: Discontinuity | None = None
    memory_s: float = 0.0
    exact: bool = True
    inference_ns: int = 0
    event: StateEvent | None = None
    held: bool = False
    shown: Mapping[str, NDArray[np.bool_]] | None = None
    persons: tuple[PersonActions, ...] = ()
