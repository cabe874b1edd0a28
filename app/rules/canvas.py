"""Zones and lines on the picture, drawn with the mouse."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from app.overlay_style import ACCENT, ATTENTION, INK, PAPER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import QObject
    from PySide6.QtGui import QHideEvent, QKeyEvent, QMouseEvent, QPaintEvent

    from app.video_view import VideoView
    from engine.rules.model import Line, Zone

    Share = tuple[float, float]

_NEAR_PX: Final = 10.0
_ARROW_PX: Final = 14.0
_FILL: Final = QColor(61, 214, 181, 45)
_GROUND: Final = QColor(8, 11, 15, 190)
_LEAST_CORNERS: Final = 3
_GAP_PX: Final = 8.0


class RegionCanvas(QWidget):
    """Lies over the video view; lets the mouse through except while something is drawn.

    Positions are fractions of the picture, 0..1, so that they hold at any size.
    """

    zone_drawn = Signal(list)
    line_drawn = Signal(tuple, tuple)
    given_up = Signal()
    drawing_changed = Signal(bool)

    def __init__(self, video: VideoView) -> None:
        super().__init__(video)
        self._video = video
        self._zones: tuple[Zone, ...] = ()
        self._lines: tuple[Line, ...] = ()
        self._drawing = ""
        self._corners: list[Share] = []
        self._pointer: Share | None = None
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Zones and lines on the picture"))
        video.installEventFilter(self)
        self._follow()
        self._rest()
        self.show()

    @property
    def drawing(self) -> str:
        """What is being drawn: "zone", "line", or nothing."""
        return self._drawing

    def show_regions(self, zones: Sequence[Zone], lines: Sequence[Line]) -> None:
        """Show these from now on."""
        self._zones, self._lines = tuple(zones), tuple(lines)
        self.update()

    def draw(self, what: str) -> None:
        """Let the user draw a "zone" or a "line", where there is a picture to draw on."""
        if not self.isVisible():
            return
        self._drawing, self._corners, self._pointer = what, [], None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, False)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.raise_()
        self.drawing_changed.emit(True)
        self.activateWindow()
        self.setFocus()
        self.update()

    def give_up(self) -> None:
        """Draw nothing any more."""
        if self._drawing:
            self._rest()
            self.given_up.emit()

    def hint(self) -> str:
        """Return what the user can do now."""
        if self._drawing == "zone":
            return self.tr("Click the corners. The first one again, or Enter: done. Esc: give up.")
        if self._drawing == "line":
            return self.tr("Click where the line begins, then where it ends. Esc: give up.")
        return ""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay as large as the video view."""
        if event.type() == QEvent.Type.Resize:
            self._follow()
        return False

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing can be drawn on what is not there."""
        super().hideEvent(event)
        self.give_up()

    def event(self, event: QEvent) -> bool:
        """Keep Enter and Esc from being shortcuts while something is drawn."""
        if event.type() == QEvent.Type.ShortcutOverride and self._drawing:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Finish, take a corner back, or give up."""
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self.give_up()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._finish_zone()
        elif key == Qt.Key.Key_Backspace and self._corners:
            self._corners.pop()
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Set a corner."""
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        corner = self._share_of(event.position())
        if self._drawing == "zone" and self._corners and self._is_first(event.position()):
            self._finish_zone()
            return
        self._corners.append(corner)
        if self._drawing == "line" and len(self._corners) == 2:
            start, end = self._corners
            self._rest()
            self.line_drawn.emit(start, end)
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show where the next corner would be."""
        self._pointer = self._share_of(event.position())
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Finish a zone; the first of the two clicks has set its last corner."""
        self._finish_zone()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what there is, and what is under way."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for zone in self._zones:
            self._paint_zone(painter, zone.points, zone.name)
        for line in self._lines:
            self._paint_line(painter, line.start, line.end, line.name)
        if self._drawing:
            self._paint_draft(painter)

    def _rest(self) -> None:
        drawing, self._drawing, self._corners = self._drawing, "", []
        if drawing:
            self.drawing_changed.emit(False)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.unsetCursor()
        self.update()

    def _finish_zone(self) -> None:
        if self._drawing == "zone" and len(self._corners) >= _LEAST_CORNERS:
            corners = self._corners
            self._rest()
            self.zone_drawn.emit(corners)

    def _follow(self) -> None:
        self.setGeometry(self._video.rect())

    def _is_first(self, position: QPointF) -> bool:
        away = position - self._point(self._corners[0])
        return math.hypot(away.x(), away.y()) < _NEAR_PX

    def _share_of(self, position: QPointF) -> Share:
        rect = self._video.picture_rect()
        x = (position.x() - rect.x()) / max(1, rect.width())
        y = (position.y() - rect.y()) / max(1, rect.height())
        return round(min(1.0, max(0.0, x)), 4), round(min(1.0, max(0.0, y)), 4)

    def _point(self, share: Share) -> QPointF:
        rect = self._video.picture_rect()
        return QPointF(rect.x() + share[0] * rect.width(), rect.y() + share[1] * rect.height())

    def _paint_zone(self, painter: QPainter, points: Sequence[Share], name: str) -> None:
        polygon = QPolygonF([self._point(point) for point in points])
        painter.setPen(QPen(QColor(ACCENT), 2))
        painter.setBrush(_FILL)
        painter.drawPolygon(polygon)
        self._paint_name(painter, polygon.boundingRect().center(), name)

    def _paint_line(self, painter: QPainter, start: Share, end: Share, name: str) -> None:
        a, b = self._point(start), self._point(end)
        painter.setPen(QPen(QColor(ATTENTION), 3))
        painter.drawLine(a, b)
        middle, along = (a + b) / 2, b - a
        length = math.hypot(along.x(), along.y()) or 1.0
        # The right of who goes from start to end, where y grows downward.
        right = QPointF(-along.y(), along.x()) / length * _ARROW_PX
        painter.drawLine(middle, middle + right)
        for turn in (0.5, -0.5):
            back = -right * 0.5
            tip = QPointF(
                back.x() * math.cos(turn) - back.y() * math.sin(turn),
                back.x() * math.sin(turn) + back.y() * math.cos(turn),
            )
            painter.drawLine(middle + right, middle + right + tip)
        # On the other side than the arrow, wholly: neither arrow nor line may be covered.
        size = _size_of_name(painter, name)
        reach = abs(right.x()) * size.width() / 2 + abs(right.y()) * size.height() / 2
        away = right / _ARROW_PX * (reach / _ARROW_PX + _GAP_PX)
        self._paint_name(painter, middle - away, name)

    def _paint_name(self, painter: QPainter, centre: QPointF, text: str) -> None:
        size = _size_of_name(painter, text)
        width, height = size.width(), size.height()
        place = QRectF(centre.x() - width / 2, centre.y() - height / 2, width, height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_GROUND)
        painter.drawRoundedRect(place, 5, 5)
        painter.setPen(QColor(PAPER))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_draft(self, painter: QPainter) -> None:
        points = [self._point(corner) for corner in self._corners]
        painter.setPen(QPen(QColor(ATTENTION), 2, Qt.PenStyle.DashLine))
        ahead = [self._point(self._pointer)] if self._pointer is not None and points else []
        painter.drawPolyline(QPolygonF([*points, *ahead]))
        painter.setPen(QColor(INK))
        painter.setBrush(QColor(ATTENTION))
        for point in points:
            painter.drawEllipse(point, 4, 4)
        top = self._video.picture_rect().top() + 24
        self._paint_name(painter, QPointF(QPoint(self.width() // 2, top)), self.hint())


def _size_of_name(painter: QPainter, text: str) -> QSizeF:
    metrics = QFontMetricsF(painter.font())
    return QSizeF(metrics.horizontalAdvance(text) + 12, metrics.height() + 6)
