"""Opens a stream: source, model, pipeline and the sinks that feed the window. Knows no widgets."""

from __future__ import annotations

import threading
import weakref
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from app.live_painter import LivePainter
from app.memory.look_probe import LookProbe
from app.memory.probe import MemoryProbe
from app.record.history import History
from app.search.remember import remembering
from app.teach.recorder import TakeRecorder
from app.thumbnails import Thumbnails
from engine.state import StatePolicy

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.overlay_style import OverlayStyle
    from engine.backends.base import Backend
    from engine.bundle import Bundle
    from engine.frame import Frame
    from engine.persons import PersonMemory, PersonModel
    from engine.predictor import Predictor
    from engine.results import FrameResult
    from engine.sinks.base import Sink
    from engine.smoothing import Smoothing
    from engine.sources.base import Source, SourceInfo
    from engine.status import PipelineStatus
    from models.spec import Manifest

    Watch = Callable[[str, SourceInfo, Manifest], Sequence[Sink]]


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """What to open, and how.

    Attributes
    ----------
    address
        As `engine.sources.open_source` takes it; may hold a password, so it is not shown.
    start_s
        Where to begin, in seconds; needs a seekable source.
    hold_at_s
        Pause on the first frame from here on, exactly.
    paused
        Show the first frame and wait.
    remember
        Keep what a live stream shows, to be found again.
    policy, smoothing
        As of `engine.predictor.Predictor`.
    precision
        How exactly the runtime computes, see `engine.backends.precision`.
    resumed
        Go on where another runtime or model left off.
    per_track
        So many people of a frame, at most, are told apart in what they do; see `engine.persons`.
    part
        In and out point, in seconds; None is the beginning or the end.
    """

    address: str
    bundle: str = "default"
    backend: str = "auto"
    confidence: float | None = None
    start_s: float | None = None
    hold_at_s: float | None = None
    paused: bool = False
    remember: bool = False
    speed: float = 1.0
    policy: StatePolicy = field(default_factory=StatePolicy)
    smoothing: Smoothing | None = None
    resumed: bool = False
    per_track: int = 0
    precision: str = "f32"
    part: tuple[float | None, float | None] = (None, None)


class PipelineLike(Protocol):
    """The part of `engine.pipeline.Pipeline` that the window uses."""

    def start(self, *, paused: bool = False) -> None:
        """Begin."""

    def pause(self) -> None:
        """Hold."""

    def resume(self) -> None:
        """Go on."""

    def step(self) -> None:
        """Process one frame."""

    def seek(self, pts_s: float) -> None:
        """Jump."""

    def set_speed(self, speed: float) -> None:
        """Play faster or slower."""

    def set_confidence(self, confidence: float | None) -> None:
        """Take boxes from `confidence` on."""

    def set_memory(self, policy: StatePolicy, smoothing: Smoothing | None) -> None:
        """Treat memory and labels so."""

    def stop(self, timeout_s: float = 1.0) -> None:
        """End."""

    def status(self) -> PipelineStatus:
        """Return a snapshot."""


class Services(Protocol):
    """Where streams come from; tests put others in place of the engine's."""

    def open_source(self, address: str) -> Source:
        """Open a source."""

    def load_model(
        self, bundle: str, backend: str, precision: str = "f32"
    ) -> tuple[Bundle, Backend]:
        """Load a bundle into a runtime, or return what is loaded already."""

    def make_predictor(
        self, model: tuple[Bundle, Backend], confidence: float | None, related: bool
    ) -> Predictor:
        """Make a predictor with an empty memory."""

    def make_persons(self, request: OpenRequest) -> PersonMemory | None:
        """Make what tells people apart, if that is asked for."""

    def make_pipeline(
        self, source: Source, predictor: Predictor, sinks: Sequence[Sink], request: OpenRequest
    ) -> PipelineLike:
        """Join them, without starting."""

    def close(self) -> None:
        """Let go of what is kept for the next stream; no stream may be running any more."""


class EngineServices:
    """The engine itself. The model loaded last is kept, so that the next clip opens at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loaded: tuple[tuple[str, str, str], tuple[Bundle, Backend]] | None = None
        self._persons: tuple[tuple[str, str, int], PersonModel] | None = None

    def open_source(self, address: str) -> Source:
        """See `engine.sources.open_source`."""
        from engine.sources import open_source

        return open_source(address)

    def load_model(
        self, bundle: str, backend: str, precision: str = "f32"
    ) -> tuple[Bundle, Backend]:
        """Load or reuse; a model replaced is closed when the last stream has let go of it."""
        from engine.backends import create_backend
        from engine.bundle import load_bundle
        from engine.lessons.attach import is_current

        with self._lock:
            if (
                self._loaded is None
                or self._loaded[0] != (bundle, backend, precision)
                or not is_current(self._loaded[1][0])
            ):
                checked = load_bundle(bundle)
                fitted = create_backend(checked, backend, precision=precision)
                self._loaded = ((bundle, backend, precision), (checked, fitted))
            return self._loaded[1]

    def make_predictor(
        self, model: tuple[Bundle, Backend], confidence: float | None, related: bool
    ) -> Predictor:
        """See `engine.predictor.Predictor`."""
        from engine.predictor import Predictor

        return Predictor(*model, confidence=confidence, related=related)

    def make_persons(self, request: OpenRequest) -> PersonMemory | None:
        """Load or reuse the model of persons."""
        from engine.persons import PersonMemory, load_person_model, tells_people_apart

        if not request.per_track:
            return None
        bundle, _ = self.load_model(request.bundle, request.backend, request.precision)
        if not tells_people_apart(bundle.manifest):
            return None  # the switch stays on for the next bundle
        key = (bundle.model_sha256, request.backend, request.per_track)
        with self._lock:
            if self._persons is None or self._persons[0] != key:
                model = load_person_model(bundle, request.backend, request.per_track)
                self._persons = (key, model)
            return PersonMemory(self._persons[1], request.per_track)

    def make_pipeline(
        self, source: Source, predictor: Predictor, sinks: Sequence[Sink], request: OpenRequest
    ) -> PipelineLike:
        """Play at the recording's own pace; a seek shows exactly what playing shows."""
        from engine.pipeline import Pipeline
        from engine.timeline import StateTimeline

        return Pipeline(
            source,
            predictor,
            sinks,
            paced=True,
            speed=request.speed,
            start_s=request.start_s,
            timeline=StateTimeline(),
            resumed=request.resumed,
        )

    def close(self) -> None:
        """Close the models."""
        with self._lock:
            if self._loaded is not None:
                self._loaded[1][1].close()
            if self._persons is not None:
                self._persons[1].backend.close()
            self._loaded = self._persons = None


@dataclass(frozen=True, slots=True)
class Stream:
    """Everything that belongs to one opened source."""

    request: OpenRequest
    info: SourceInfo
    manifest: Manifest
    predictor: Predictor
    pipeline: PipelineLike
    painter: LivePainter
    history: History
    memory: MemoryProbe
    thumbnails: Thumbnails | None
    recorder: TakeRecorder
    look: LookProbe

    def stop(self) -> None:
        """End all its threads; up to a second each. Idempotent."""
        if self.thumbnails is not None:
            self.thumbnails.stop()
        self.pipeline.stop()
        self.painter.stop()


def open_stream(
    services: Services,
    request: OpenRequest,
    language: str,
    style: OverlayStyle,
    watch: Watch = lambda address, info, manifest: [],
) -> Stream:
    """Open everything, without starting. Slow: not for the GUI's thread.

    Parameters
    ----------
    watch
        Gives further sinks for the stream.

    Raises
    ------
    engine.errors.LongtakeError
        When the source, the bundle or the runtime cannot be opened.
    """
    source = services.open_source(request.address)
    try:
        model = services.load_model(request.bundle, request.backend, request.precision)
        predictor = services.make_predictor(model, request.confidence, source.info.related)
        predictor.persons = services.make_persons(request)
    except BaseException:
        source.close()
        raise
    predictor.policy, predictor.smoothing = request.policy, request.smoothing
    manifest = predictor.manifest
    painter, history = LivePainter(manifest, language, style), History(manifest)
    memory = MemoryProbe(
        predictor, lambda: services.make_predictor(model, request.confidence, False)
    )
    hold, recorder = _Hold(request.hold_at_s), TakeRecorder(manifest.input)
    look = LookProbe(predictor)
    sinks: tuple[Sink, ...] = (
        history,
        memory,
        painter,
        hold,
        recorder,
        look,
        *watch(request.address, source.info, manifest),
        *(remembering(request.address, source.info, manifest) if request.remember else ()),
    )
    pipeline = services.make_pipeline(source, predictor, sinks, request)
    hold.watch(pipeline)
    return Stream(
        request,
        source.info,
        manifest,
        predictor,
        pipeline,
        painter,
        history,
        memory,
        _thumbnails(services, request, source.info),
        recorder,
        look,
    )


def _thumbnails(services: Services, request: OpenRequest, info: SourceInfo) -> Thumbnails | None:
    if not info.seekable or not info.duration_s:
        return None
    return Thumbnails(lambda: services.open_source(request.address), info.duration_s)


class _Hold:
    """A `Sink` that pauses its own pipeline at a moment, before another frame is taken.

    It does not own the pipeline, which owns it: in a circle, checkpoints and frames of a stream
    that is gone would stay until the collector comes round.
    """

    def __init__(self, at_s: float | None) -> None:
        self._at_s = at_s
        self._pipeline: weakref.ref[PipelineLike] | None = None

    def watch(self, pipeline: PipelineLike) -> None:
        """Take the pipeline that this is a sink of."""
        self._pipeline = weakref.ref(pipeline)

    def write(self, frame: Frame, result: FrameResult) -> None:
        if self._at_s is not None and self._pipeline and result.pts_s >= self._at_s - 1e-3:
            self._at_s = None
            if (pipeline := self._pipeline()) is not None:
                pipeline.pause()

    def close(self) -> None:
        """Nothing to finish."""

    def abort(self) -> None:
        """Nothing to give up."""
