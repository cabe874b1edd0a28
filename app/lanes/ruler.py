"""The scale above the lanes: times, marks, in and out, playhead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app.clock import clock
from app.lanes.lanes_canvas import GUTTER_PX, RIGHT_PX
from app.lanes.scale import TimeScale
from app.memory.event_words import mark_words
from app.theme import GRID_PX, current_theme

if TYPE_CHECKING:
    from PySide6.QtGui import QMouseEvent, QPaintEvent

    from app.record.history import Mark

_HEIGHT_PX: Final = 24
_TICK_EVERY_PX: Final = 90.0
_NEAR_PX: Final = 5.0


class Ruler(QWidget):
    """Click or drag to seek; marks say what they are."""

    seek_asked = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scale = TimeScale()
        self._marks: tuple[Mark, ...] = ()
        self._part: tuple[float | None, float | None] = (None, None)
        self._position_s = 0.0
        self._pointer_s: float | None = None
        self._seekable = False
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Time scale"))

    def sizeHint(self) -> QSize:
        """Return the fixed height."""
        return QSize(600, _HEIGHT_PX)

    def show_scale(
        self,
        scale: TimeScale,
        marks: tuple[Mark, ...],
        part: tuple[float | None, float | None],
        seekable: bool,
    ) -> None:
        """Show a view, the places where memory broke off, and the part between in and out."""
        shown = (scale, marks, part, seekable)
        if shown != (self._scale, self._marks, self._part, self._seekable):
            self._scale, self._marks, self._part, self._seekable = shown
            self.update()

    def show_moment(self, position_s: float, pointer_s: float | None) -> None:
        """Move the playhead and the pointer's time."""
        if (position_s, pointer_s) != (self._position_s, self._pointer_s):
            self._position_s, self._pointer_s = position_s, pointer_s
            self.update()

    # -- input -----------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Seek; on a mark exactly there."""
        x = event.position().x()
        if event.button() == Qt.MouseButton.LeftButton and self._seekable and x >= GUTTER_PX:
            mark = self._mark_at(x)
            self.seek_asked.emit(mark.pts_s if mark else self._time_at(x))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Seek on, or say what a mark is."""
        x = event.position().x()
        if event.buttons() & Qt.MouseButton.LeftButton and self._seekable:
            self.seek_asked.emit(self._time_at(x))
        elif mark := self._mark_at(x):
            text = f"{clock(mark.pts_s, decimals=2)}  {mark_words(mark)}"
            QToolTip.showText(event.globalPosition().toPoint(), text, self)
        else:
            QToolTip.hideText()

    def _mark_at(self, x: float) -> Mark | None:
        nearest = min(self._marks, key=lambda mark: abs(self._x_of(mark.pts_s) - x), default=None)
        near = nearest is not None and abs(self._x_of(nearest.pts_s) - x) <= _NEAR_PX
        return nearest if near else None

    def _width(self) -> int:
        return max(1, self.width() - GUTTER_PX - RIGHT_PX)

    def _x_of(self, seconds: float) -> float:
        return GUTTER_PX + self._scale.x_of(seconds, self._width())

    def _time_at(self, x: float) -> float:
        return self._scale.time_at(x - GUTTER_PX, self._width())

    # -- drawing ---------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw from left to right what is in view."""
        painter, theme = QPainter(self), current_theme()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(theme.window))
        self._paint_pointer(painter)
        painter.setClipRect(QRectF(GUTTER_PX - 6, 0, self._width() + 12 + RIGHT_PX, _HEIGHT_PX))
        self._paint_part(painter)
        self._paint_ticks(painter)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.warn))
        for mark in self._marks:
            painter.drawPolygon(_triangle(self._x_of(mark.pts_s), _HEIGHT_PX - 1.0, 4.0))
        painter.setBrush(QColor(theme.text))
        painter.drawPolygon(_triangle(self._x_of(self._position_s), _HEIGHT_PX - 1.0, 6.0))

    def _paint_pointer(self, painter: QPainter) -> None:
        """Write the time under the pointer, or else that of the playhead, into the gutter."""
        theme = current_theme()
        pointing = self._pointer_s is not None
        seconds = self._pointer_s if self._pointer_s is not None else self._position_s
        painter.setPen(QColor(theme.text if pointing else theme.muted))
        place = QRectF(2 * GRID_PX, 0, GUTTER_PX - 3 * GRID_PX, _HEIGHT_PX)
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(place, right, clock(seconds, decimals=2))

    def _paint_part(self, painter: QPainter) -> None:
        start_s, end_s = self._part
        if start_s is None and end_s is None:
            return
        left = self._x_of(start_s if start_s is not None else self._scale.lower_s)
        right = self._x_of(end_s if end_s is not None else self._scale.upper_s)
        accent = QColor(current_theme().accent)
        painter.fillRect(QRectF(left, _HEIGHT_PX - 4, right - left, 3), accent)

    def _paint_ticks(self, painter: QPainter) -> None:
        theme = current_theme()
        moments = self._scale.ticks(self._width(), _TICK_EVERY_PX)
        fine = len(moments) > 1 and moments[1] - moments[0] < 1
        for seconds in moments:
            x = self._x_of(seconds)
            painter.setPen(QPen(QColor(theme.faint), 1))
            painter.drawLine(QPointF(x, _HEIGHT_PX - 6), QPointF(x, _HEIGHT_PX))
            painter.setPen(QColor(theme.muted))
            text = clock(seconds, decimals=2 if fine else 0)
            if x + 4 + painter.fontMetrics().horizontalAdvance(text) <= self.width():
                painter.drawText(QPointF(x + 4, _HEIGHT_PX - 8), text)


def _triangle(x: float, bottom: float, half: float) -> QPolygonF:
    return QPolygonF(
        [
            QPointF(x - half, bottom - half * 1.4),
            QPointF(x + half, bottom - half * 1.4),
            QPointF(x, bottom),
        ]
    )
