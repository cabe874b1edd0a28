"""The streams of the grid: one group over one model, and what feeds each tile."""

from __future__ import annotations

import itertools
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from app.background import Background
from app.glance import GlanceSink
from app.i18n.engine_words import translated
from app.live_painter import LivePainter
from app.overlay_style import OverlayStyle
from app.recent import shown_name
from engine.free_memory import hand_back_free_memory
from engine.streams import StreamGroup, StreamId, StreamPhase, StreamReport

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.glance import Glance
    from app.stream import Watch
    from engine.errors import LongtakeError
    from engine.predictor import Predictor
    from engine.sinks.base import Sink
    from engine.sources.base import SourceInfo

_POLL_MS: Final = 33
_REPORT_EVERY_POLLS: Final = 8
_BATCH: Final = 4
_STOP_WAIT_S: Final = 0.5


@dataclass(frozen=True, slots=True)
class TileReport:
    """What a tile tells of its stream; `stream` is None while the model is being loaded."""

    name: str
    stream: StreamReport | None
    glance: Glance | None


class _Cell:
    """One stream of the grid, through every time that it is opened."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.name = shown_name(address)
        self.stream_id: StreamId | None = None
        self.painter: LivePainter | None = None
        self.glance: GlanceSink | None = None
        self.target: tuple[int, int] | None = None
        self.opening: object | None = None
        self._lock = threading.Lock()

    def give(self, painter: LivePainter, glance: GlanceSink, opening: object) -> None:
        """Take what shows a stream, unless nobody waits for this opening any more.

        From the thread that opens.
        """
        with self._lock:
            wanted = opening is self.opening
            if wanted:
                self.painter, self.glance = painter, glance
        if not wanted:
            painter.stop()

    def take_painter(self) -> LivePainter | None:
        """Let go of the painter, which is to be stopped, and of what may still come."""
        with self._lock:
            self.opening = self.glance = None
            painter, self.painter = self.painter, None
        return painter


class GridSession(QObject):
    """Owns the streams of the grid and everything of them that must not run in the GUI's thread.

    One timer collects pictures and reports. Cells are known by numbers that are never used again.

    Parameters
    ----------
    bundle, backend
        Loaded in the background when the first stream is added.
    watch
        Gives further sinks for a stream; called from the thread that opens it.
    loading
        Held while the model is loaded: a grid that is opened and closed in a hurry must not have
        several at it, each of which nobody waits for any more.
    """

    added = Signal(int)
    removed = Signal(int)
    frame_ready = Signal(int, object)
    reported = Signal(int, object)
    polled = Signal()
    failed = Signal(str, str)

    def __init__(
        self,
        *,
        bundle: str = "default",
        backend: str = "auto",
        confidence: float | None = None,
        watch: Watch = lambda address, info, manifest: [],
        loading: threading.Lock | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._watch, self._loading = watch, loading or threading.Lock()
        self._bundle, self._backend, self._confidence = bundle, backend, confidence
        self._language, self._style = "en", OverlayStyle(rows_per_head=1)
        self._background = Background()
        self._group: StreamGroup | None = None
        self._lock = threading.Lock()
        self._loaded: StreamGroup | None = None
        self._stride = 1
        self._cells: dict[int, _Cell] = {}
        self._numbers = itertools.count(1)
        self._hidden: frozenset[int] = frozenset()
        self._closed = False
        self._polls = 0
        self._timer = QTimer(self, interval=_POLL_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._poll)

    # -- what is known ---------------------------------------------------------------------------

    @property
    def numbers(self) -> list[int]:
        """Of all cells, in the order of joining."""
        return list(self._cells)

    @property
    def device(self) -> str:
        """Runtime and device; empty until the model is loaded."""
        backend = self._group.model.backend if self._group else None
        return f"{backend.name} ({translated(backend.device)})" if backend else ""

    @property
    def rate_hz(self) -> float:
        """Frames processed a second, of all streams together."""
        reports = self._group.reports() if self._group else []
        return sum(r.pipeline.processed_hz for r in reports if r.pipeline is not None)

    @property
    def stride(self) -> int:
        """Every how manieth frame is processed."""
        return self._stride

    def report(self, number: int) -> TileReport:
        """Return what is known of one cell."""
        cell = self._cells[number]
        stream = None
        if self._group is not None and cell.stream_id is not None:
            stream = self._group.report(cell.stream_id)
            if stream.info is not None:
                cell.name = stream.info.title
        return TileReport(cell.name, stream, cell.glance.newest if cell.glance else None)

    # -- streams ---------------------------------------------------------------------------------

    def add(self, address: str) -> int:
        """Open one more stream; return the number of its cell."""
        number = next(self._numbers)
        self._cells[number] = _Cell(address)
        self.added.emit(number)
        if self._group is not None:
            self._join(number)
        elif not self._background:
            self._background.run(self._load, self._take_group, self._tell_failure)
        self._timer.start()
        return number

    def remove(self, number: int) -> None:
        """Let one stream go."""
        cell = self._cells.pop(number, None)
        if cell is None:
            return  # asked twice before its tile was gone
        self._leave(cell)
        self.removed.emit(number)

    def open_again(self, number: int) -> None:
        """Open a stream that ended or failed once more."""
        self._leave(self._cells[number])
        self._join(number)

    def set_stride(self, stride: int) -> None:
        """Process every `stride`-th frame; streams under way are opened again."""
        if stride != self._stride:
            self._stride = stride
            if self._group is not None:
                self._group.stride = stride
                for number in self._cells:
                    self.open_again(number)

    def set_language(self, language: str) -> None:
        """Name labels in `language` in pictures from now on."""
        self._language = language
        for cell in self._cells.values():
            if cell.painter is not None:
                cell.painter.set_language(language)

    def set_target(self, number: int, width_px: int, height_px: int) -> None:
        """Paint a stream's pictures for an area of so many device pixels."""
        cell = self._cells.get(number)
        if cell is not None:
            cell.target = (width_px, height_px)
            if cell.painter is not None:
                cell.painter.set_target(cell.target)

    def show_only(self, number: int | None) -> None:
        """Paint pictures of one stream alone; None paints all. All are still processed."""
        self._hidden = frozenset(self._cells) - {number} if number else frozenset()

    def shut_down(self, wait_s: float = _STOP_WAIT_S) -> None:
        """Stop everything, waiting `wait_s` at most. Nothing can be added afterwards."""
        with self._lock:
            self._closed, group, self._loaded = True, self._loaded, None
        self._timer.stop()
        self._background.cancel(0.0)
        self._group = None
        painters = [cell.take_painter() for cell in self._cells.values()]
        self._cells.clear()

        def stop() -> None:
            if group is not None:
                group.close()
            for painter in painters:
                if painter is not None:
                    painter.stop()
            hand_back_free_memory()

        stopper = threading.Thread(target=stop, name="longtake-grid-stop", daemon=True)
        stopper.start()
        stopper.join(wait_s)

    # -- inside ----------------------------------------------------------------------------------

    def _leave(self, cell: _Cell) -> None:
        if self._group is not None and cell.stream_id is not None:
            self._group.remove(cell.stream_id)
        painter = cell.take_painter()
        if painter is not None:
            self._background.run(painter.stop, lambda _: None, self._tell_failure)

    def _load(self) -> StreamGroup | None:
        """Load the model; None when nobody waits for it any more."""
        from engine.backends import create_backend
        from engine.bundle import load_bundle

        with self._loading:
            if self._closed:
                return None
            bundle = load_bundle(self._bundle)
            backend = create_backend(bundle, self._backend, batch=_BATCH)
        group = StreamGroup(bundle, backend, confidence=self._confidence, stride=self._stride)
        return self._keep(group)

    def _keep(self, group: StreamGroup) -> StreamGroup:
        """Keep it for `shut_down`, unless that was meanwhile."""
        with self._lock:
            self._loaded, abandoned = group, self._closed
        if abandoned:
            group.close()
        return group

    def _take_group(self, group: StreamGroup | None) -> None:
        if group is None:
            return
        self._group = group
        group.stride = self._stride
        for number in self._cells:
            self._join(number)

    def _join(self, number: int) -> None:
        cell = self._cells[number]
        if self._group is None:
            return

        opening = cell.opening = object()

        def make_sinks(info: SourceInfo, predictor: Predictor) -> Sequence[Sink]:
            painter = LivePainter(predictor.manifest, self._language, self._style)
            painter.set_target(cell.target)
            glance = GlanceSink(predictor.manifest)
            cell.give(painter, glance, opening)
            more = self._watch(cell.address, info, predictor.manifest)
            return (glance, painter, *more)

        cell.stream_id = self._group.add(cell.address, make_sinks)

    def _poll(self) -> None:
        self._background.collect()
        for number, cell in self._cells.items():
            if cell.painter is not None and number not in self._hidden:
                frame = cell.painter.take()
                if frame is not None:
                    self.frame_ready.emit(number, frame)
        self._polls += 1
        if self._polls % _REPORT_EVERY_POLLS == 0:
            for number in self._cells:
                self.reported.emit(number, self.report(number))
            self.polled.emit()

    def _tell_failure(self, error: LongtakeError) -> None:
        self.failed.emit(error.message, error.hint)


def is_over(report: TileReport) -> bool:
    """Return whether nothing more comes of a stream unless it is opened again."""
    return report.stream is not None and report.stream.phase in (
        StreamPhase.ENDED,
        StreamPhase.FAILED,
    )
