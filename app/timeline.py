"""The seek bar: where the picture is, what was recognised when, and where memory broke off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.clock import clock
from app.memory.event_words import mark_words
from app.theme import GRID_PX, current_theme, shade

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QKeyEvent, QMouseEvent, QPaintEvent

    from app.record.history import Mark
    from engine.recognitions import Recognition

_LANES: Final = 4
_LANE_PX: Final = 4
_LANE_GAP_PX: Final = 2
_GROOVE_PX: Final = 4
_HANDLE_PX: Final = 7.0
_NEAR_PX: Final = 3.0
_SIDE_PX: Final = 2 * GRID_PX
_KEY_STEP_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class TimelineState:
    """Everything the seek bar shows.

    Attributes
    ----------
    duration_s
        None where there is no end to seek to (live).
    names, colours
        By (head, English label): the name shown, and ``#rrggbb``.
    """

    position_s: float = 0.0
    duration_s: float | None = None
    seekable: bool = False
    in_s: float | None = None
    out_s: float | None = None
    intervals: tuple[Recognition, ...] = ()
    marks: tuple[Mark, ...] = ()
    names: dict[tuple[str, str], str] | None = None
    colours: dict[tuple[str, str], str] | None = None


class Timeline(QWidget):
    """Click or drag to seek; hover to read the time and what was recognised there."""

    seek_asked = Signal(float)
    pointed = Signal(float, str)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = TimelineState()
        self._lanes: dict[tuple[str, str], int] = {}
        self._dragging = False
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Seek bar"))

    def sizeHint(self) -> QSize:
        """Return room for the lanes and the groove."""
        return QSize(400, 6 * GRID_PX)

    @property
    def state(self) -> TimelineState:
        """What is shown."""
        return self._state

    def show_state(self, state: TimelineState) -> None:
        """Show `state`."""
        if state != self._state:
            self._state = state
            self._assign_lanes(state.intervals)
            self.setEnabled(state.seekable)
            self.update()

    def x_of(self, seconds: float) -> float:
        """Return the horizontal place of a time, in pixels."""
        span = self._state.duration_s or 0.0
        share = min(1.0, max(0.0, seconds / span)) if span > 0 else 0.0
        return _SIDE_PX + share * (self.width() - 2 * _SIDE_PX)

    def time_at(self, x: float) -> float:
        """Return the time at a horizontal place, in seconds."""
        span = self._state.duration_s or 0.0
        share = (x - _SIDE_PX) / max(1, self.width() - 2 * _SIDE_PX)
        return min(1.0, max(0.0, share)) * span

    # -- input -----------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Start to seek."""
        if event.button() == Qt.MouseButton.LeftButton and self._state.seekable:
            self._dragging = True
            self.seek_asked.emit(self.time_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on seeking, or say what lies under the pointer."""
        seconds = self.time_at(event.position().x())
        if self._dragging:
            self.seek_asked.emit(seconds)
        if self._state.duration_s:
            self.pointed.emit(seconds, self._read_out(seconds))

    def leaveEvent(self, event: QEvent) -> None:
        """Say that the pointer is gone."""
        self.left.emit()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Stop seeking."""
        self._dragging = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Home and End."""
        if event.key() == Qt.Key.Key_Home:
            self.seek_asked.emit(0.0)
        elif event.key() == Qt.Key.Key_End and self._state.duration_s:
            self.seek_asked.emit(self._state.duration_s)
        else:
            super().keyPressEvent(event)

    # -- drawing ---------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw lanes, groove, marks and handle."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        self._paint_intervals(painter)
        self._paint_groove(painter)
        self._paint_breaks(painter)
        if self._state.duration_s:
            self._paint_in_out(painter)
            self._paint_handle(painter)

    def _groove_y(self) -> float:
        return self.height() - 1.5 * GRID_PX

    def _paint_intervals(self, painter: QPainter) -> None:
        if not self._state.duration_s:
            return
        pitch = _LANE_PX + _LANE_GAP_PX
        for interval in self._state.intervals:
            lane = self._lanes[interval.head, interval.label]
            left, right = self.x_of(interval.start_s), self.x_of(interval.end_s)
            top = self._groove_y() - GRID_PX - (lane % _LANES + 1) * pitch
            bar = QRectF(left, top, max(3.0, right - left), _LANE_PX)
            colours = self._state.colours or {}
            key = (interval.head, interval.label)
            theme = current_theme()
            painter.fillRect(bar, QColor(shade(colours.get(key, theme.accent), theme)))

    def _paint_groove(self, painter: QPainter) -> None:
        theme, y = current_theme(), self._groove_y() - _GROOVE_PX / 2
        groove = QRectF(_SIDE_PX, y, self.width() - 2 * _SIDE_PX, _GROOVE_PX)
        painter.setBrush(QColor(theme.border))
        painter.drawRoundedRect(groove, 2, 2)
        if self._state.duration_s:
            groove.setRight(self.x_of(self._state.position_s))
            painter.setBrush(QColor(theme.accent))
            painter.drawRoundedRect(groove, 2, 2)

    def _paint_breaks(self, painter: QPainter) -> None:
        painter.setBrush(QColor(current_theme().warn))
        for mark in self._state.marks if self._state.duration_s else ():
            x, y = self.x_of(mark.pts_s), self._groove_y()
            painter.drawRect(QRectF(x - 0.75, y - 6, 1.5, 12))

    def _paint_in_out(self, painter: QPainter) -> None:
        state, theme = self._state, current_theme()
        if state.in_s is None and state.out_s is None:
            return
        left = self.x_of(state.in_s or 0.0)
        right = self.x_of(state.out_s if state.out_s is not None else state.duration_s or 0.0)
        y = self._groove_y()
        wash = QColor(theme.accent)
        wash.setAlpha(40)
        painter.setBrush(wash)
        painter.drawRect(QRectF(left, GRID_PX / 2, right - left, y - GRID_PX / 2))
        painter.setBrush(QColor(theme.accent))
        for x, sign in ((left, 1), (right, -1)):
            painter.drawRect(QRectF(x - 1, GRID_PX / 2, 2, y + 2))
            top = GRID_PX / 2
            flag = [QPointF(x, top), QPointF(x + sign * 7, top), QPointF(x, top + 7)]
            painter.drawPolygon(QPolygonF(flag))

    def _paint_handle(self, painter: QPainter) -> None:
        theme = current_theme()
        centre = QPointF(self.x_of(self._state.position_s), self._groove_y())
        painter.setBrush(QColor(theme.surface))
        painter.drawEllipse(centre, _HANDLE_PX + 2, _HANDLE_PX + 2)
        painter.setBrush(QColor(theme.accent if self.hasFocus() else theme.text))
        painter.drawEllipse(centre, _HANDLE_PX, _HANDLE_PX)

    # -- inside ----------------------------------------------------------------------------------

    def _assign_lanes(self, intervals: Sequence[Recognition]) -> None:
        """Give new labels a lane, kept with its colour for as long as the source is open."""
        if not intervals:
            self._lanes.clear()
        for interval in sorted(intervals, key=lambda one: one.start_s):
            self._lanes.setdefault((interval.head, interval.label), len(self._lanes))

    def _read_out(self, seconds: float) -> str:
        names = self._state.names or {}
        here = [
            names.get((one.head, one.label), one.label)
            for one in self._state.intervals
            if one.start_s <= seconds <= one.end_s
        ]
        x = self.x_of(seconds)
        near = [mark_words(m) for m in self._state.marks if abs(self.x_of(m.pts_s) - x) <= _NEAR_PX]
        return "\n".join([clock(seconds, decimals=1), *here, *near[:1]])
