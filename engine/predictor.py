"""One frame after the other through the model, with everything that carries over."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np

from engine.backends.base import Sight, initial_state
from engine.buffer import graver_mark
from engine.carry import Carry, Snapshot
from engine.clock import Clock
from engine.frame import Cause, Discontinuity, Mark
from engine.postprocess import decode_boxes
from engine.results import Detections, FrameResult
from engine.scene_cut import SceneCutDetector
from engine.smoothing import Smoother
from engine.state import Reaction, StateEvent, StatePolicy
from engine.tracking import ByteTracker
from models.spec import HeadKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from engine.backends.base import Backend, Tensors
    from engine.bundle import Bundle
    from engine.frame import Frame
    from engine.persons import PersonMemory
    from engine.results import PersonActions
    from engine.smoothing import SmootherState, Smoothing
    from models.spec import HeadSpec, Manifest

_BOXES_ARE_ELSEWHERE: Final = frozenset({Cause.SEEK, Cause.SOURCE, Cause.SIZE, Cause.BACKEND})
"""Even where memory is carried on, nothing is where it was in the picture."""


class Predictor:
    """Frame in, result out; owns the recurrent state, the tracker and the scene-cut detector.

    The only way a frame is ever processed: live view, export and headless runs all call `process`,
    in stream order and from one thread at a time. The result depends on nothing but the frames
    since the last reset.

    Parameters
    ----------
    bundle, backend
        The model, and the runtime it is loaded into. The caller closes the backend.
    confidence
        Least confidence of a box, 0..1; None takes the bundle's threshold of each class.
    related
        False where frames are unrelated stills: nothing is carried or tracked from one to another.
    policy
        What happens to memory where the stream breaks.
    smoothing
        How steady the labels shown are; None leaves that to whoever shows them.
    persons
        Tells what each person does; owned from now on, but for its model. None leaves that out.
    """

    def __init__(
        self,
        bundle: Bundle,
        backend: Backend,
        *,
        confidence: float | None = None,
        related: bool = True,
        policy: StatePolicy | None = None,
        smoothing: Smoothing | None = None,
        persons: PersonMemory | None = None,
    ) -> None:
        self.manifest: Manifest = bundle.manifest
        self.backend = backend
        self.confidence = confidence
        self.box_head: HeadSpec | None = next(
            (head for head in self.manifest.heads if head.kind is HeadKind.BOXES), None
        )
        self.action_heads: tuple[HeadSpec, ...] = tuple(
            head for head in self.manifest.heads if head.kind is HeadKind.ACTIONS
        )
        self.policy = policy or StatePolicy()
        self.smoothing = smoothing
        self._clock = Clock(backend, self.manifest) if related else None
        self._cuts = SceneCutDetector() if related else None
        self._tracker = ByteTracker() if related and self.box_head else None
        self.persons = persons
        self._initial = initial_state(self.manifest)
        self._carry: Carry | None = None
        self._exact = True

    @property
    def exact(self) -> bool:
        """False after a cold start in the middle: playing from the beginning might differ."""
        return self._exact

    def reset(self, *, exact: bool = True) -> None:
        """Forget everything; the next frame is treated as the first.

        Parameters
        ----------
        exact
            False when the next frame is not where memory would begin on playing the stream.
        """
        self._exact = exact
        self._carry = None
        if self._cuts:
            self._cuts.reset()
        if self._tracker:
            self._tracker.reset()

    def snapshot(self, frame: Frame) -> Snapshot:
        """Return what carries over into `frame`, which is to be processed next."""
        return Snapshot(
            self._carry,
            self._tracker.snapshot() if self._tracker else None,
            self._cuts.snapshot() if self._cuts else None,
            frame.mark,
            self.persons.snapshot() if self.persons else None,
        )

    def restore(self, snapshot: Snapshot) -> None:
        """Go back to where `snapshot` was taken.

        The next frame processed must be the one it was taken for, with the snapshot's mark.
        """
        self._exact = True
        self._carry = snapshot.carry
        if self._tracker and snapshot.tracker:
            self._tracker.restore(snapshot.tracker)
        if self._cuts and snapshot.cuts:
            self._cuts.restore(snapshot.cuts)
        if self.persons and snapshot.persons:
            self.persons.restore(snapshot.persons)

    def process(self, frame: Frame) -> FrameResult:
        """Run one frame.

        Raises
        ------
        engine.errors.BackendError
            When the runtime fails.
        """
        begun_ns = time.perf_counter_ns()
        if self._is_early(frame):
            return self._held(frame)
        sight = frame.sight or self._look(frame)
        discontinuity, event = self._place(frame, sight.rgb)
        period_s = 1.0 / self.manifest.input.rate_hz
        carry = self._carry
        output = sight.step(
            np.full(1, frame.pts_s - carry.stepped_s if carry else period_s, np.float32),
            carry.state if carry else self._initial,
        )
        since_s = carry.since_s if carry else frame.pts_s
        detections = self._detections(output.heads, frame)
        actions = self._actions(output.heads)
        persons = self._people(frame, detections)
        smoother = self._smoothed(actions, frame.pts_s, carry)
        self._carry = Carry(
            output.state, frame.pts_s, since_s, frame.pts_s, actions, detections, smoother
        )
        return FrameResult(
            index=frame.index,
            pts_s=frame.pts_s,
            detections=detections,
            actions=actions,
            discontinuity=discontinuity,
            memory_s=frame.pts_s - since_s,
            exact=self._exact,
            inference_ns=time.perf_counter_ns() - begun_ns + sight.spent_ns,
            event=event,
            shown=smoother.shown if smoother else None,
            persons=persons,
        )

    def _people(self, frame: Frame, detections: Detections) -> tuple[PersonActions, ...]:
        if self.persons is None or self._tracker is None:
            return ()
        return self.persons.update(frame, detections, self._tracker.snapshot().tracks.track_id)

    def _is_early(self, frame: Frame) -> bool:
        """Whether the model leaves a frame out, since it comes faster than the rate trained at."""
        carry = self._carry
        if self._clock is None or carry is None or frame.discontinuity is not None:
            return False
        in_order = self.policy.follows(frame.pts_s - carry.pts_s)
        return in_order and self._clock.is_early(frame.pts_s - carry.stepped_s)

    def _held(self, frame: Frame) -> FrameResult:
        """Return what was seen last, moved to where it should be by now; memory stays as it is."""
        carry = self._carry
        assert carry is not None
        smoother = self._smoothed(carry.actions, frame.pts_s, carry)
        self._carry = replace(carry, pts_s=frame.pts_s, smoother=smoother)
        detections = carry.detections
        if self._tracker is not None:
            detections = self._tracker.expected(detections, frame.pts_s)
        return FrameResult(
            index=frame.index,
            pts_s=frame.pts_s,
            detections=detections,
            actions=carry.actions,
            memory_s=frame.pts_s - carry.since_s,
            exact=self._exact,
            held=True,
            shown=smoother.shown if smoother else None,
            persons=self.persons.newest if self.persons else (),
        )

    def _smoothed(
        self, actions: Mapping[str, NDArray[np.float32]], pts_s: float, carry: Carry | None
    ) -> SmootherState | None:
        if self.smoothing is None:
            return None
        before = carry.smoother if carry else None
        return Smoother(self.action_heads, self.smoothing).step(actions, pts_s, before)

    def _look(self, frame: Frame) -> Sight:
        spec = self.manifest.input
        rgb = frame.picture.rgb(spec.width, spec.height)
        return Sight(rgb, partial(self.backend.step, rgb[np.newaxis]))

    def _place(
        self, frame: Frame, rgb: NDArray[np.uint8]
    ) -> tuple[Discontinuity | None, StateEvent | None]:
        """Find how the frame follows the last one, and treat memory accordingly."""
        mark = frame.mark
        if self._cuts is not None and self._cuts.update(rgb):
            mark = graver_mark(Mark(Discontinuity.SCENE_CUT), mark)
        if self._carry is None:
            mark = Mark(Discontinuity.START) if mark == Mark() else mark
            return mark.discontinuity, StateEvent(mark.cause or Cause.START, Reaction.RESET, 0.0)
        dt_s = frame.pts_s - self._carry.pts_s
        if mark == Mark() and not self.policy.follows(dt_s):
            mark = Mark(Discontinuity.GAP)
        if mark.cause is None:
            return None, None
        event = self.policy.judge(mark.cause, dt_s)
        self._treat(self._carry, event, frame.pts_s)
        return mark.discontinuity, event

    def _treat(self, carry: Carry, event: StateEvent, pts_s: float) -> None:
        """Do with memory what was decided.

        The scene-cut detector has just learnt the frame and is left alone: it must not compare the
        next one with the scene before.
        """
        if event.reaction is Reaction.RESET:
            self._carry = None
        else:
            if event.cause is Cause.SEEK or pts_s <= carry.pts_s:
                carry = carry.rebased(pts_s - 1.0 / self.manifest.input.rate_hz)
                self._exact = False
            self._carry = carry if event.kept == 1 else carry.faded(event.kept)
            if self.persons and event.kept != 1:
                self.persons.fade(event.kept)
        if self._carry is None or event.cause in _BOXES_ARE_ELSEWHERE:
            if self._tracker:
                self._tracker.reset()

    def _detections(self, heads: Tensors, frame: Frame) -> Detections:
        if self.box_head is None:
            return Detections.empty()
        thresholds = self._thresholds(self.box_head)
        floor = float(thresholds.min()) * ByteTracker.LOW_FRACTION if self._tracker else 0.0
        found = decode_boxes(
            heads,
            self.box_head,
            frame.picture.width,
            frame.picture.height,
            confidence=floor if self._tracker else float(thresholds.min()),
        )
        sure = found.confidence >= thresholds[found.class_id]
        if self._tracker is None:
            return found.select(sure)
        return self._tracker.update(found, sure, frame.pts_s)

    def _thresholds(self, head: HeadSpec) -> NDArray[np.float32]:
        if self.confidence is None:
            return np.asarray(head.thresholds, np.float32)
        return np.full(len(head.labels), self.confidence, np.float32)

    def _actions(self, heads: Tensors) -> Mapping[str, NDArray[np.float32]]:
        return {
            head.name: np.asarray(heads[head.output_names[0]][0], np.float32)
            for head in self.action_heads
        }
