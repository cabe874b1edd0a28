"""J, K and L: play back and forth at growing speeds, as on a video editor's jog wheel."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal

if TYPE_CHECKING:
    from app.session import Session

_FASTEST: Final = 4.0
_TICK_MS: Final = 40
_PATIENCE_S: Final = 1.0


class Shuttle(QObject):
    """Forward is ordinary playing. Backward is a row of exact seeks, each when the last is shown.

    Memory only runs forward: every picture on the way back is shown with the memory that playing
    would have there.
    """

    speed_changed = Signal(float)
    """Negative while it plays backward."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._back_speed = 0.0
        self._target_s, self._tick_s, self._asked_s = 0.0, 0.0, 0.0
        self._waiting = self._leading = False
        self._timer = QTimer(self, interval=_TICK_MS)
        self._timer.timeout.connect(self._step_back)
        session.frame_ready.connect(self._note_shown)
        session.closed.connect(self._end_back)
        session.opening.connect(self._end_back)
        session.moved.connect(self._let_go)

    @property
    def back_speed(self) -> float:
        """How fast it plays backward; 0 while it does not."""
        return self._back_speed

    def forward(self) -> None:
        """Play; twice as fast with every call while playing."""
        session = self._session
        if session.stream is None or session.request is None:
            return
        backward = self._back_speed > 0
        self._end_back()
        if session.playing and not backward:
            self._set_speed(min(session.request.speed * 2, _FASTEST))
        else:
            self._set_speed(1.0)
            session.play()

    def toggle(self) -> None:
        """Play or pause; playing backward is playing, too."""
        if self._back_speed:
            self.hold()
        else:
            self._session.toggle()

    def hold(self) -> None:
        """Stop where the picture is."""
        self._end_back()
        self._session.pause()
        self._set_speed(1.0)

    def backward(self) -> None:
        """Play backward; twice as fast with every call."""
        stream = self._session.stream
        if stream is None or not stream.info.seekable:
            return
        if self._back_speed:
            self._back_speed = min(self._back_speed * 2, _FASTEST)
            self.speed_changed.emit(-self._back_speed)
            return
        self._session.pause()
        self._back_speed = 1.0
        self._target_s, self._tick_s = self._session.position_s, time.monotonic()
        self._waiting = False
        self._timer.start()
        self.speed_changed.emit(-self._back_speed)

    def _step_back(self) -> None:
        now_s = time.monotonic()
        self._target_s -= (now_s - self._tick_s) * self._back_speed
        self._tick_s = now_s
        if self._session.playing:
            self._end_back()
        elif self._target_s <= 0:
            self._end_back()
            self._session.seek(0.0)
        elif not self._waiting or now_s - self._asked_s > _PATIENCE_S:
            self._waiting, self._asked_s = True, now_s
            self._leading = True
            self._session.seek(self._target_s)
            self._leading = False

    def _note_shown(self, frame: object) -> None:
        self._waiting = False

    def _let_go(self) -> None:
        """End where someone else jumps: else the picture would go back from the old place."""
        if not self._leading:
            self._end_back()

    def _end_back(self) -> None:
        self._timer.stop()
        if self._back_speed:
            self._back_speed = 0.0
            request = self._session.request
            self.speed_changed.emit(request.speed if request is not None else 1.0)

    def _set_speed(self, speed: float) -> None:
        self._session.set_speed(speed)
        self.speed_changed.emit(speed)
