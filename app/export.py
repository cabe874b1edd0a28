"""Writes an annotated clip, its labels, or both: one job, for the window and the command line."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.export_sinks import make_sinks
from app.rules.follow import RuleFollower
from engine.ahead import read_ahead
from engine.backends import create_backend
from engine.bundle import load_bundle
from engine.errors import SinkError
from engine.persons import PersonMemory, load_person_model
from engine.pipeline import Pipeline
from engine.predictor import Predictor
from engine.recognitions import RecognitionTracker
from engine.sinks.encoders import VideoOptions
from engine.sources import open_source
from engine.state import StatePolicy
from engine.status import RunState

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.overlay_style import OverlayStyle
    from engine.frame import Frame
    from engine.recognitions import Recognition
    from engine.results import FrameResult
    from engine.rules.model import RuleBook
    from engine.rules.occasion import LogEntry
    from engine.smoothing import Smoothing
    from engine.sources.base import Source, SourceInfo
    from engine.status import PipelineStatus
    from models.spec import HeadSpec

_REPORT_EVERY_S: Final = 0.1
_STOP_TIMEOUT_S: Final = 10.0
_FINAL: Final = (RunState.ENDED, RunState.FAILED, RunState.STOPPED)


@dataclass(frozen=True, slots=True)
class ExportProgress:
    """How far an export is.

    Attributes
    ----------
    frames
        Processed so far.
    share
        Of the whole, 0..1; None where the length is unknown.
    position_s
        Presentation time of the frame processed last.
    fps
        Frames processed per second of wall time, over the last second or so.
    eta_s
        Seconds left; None while unknown.
    """

    frames: int
    share: float | None
    position_s: float
    fps: float
    eta_s: float | None


@dataclass(frozen=True, slots=True)
class ExportSummary:
    """What an export did.

    Attributes
    ----------
    seconds
        Wall time of the run, without loading.
    cancelled
        Stopped before the end: what was written lies beside the targets as ``.part`` and plays.
    source
        Name of the source, without a password.
    backend
        Runtime and device.
    recognitions
        Actions recognised, in order of their beginning.
    """

    frames: int
    dropped: int
    seconds: float
    cancelled: bool
    source: str
    backend: str
    video_path: Path | None
    labels_path: Path | None
    recognitions: tuple[Recognition, ...]
    more_labels: tuple[Path, ...] = ()
    rule_log: tuple[LogEntry, ...] = ()

    @property
    def fps(self) -> float:
        """Frames per second of wall time."""
        return self.frames / self.seconds if self.seconds > 0 else 0.0


@dataclass(frozen=True)
class ExportJob:
    """One export. ``run`` once, from any thread; ``cancel`` from any other.

    Attributes
    ----------
    source_address
        As `engine.sources.open_source` takes it.
    video_path, labels_path
        Video with overlays and labels to write; None leaves it out. With neither, the source is
        only analysed. Labels have the format that their name ends in, JSON Lines by default.
    start_s, end_s
        The part with start_s ≤ time < end_s; None is the beginning or the end.
    confidence
        Least confidence of a box, 0..1; None takes the bundle's thresholds.
    language
        Of what is drawn: ``"en"`` or ``"zh"``.
    style
        What is drawn; None draws everything.
    quality
        Of the video: x264's constant rate factor, smaller is better and larger.
    labels_format
        A key of `engine.sinks.label_formats.FORMATS`, where the name does not tell.
    more_labels
        Further labels to write, in the formats that their names end in.
    video
        Size, encoder and sound of the video.
    soft
        Copy the recording into Matroska, with the overlay as subtitles that players switch on and
        off, instead of drawing on it.
    rules
        Followed on the way, and what they say is done.
    policy
        What happens to memory where the stream breaks.
    smoothing
        How steady the labels drawn and the intervals written are; None leaves both as they come.
        Probabilities are written as they are in either case.
    per_track
        So many people of a frame, at most, are told apart in what they do; see `engine.persons`.
    precision
        Of the model; see `engine.backends.create_backend`.
    """

    bundle: str | Path
    backend_name: str
    source_address: str
    video_path: Path | None = None
    labels_path: Path | None = None
    start_s: float | None = None
    end_s: float | None = None
    confidence: float | None = None
    language: str = "en"
    style: OverlayStyle | None = None
    quality: int = 23
    labels_format: str | None = None
    more_labels: tuple[Path, ...] = ()
    video: VideoOptions = field(default_factory=VideoOptions)
    soft: bool = False
    rules: RuleBook | None = None
    policy: StatePolicy = field(default_factory=StatePolicy)
    smoothing: Smoothing | None = None
    per_track: int = 0
    precision: str = "f32"

    _cancelled: threading.Event = field(
        default_factory=threading.Event, init=False, repr=False, compare=False
    )
    _live: threading.Event = field(
        default_factory=threading.Event, init=False, repr=False, compare=False
    )
    _finished: threading.Event = field(
        default_factory=threading.Event, init=False, repr=False, compare=False
    )

    def cancel(self) -> None:
        """Make `run` return soon, with what was written so far kept as ``.part``."""
        self._cancelled.set()

    def finish(self) -> bool:
        """End a live stream here, its clip whole; False when no live stream is being exported."""
        if self._live.is_set():
            self._finished.set()
        return self._finished.is_set()

    def run(self, on_progress: Callable[[ExportProgress], None]) -> ExportSummary:
        """Do it, telling how far it is about ten times a second, from this thread.

        Raises
        ------
        engine.errors.LongtakeError
            When something cannot be opened, run or written. What was written stays as ``.part``.
        """
        self._refuse_overwriting_source()
        bundle = load_bundle(self.bundle)
        source = open_source(self.source_address)
        try:
            backend = create_backend(bundle, self.backend_name, precision=self.precision)
        except BaseException:
            source.close()
            raise
        persons = None
        try:
            if self.per_track:
                model = load_person_model(bundle, self.backend_name, self.per_track)
                persons = PersonMemory(model, self.per_track)
            predictor = Predictor(
                bundle,
                backend,
                confidence=self.confidence,
                related=source.info.related,
                policy=self.policy,
                smoothing=self.smoothing,
                persons=persons,
            )
            device = f"{backend.name} ({backend.device})"
            source = read_ahead(source, backend, bundle.manifest.input)
            return self._run_pipeline(source, predictor, device, on_progress)
        finally:
            source.close()
            backend.close()
            if persons is not None:
                persons.close()

    def _run_pipeline(
        self,
        source: Source,
        predictor: Predictor,
        device: str,
        on_progress: Callable[[ExportProgress], None],
    ) -> ExportSummary:
        notes = _Notes(predictor.action_heads)
        sinks = make_sinks(self, source.info, predictor.manifest, device)
        follower = None
        if self.rules is not None:
            address = self.source_address
            follower = RuleFollower(self.rules, address, source.info, predictor.manifest)
            sinks.insert(0, follower.sink)
        pipeline = Pipeline(
            source,
            predictor,
            (notes, *sinks),
            start_s=self.start_s,
            end_s=self.end_s,
        )
        begun = time.monotonic()
        if source.info.live:
            self._live.set()
        pipeline.start()
        try:
            while (status := pipeline.wait(_REPORT_EVERY_S)).state not in _FINAL:
                on_progress(self._progress(status, source.info, time.monotonic() - begun))
                if self._cancelled.is_set():
                    break
                if self._finished.is_set():
                    pipeline.finish()
        finally:
            pipeline.stop(_STOP_TIMEOUT_S)
            rule_log = follower.finish() if follower else ()
        if status.state is RunState.FAILED and status.error is not None:
            raise status.error
        return ExportSummary(
            frames=status.processed,
            dropped=status.dropped,
            seconds=time.monotonic() - begun,
            cancelled=status.state is not RunState.ENDED,
            source=source.info.title,
            backend=device,
            video_path=self.video_path,
            labels_path=self.labels_path,
            more_labels=self.more_labels,
            rule_log=rule_log,
            recognitions=notes.recognitions(),
        )

    def _progress(
        self, status: PipelineStatus, info: SourceInfo, elapsed_s: float
    ) -> ExportProgress:
        start_s = self.start_s or 0.0
        end_s = min((t for t in (self.end_s, info.duration_s) if t is not None), default=None)
        position_s = status.position_s if status.position_s is not None else start_s
        share = None
        if end_s is not None and end_s > start_s:
            share = min(1.0, max(0.0, (position_s - start_s) / (end_s - start_s)))
        return ExportProgress(
            frames=status.processed,
            share=share,
            position_s=position_s,
            fps=status.processed_hz,
            eta_s=elapsed_s * (1 - share) / share if share else None,
        )

    def _refuse_overwriting_source(self) -> None:
        source = Path(self.source_address)
        for target in (self.video_path, self.labels_path, *self.more_labels):
            if target and target.exists() and source.exists() and target.samefile(source):
                raise SinkError(
                    f"{target} is the recording itself and would be overwritten.",
                    "Choose another name for the export.",
                )


class _Notes:
    """A `Sink` that keeps the recognised intervals for the summary."""

    def __init__(self, heads: Sequence[HeadSpec]) -> None:
        self._tracker = RecognitionTracker(heads)

    def write(self, frame: Frame, result: FrameResult) -> None:
        self._tracker.update(result)

    def close(self) -> None:
        """Nothing to finish: `recognitions` does."""

    def abort(self) -> None:
        """Nothing to give up."""

    def recognitions(self) -> tuple[Recognition, ...]:
        return tuple(sorted(self._tracker.finish(), key=lambda one: one.start_s))
