"""One frame after the other through the model, with everything that carries over."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from engine.backends.base import initial_state
from engine.frame import Discontinuity
from engine.postprocess import decode_boxes
from engine.results import Detections, FrameResult
from engine.scene_cut import SceneCutDetector
from engine.state import Reaction, StatePolicy
from engine.tracking import ByteTracker
from models.spec import HeadKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from engine.backends.base import Backend, State, Tensors
    from engine.bundle import Bundle
    from engine.frame import Frame
    from engine.scene_cut import SceneCutState
    from engine.tracking import TrackerState
    from models.spec import HeadSpec, Manifest

_SNAPSHOT_OVERHEAD_BYTES: Final = 16_384


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
    """

    state: State
    pts_s: float
    since_s: float


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that carries over into one frame, and that frame's own mark.

    Immutable; restoring it and processing the same frames gives the same results, bit for bit, on
    the same backend.

    Attributes
    ----------
    mark
        Discontinuity of the frame to come, as the source gave it when playing.
    """

    carry: Carry | None
    tracker: TrackerState | None
    cuts: SceneCutState | None
    mark: Discontinuity | None

    @property
    def nbytes(self) -> int:
        """Bytes that keeping it costs, about."""
        state = self.carry.state.values() if self.carry else ()
        return _SNAPSHOT_OVERHEAD_BYTES + sum(tensor.nbytes for tensor in state)


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
        When memory is reset.
    """

    def __init__(
        self,
        bundle: Bundle,
        backend: Backend,
        *,
        confidence: float | None = None,
        related: bool = True,
        policy: StatePolicy | None = None,
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
        self._policy = policy or StatePolicy()
        self._cuts = SceneCutDetector() if related else None
        self._tracker = ByteTracker() if related and self.box_head else None
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
            frame.discontinuity,
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

    def process(self, frame: Frame) -> FrameResult:
        """Run one frame.

        Raises
        ------
        engine.errors.BackendError
            When the runtime fails.
        """
        begun_ns = time.perf_counter_ns()
        spec = self.manifest.input
        rgb = frame.picture.rgb(spec.width, spec.height)
        discontinuity = self._place(frame, rgb)
        dt_s = frame.pts_s - self._carry.pts_s if self._carry else 1.0 / spec.rate_hz
        output = self.backend.step(
            rgb[np.newaxis],
            np.full(1, dt_s, np.float32),
            self._carry.state if self._carry else self._initial,
        )
        since_s = self._carry.since_s if self._carry else frame.pts_s
        self._carry = Carry(output.state, frame.pts_s, since_s)
        return FrameResult(
            index=frame.index,
            pts_s=frame.pts_s,
            detections=self._detections(output.heads, frame),
            actions=self._actions(output.heads),
            discontinuity=discontinuity,
            memory_s=frame.pts_s - since_s,
            exact=self._exact,
            inference_ns=time.perf_counter_ns() - begun_ns,
        )

    def _place(self, frame: Frame, rgb: NDArray[np.uint8]) -> Discontinuity | None:
        """Find how the frame follows the last one, and empty memory where it must not carry on."""
        cut = self._cuts.update(rgb) if self._cuts else False
        found = frame.discontinuity or (Discontinuity.SCENE_CUT if cut else None)
        if self._carry is None:
            return found or Discontinuity.START
        dt_s = frame.pts_s - self._carry.pts_s
        if dt_s > self._policy.longest_gap_s or dt_s <= 0:
            found = found or Discontinuity.GAP
        if self._policy.reaction(found, dt_s) is Reaction.RESET:
            self._carry = None
            if self._tracker:
                self._tracker.reset()
            # The detector has just learnt this frame: it must not compare the next one with the
            # scene before.
        return found

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
