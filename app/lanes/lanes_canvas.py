"""The lanes themselves: names in a gutter, charts beside it, playhead and pointer above all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.lanes.lane_picture import LANE_PX, LanesScene, lane_colour, paint_lanes
from app.lanes.scale import TimeScale
from app.theme import GRID_PX, current_theme

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QContextMenuEvent, QMouseEvent, QPaintEvent, QWheelEvent

    from app.lanes.content import Lane
    from app.theme import Theme

GUTTER_PX: Final = 22 * GRID_PX
RIGHT_PX: Final = 2 * GRID_PX
_SNAP_PX: Final = 5.0
_PERCENT_PX: Final = 5 * GRID_PX
_ZOOM_STEP: Final = 1.25


class LanesCanvas(QWidget):
    """Draws one `LanesScene`; the pictures of lanes are kept until the next one.

    Click or drag to seek, drag with the middle button to pan, Ctrl + wheel to zoom, Shift + wheel
    to pan.
    """

    seek_asked = Signal(float)
    pointed = Signal(object)
    panned = Signal(float)
    zoomed = Signal(float, float)
    menu_asked = Signal(object, float, QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # out of a field that was typed into
        self._scene = LanesScene((), TimeScale(), np.zeros((0, 0), np.float32))
        self._values: NDArray[np.float32] | None = None
        self._position_s = 0.0
        self._pointer_s: float | None = None
        self._seekable = False
        self._pan_from: float | None = None
        self._picture: QPixmap | None = None
        self._drawn = range(0)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Timeline of what was recognised"))

    def sizeHint(self) -> QSize:
        """Return room for every lane."""
        return QSize(600, len(self._scene.lanes) * LANE_PX)

    @property
    def scene(self) -> LanesScene:
        """What is drawn."""
        return self._scene

    @property
    def content_width(self) -> int:
        """Logical pixels between the gutter and the right edge."""
        return max(1, self.width() - GUTTER_PX - RIGHT_PX)

    def show_scene(self, scene: LanesScene, seekable: bool) -> None:
        """Show other lanes, another view, or what has come since."""
        grown = len(scene.lanes) != len(self._scene.lanes)
        self._scene, self._seekable, self._picture = scene, seekable, None
        if grown:
            self.updateGeometry()
        self.update()

    def show_moment(
        self, position_s: float, pointer_s: float | None, values: NDArray[np.float32] | None
    ) -> None:
        """Move the playhead and the pointer's line; `values` are (L,) of the one or the other."""
        for seconds in (self._position_s, position_s, self._pointer_s, pointer_s):
            if seconds is not None:
                x = round(self._x_of(seconds))
                self.update(QRect(x - 2, 0, 5, self.height()))
        self._position_s, self._pointer_s, self._values = position_s, pointer_s, values
        self.update(QRect(0, 0, GUTTER_PX, self.height()))

    # -- input -----------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Seek, or begin to pan."""
        x = event.position().x()
        if event.button() == Qt.MouseButton.LeftButton and self._seekable and x >= GUTTER_PX:
            self.seek_asked.emit(self._snapped(event.position()))
        elif event.button() == Qt.MouseButton.MiddleButton:
            self._pan_from = x

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of a lane."""
        lane = self.lane_at(event.pos().y())
        if lane is not None:
            self.menu_asked.emit(lane, self._time_at(event.pos().x()), event.globalPos())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Point, seek on, or pan."""
        x = event.position().x()
        if self._pan_from is not None:
            span_s = self._scene.scale.span_s
            self.panned.emit((self._pan_from - x) / self.content_width * span_s)
            self._pan_from = x
        elif event.buttons() & Qt.MouseButton.LeftButton and self._seekable:
            self.seek_asked.emit(self._time_at(x))
        self.pointed.emit(self._time_at(x) if x >= GUTTER_PX else None)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Stop panning."""
        self._pan_from = None

    def leaveEvent(self, event: QEvent) -> None:
        """Point nowhere."""
        self.pointed.emit(None)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom with Ctrl, pan with Shift or sideways; otherwise the list scrolls."""
        turn = event.angleDelta()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier and turn.y():
            at_s = self._time_at(event.position().x())
            self.zoomed.emit(_ZOOM_STEP ** (turn.y() / 120), at_s)
        elif turn.x() or event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            share = (turn.x() or turn.y()) / 120 / 8
            self.panned.emit(-share * self._scene.scale.span_s)
        else:
            event.ignore()

    def lane_at(self, y: float) -> Lane | None:
        """Return the lane at a height."""
        row = int(y // LANE_PX)
        return self._scene.lanes[row] if 0 <= row < len(self._scene.lanes) else None

    def _snapped(self, place: QPointF) -> float:
        """Return the time at a place; near an edge of one of the lane's bars exactly that edge."""
        lane, here_s = self.lane_at(place.y()), self._time_at(place.x())
        edges = [edge for bar in lane.bars for edge in bar] if lane else []
        nearest = min(edges, key=lambda edge: abs(edge - here_s), default=here_s)
        return nearest if abs(self._x_of(nearest) - place.x()) <= _SNAP_PX else here_s

    def _x_of(self, seconds: float) -> float:
        return GUTTER_PX + self._scene.scale.x_of(seconds, self.content_width)

    def _time_at(self, x: float) -> float:
        return self._scene.scale.time_at(x - GUTTER_PX, self.content_width)

    # -- drawing ---------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the kept picture, then what moves."""
        painter, theme = QPainter(self), current_theme()
        rows = self._rows_of(event.rect())
        if (
            self._picture is None
            or self._picture.deviceIndependentSize() != self.size().toSizeF()
            or not set(rows).issubset(self._drawn)
        ):
            # Of many lanes few are in view, and each takes its time.
            seen = self._rows_of(self.visibleRegion().boundingRect() | event.rect())
            self._picture, self._drawn = self._draw_lanes(theme, seen), seen
        painter.drawPixmap(0, 0, self._picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_values(painter, theme, rows)
        painter.setClipRect(QRect(GUTTER_PX - 1, 0, self.content_width + 2, self.height()))
        if self._pointer_s is not None:
            x = self._x_of(self._pointer_s)
            painter.setPen(QPen(QColor(theme.muted), 1, Qt.PenStyle.DotLine))
            painter.drawLine(QPointF(x, 0), QPointF(x, self.height()))
        x = self._x_of(self._position_s)
        painter.fillRect(QRectF(x - 0.75, 0, 1.5, self.height()), QColor(theme.text))

    def _rows_of(self, place: QRect) -> range:
        first = max(0, place.top() // LANE_PX)
        return range(first, min(len(self._scene.lanes), place.bottom() // LANE_PX + 1))

    def _draw_lanes(self, theme: Theme, rows: range) -> QPixmap:
        ratio = self.devicePixelRatioF()
        picture = QPixmap(self.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(QColor(theme.window))
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self.font())
        self._paint_names(painter, theme, rows)
        painter.setClipRect(QRect(GUTTER_PX, 0, self.content_width, self.height()))
        painter.translate(GUTTER_PX, 0)
        paint_lanes(painter, self._scene, self.content_width, rows)
        painter.end()
        return picture

    def _paint_names(self, painter: QPainter, theme: Theme, rows: range) -> None:
        metrics, elide = painter.fontMetrics(), Qt.TextElideMode.ElideRight
        room = GUTTER_PX - 4 * GRID_PX - _PERCENT_PX
        for row in rows:
            lane = self._scene.lanes[row]
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(lane_colour(lane, theme))
            middle = row * LANE_PX + LANE_PX / 2
            painter.drawRoundedRect(QRectF(2 * GRID_PX, middle - 4, 4, 8), 2, 2)
            painter.setPen(QColor(theme.text if lane.bars else theme.muted))
            place = QRectF(3 * GRID_PX, row * LANE_PX, room, LANE_PX)
            name = metrics.elidedText(lane.name, elide, room)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, name)

    def _paint_values(self, painter: QPainter, theme: Theme, rows: range) -> None:
        """Write each label's probability where the pointer is, or else the playhead."""
        if self._values is None:
            return
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        for row in rows:
            lane = self._scene.lanes[row]
            if lane.column is not None:
                value = float(self._values[lane.column])
                painter.setPen(QColor(theme.text if value >= lane.threshold else theme.muted))
                left = GUTTER_PX - GRID_PX - _PERCENT_PX
                place = QRectF(left, row * LANE_PX, _PERCENT_PX, LANE_PX)
                painter.drawText(place, right, f"{value:.0%}")
