"""A predictor together with its past in one recording."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from engine.frame import Cause, Mark
from engine.replay import Replay

if TYPE_CHECKING:
    from engine.frame import Frame
    from engine.predictor import Predictor
    from engine.results import FrameResult
    from engine.smoothing import Smoothing
    from engine.state import StatePolicy
    from engine.timeline import StateTimeline


class Recall:
    """Processes frames, keeps what a seek will need, and plans seeks.

    `process` belongs to the model's thread; everything else may be called from any.

    Parameters
    ----------
    timeline
        Where checkpoints and results are kept; None keeps nothing, and a seek is not replayed.
    """

    def __init__(self, predictor: Predictor, timeline: StateTimeline | None) -> None:
        self.predictor = predictor
        self._timeline = timeline
        self._lock = threading.Lock()
        self._new_confidence: tuple[float | None] | None = None
        self._new_memory: tuple[StatePolicy, Smoothing | None] | None = None

    def process(self, frame: Frame) -> FrameResult:
        """Run the next frame through the model, a checkpoint taken before it when one is due."""
        self._apply_changes()
        if self._timeline is None:
            return self.predictor.process(frame)
        frame = self._made_exact(frame, self._timeline)
        self._timeline.offer(self.predictor, frame)
        result = self.predictor.process(frame)
        self._timeline.note(result)
        return result

    def plan(self, target_s: float, cause: Cause = Cause.SEEK) -> Replay | None:
        """Return how to reach `target_s`; None to jump there and let the policy decide."""
        if self._timeline is None or not self.predictor.policy.replays(cause):
            return None
        return Replay(self._timeline.plan(target_s))

    def set_confidence(self, confidence: float | None) -> None:
        """Take boxes from `confidence` on, from the next frame; what was kept is forgotten."""
        with self._lock:
            self._new_confidence = (confidence,)
            if self._timeline is not None:
                self._timeline.clear()  # now, for a seek planned before the next frame

    def set_memory(self, policy: StatePolicy, smoothing: Smoothing | None) -> None:
        """Treat memory and labels so from the next frame on; what was kept is forgotten."""
        with self._lock:
            self._new_memory = (policy, smoothing)
            if self._timeline is not None:
                self._timeline.clear()

    def _apply_changes(self) -> None:
        """Between two frames, so that none is tracked by one threshold and kept as by another."""
        with self._lock:
            new, self._new_confidence = self._new_confidence, None
            memory, self._new_memory = self._new_memory, None
        if memory is not None:
            self.predictor.policy, self.predictor.smoothing = memory
            if self._timeline is not None:
                self._timeline.clear()
        if new is not None and new[0] != self.predictor.confidence:
            self.predictor.confidence = new[0]
            if self._timeline is not None:
                self._timeline.clear()

    def _made_exact(self, frame: Frame, timeline: StateTimeline) -> Frame:
        """Where approximate memory reaches a checkpoint it becomes what playing gave."""
        if self.predictor.exact:
            return frame
        snapshot = timeline.at(frame.pts_s)
        if snapshot is None or frame.mark not in (Mark(), snapshot.mark):
            return frame
        self.predictor.restore(snapshot)
        return frame.marked(snapshot.mark)
