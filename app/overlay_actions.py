"""The overlay's panel of actions: a few labels per head with bars and thresholds.

What counts as recognised is as in `engine.recognitions`.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from app.overlay_style import ACCENT, PAPER, Measures, OverlayStyle
from models.spec import Activation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from models.spec import HeadSpec

_GROUND: Final = QColor(8, 11, 15, 175)
_TROUGH: Final = QColor(255, 255, 255, 45)
_TICK: Final = QColor(255, 255, 255, 200)
_PAPER: Final = QColor(PAPER)
_DIM: Final = QColor(190, 200, 210)
_ACCENT: Final = QColor(ACCENT)
_DIM_BAR: Final = QColor(150, 163, 178)
_NO_PEN: Final = Qt.PenStyle.NoPen


@dataclass(frozen=True, slots=True)
class Row:
    """One label of the panel; `recognised` when it passes its threshold."""

    head: str
    label: str
    probability: float
    threshold: float
    recognised: bool


class ActionPanel:
    """Chooses rows and draws them in the lower left of the picture."""

    def __init__(self, heads: Sequence[HeadSpec], language: str, style: OverlayStyle) -> None:
        self._style = style
        self._heads = [(head, _names(head, language), set(head.quiet)) for head in heads]
        self._metrics: dict[int, QFontMetricsF] = {}

    def rows(
        self,
        actions: Mapping[str, NDArray[np.float32]],
        shown: Mapping[str, NDArray[np.bool_]] | None = None,
    ) -> list[Row]:
        """Return the likeliest labels of each head, recognised or above the floor, none quiet.

        Where labels are steadied (`engine.smoothing`), those `shown` are recognised, and come
        first.
        """
        found: list[Row] = []
        for head, names, quiet in self._heads:
            if (values := actions.get(head.name)) is None:
                continue
            likeliest = values.argsort()[::-1].tolist()
            loud = [i for i in likeliest if head.labels[i].en not in quiet]
            steady = None if shown is None else shown[head.name]
            if steady is not None:
                loud.sort(key=lambda i, steady=steady: not steady[i])  # type: ignore[misc]
            for index in loud[: self._style.rows_per_head]:
                p, threshold = float(values[index]), head.thresholds[index]
                exclusive = head.activation is Activation.SOFTMAX and index != likeliest[0]
                hit = p >= threshold and not exclusive if steady is None else bool(steady[index])
                if hit or p >= self._style.floor:
                    found.append(Row(head.name, names[index], p, threshold, hit))
        return found

    def paint(
        self,
        painter: QPainter,
        measures: Measures,
        actions: Mapping[str, NDArray[np.float32]],
        size: tuple[int, int],
        shown: Mapping[str, NDArray[np.bool_]] | None = None,
    ) -> None:
        """Draw the panel; nothing where there is nothing to show."""
        rows = self.rows(actions, shown)
        if not rows:
            return
        metrics = self._metrics_of(painter.font())
        row_height = metrics.height() + measures.pad
        gaps = sum(a.head != b.head for a, b in itertools.pairwise(rows)) * measures.pad
        width = min(size[0] - 2 * measures.margin, measures.font * 19)
        height = row_height * len(rows) + gaps + 2 * measures.pad
        left, y = float(measures.margin), size[1] - measures.margin - height
        painter.setPen(_NO_PEN)
        painter.setBrush(_GROUND)
        painter.drawRoundedRect(QRectF(left, y, width, height), measures.pad * 2, measures.pad * 2)
        y += measures.pad
        for row, previous in zip(rows, [rows[0], *rows], strict=False):
            y += measures.pad if row.head != previous.head else 0
            place = QRectF(left + 2 * measures.pad, y, width - 4 * measures.pad, row_height)
            _paint_row(painter, metrics, row, place, measures)
            y += row_height

    def _metrics_of(self, font: QFont) -> QFontMetricsF:
        size = font.pixelSize()
        if size not in self._metrics:
            self._metrics[size] = QFontMetricsF(font)
        return self._metrics[size]


def _paint_row(
    painter: QPainter, metrics: QFontMetricsF, row: Row, place: QRectF, measures: Measures
) -> None:
    """Label on the left, bar with threshold tick, percentage on the right."""
    percent = f"{row.probability:.0%}"
    percent_width = metrics.horizontalAdvance("100%")
    label_width = place.width() * 0.46
    painter.setPen(_PAPER if row.recognised else _DIM)
    middle = Qt.AlignmentFlag.AlignVCenter
    label = metrics.elidedText(row.label, Qt.TextElideMode.ElideRight, label_width)
    painter.drawText(QRectF(place.x(), place.y(), label_width, place.height()), middle, label)
    painter.drawText(place, middle | Qt.AlignmentFlag.AlignRight, percent)
    bar_left = place.x() + label_width + measures.pad
    bar = QRectF(
        bar_left,
        place.center().y() - measures.font * 0.17,
        place.right() - percent_width - 2 * measures.pad - bar_left,
        measures.font * 0.34,
    )
    painter.setPen(_NO_PEN)
    painter.fillRect(bar, _TROUGH)
    filled = QRectF(bar.x(), bar.y(), bar.width() * min(1.0, row.probability), bar.height())
    painter.fillRect(filled, _ACCENT if row.recognised else _DIM_BAR)
    tick_x = bar.x() + bar.width() * row.threshold
    tick = QRectF(tick_x, bar.y() - measures.pad / 2, measures.line, bar.height() + measures.pad)
    painter.fillRect(tick, _TICK)


def _names(head: HeadSpec, language: str) -> tuple[str, ...]:
    return tuple(label.zh if language == "zh" else label.en for label in head.labels)
