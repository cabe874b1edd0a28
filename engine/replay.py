"""A seek under way: from a checkpoint of the memory to the target."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from engine.frame import Discontinuity

if TYPE_CHECKING:
    from engine.frame import Frame
    from engine.predictor import Predictor
    from engine.results import FrameResult
    from engine.timeline import SeekPlan


class Replay:
    """Frames before the target go through the model and are not shown.

    Attributes
    ----------
    last
        The frame replayed last and its result; shown when the target lies beyond the end.
    """

    def __init__(self, plan: SeekPlan) -> None:
        self.plan = plan
        self.last: tuple[Frame, FrameResult] | None = None
        self._begun = False

    def arrive(self, frame: Frame, predictor: Predictor) -> Frame:
        """Put memory in place before the first frame; give that frame the mark it had."""
        if self._begun:
            return frame
        self._begun = True
        snapshot = self.plan.snapshot
        if snapshot is None:
            from_start = self.plan.from_s <= 0
            predictor.reset(exact=from_start)
            return replace(frame, discontinuity=Discontinuity.START) if from_start else frame
        predictor.restore(snapshot)
        return replace(frame, discontinuity=snapshot.mark)
