"""The one crossing between the engine's threads and Qt."""

from __future__ import annotations

import logging
import threading
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeVar

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from shiboken6 import isValid

from app.background import Background
from app.exports.queue import ExportQueue
from app.first_paint import paint_once
from app.overlay_style import OverlayStyle
from app.rules.live_rules import LiveRules
from app.stream import EngineServices, OpenRequest, Services, Stream, open_stream
from engine.errors import LongtakeError
from engine.status import PipelineStatus, RunState

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.live_painter import RenderedFrame
    from engine.smoothing import Smoothing
    from engine.state import StatePolicy

_FRAME_POLL_MS: Final = 15
_STATUS_EVERY_POLLS: Final = 8
_STEP_FALLBACK_HZ: Final = 25.0
_CANCEL_TIMEOUT_S: Final = 1.0
T = TypeVar("T")

log = logging.getLogger(__name__)


class SessionState(StrEnum):
    """Where a session is in its life."""

    EMPTY = "empty"
    OPENING = "opening"
    OPEN = "open"
    FAILED = "failed"
    CLOSED = "closed"


class _Door:
    """Stops a stream that comes when nobody waits for it any more, or has come but was not seen."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._shut = False
        self._stream: Stream | None = None

    def enter(self, stream: Stream) -> None:
        with self._lock:
            self._stream = stream
            shut = self._shut
        if shut:
            stream.stop()

    def shut(self) -> None:
        with self._lock:
            self._shut = True
            stream = self._stream
        if stream is not None:
            stream.stop()


class Session(QObject):
    """Owns the stream on show, and everything that must not run in the GUI's thread.

    ::

        EMPTY ──open──→ OPENING ──→ OPEN ──open──→ OPENING        OPEN: running, paused or ended,
          ↑                │          │                                 see `PipelineStatus.state`
          │                ↓          ↓ (source or model breaks)
          └──close_stream──FAILED ←───┘            any ──shut_down──→ CLOSED

    Work is handed to threads by `background`; what comes back is collected, with the newest
    picture and status, by one timer. No other object touches a thread, and no thread emits a
    signal. A result that nobody waits for any more is closed and dropped.
    """

    opening = Signal(str)
    opened = Signal(object)
    failed = Signal(str, str)
    frame_ready = Signal(object)
    status_changed = Signal(object)
    ended = Signal()
    closed = Signal()
    marks_changed = Signal()
    shutting_down = Signal()

    def __init__(
        self,
        services: Services | None = None,
        *,
        language: str = "en",
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        paint_once()
        self._services = services or EngineServices()
        self._language = language
        self._state = SessionState.EMPTY
        self._stream: Stream | None = None
        self._status: PipelineStatus | None = None
        self._frame: RenderedFrame | None = None
        self._style = OverlayStyle()
        self._target: tuple[int, int] | None = None
        self._request: OpenRequest | None = None
        self._generation = 0
        self._background = Background()
        self.exports = ExportQueue(self)
        self.rules = LiveRules(self)
        self.in_s: float | None = None
        self.out_s: float | None = None
        self.loop = False
        self._back_from_s, self._back_reach = -1.0, 1.5
        self._polls = 0
        self._timer = QTimer(self, interval=_FRAME_POLL_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._poll)

    # -- what is known ---------------------------------------------------------------------------

    @property
    def state(self) -> SessionState:
        """Where the session is in its life."""
        return self._state

    @property
    def stream(self) -> Stream | None:
        """The stream on show."""
        return self._stream

    @property
    def request(self) -> OpenRequest | None:
        """What was asked for last."""
        return self._request

    @property
    def frame(self) -> RenderedFrame | None:
        """The picture on show."""
        return self._frame

    @property
    def status(self) -> PipelineStatus | None:
        """The newest snapshot."""
        return self._status

    @property
    def position_s(self) -> float:
        """Presentation time of the picture on show."""
        return self._frame.result.pts_s if self._frame else 0.0

    @property
    def playing(self) -> bool:
        """Whether frames are coming."""
        return self._status is not None and self._status.state is RunState.RUNNING

    # -- opening and closing ---------------------------------------------------------------------

    def open(self, request: OpenRequest) -> None:
        """Open in the background, in place of what is on show."""
        old = self._retire_stream()
        self._request = request
        self._state = SessionState.OPENING
        self.in_s = self.out_s = None
        generation = self._generation
        style, language, services = self._style, self._language, self._services

        door = _Door()

        def work() -> Stream:
            if old is not None:
                old.stop()
            stream = open_stream(services, request, language, style, self.rules.watch)
            door.enter(stream)
            return stream

        self.opening.emit(request.address)
        self.background(
            work,
            lambda stream: self._accept(stream, generation),
            lambda error: self._reject(error, generation),
            door.shut,
        )

    def reopen(
        self,
        *,
        bundle: str | None = None,
        backend: str | None = None,
        per_track: int | None = None,
        precision: str | None = None,
    ) -> None:
        """Go on from the same place with another model or runtime."""
        if self._request is None:
            return
        seekable = self._stream is not None and self._stream.info.seekable
        self.open(
            replace(
                self._request,
                bundle=bundle or self._request.bundle,
                backend=backend or self._request.backend,
                precision=precision or self._request.precision,
                per_track=self._request.per_track if per_track is None else per_track,
                start_s=self.position_s if seekable else None,
                paused=self._status is not None and self._status.state is RunState.PAUSED,
                resumed=True,
            )
        )

    def close_stream(self) -> None:
        """Show nothing any more."""
        old = self._retire_stream()
        self._request, self._state = None, SessionState.EMPTY
        if old is not None:
            self.background(old.stop, lambda _: None)
        self.closed.emit()

    def shut_down(self) -> None:
        """Stop everything; at most about a second. Nothing can be opened afterwards."""
        old = self._retire_stream()
        self._state = SessionState.CLOSED
        self._timer.stop()
        self.shutting_down.emit()
        self._background.cancel(_CANCEL_TIMEOUT_S)
        if old is not None:
            old.stop()
        self.rules.close()
        self._services.close()

    def background(
        self,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[LongtakeError], None] | None = None,
        cancel: Callable[[], None] | None = None,
        *,
        owner: QObject | None = None,
    ) -> None:
        """Run `work` in a thread, then `done` or `failed` in the GUI's thread.

        An error that is not a `LongtakeError` is a defect and is raised in the GUI's thread.
        `cancel` is called when the session shuts down meanwhile. What comes for an `owner` that
        was destroyed meanwhile is dropped.
        """

        def give(result: T) -> None:
            if owner is None or isValid(owner):
                done(result)

        def tell(error: LongtakeError) -> None:
            if failed is None:
                self._report(error)
            elif owner is None or isValid(owner):
                failed(error)

        self._background.run(work, give, tell, cancel)
        self._timer.start()

    # -- playing ---------------------------------------------------------------------------------

    def play(self) -> None:
        """Go on; from the in point or the beginning when at the end."""
        if self._stream is None:
            return
        if self._status is not None and self._status.state is RunState.ENDED and self.in_s:
            self._stream.pipeline.seek(self.in_s)
        self._stream.pipeline.resume()
        self._refresh_status()

    def pause(self) -> None:
        """Hold."""
        if self._stream is not None:
            self._stream.pipeline.pause()
            self._refresh_status()

    def toggle(self) -> None:
        """Play or pause."""
        if self.playing:
            self.pause()
        else:
            self.play()

    def seek(self, pts_s: float) -> None:
        """Show the frame at `pts_s`, within the recording."""
        if self._stream is None or not self._stream.info.seekable:
            return
        duration_s = self._stream.info.duration_s
        self._stream.pipeline.seek(max(0.0, min(pts_s, duration_s or pts_s)))
        self._refresh_status()

    def show_again(self) -> None:
        """Process the picture on show once more, for someone who had not looked; if it is held."""
        if self._status is not None and self._status.state in (RunState.PAUSED, RunState.ENDED):
            self.seek(self.position_s)

    def seek_by(self, delta_s: float) -> None:
        """Jump from where the picture is."""
        self.seek(self.position_s + delta_s)

    def step_forward(self) -> None:
        """Show the next frame, memory carried, and hold."""
        if self._stream is not None:
            self._stream.pipeline.pause()
            self._stream.pipeline.step()
            self._refresh_status()

    def step_back(self) -> None:
        """Show the frame before and hold."""
        if self._stream is None or not self._stream.info.seekable:
            return
        self._stream.pipeline.pause()
        frame_s = 1.0 / (self._stream.info.rate_hz or _STEP_FALLBACK_HZ)
        here_s, seen_s = self.position_s, self._stream.history.previous_time(self.position_s)
        # Where the rate varies the frame before may be further back: each press that led nowhere
        # makes the next one reach twice as far.
        self._back_reach = self._back_reach * 2 if self._back_from_s == here_s else 1.5
        self._back_from_s = here_s
        if seen_s is not None and here_s - seen_s < 1.5 * frame_s:
            self.seek(seen_s - 1e-4)
        else:
            self.seek(here_s - self._back_reach * frame_s)

    def set_speed(self, speed: float) -> None:
        """Play `speed` times as fast; infinity is as fast as the machine goes."""
        if self._stream is not None:
            self._stream.pipeline.set_speed(speed)
        if self._request is not None:
            self._request = replace(self._request, speed=speed)

    def set_marks(self, in_s: float | None, out_s: float | None) -> None:
        """Set the part to loop and to export; None is the beginning or the end."""
        if in_s is not None and out_s is not None and out_s <= in_s:
            in_s, out_s = (in_s, None) if in_s != self.in_s else (None, out_s)
        self.in_s, self.out_s = in_s, out_s
        self.marks_changed.emit()

    # -- what is shown ---------------------------------------------------------------------------

    def set_confidence(self, confidence: float | None) -> None:
        """Show boxes from `confidence` on: raised at once, lowered from the next frame."""
        if self._stream is not None:
            self._stream.pipeline.set_confidence(confidence)
            self._stream.history.forget_tracks()
        if self._request is not None:
            self._request = replace(self._request, confidence=confidence)
        self.set_style(replace(self._style, confidence=confidence or 0.0))

    def set_memory(self, policy: StatePolicy, smoothing: Smoothing | None) -> None:
        """Treat memory where the stream breaks, and labels, so from the next frame on."""
        if self._stream is not None:
            self._stream.pipeline.set_memory(policy, smoothing)
        if self._request is not None:
            self._request = replace(self._request, policy=policy, smoothing=smoothing)

    @property
    def style(self) -> OverlayStyle:
        """What the overlay shows."""
        return self._style

    def set_style(self, style: OverlayStyle) -> None:
        """Change the overlay, the picture on show included."""
        self._style = style
        if self._stream is not None:
            self._stream.painter.set_style(style)

    def set_language(self, language: str) -> None:
        """Name labels in `language` in pictures from now on."""
        self._language = language
        if self._stream is not None:
            self._stream.painter.set_language(language)

    def set_target(self, width_px: int, height_px: int) -> None:
        """Paint pictures for an area of so many device pixels."""
        self._target = (width_px, height_px)
        if self._stream is not None:
            self._stream.painter.set_target(self._target)

    # -- the timer -------------------------------------------------------------------------------

    def _poll(self) -> None:
        self._background.collect()
        if self._stream is None:
            if not self._background:
                self._timer.stop()
            return
        if (frame := self._stream.painter.take()) is not None:
            self._frame = frame
            self.frame_ready.emit(frame)
            self._stay_within_marks()
        self._polls += 1
        if self._polls % _STATUS_EVERY_POLLS == 0:
            self._refresh_status()

    def _refresh_status(self) -> None:
        if self._stream is None:
            return
        before, self._status = self._status, self._stream.pipeline.status()
        self.status_changed.emit(self._status)
        state = self._status.state
        if before is not None and before.state is state:
            return
        if state is RunState.FAILED:
            self._state = SessionState.FAILED
            self._report(self._status.error or LongtakeError("The stream stopped."))
        elif state is RunState.ENDED:
            if self._looping:
                self._restart_loop()
            else:
                self.ended.emit()

    @property
    def _looping(self) -> bool:
        """Whether there is no end to what is open. The demo has none: it is there to be watched."""
        from engine.sources import DEMO

        if self._stream is None or not self._stream.info.seekable:
            return False
        return self.loop or self._stream.request.address == DEMO

    def _stay_within_marks(self) -> None:
        if self.loop and self.out_s is not None and self.playing and self.position_s >= self.out_s:
            self._restart_loop()

    def _restart_loop(self) -> None:
        if self._stream is not None:
            self._stream.pipeline.seek(self.in_s or 0.0)
            self._stream.pipeline.resume()

    # -- inside ----------------------------------------------------------------------------------

    def _retire_stream(self) -> Stream | None:
        """Let go of the stream on show; it still runs."""
        self._generation += 1
        old, self._stream = self._stream, None
        self._status = self._frame = None
        return old

    def _accept(self, stream: Stream, generation: int) -> None:
        if generation != self._generation or self._state is SessionState.CLOSED:
            self.background(stream.stop, lambda _: None)
            return
        self._stream, self._state = stream, SessionState.OPEN
        stream.painter.set_style(self._style)
        stream.painter.set_target(self._target)
        stream.pipeline.start(paused=stream.request.paused)
        self.opened.emit(stream)
        self._refresh_status()

    def _reject(self, error: LongtakeError, generation: int) -> None:
        if generation == self._generation:
            self._state = SessionState.FAILED
            self._report(error)

    def _report(self, error: LongtakeError) -> None:
        log.info("Shown to the user: %s", error)
        self.failed.emit(error.message, error.hint)
