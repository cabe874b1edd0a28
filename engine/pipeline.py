"""A stream at work: source in one thread, model and sinks in another."""

from __future__ import annotations

import logging
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from engine.buffer import EndOfStream, FrameBuffer
from engine.errors import LongtakeError, SourceError
from engine.frame import Cause, Mark
from engine.outlet import Outlet
from engine.pacing import Pacer
from engine.recall import Recall
from engine.stats import StreamCounters
from engine.status import Delivery, PipelineStatus, RunState

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from engine.frame import Frame
    from engine.predictor import Predictor
    from engine.replay import Replay
    from engine.results import FrameResult
    from engine.sinks.base import Sink
    from engine.smoothing import Smoothing
    from engine.sources.base import Source
    from engine.state import StatePolicy
    from engine.timeline import StateTimeline

__all__ = ["Delivery", "Pipeline", "PipelineStatus", "RunState"]

_LOSSLESS_FRAMES: Final = 6
_LATEST_FRAMES: Final = 2
_POLL_S: Final = 0.5

log = logging.getLogger(__name__)


class Pipeline:
    """Runs a source through a predictor into sinks, until the end or until stopped.

    ::

        IDLE ─start→ RUNNING ⇄ PAUSED          seek and step: PAUSED processes exactly one frame
                        │  ↑      │
                        ↓  └─seek─┤ resume
                      ENDED ──────┘            (paced only; otherwise sinks are closed here)
        any ─stop→ STOPPED        any ─error→ FAILED

    Two threads: one reads the source into a `FrameBuffer`, one takes from it, processes and writes.
    Sinks are written in stream order from the second. All public methods may be called from any
    thread and return at once, but for `stop` and `wait`.

    Parameters
    ----------
    source, predictor, sinks
        Owned from now on: the source is closed, sinks are closed (at the end) or aborted.
    delivery
        Lossless for recordings and latest for live sources, unless given.
    paced
        Play a recording at its own time stamps, times `speed`; otherwise as fast as it goes.
    start_s, end_s
        Process only frames with start_s ≤ pts_s < end_s.
    resumed
        Another pipeline, with another runtime, was there before: the first frame is no start.
    timeline
        Where checkpoints of the memory go, so that a seek shows what playing shows. Without one, a
        seek begins with empty memory.
    """

    def __init__(
        self,
        source: Source,
        predictor: Predictor,
        sinks: Sequence[Sink] = (),
        *,
        delivery: Delivery | None = None,
        paced: bool = False,
        speed: float = 1.0,
        start_s: float | None = None,
        end_s: float | None = None,
        timeline: StateTimeline | None = None,
        resumed: bool = False,
    ) -> None:
        live = source.info.live
        self.delivery = delivery or (Delivery.LATEST if live else Delivery.LOSSLESS)
        self._source = source
        self._pacer = Pacer(speed) if paced and not live else None
        self._end_s = end_s
        self._recall = Recall(predictor, timeline if source.info.seekable else None)
        self._replay: Replay | None = None
        lossless = self.delivery is Delivery.LOSSLESS
        self._buffer = FrameBuffer(
            _LOSSLESS_FRAMES if lossless else _LATEST_FRAMES, lossless=lossless
        )
        self._control = threading.Condition()
        self._state = RunState.IDLE
        self._seek_to: float | None = start_s if start_s and source.info.seekable else None
        self._resumed = resumed
        if resumed and self._seek_to is not None:
            self._replay = self._recall.plan(self._seek_to, Cause.BACKEND)
            self._seek_to = self._replay.first_s if self._replay else self._seek_to
        self._steps = 0
        self._finishing = False
        self._error: LongtakeError | None = None
        self._counters = StreamCounters()
        self._outlet = Outlet(sinks, self._counters)
        self._threads = (
            threading.Thread(target=self._capture, name="longtake-capture", daemon=True),
            threading.Thread(target=self._process, name="longtake-process", daemon=True),
        )

    def start(self, *, paused: bool = False) -> None:
        """Begin. Paused, the first frame is still processed, so that there is something to see."""
        with self._control:
            if self._state is not RunState.IDLE:
                raise RuntimeError("a pipeline starts once")
            self._state = RunState.PAUSED if paused else RunState.RUNNING
            self._steps = int(paused)
        for thread in self._threads:
            thread.start()

    def pause(self) -> None:
        """Stop taking frames; a live source goes on and what it brings is dropped and counted."""
        self._switch(RunState.RUNNING, RunState.PAUSED)

    def resume(self) -> None:
        """Go on; from the beginning when the end had been reached."""
        if self._switch(RunState.PAUSED, RunState.RUNNING):
            return
        with self._control:
            if self._state is RunState.ENDED and self._rewindable():
                self._request_seek(0.0, RunState.RUNNING)

    def step(self) -> None:
        """Process one more frame while paused."""
        with self._control:
            if self._state is RunState.PAUSED:
                self._steps += 1
                self._control.notify_all()

    def seek(self, pts_s: float) -> None:
        """Go on from the first frame at or after `pts_s`.

        Raises
        ------
        SourceError
            When the source cannot seek.
        """
        if not self._source.info.seekable:
            raise SourceError(f"{self._source.info.title} cannot be searched: it has no past.")
        with self._control:
            if self._state is RunState.RUNNING:
                self._request_seek(pts_s, RunState.RUNNING)
            elif self._state is RunState.PAUSED or (
                self._state is RunState.ENDED and self._rewindable()
            ):
                self._request_seek(pts_s, RunState.PAUSED)

    def set_speed(self, speed: float) -> None:
        """Play `speed` times as fast, if the pipeline is paced."""
        with self._control:
            if self._pacer:
                self._pacer.set_speed(speed)
                self._control.notify_all()

    def set_confidence(self, confidence: float | None) -> None:
        """Take boxes from `confidence` on, 0..1, from the next frame processed; None: the bundle's.

        Checkpoints made under the old one are forgotten. Tracks under way go on, so that identities
        stay what the viewer knows.
        """
        self._recall.set_confidence(confidence)

    def set_memory(self, policy: StatePolicy, smoothing: Smoothing | None) -> None:
        """Treat memory where the stream breaks, and labels, so from the next frame processed.

        Checkpoints made under the old settings are forgotten.
        """
        self._recall.set_memory(policy, smoothing)

    def finish(self) -> None:
        """End the stream here as if it had come to its end: sinks are closed, nothing is lost.

        Returns at once; `wait` for the end. For live sources, which have no end of their own.
        Idempotent.
        """
        with self._control:
            self._finishing = True
        self._source.close()

    def stop(self, timeout_s: float = 1.0) -> None:
        """End at once: sinks are aborted unless the end had been reached. Idempotent."""
        with self._control:
            was = self._state
            if was in (RunState.RUNNING, RunState.PAUSED, RunState.IDLE, RunState.ENDED):
                self._state = RunState.STOPPED
            self._control.notify_all()
        self._buffer.close()
        self._source.close()
        deadline = time.monotonic() + timeout_s
        for thread in self._threads:
            if thread.is_alive() and thread is not threading.current_thread():
                thread.join(max(0.0, deadline - time.monotonic()))
        if was is RunState.IDLE:
            self._outlet.abort()

    def wait(self, timeout_s: float | None = None) -> PipelineStatus:
        """Wait for the end, a failure or a stop, and return the status then."""
        finals = (RunState.ENDED, RunState.FAILED, RunState.STOPPED)
        with self._control:
            self._control.wait_for(lambda: self._state in finals, timeout_s)
        return self.status()

    def status(self) -> PipelineStatus:
        """Return a snapshot."""
        counters, source = self._counters, self._source.status
        return PipelineStatus(
            state=self._state,
            source=source,
            captured=counters.captured + source.dropped,
            processed=counters.processed,
            dropped=self._buffer.dropped + source.dropped,
            discarded=self._buffer.discarded + counters.discarded,
            replayed=counters.replayed,
            discontinuities=counters.discontinuities,
            position_s=counters.position_s,
            held=counters.held,
            model_hz=counters.model_rate.rate_hz(),
            memory_s=counters.memory_s,
            source_hz=counters.source_rate.rate_hz(),
            processed_hz=counters.processed_rate.rate_hz(),
            inference_ms=counters.inference_ms.value,
            latency_ms=counters.latency_ms.value,
            error=self._error,
        )

    # -- the source's thread ---------------------------------------------------------------------

    def _capture(self) -> None:
        with self._guard():
            while not self._over():
                generation, target = self._take_seek()
                if target is not None:
                    self._source.seek(target)
                frame = self._source.read()
                if frame is None or self._finishing or self._is_beyond(frame):
                    self._buffer.end(generation)
                    if not self._await_seek():
                        break
                    continue
                if self._resumed:
                    self._resumed = False
                    frame = frame.marked(Mark(frame.discontinuity, Cause.BACKEND))
                self._counters.captured += 1
                self._counters.source_rate.tick()
                self._buffer.put(frame, generation)
        self._source.close()

    def _is_beyond(self, frame: Frame) -> bool:
        return self._end_s is not None and frame.pts_s >= self._end_s

    def _take_seek(self) -> tuple[int, float | None]:
        """Return the generation of the frames to come and where to jump first, if anywhere."""
        with self._control:
            target, self._seek_to = self._seek_to, None
            return self._buffer.generation, target

    def _await_seek(self) -> bool:
        """At the end of the source: wait until someone seeks; False when nobody can any more."""
        with self._control:
            self._control.wait_for(lambda: self._seek_to is not None or self._final())
            return not self._final()

    # -- the model's thread ----------------------------------------------------------------------

    def _process(self) -> None:
        with self._guard():
            while self._await_turn():
                taken = self._buffer.take(_POLL_S)
                if taken is None:
                    continue
                if isinstance(taken.item, EndOfStream):
                    self._reach_end(taken.generation)
                elif not self._replayed(taken.item, taken.generation):
                    self._process_one(taken.item, taken.generation)
        self._outlet.abort()

    def _replayed(self, frame: Frame, generation: int) -> bool:
        """Process a frame that belongs to a seek under way; False when none is."""
        with self._control:
            replay = self._replay
            if replay is None or generation != self._buffer.generation:
                return False
        if replay.plan.known is not None:
            self._show_known(replay, frame, replay.plan.known, generation)
            return True
        frame = replay.arrive(frame, self._recall.predictor)
        there = frame.pts_s >= replay.plan.until_s
        if there:
            self._drop_replay(replay)
            if not replay.shown:
                self._process_one(frame, generation)
                return True
        self._counters.replayed += 1
        replay.last = (frame, self._recall.process(frame))
        if there:
            self._outlet.settle(*replay.last)
        return True

    def _show_known(
        self, replay: Replay, frame: Frame, known: FrameResult, generation: int
    ) -> None:
        """Show what is known of the target at once, then go back to let memory catch up."""
        if not self._await_due(frame, generation):
            self._counters.discarded += 1
            return
        right = frame.pts_s == known.pts_s
        if right:
            self._outlet.show(frame, known)
            self._count_step(generation)
        else:
            self._counters.discarded += 1
        with self._control:
            if generation == self._buffer.generation and not self._over():
                self._jump(replay.catch_up(frame, shown=right), replay.plan.from_s)

    def _drop_replay(self, replay: Replay) -> None:
        with self._control:
            if self._replay is replay:
                self._replay = None

    def _await_turn(self) -> bool:
        """Wait while paused or ended; False once over."""
        with self._control:
            self._control.wait_for(
                lambda: (
                    self._final()
                    or self._state is RunState.RUNNING
                    or (self._state is RunState.PAUSED and self._may_go_on())
                )
            )
            return not self._final()

    def _may_go_on(self) -> bool:
        """While paused: to the next frame asked for, or until memory has caught up."""
        return self._steps > 0 or (self._replay is not None and self._replay.shown)

    def _process_one(self, frame: Frame, generation: int) -> None:
        if not self._await_due(frame, generation):
            self._counters.discarded += 1
            return
        self._outlet.show(frame, self._recall.process(frame))
        self._count_step(generation)

    def _count_step(self, generation: int) -> None:
        with self._control:
            if self._state is RunState.PAUSED and generation == self._buffer.generation:
                self._steps = max(0, self._steps - 1)

    def _await_due(self, frame: Frame, generation: int) -> bool:
        """Wait until a paced frame is due; False when a seek or a stop has made it moot.

        A frame that is paused on stays in hand: it is the next one to be stepped to.
        """
        with self._control:
            while not self._over() and generation == self._buffer.generation:
                if self._state is RunState.PAUSED:
                    if self._steps > 0:
                        if self._pacer:
                            self._pacer.restart()
                        return True
                    self._control.wait()
                    if self._pacer:
                        self._pacer.restart()
                    continue
                wait_s = self._pacer.wait_s(frame.pts_s) if self._pacer else 0.0
                if wait_s <= 0:
                    return True
                self._control.wait(wait_s)
            return False

    def _reach_end(self, generation: int) -> None:
        """Finish; a paced recording can still be searched and resumed."""
        replay = self._replay
        if replay is not None and replay.last is not None:
            self._drop_replay(replay)
            if not replay.shown:  # the target lies beyond the last frame: that one is shown
                self._outlet.show(*replay.last)
        if not self._rewindable():
            self._outlet.close()
        with self._control:
            if generation == self._buffer.generation and not self._over():
                self._state = RunState.ENDED
            self._control.notify_all()

    # -- shared ----------------------------------------------------------------------------------

    def _over(self) -> bool:
        return self._state in (RunState.STOPPED, RunState.FAILED)

    def _final(self) -> bool:
        return self._over() or (self._state is RunState.ENDED and not self._rewindable())

    def _rewindable(self) -> bool:
        return self._pacer is not None and self._source.info.seekable

    def _switch(self, old: RunState, new: RunState) -> bool:
        with self._control:
            if self._state is not old:
                return False
            self._state = new
            self._steps = 0
            if self._pacer:
                self._pacer.restart()
            self._control.notify_all()
            return True

    def _request_seek(self, pts_s: float, state: RunState) -> None:
        """With the control lock held."""
        replay = self._recall.plan(pts_s)
        self._state = state
        self._steps = int(state is RunState.PAUSED)
        if self._pacer:
            self._pacer.restart()
        self._jump(replay, pts_s if replay is None else replay.first_s)

    def _jump(self, replay: Replay | None, to_s: float) -> None:
        """With the control lock held: go on from `to_s`; what is under way is moot."""
        self._replay, self._seek_to = replay, to_s
        self._buffer.new_generation()
        self._control.notify_all()

    @contextmanager
    def _guard(self) -> Iterator[None]:
        """Turn whatever breaks a thread into a failed run: nobody must wait for a dead thread."""
        try:
            yield
        except LongtakeError as error:
            self._fail(error)
        except Exception as error:
            log.exception("A defect in Longtake stopped the stream")
            self._fail(LongtakeError(f"Longtake itself failed: {error!r}.", "Please report this."))

    def _fail(self, error: LongtakeError) -> None:
        with self._control:
            if not self._over():
                self._state, self._error = RunState.FAILED, error
            self._control.notify_all()
        self._buffer.close()
