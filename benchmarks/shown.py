"""The real window, offscreen, with what passes through it timed."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QEventLoop, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from app.main_window import MainWindow
from app.qt_log import install_qt_log
from app.session import Session
from app.settings import Settings
from app.stream import EngineServices
from app.theme import apply_font, apply_theme, resolve_theme

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from app.stream import OpenRequest, PipelineLike
    from engine.frame import Frame
    from engine.predictor import Predictor
    from engine.results import FrameResult
    from engine.sinks.base import Sink
    from engine.sources.base import Source

SIZE: Final = (1280, 800)
_TICK_MS: Final = 4
_OPENING_S: Final = 60.0


@dataclass
class Seen:
    """What was noted while the window showed a stream.

    Attributes
    ----------
    painted_ms
        From a frame's capture until the window had painted it, of each frame painted.
    beyond_ms
        The same, less what the model took.
    late_ms
        How much later than asked the window's thread came to a timer that is due every 4 ms.
    boxes
        Of each frame painted.
    gui_busy, cores
        CPU seconds of the window's thread, and of the process, per second.
    """

    painted_ms: list[float] = field(default_factory=list)
    beyond_ms: list[float] = field(default_factory=list)
    late_ms: list[float] = field(default_factory=list)
    boxes: list[int] = field(default_factory=list)
    gui_busy: float = 0.0
    cores: float = 0.0
    rate_hz: float = 0.0


class _Tap:
    """A `Sink` that notes when frames were captured."""

    def __init__(self) -> None:
        self.captured: dict[int, tuple[int, int]] = {}

    def write(self, frame: Frame, result: FrameResult) -> None:
        self.captured[frame.index] = (frame.captured_ns, result.inference_ns)

    def close(self) -> None:
        """Nothing to finish."""

    def abort(self) -> None:
        """Nothing to give up."""


class _Services(EngineServices):
    def __init__(self, tap: _Tap) -> None:
        super().__init__()
        self._tap = tap

    def make_pipeline(
        self, source: Source, predictor: Predictor, sinks: Sequence[Sink], request: OpenRequest
    ) -> PipelineLike:
        # First: the painter must find the frame noted.
        return super().make_pipeline(source, predictor, (self._tap, *sinks), request)


class Shown(QObject):
    """A window that shows `address`, and looks at itself."""

    def __init__(self, address: str, bundle: str, confidence: float | None = None) -> None:
        super().__init__()
        self._tap = _Tap()
        self.session = Session(_Services(self._tap))
        self.window = MainWindow(self.session, Settings(), "en", bundle=bundle)
        self.window.resize(*SIZE)
        self.window.show()
        self.session.loop = True
        self.window.video.installEventFilter(self)
        self._seen: Seen | None = None
        self._last = -1
        self._due_ns = 0
        self._timer = QTimer(self, interval=_TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self.window.open_address(address)
        ends_s = time.monotonic() + _OPENING_S
        while self.session.frame is None:
            if time.monotonic() > ends_s:
                raise RuntimeError(f"{address} does not come up")
            _run(0.1)
        if confidence is not None:
            self.session.set_confidence(confidence)

    def watch(self, seconds: float) -> Seen:
        """Let it play on, and note what happens."""
        _run(1.5)  # what was just switched on or off settles
        self._seen = seen = Seen()
        self._due_ns = time.monotonic_ns() + _TICK_MS * 1_000_000
        self._timer.start()
        thread_s, process_s, wall_s = time.thread_time(), time.process_time(), time.monotonic()
        _run(seconds)
        took_s = time.monotonic() - wall_s
        seen.gui_busy = (time.thread_time() - thread_s) / took_s
        seen.cores = (time.process_time() - process_s) / took_s
        seen.rate_hz = len(seen.painted_ms) / took_s
        self._timer.stop()
        self._seen = None
        return seen

    def close(self) -> None:
        """Let everything go."""
        self.session.shut_down()
        self.window.close()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note paint events of the picture: `Paint` comes right before it is drawn."""
        if event.type() is QEvent.Type.Paint and self._seen is not None:
            QTimer.singleShot(0, self._note_painted)
        return super().eventFilter(watched, event)

    def _note_painted(self) -> None:
        frame = self.session.frame
        if self._seen is None or frame is None or frame.result.index == self._last:
            return
        self._last = frame.result.index
        captured_ns, inference_ns = self._tap.captured[self._last]
        taken_ms = (time.monotonic_ns() - captured_ns) / 1e6
        self._seen.painted_ms.append(taken_ms)
        self._seen.beyond_ms.append(taken_ms - inference_ns / 1e6)
        self._seen.boxes.append(len(frame.result.detections))

    def _tick(self) -> None:
        now_ns = time.monotonic_ns()
        if self._seen is not None:
            self._seen.late_ms.append(max(0.0, (now_ns - self._due_ns) / 1e6))
        self._due_ns = now_ns + _TICK_MS * 1_000_000


def _run(seconds: float) -> None:
    """Run the event loop as the app does; `QTest.qWait` sleeps in between."""
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


@contextmanager
def shown(address: str, bundle: str, confidence: float | None = None) -> Iterator[Shown]:
    """Show `address` in a window for as long as the context lasts."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    existing = QApplication.instance()
    restore_log = install_qt_log()
    app = existing if isinstance(existing, QApplication) else QApplication(["longtake"])
    apply_font(app)
    apply_theme(app, resolve_theme("dark"))
    made = Shown(address, bundle, confidence)
    try:
        yield made
    finally:
        made.close()
        restore_log()
