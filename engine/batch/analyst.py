"""Watches one recording after the other, just as `longtake annotate` does."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from engine.backends.choice import PROVIDERS, create_backend
from engine.batch.tasks import Outcome
from engine.bundle import load_bundle
from engine.errors import LongtakeError
from engine.pipeline import Pipeline
from engine.predictor import Predictor
from engine.sinks.labels import JsonlSink, LabelHeader
from engine.sources import open_source
from engine.status import RunState

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.batch.tasks import Setup, Task
    from engine.frame import Frame
    from engine.results import FrameResult
    from engine.sinks.base import Sink
    from engine.sources.base import Source
    from engine.status import PipelineStatus

_REPORT_EVERY_S: Final = 0.5
_STOP_TIMEOUT_S: Final = 10.0
_FINAL: Final = (RunState.ENDED, RunState.FAILED, RunState.STOPPED)


class Analyst:
    """Holds the model, loaded once for many recordings.

    Raises
    ------
    LongtakeError
        When the model cannot be loaded.
    """

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._bundle = load_bundle(setup.bundle)
        bundle, threads = self._bundle, setup.threads
        plain = bundle.untaught is None and not bundle.adjustments.heads_off
        if threads is not None and plain and setup.backend in PROVIDERS:
            self._backend = PROVIDERS[setup.backend].create(bundle, threads, None)
        else:
            # Finds out how many threads are fastest, and says so if there is no such runtime.
            self._backend = create_backend(bundle, setup.backend)

    def close(self) -> None:
        """Release the model."""
        self._backend.close()

    def watch(self, task: Task, report: Callable[[float], None]) -> Outcome:
        """Do a task; `report` is told the share that is done, about twice a second.

        A recording that cannot be watched gives an `Outcome` with the reason.
        """
        begun = time.monotonic()
        try:
            task.labels.parent.mkdir(parents=True, exist_ok=True)
            source = open_source(task.source)
            try:
                status = self._run(source, task, report)
                damaged = source.status.damaged
            finally:
                source.close()
        except LongtakeError as error:
            return Outcome(task, str(error))
        except OSError as error:
            return Outcome(task, f"{task.labels} cannot be written: {error.strerror}.")
        from_s = task.start_s or 0.0
        return Outcome(
            task,
            frames=status.processed,
            damaged=damaged,
            seconds=max(0.0, (status.position_s or from_s) - from_s),
            wall_s=time.monotonic() - begun,
        )

    def _run(self, source: Source, task: Task, report: Callable[[float], None]) -> PipelineStatus:
        predictor = Predictor(
            self._bundle,
            self._backend,
            confidence=self._setup.confidence,
            related=source.info.related,
        )
        device = f"{self._backend.name} ({self._backend.device})"
        sink: Sink = JsonlSink(
            task.labels, LabelHeader.of(self._bundle.manifest, source.info, device)
        )
        start_s = task.start_s
        if start_s is not None and task.warm_up_s:
            sink, start_s = _From(start_s, sink), max(0.0, start_s - task.warm_up_s)
        pipeline = Pipeline(source, predictor, (sink,), start_s=start_s, end_s=task.end_s)
        end_s = task.end_s or source.info.duration_s
        pipeline.start()
        try:
            while (status := pipeline.wait(_REPORT_EVERY_S)).state not in _FINAL:
                report(_share(status.position_s, start_s or 0.0, end_s))
        finally:
            pipeline.stop(_STOP_TIMEOUT_S)
        if status.state is not RunState.ENDED:
            raise status.error or LongtakeError(f"{task.source} was not watched to its end.")
        return status


def _share(position_s: float | None, start_s: float, end_s: float | None) -> float:
    if position_s is None or end_s is None or end_s <= start_s:
        return 0.0
    return min(1.0, max(0.0, (position_s - start_s) / (end_s - start_s)))


class _From:
    """A `Sink` that leaves out what only warmed the memory up."""

    def __init__(self, start_s: float, sink: Sink) -> None:
        # A little less: times are rounded, and the first frame of a part belongs to it.
        self._start_s = start_s - 1e-6
        self._sink = sink

    def write(self, frame: Frame, result: FrameResult) -> None:
        if result.pts_s >= self._start_s:
            self._sink.write(frame, result)

    def close(self) -> None:
        self._sink.close()

    def abort(self) -> None:
        self._sink.abort()
