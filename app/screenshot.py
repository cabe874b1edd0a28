"""A picture of the window at a moment of a clip, with the memory that belongs to it."""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEventLoop, QObject, QTimer

if TYPE_CHECKING:
    from pathlib import Path

    from app.live_painter import RenderedFrame
    from app.main_window import MainWindow
    from app.session import Session
    from app.stream import Stream

_RUN_UP_S: Final = 5.0
_TIMEOUT_MS: Final = 60_000
_SETTLE_MS: Final = 400
_EXACT_S: Final = 1e-3


class Screenshot(QObject):
    """Opens a clip, plays up to the moment with memory carried, holds, and saves the window."""

    def __init__(self, session: Session, window: MainWindow, path: Path) -> None:
        super().__init__()
        self._session, self._window, self._path = session, window, path
        self._loop = QEventLoop()
        self._at_s = 0.0
        self._status = 1
        self._holding = False

    def take(self, source: str | None, at_s: float) -> int:
        """Return 0 when the picture is saved, 1 with a sentence on stderr otherwise."""
        self._at_s = at_s
        QTimer.singleShot(_TIMEOUT_MS, self._give_up)
        if source is None:
            QTimer.singleShot(_SETTLE_MS, self._save)
        else:
            self._session.opened.connect(self._begin)
            self._session.failed.connect(self._fail)
            self._session.frame_ready.connect(self._watch)
            self._session.ended.connect(self._hold)
            self._window.open_address(
                source, start_s=max(0.0, at_s - _RUN_UP_S), hold_at_s=at_s, speed=math.inf
            )
        self._loop.exec()
        return self._status

    def _begin(self, stream: Stream) -> None:
        if stream.info.live:
            QTimer.singleShot(int(self._at_s * 1000) + _SETTLE_MS, self._hold)

    def _watch(self, frame: RenderedFrame) -> None:
        if frame.result.pts_s >= self._at_s - _EXACT_S:
            self._hold()

    def _hold(self) -> None:
        if not self._holding:
            self._holding = True
            self._session.pause()
            self._session.set_speed(1.0)
            self._window.transport.show_speed(1.0)
            # Panels and figures follow a little later than the picture.
            QTimer.singleShot(_SETTLE_MS, self._save)

    def _save(self) -> None:
        if self._window.grab().save(str(self._path), "PNG"):
            self._finish(0, "")
        else:
            self._finish(1, f"The screenshot cannot be written to {self._path}.")

    def _fail(self, message: str, hint: str) -> None:
        self._finish(1, f"{message} {hint}".strip())

    def _give_up(self) -> None:
        self._finish(1, "The screenshot took longer than a minute and was given up.")

    def _finish(self, status: int, message: str) -> None:
        self._status = status
        if message:
            print(message, file=sys.stderr)
        self._loop.quit()
