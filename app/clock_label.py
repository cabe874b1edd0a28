"""The running time, drawn without troubling the layout thirty times a second."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.clock import clock


class ClockLabel(QWidget):
    """Shows a time with hundredths. `QLabel.setText` would lay the whole bar out anew each time."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = clock(0.0, decimals=2)
        font = self.font()
        font.setFeature(QFont.Tag("tnum"), 1)  # figures of one width: the time must not dance
        self.setFont(font)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)

    @property
    def text(self) -> str:
        """What is shown."""
        return self._text

    def show_time(self, seconds: float) -> None:
        """Show a time."""
        text = clock(seconds, decimals=2)
        longer = len(text) != len(self._text)
        if text != self._text:
            self._text = text
            self.update()
        if longer:
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Return room for the text."""
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self._text) + 2, metrics.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the time."""
        painter = QPainter(self)
        painter.setPen(self.palette().windowText().color())
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignVCenter), self._text)
