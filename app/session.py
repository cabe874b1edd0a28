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
from app.bell import Bell
from app.door import Door
from app.exports.queue import ExportQueue
from app.first_paint import paint_once
from app.on_show import OnShow
from app.overlay_style import OverlayStyle
from app.rules.live_rules import LiveRules
from app.stream import EngineServices, OpenRequest, Services, Stream, open_stream
from engine.free_memory import hand_back_free_memory
from engine.status import RunState

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.errors import LongtakeError
    from engine.smoothing import Smoothing
    from engine.state import StatePolicy

_FRAME_POLL_MS: Final = 15
_STATUS_EVERY_POLLS: Final = 8
_CANCEL_TIMEOUT_S: Final = 1.0
_LET_GO_MS: Final = 1500
"""After which a stream that was replaced is gone, its last frames included."""
T = TypeVar("T")

log = logging.getLogger(__name__)


class SessionState(StrEnum):
    """Where a session is in its life."""

    EMPTY = "empty"
    OPENING = "opening"
    OPEN = "open"
    FAILED = "failed"
    CLOSED = "closed"


class Session(OnShow):
    """Owns the stream on show, and everything that must not run in the GUI's thread.

    ::

        EMPTY ──open──→ OPENING ──→ OPEN ──open──→ OPENING        OPEN: running, paused or ended,
          ↑                │          │                                 see `PipelineStatus.state`
          │                ↓          ↓ (source or model breaks)
          └──close_stream──FAILED ←───┘            any ──shut_down──→ CLOSED

    Work is handed to threads by `background`; what comes back is collected, with the newest
    status, by one timer. A new picture rings a bell, so that it waits for no timer. No other
    object touches a thread, and no thread emits a signal. A result that nobody waits for any more
    is closed and dropped.

    Attributes
    ----------
    loading_beside
        Held by whoever loads a model that is not the stream's.
    """

    opening = Signal(str)
    opened = Signal(object)
    failed = Signal(str, str)
    closed = Signal()
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
        self._style = OverlayStyle()
        self._target: tuple[int, int] | None = None
        self._request: OpenRequest | None = None
        self._generation = 0
        self._background = Background()
        self.exports = ExportQueue(self)
        self.rules = LiveRules(self)
        self.loading_beside = threading.Lock()
        self.broke.connect(self._take_failure)
        self._polls = 0
        self._timer = QTimer(self, interval=_FRAME_POLL_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._poll)
        self._bell = Bell(self._take_picture, self)
        self._letting_go = QTimer(self, interval=_LET_GO_MS, singleShot=True)
        self._letting_go.timeout.connect(
            lambda: self.background(hand_back_free_memory, lambda _: None)
        )

    # -- what is known ---------------------------------------------------------------------------

    @property
    def state(self) -> SessionState:
        """Where the session is in its life."""
        return self._state

    @property
    def request(self) -> OpenRequest | None:
        """What was asked for last."""
        return self._request

    # -- opening and closing ---------------------------------------------------------------------

    def open(self, request: OpenRequest) -> None:
        """Open in the background, in place of what is on show."""
        old = self._retire_stream()
        self._request = request
        self._state = SessionState.OPENING
        self.set_marks(*request.part)
        generation = self._generation
        style, language, services = self._style, self._language, self._services

        door = Door()

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
                hold_at_s=None,  # it was held there once already
                paused=self._status is not None and self._status.state is RunState.PAUSED,
                resumed=True,
                part=(self.in_s, self.out_s),
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
        self._letting_go.stop()
        self._bell.close()
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

    # -- what is shown ---------------------------------------------------------------------------

    def set_speed(self, speed: float) -> None:
        """Play `speed` times as fast; infinity is as fast as the machine goes."""
        if self._stream is not None:
            self._stream.pipeline.set_speed(speed)
        if self._request is not None:
            self._request = replace(self._request, speed=speed)

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
        self._polls += 1
        if self._polls % _STATUS_EVERY_POLLS == 0:
            self._refresh_status()

    # -- inside ----------------------------------------------------------------------------------

    def _retire_stream(self) -> Stream | None:
        """Let go of the stream on show; it still runs."""
        self._generation += 1
        old, self._stream = self._stream, None
        self._status = self._frame = None
        self._aimed_at_s = float("-inf")
        if old is not None:
            self._letting_go.start()
        return old

    def _accept(self, stream: Stream, generation: int) -> None:
        if generation != self._generation or self._state is SessionState.CLOSED:
            self.background(stream.stop, lambda _: None)
            return
        self._stream, self._state = stream, SessionState.OPEN
        stream.painter.set_style(self._style)
        stream.painter.set_target(self._target)
        stream.painter.on_done = self._bell.ring
        stream.pipeline.start(paused=stream.request.paused)
        self.opened.emit(stream)
        self._refresh_status()

    def _reject(self, error: LongtakeError, generation: int) -> None:
        if generation == self._generation:
            self._take_failure(error)

    def _take_failure(self, error: LongtakeError) -> None:
        self._state = SessionState.FAILED
        self._report(error)

    def _report(self, error: LongtakeError) -> None:
        log.info("Shown to the user: %s", error)
        self.failed.emit(error.message, error.hint)
