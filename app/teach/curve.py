"""How the loss fell while a head was fitted."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.theme import GRID_PX, current_theme

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPaintEvent

_HEIGHT_PX: Final = 7 * GRID_PX
_STEPS: Final = 100


class LossCurve(QWidget):
    """A line from left to right, logarithmic upwards: lower is better learnt."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._losses: tuple[float, ...] = ()
        self._over = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Course of the loss while learning"))
        self.setToolTip(self.tr("How the error fell while it learnt"))

    @property
    def losses(self) -> tuple[float, ...]:
        """What is drawn."""
        return self._losses

    def show_losses(self, losses: Sequence[float], *, over: bool = False) -> None:
        """Draw the losses of all steps so far; over, they fill the whole width."""
        if (len(losses), over) != (len(self._losses), self._over):
            self._losses, self._over = tuple(losses), over
            self.update()

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(24 * GRID_PX, _HEIGHT_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ground and line."""
        theme, painter = current_theme(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(theme.sunken))
        if len(self._losses) < 2:
            return
        heights = [math.log(max(loss, 1e-6)) for loss in self._losses]
        low, high = min(heights), max(heights)
        room = self.height() - 2 * GRID_PX
        steps = max(0 if self._over else _STEPS, len(heights)) - 1
        line = QPolygonF(
            [
                QPointF(
                    GRID_PX + (self.width() - 2 * GRID_PX) * k / steps,
                    GRID_PX + room * (high - height) / max(high - low, 1e-9),
                )
                for k, height in enumerate(heights)
            ]
        )
        painter.setPen(QPen(QColor(theme.accent), 2))
        painter.drawPolyline(line)
