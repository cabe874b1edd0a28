"""Plays a recording from end to end and keeps the fingerprint of every frame."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from engine.pipeline import Pipeline
from engine.sinks.labels import JsonlSink, LabelHeader
from engine.verify.fingerprint import memory_digest, result_digest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from engine.frame import Frame
    from engine.predictor import Predictor
    from engine.results import FrameResult
    from engine.sources.base import Source
    from engine.timeline import StateTimeline

_AS_FAST_AS_IT_GOES: Final = 1e9
_STOP_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class Seen:
    """What identifies one frame's result, and the memory after it, to the bit."""

    index: int
    pts_s: float
    result: bytes
    memory: bytes


class Witness:
    """A `Sink` that fingerprints what it is shown.

    Attributes
    ----------
    shown
        A line for each frame written, in order; where memory had yet to catch up after a jump, its
        line is completed by `settle`.
    """

    def __init__(self, predictor: Predictor) -> None:
        self._predictor = predictor
        self._changed = threading.Condition()
        self.shown: list[Seen] = []
        self._settled = 0

    def write(self, frame: Frame, result: FrameResult) -> None:
        """Take one frame; its memory only where that has been carried this far."""
        snapshot = self._predictor.snapshot(frame)
        there = snapshot.carry is not None and snapshot.carry.pts_s == frame.pts_s
        memory = memory_digest(snapshot) if there else b""
        with self._changed:
            self.shown.append(Seen(frame.index, frame.pts_s, result_digest(result), memory))
            self._settled = len(self.shown) if there else self._settled
            self._changed.notify_all()

    def settle(self, frame: Frame, result: FrameResult) -> None:
        """Complete the line written last: memory has caught up with it."""
        memory = memory_digest(self._predictor.snapshot(frame))
        with self._changed:
            last = self.shown[-1]
            # What was worked out again has to be what was shown.
            same = result_digest(result) == last.result
            self.shown[-1] = Seen(last.index, last.pts_s, last.result, memory if same else b"")
            self._settled = len(self.shown)
            self._changed.notify_all()

    def wait(self, count: int, timeout_s: float, *, settled: bool) -> bool:
        """Wait until `count` frames were shown, and memory has caught up if so wished."""
        with self._changed:
            return self._changed.wait_for(
                lambda: (self._settled if settled else len(self.shown)) >= count, timeout_s
            )

    def close(self) -> None:
        """Nothing to finish."""

    def abort(self) -> None:
        """Nothing to give up."""


def play_as_export(source: Source, predictor: Predictor, labels: Path) -> list[Seen]:
    """Process every frame as `longtake annotate` does, labels included.

    Raises
    ------
    engine.errors.LongtakeError
        When the recording or the runtime breaks.
    """
    witness = Witness(predictor)
    pipeline = Pipeline(source, predictor, (witness, _labels(source, predictor, labels)))
    pipeline.start()
    try:
        status = pipeline.wait()
    finally:
        pipeline.stop(_STOP_S)
    if status.error is not None:
        raise status.error
    return witness.shown


class WindowPlay:
    """The same recording as the window plays it: paced, with checkpoints, to be sought in.

    Use as a context manager; `play` first.
    """

    def __init__(
        self, source: Source, predictor: Predictor, timeline: StateTimeline, labels: Path
    ) -> None:
        self._live_labels = _labels(source, predictor, labels)
        self._witness = Witness(predictor)
        self._pipeline = Pipeline(
            source,
            predictor,
            (self._witness, _UntilEnd(self._live_labels)),
            paced=True,
            speed=_AS_FAST_AS_IT_GOES,
            timeline=timeline,
        )

    def __enter__(self) -> WindowPlay:
        return self

    def __exit__(self, *_: object) -> None:
        self._pipeline.stop(_STOP_S)

    def play(self) -> Sequence[Seen]:
        """Play to the end and return every frame."""
        self._pipeline.start()
        status = self._pipeline.wait()
        if status.error is not None:
            raise status.error
        self._live_labels.close()
        return tuple(self._witness.shown)

    def seek(self, pts_s: float, timeout_s: float) -> bool:
        """Jump; return whether the target is shown in time."""
        count = len(self._witness.shown) + 1
        self._pipeline.seek(pts_s)
        return self._wait(count, timeout_s, settled=False)

    def settled(self, timeout_s: float) -> Seen | None:
        """Return what is shown once memory has caught up with it; None if it does not in time."""
        count = len(self._witness.shown)
        return self._witness.shown[-1] if self._wait(count, timeout_s, settled=True) else None

    def _wait(self, count: int, timeout_s: float, *, settled: bool) -> bool:
        done = self._witness.wait(count, timeout_s, settled=settled)
        error = self._pipeline.status().error
        if error is not None and not done:
            raise error
        return done


class _UntilEnd:
    """Passes on what is played; jumps afterwards are no part of it."""

    def __init__(self, sink: JsonlSink) -> None:
        self._sink = sink
        self._last_index = -1

    def write(self, frame: Frame, result: FrameResult) -> None:
        if frame.index > self._last_index:
            self._last_index = frame.index
            self._sink.write(frame, result)

    def close(self) -> None:
        """Nothing: `WindowPlay.play` closes what was written."""

    def abort(self) -> None:
        """Nothing to give up."""


def _labels(source: Source, predictor: Predictor, path: Path) -> JsonlSink:
    return JsonlSink(path, LabelHeader.of(predictor.manifest, source.info, "verify"))
