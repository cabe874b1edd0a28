"""A seek under way: from a checkpoint of the memory to the target."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from engine.frame import Discontinuity, Mark

if TYPE_CHECKING:
    from engine.frame import Frame
    from engine.predictor import Predictor
    from engine.results import FrameResult
    from engine.timeline import SeekPlan


class Replay:
    """Frames before the target go through the model and are not shown.

    Where it is known what was seen at the target, that is shown first: the source goes straight
    there, and memory catches up afterwards::

        known:      target shown ─→ back to the checkpoint ─→ target processed, not shown again
        not known:                  from the checkpoint    ─→ target processed and shown

    Attributes
    ----------
    shown
        Whether the target has been shown.
    last
        The frame replayed last and its result; shown when the target lies beyond the end.
    """

    def __init__(self, plan: SeekPlan, *, shown: bool = False) -> None:
        self.plan = plan
        self.shown = shown
        self.last: tuple[Frame, FrameResult] | None = None
        self._begun = False

    @property
    def first_s(self) -> float:
        """Where the source goes first."""
        return self.plan.from_s if self.plan.known is None else self.plan.until_s

    def catch_up(self, target: Frame, *, shown: bool) -> Replay:
        """Return what remains once the source has been at the target, shown or not."""
        until_s = target.pts_s if shown else self.plan.until_s
        return Replay(replace(self.plan, until_s=until_s, known=None), shown=shown)

    def arrive(self, frame: Frame, predictor: Predictor) -> Frame:
        """Put memory in place before the first frame; give that frame the mark it had."""
        if self._begun:
            return frame
        self._begun = True
        snapshot = self.plan.snapshot
        if snapshot is None:
            from_start = self.plan.from_s <= 0
            predictor.reset(exact=from_start)
            return frame.marked(Mark(Discontinuity.START)) if from_start else frame
        predictor.restore(snapshot)
        return frame.marked(snapshot.mark)
