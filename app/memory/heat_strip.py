"""State over time as colour: a row per unit, the newest frame on the right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.memory.probe import WINDOW_FRAMES
from app.theme import GRID_PX, current_theme

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtGui import QPaintEvent

    from app.theme import Theme

_COLD, _HOT = (74, 144, 226), (240, 138, 75)
_LINE_COLOURS: Final = ("#56b4e9", "#e69f00")


class HeatStrip(QWidget):
    """Blue is negative, orange positive, the ground nothing."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values = np.zeros((0, 0), np.float32)
        self._scale = 1.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)

    def sizeHint(self) -> QSize:
        """Return room for the strip."""
        return QSize(240, 8 * GRID_PX)

    @property
    def values(self) -> NDArray[np.float32]:
        """(N, units) on show."""
        return self._values

    def show_values(self, values: NDArray[np.float32]) -> None:
        """Show (N, units)."""
        self._values = values
        # The largest value of late gives the scale, so that colours do not flicker with outliers.
        top = float(np.quantile(np.abs(values), 0.995)) if values.size else 1.0
        self._scale = max(0.05, top)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the newest frames at the right."""
        painter, theme = QPainter(self), current_theme()
        painter.fillRect(self.rect(), QColor(theme.surface))
        if not self._values.size:
            return
        image = heat_image(self._values / self._scale, theme)
        width = self.width() * min(1.0, len(self._values) / WINDOW_FRAMES)
        place = QRectF(self.width() - width, 0, width, self.height())
        painter.drawImage(place, image)


def heat_image(values: NDArray[np.float32], theme: Theme) -> QImage:
    """Return (N, units) in -1..1 as a picture, N wide and a pixel per unit high."""
    ground = QColor(theme.surface)
    base = np.array([ground.blue(), ground.green(), ground.red()], np.float32)
    cold = np.array(_COLD[::-1], np.float32)
    hot = np.array(_HOT[::-1], np.float32)
    strength = np.clip(np.abs(values.T), 0.0, 1.0)[..., None]
    towards = np.where(values.T[..., None] < 0, cold, hot)
    pixels = np.full((*values.T.shape, 4), 255, np.uint8)
    pixels[..., :3] = base + (towards - base) * strength
    rows, columns = values.T.shape
    return QImage(pixels.data, columns, rows, columns * 4, QImage.Format.Format_RGB32).copy()


class GateChart(QWidget):
    """Lines between 0 and 1 over the frames of the strips above, and how long ago those were."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: tuple[tuple[str, NDArray[np.float32]], ...] = ()
        self._span_s = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Gates over time"))

    def sizeHint(self) -> QSize:
        """Return room for lines, times and legend."""
        return QSize(240, 11 * GRID_PX)

    @property
    def lines(self) -> tuple[tuple[str, NDArray[np.float32]], ...]:
        """Names and (N,) values on show."""
        return self._lines

    def show_lines(self, *lines: tuple[str, NDArray[np.float32]], span_s: float = 0.0) -> None:
        """Show (N,) values, of as many seconds, under their names."""
        self._lines, self._span_s = lines, span_s
        self.setAccessibleDescription(", ".join(_in_words(*line) for line in lines))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw lines, and the legend beneath."""
        painter, theme = QPainter(self), current_theme()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chart = QRectF(0, 0, self.width(), self.height() - 5 * GRID_PX)
        painter.fillRect(chart, QColor(theme.surface))
        self._paint_scale(painter, chart, theme)
        left = 0.0
        for (name, values), colour in zip(self._lines, _LINE_COLOURS, strict=False):
            ink = QColor(colour) if theme.dark else QColor(colour).darker(135)
            painter.setPen(QPen(ink, 1.5))
            painter.drawPolyline(_polyline(values, chart))
            painter.fillRect(QRectF(left, self.height() - 10, 10, 3), ink)
            painter.setPen(QColor(theme.muted))
            baseline = QPointF(left + 14, self.height() - 4)
            text = _in_words(name, values)
            painter.drawText(baseline, text)
            left += 14 + painter.fontMetrics().horizontalAdvance(text) + 2 * GRID_PX

    def _paint_scale(self, painter: QPainter, chart: QRectF, theme: Theme) -> None:
        """Draw 0, a half and 1 at the side, and how long ago the first frame was beneath."""
        painter.setPen(QPen(QColor(theme.border), 1, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(0, chart.center().y()), QPointF(chart.width(), chart.center().y()))
        if not self._lines:
            return
        painter.setPen(QColor(theme.muted))
        font = QFont(painter.font())
        font.setPointSizeF(font.pointSizeF() * 0.85)
        usual = painter.font()
        painter.setFont(font)
        inner, flag = chart.adjusted(3, 0, -3, 0), Qt.AlignmentFlag
        painter.drawText(inner, flag.AlignTop | flag.AlignLeft, "1")
        painter.drawText(inner, flag.AlignBottom | flag.AlignLeft, "0")
        beneath = QRectF(0, chart.bottom() + 1, chart.width(), 2 * GRID_PX)
        first = WINDOW_FRAMES - len(self._lines[0][1])
        ago = beneath.adjusted(first / WINDOW_FRAMES * chart.width(), 0, 0, 0)
        if ago.width() > beneath.width() / 2:
            painter.drawText(
                ago, flag.AlignLeft, self.tr("{0} s ago").format(f"{self._span_s:.1f}")
            )
        painter.drawText(beneath, flag.AlignRight, self.tr("now"))
        painter.setFont(usual)


def _in_words(name: str, values: NDArray[np.float32]) -> str:
    last = values[~np.isnan(values)][-1:]
    return f"{name} {float(last[0]):.2f}" if len(last) else name


def _polyline(values: NDArray[np.float32], chart: QRectF) -> QPolygonF:
    first = WINDOW_FRAMES - len(values)
    return QPolygonF(
        [
            QPointF(
                chart.x() + (first + place) / WINDOW_FRAMES * chart.width(),
                chart.bottom() - 2 - float(value) * (chart.height() - 4),
            )
            for place, value in enumerate(values.tolist())
            if value == value  # NaN where there is nothing to measure
        ]
    )
