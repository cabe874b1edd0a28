"""The same picture with and without memory, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.theme import GRID_PX, current_theme

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPaintEvent

    from app.memory.probe import MemoryView
    from app.theme import Theme
    from models.spec import HeadSpec

_ROW_PX: Final = 22
_ROWS: Final = 10
_WORTH_SHOWING: Final = 0.05


@dataclass(frozen=True, slots=True)
class ComparedLabel:
    """One label's probability with memory, and as if the model forgot after every frame."""

    name: str
    threshold: float
    remembered: float
    forgetful: float


def compare(view: MemoryView, heads: Sequence[HeadSpec], language: str) -> list[ComparedLabel]:
    """Return labels that either way amounts to something, the largest difference first."""
    rows = [
        ComparedLabel(
            label.zh if language == "zh" else label.en,
            head.thresholds[index],
            float(view.with_memory[head.name][index]),
            float(view.without_memory[head.name][index]),
        )
        for head in heads
        if head.name in view.with_memory and head.name in view.without_memory
        for index, label in enumerate(head.labels)
        if label.en not in head.quiet
    ]
    rows = [row for row in rows if max(row.remembered, row.forgetful) >= _WORTH_SHOWING]
    return sorted(rows, key=lambda row: -abs(row.remembered - row.forgetful))[:_ROWS]


class ComparisonView(QWidget):
    """A row per label, a column each."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[ComparedLabel, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("With and without memory"))

    def sizeHint(self) -> QSize:
        """Return room for heading and rows."""
        return QSize(240, (len(self._rows) + 1) * _ROW_PX)

    @property
    def rows(self) -> tuple[ComparedLabel, ...]:
        """What is on show."""
        return self._rows

    def show_rows(self, rows: Sequence[ComparedLabel]) -> None:
        """Show `rows`."""
        grown = len(rows) != len(self._rows)
        self._rows = tuple(rows)
        if grown:
            self.updateGeometry()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the heading, then the rows."""
        painter, theme = QPainter(self), current_theme()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = self.width() * 0.34
        first, second = self.width() - 2 * width + GRID_PX, self.width() - width + GRID_PX
        painter.setPen(QColor(theme.muted))
        for left, text in ((first, self.tr("with memory")), (second, self.tr("without"))):
            place = QRectF(left, 0, width - GRID_PX, _ROW_PX)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, text)
        for number, row in enumerate(self._rows, start=1):
            y = number * _ROW_PX
            painter.setPen(QColor(theme.text))
            room = int(first - GRID_PX)
            name = painter.fontMetrics().elidedText(row.name, Qt.TextElideMode.ElideRight, room)
            painter.drawText(QRectF(0, y, room, _ROW_PX), Qt.AlignmentFlag.AlignVCenter, name)
            for left, value in ((first, row.remembered), (second, row.forgetful)):
                place = QRectF(left, y, width - GRID_PX, _ROW_PX)
                _paint_bar(painter, theme, place, value, row.threshold)


def _paint_bar(
    painter: QPainter, theme: Theme, place: QRectF, value: float, threshold: float
) -> None:
    percent_px = 5 * GRID_PX
    bar = QRectF(place.x(), place.center().y() - 3, place.width() - percent_px, 6)
    colour = QColor(theme.accent if value >= threshold else theme.muted)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.border))
    painter.drawRoundedRect(bar, 3, 3)
    painter.setBrush(colour)
    painter.drawRoundedRect(QRectF(bar.x(), bar.y(), bar.width() * value, bar.height()), 3, 3)
    painter.setPen(QColor(theme.text if value >= threshold else theme.muted))
    right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
    painter.drawText(place, right, f"{value:.0%}")
