"""What lies under the pointer on the seek bar: picture, time, labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from app.theme import GRID_PX

if TYPE_CHECKING:
    from app.thumbnails import Thumbnail, Thumbnails

_POLL_MS = 50


class SeekPreview(QFrame):
    """Lies above the seek bar of a window, and follows the pointer along it."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("seekPreview")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.thumbnails: Thumbnails | None = None
        self._shown: Thumbnail | None = None
        self._window, self._at_s, self._foot = window, 0.0, QPoint()
        self.picture, self.text = QLabel(), QLabel()
        self.text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 4, 4, 4)
        column.setSpacing(2)
        column.addWidget(self.picture)
        column.addWidget(self.text)
        self._timer = QTimer(self, interval=_POLL_MS)
        self._timer.timeout.connect(self._look)
        self.hide()

    def point(self, seconds: float, text: str, foot: QPoint) -> None:
        """Show what is at a time, centred above `foot` (in the window's pixels)."""
        self._at_s, self._foot = seconds, foot
        self.text.setText(text)
        self._look()
        self._place()
        self.show()
        self.raise_()
        self._timer.start()

    def leave(self) -> None:
        """Show nothing."""
        self._timer.stop()
        self.hide()

    def _look(self) -> None:
        found = self.thumbnails.ask(self._at_s) if self.thumbnails else None
        if found is not None and found is not self._shown:
            self._shown = found
            height, width = found.pixels.shape[:2]
            form = QImage.Format.Format_RGB888
            image = QImage(found.pixels.data, width, height, width * 3, form)
            self.picture.setPixmap(QPixmap.fromImage(image))
            self._place()
        self.picture.setVisible(self._shown is not None)

    def clear(self) -> None:
        """Forget the picture: another recording comes."""
        self._shown = None
        self.picture.clear()
        self.leave()

    def _place(self) -> None:
        self.adjustSize()
        room = self._window.width() - self.width() - GRID_PX
        left = max(GRID_PX, min(self._foot.x() - self.width() // 2, room))
        self.move(left, self._foot.y() - self.height() - GRID_PX)
