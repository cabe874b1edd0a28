"""Many streams in one process, over one model; each lives and dies on its own."""

from __future__ import annotations

import itertools
import logging
import threading
import time
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NewType

from engine.errors import LongtakeError
from engine.pipeline import Pipeline
from engine.predictor import Predictor
from engine.sources import open_source
from engine.status import RunState
from engine.streams.pace import WatchedSource
from engine.streams.shared_model import SharedModel

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine.backends.base import Backend
    from engine.bundle import Bundle
    from engine.sinks.base import Sink
    from engine.sources.base import Source, SourceInfo
    from engine.status import PipelineStatus

StreamId = NewType("StreamId", int)
_CLOSE_TIMEOUT_S: Final = 3.0

log = logging.getLogger(__name__)


class StreamPhase(StrEnum):
    """Where a stream of a group is in its life."""

    OPENING = "opening"
    RUNNING = "running"
    ENDED = "ended"
    FAILED = "failed"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class StreamReport:
    """Snapshot of one stream.

    Attributes
    ----------
    info
        None until the source is open.
    pipeline
        Counters and rates; None until it runs.
    error
        Why the phase is FAILED.
    """

    stream_id: StreamId
    phase: StreamPhase
    info: SourceInfo | None = None
    pipeline: PipelineStatus | None = None
    error: LongtakeError | None = None


class StreamGroup:
    """Runs sources through one model, in batched steps.

    ::

        add ──→ OPENING ──→ RUNNING ──→ ENDED
                   │           │
                   └─→ FAILED ←┘        any ──remove──→ LEFT

    Every stream is an ordinary `Pipeline` with a memory of its own, over a lane of the
    `SharedModel`: one that opens slowly, stalls, reconnects, breaks or ends concerns no other. All
    public methods may be called from any thread; none waits but `close`.

    Parameters
    ----------
    bundle, backend
        The model; the group closes the backend. Best loaded with `batch` of `create_backend`.
    confidence
        Least confidence of a box, 0..1; None takes the bundle's thresholds.
    stride
        Process every n-th frame of each source; what is set later holds for streams added then.
    paced
        Recordings come at their own pace, like live sources; otherwise as fast as the model goes,
        with every frame.
    opener
        Opens an address; tests put another in place.
    """

    def __init__(
        self,
        bundle: Bundle,
        backend: Backend,
        *,
        confidence: float | None = None,
        stride: int = 1,
        paced: bool = True,
        opener: Callable[[str], Source] = open_source,
    ) -> None:
        self.bundle = bundle
        self.model = SharedModel(backend)
        self._confidence, self._opener = confidence, opener
        self.stride, self._paced = stride, paced
        self._lock = threading.Lock()
        self._members: dict[StreamId, _Member] = {}
        self._numbers = itertools.count(1)
        self._closed = False

    def add(
        self, address: str, make_sinks: Callable[[SourceInfo, Predictor], Sequence[Sink]]
    ) -> StreamId:
        """Begin to open `address`, and to run it when open; `make_sinks` is called in between.

        What goes wrong shows in the stream's report.
        """
        with self._lock:
            if self._closed:
                raise RuntimeError("the group is closed")
            member = _Member(StreamId(next(self._numbers)))
            self._members[member.stream_id] = member
        member.start(lambda: self._open(address, make_sinks))
        return member.stream_id

    def remove(self, stream_id: StreamId) -> None:
        """Let a stream leave; its sinks are aborted unless it had ended. Unknown ones are fine."""
        with self._lock:
            member = self._members.pop(stream_id, None)
        if member is not None:
            threading.Thread(target=member.stop, name="longtake-leave", daemon=True).start()

    def finish(self) -> None:
        """End every stream as if it had come to its end: sinks are closed, nothing is lost."""
        for member in self._all():
            member.finish()

    def report(self, stream_id: StreamId) -> StreamReport:
        """Return a snapshot of one stream."""
        with self._lock:
            member = self._members.get(stream_id)
        return member.report() if member else StreamReport(stream_id, StreamPhase.LEFT)

    def reports(self) -> list[StreamReport]:
        """Return a snapshot of every stream, in the order of joining."""
        return [member.report() for member in self._all()]

    def wait(self, timeout_s: float) -> bool:
        """Wait until every stream is over; False when the time is up first."""
        deadline = time.monotonic() + timeout_s
        return all(member.wait(deadline - time.monotonic()) for member in self._all())

    def close(self, timeout_s: float = _CLOSE_TIMEOUT_S) -> None:
        """Stop all streams, at the same time, and release the model. Idempotent."""
        with self._lock:
            self._closed = True
            members, self._members = list(self._members.values()), {}
        stoppers = [threading.Thread(target=member.stop, daemon=True) for member in members]
        for stopper in stoppers:
            stopper.start()
        deadline = time.monotonic() + timeout_s
        for stopper in stoppers:
            stopper.join(max(0.0, deadline - time.monotonic()))
        self.model.close()

    def _all(self) -> list[_Member]:
        with self._lock:
            return list(self._members.values())

    def _open(
        self, address: str, make_sinks: Callable[[SourceInfo, Predictor], Sequence[Sink]]
    ) -> tuple[SourceInfo, Pipeline]:
        source = WatchedSource(self._opener(address), stride=self.stride, paced=self._paced)
        try:
            predictor = Predictor(
                self.bundle,
                self.model.lane(),
                confidence=self._confidence,
                related=source.info.related,
            )
            sinks = make_sinks(source.info, predictor)
            return source.info, Pipeline(source, predictor, sinks)
        except BaseException:
            source.close()
            raise


class _Member:
    """One stream of a group: what opens it, and its pipeline."""

    def __init__(self, stream_id: StreamId) -> None:
        self.stream_id = stream_id
        self._changed = threading.Condition()
        self._pipeline: Pipeline | None = None
        self._info: SourceInfo | None = None
        self._error: LongtakeError | None = None
        self._left = False
        self._finishing = False

    def start(self, make: Callable[[], tuple[SourceInfo, Pipeline]]) -> None:
        """Open in a thread, which a dead address may hold up for long."""
        name = f"longtake-open-{self.stream_id}"
        threading.Thread(target=self._open, args=(make,), name=name, daemon=True).start()

    def finish(self) -> None:
        with self._changed:
            self._finishing = True
            pipeline = self._pipeline
            self._changed.notify_all()
        if pipeline is not None:
            pipeline.finish()

    def stop(self) -> None:
        with self._changed:
            self._left = True
            pipeline = self._pipeline
            self._changed.notify_all()
        if pipeline is not None:
            pipeline.stop()

    def wait(self, timeout_s: float) -> bool:
        """Wait until the stream is over."""
        deadline = time.monotonic() + timeout_s
        with self._changed:
            self._changed.wait_for(
                lambda: self._pipeline or self._error or self._finishing or self._left, timeout_s
            )
            pipeline = self._pipeline
        if pipeline is None:
            return self._error is not None or self._finishing or self._left
        return pipeline.wait(max(0.0, deadline - time.monotonic())).state in _PHASES

    def report(self) -> StreamReport:
        with self._changed:
            pipeline, info, error = self._pipeline, self._info, self._error
        if pipeline is None:
            phase = StreamPhase.FAILED if error else StreamPhase.OPENING
            return StreamReport(self.stream_id, phase, error=error)
        status = pipeline.status()
        phase = _PHASES.get(status.state, StreamPhase.RUNNING)
        return StreamReport(self.stream_id, phase, info, status, status.error)

    def _open(self, make: Callable[[], tuple[SourceInfo, Pipeline]]) -> None:
        try:
            info, pipeline = make()
        except LongtakeError as error:
            self._fail(error)
        except Exception as error:
            log.exception("A defect in Longtake kept a stream from opening")
            self._fail(LongtakeError(f"Longtake itself failed: {error!r}.", "Please report this."))
        else:
            self._settle(info, pipeline)

    def _settle(self, info: SourceInfo, pipeline: Pipeline) -> None:
        with self._changed:
            unwanted = self._left or self._finishing
            if not unwanted:
                self._pipeline, self._info = pipeline, info
                pipeline.start()
                self._changed.notify_all()
        if unwanted:
            pipeline.stop()

    def _fail(self, error: LongtakeError) -> None:
        with self._changed:
            self._error = error
            self._changed.notify_all()


_PHASES: Final = {
    RunState.ENDED: StreamPhase.ENDED,
    RunState.FAILED: StreamPhase.FAILED,
    RunState.STOPPED: StreamPhase.LEFT,
}
