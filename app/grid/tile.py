"""One stream of the grid: its picture, its name, how it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.elided_label import ElidedLabel
from app.grid.grid_session import is_over
from app.i18n.engine_words import translated
from app.icons import icon
from app.theme import GRID_PX, current_theme
from app.video_view import VideoView
from engine.sources.base import SourceState
from engine.streams import StreamPhase

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QMouseEvent

    from app.grid.grid_session import TileReport
    from app.live_painter import RenderedFrame

_ARROWS: Final = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class Tile(QFrame):
    """A picture over a line that names it. Enter or a click enlarges, Delete removes."""

    enlarge_asked = Signal(int)
    remove_asked = Signal(int)
    again_asked = Signal(int)
    move_asked = Signal(int, int)
    area_changed = Signal(int, int, int)

    def __init__(self, number: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.number = number
        self.setObjectName("tile")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.video = VideoView()
        self.video.setMinimumSize(96, 54)
        self.video.area_changed.connect(
            lambda width, height: self.area_changed.emit(number, width, height)
        )
        self.name, self.state, self.seen = ElidedLabel(), QLabel(), QLabel()
        self.name.setObjectName("sourceTitle")
        self.seen.setProperty("muted", True)
        self.message = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.again = QPushButton(self.tr("Open again"))
        self.again.clicked.connect(lambda: self.again_asked.emit(number))
        self.close_button = self._make_close()
        self._has_picture = False
        self._lay_out()

    def show_frame(self, frame: RenderedFrame) -> None:
        """Show a picture."""
        self._has_picture = True
        self.video.show_frame(frame)

    def show_report(self, report: TileReport) -> None:
        """Show how the stream is."""
        word, level, message = self._condition(report)
        self.name.setText(report.name)
        self._set_state(word, level)
        self.seen.setText(self._words(report))
        self.message.setText(message)
        self.message.setVisible(bool(message))
        over = is_over(report)
        self.again.setVisible(over)
        cover = bool(message) or over or not self._has_picture
        self.stack.setCurrentIndex(1 if cover else 0)
        self.setAccessibleName(f"{report.name}: {word}. {message}".strip())

    # -- keyboard and mouse ----------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enlarge, remove, or ask to move on."""
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.enlarge_asked.emit(self.number)
        elif key == Qt.Key.Key_Delete:
            self.remove_asked.emit(self.number)
        elif key in _ARROWS:
            self.move_asked.emit(*_ARROWS[key])
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Enlarge, or back."""
        inside = self.rect().contains(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and inside:
            self.enlarge_asked.emit(self.number)

    # -- inside ----------------------------------------------------------------------------------

    def _condition(self, report: TileReport) -> tuple[str, str, str]:
        """Return a word for how the stream is, how bad that is, and what to say about it."""
        stream = report.stream
        if stream is None or stream.phase is StreamPhase.OPENING:
            return self.tr("opening…"), "muted", ""
        if stream.phase is StreamPhase.FAILED:
            return self.tr("failed"), "bad", translated(str(stream.error))
        if stream.phase is StreamPhase.ENDED:
            return self.tr("ended"), "muted", ""
        status = stream.pipeline
        if status is not None and status.source.state is SourceState.RECONNECTING:
            return self.tr("reconnecting…"), "warn", translated(status.source.detail)
        return "", "muted", ""

    def _words(self, report: TileReport) -> str:
        status = report.stream.pipeline if report.stream else None
        if status is None or is_over(report):
            return ""
        parts = [self.tr("{0} fps").format(f"{status.processed_hz:.0f}")]
        if status.dropped:
            parts.append(self.tr("{0} dropped").format(status.dropped))
        if report.glance is not None and report.glance.people is not None:
            parts.append(self.tr("people: {0}").format(report.glance.people))
        return " · ".join(parts)

    def _set_state(self, word: str, level: str) -> None:
        self.state.setText(word)
        self.state.setVisible(bool(word))
        for name in ("muted", "warn", "bad"):
            self.state.setProperty(name, name == level)
        self.state.style().unpolish(self.state)
        self.state.style().polish(self.state)

    def _make_close(self) -> QToolButton:
        button = QToolButton()
        button.setIcon(icon("close", current_theme().muted))
        button.setIconSize(QSize(12, 12))
        button.setToolTip(self.tr("Take it out of the grid"))
        button.setAccessibleName(self.tr("Take it out of the grid"))
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(lambda: self.remove_asked.emit(self.number))
        return button

    def _lay_out(self) -> None:
        notice = QWidget()
        column = QVBoxLayout(notice)
        column.addStretch()
        column.addWidget(self.message)
        column.addWidget(self.again, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch()
        self.stack = QStackedWidget()
        self.stack.addWidget(self.video)
        self.stack.addWidget(notice)
        row = QHBoxLayout()
        row.setContentsMargins(GRID_PX, 0, 2, 0)
        row.setSpacing(GRID_PX)
        row.addWidget(self.name, 1)
        row.addWidget(self.state)
        row.addWidget(self.seen)
        row.addWidget(self.close_button)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(2, 2, 2, 2)
        whole.setSpacing(0)
        whole.addWidget(self.stack, 1)
        whole.addLayout(row)
