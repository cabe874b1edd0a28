"""Actions now: per head, each label's probability and its last ten seconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.head_names import head_name
from app.record.history import WINDOW_S
from app.theme import GRID_PX, current_theme
from models.spec import Activation, HeadKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from PySide6.QtGui import QPaintEvent

    from app.record.history import History, Trace
    from models.spec import HeadSpec, Manifest

_ROW_PX: Final = 3 * GRID_PX
_HEAD_PX: Final = 3 * GRID_PX
_ROWS_PER_HEAD: Final = 10
_SPARK_POINTS: Final = 60


@dataclass(frozen=True, slots=True)
class ActionRow:
    """One label. `line` holds (age in seconds, probability), newest last."""

    name: str
    probability: float
    threshold: float
    recognised: bool
    line: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class HeadRows:
    """One action head."""

    title: str
    rows: tuple[ActionRow, ...]


class ActionsPanel(QWidget):
    """Draws rows; says what will appear while there are none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._heads: tuple[HeadRows, ...] = ()
        self._empty = self.tr(
            "What the model thinks is happening appears here, label by label, with its last ten "
            "seconds. It remembers: each frame counts towards the next."
        )
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Actions now"))

    @property
    def heads(self) -> tuple[HeadRows, ...]:
        """What is shown."""
        return self._heads

    def show_heads(self, heads: Sequence[HeadRows]) -> None:
        """Show `heads`."""
        grown = [len(h.rows) for h in heads] != [len(h.rows) for h in self._heads]
        self._heads = tuple(heads)
        if grown:
            self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return room for every row."""
        rows = sum(len(head.rows) for head in self._heads)
        height = rows * _ROW_PX + len(self._heads) * _HEAD_PX
        return QSize(280, height or 11 * GRID_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the rows that are in view: of a long list in a scrolled panel, few are."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self._heads:
            painter.setPen(QColor(current_theme().muted))
            wrap = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignTop
            painter.drawText(self.rect().adjusted(GRID_PX, 0, -GRID_PX, 0), wrap, self._empty)
            return
        y, first, last = 0, event.rect().top() - _ROW_PX, event.rect().bottom()
        for head in self._heads:
            if first < y <= last:
                self._paint_title(painter, head.title, y)
            y += _HEAD_PX
            for row in head.rows:
                if first < y <= last:
                    place = QRectF(GRID_PX, y, self.width() - 2 * GRID_PX, _ROW_PX)
                    self._paint_row(painter, row, place)
                y += _ROW_PX

    def _paint_title(self, painter: QPainter, title: str, y: int) -> None:
        painter.setPen(QColor(current_theme().muted))
        place = QRectF(GRID_PX, y, self.width() - 2 * GRID_PX, _HEAD_PX)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, title)

    def _paint_row(self, painter: QPainter, row: ActionRow, place: QRectF) -> None:
        theme = current_theme()
        label_width, percent_width = place.width() * 0.46, 40.0
        colour = QColor(theme.text if row.recognised else theme.muted)
        font = painter.font()
        font.setBold(row.recognised)
        painter.setFont(font)
        painter.setPen(colour)
        middle = Qt.AlignmentFlag.AlignVCenter
        metrics = painter.fontMetrics()
        name = metrics.elidedText(row.name, Qt.TextElideMode.ElideRight, int(label_width))
        painter.drawText(QRectF(place.x(), place.y(), label_width, _ROW_PX), middle, name)
        percent = f"{row.probability:.0%}"
        painter.drawText(place, middle | Qt.AlignmentFlag.AlignRight, percent)
        font.setBold(False)
        painter.setFont(font)
        chart = QRectF(
            place.x() + label_width + GRID_PX,
            place.y() + 4,
            place.width() - label_width - percent_width - 2 * GRID_PX,
            _ROW_PX - 8,
        )
        _paint_chart(painter, row, chart)


def _paint_chart(painter: QPainter, row: ActionRow, chart: QRectF) -> None:
    """Draw the last ten seconds as an area, the present at its right end, over the threshold."""
    theme = current_theme()
    colour = QColor(theme.accent if row.recognised else theme.muted)
    painter.setPen(Qt.PenStyle.NoPen)
    ground = QColor(theme.raised)
    ground.setAlpha(140)
    painter.setBrush(ground)
    painter.drawRoundedRect(chart, 2, 2)
    threshold_y = chart.bottom() - chart.height() * row.threshold
    painter.setPen(QPen(QColor(theme.faint), 1, Qt.PenStyle.DotLine))
    painter.drawLine(QPointF(chart.left(), threshold_y), QPointF(chart.right(), threshold_y))
    if len(row.line) > 1:
        right, bottom, height = chart.right(), chart.bottom(), chart.height()
        second = chart.width() / WINDOW_S
        points = [QPointF(right - age * second, bottom - height * p) for age, p in row.line]
        wash = QColor(colour)
        wash.setAlpha(60)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(wash)
        feet = [QPointF(points[-1].x(), chart.bottom()), QPointF(points[0].x(), chart.bottom())]
        painter.drawPolygon(QPolygonF([*points, *feet]))
        painter.setPen(QPen(colour, 1.25))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF(points))


def head_rows(manifest: Manifest, history: History, language: str) -> list[HeadRows]:
    """Return what the panel shows of a stream."""
    heads = [head for head in manifest.heads if head.kind is HeadKind.ACTIONS]
    return [
        HeadRows(
            head_name(head.name),
            _rows(head, history.trace(head.name), language, history.shown.get(head.name)),
        )
        for head in heads
    ]


def _rows(
    head: HeadSpec, trace: Trace, language: str, shown: NDArray[np.bool_] | None
) -> tuple[ActionRow, ...]:
    table = trace.probabilities
    if not len(table):
        return ()
    stride = max(1, len(table) // _SPARK_POINTS)
    ages = trace.times_s[-1] - trace.times_s[::-1][::stride][::-1]
    thin = table[::-1][::stride][::-1]
    holds = _holds(head, table[-1], shown)
    chosen = list(range(len(head.labels)))
    if len(head.labels) > _ROWS_PER_HEAD:
        chosen = sorted(np.argsort(table.max(axis=0))[::-1][:_ROWS_PER_HEAD].tolist())
    return tuple(
        ActionRow(
            name=head.labels[i].zh if language == "zh" else head.labels[i].en,
            probability=float(table[-1, i]),
            threshold=head.thresholds[i],
            recognised=bool(holds[i]),
            line=tuple(zip(ages.tolist(), thin[:, i].tolist(), strict=True)),
        )
        for i in chosen
    )


def _holds(
    head: HeadSpec, now: NDArray[np.float32], shown: NDArray[np.bool_] | None
) -> NDArray[np.bool_]:
    """Return which labels count as recognised, as in `engine.recognitions`."""
    holds: NDArray[np.bool_] = now >= np.asarray(head.thresholds, np.float32)
    if head.activation is Activation.SOFTMAX:
        holds &= np.arange(len(now)) == now.argmax()
    if shown is not None:
        holds = shown.copy()
    holds &= np.array([label.en not in head.quiet for label in head.labels])
    return holds
