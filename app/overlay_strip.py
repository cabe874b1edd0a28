"""A strip along the lower edge of an exported picture: recognised actions of the last seconds."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPolygonF

from app.overlay import overlay_font
from app.overlay_style import LABEL_COLOURS, PAPER, Measures
from engine.frame import Discontinuity
from models.spec import HeadKind

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.results import FrameResult
    from models.spec import Manifest

WINDOW_S: Final = 10.0
_ROWS: Final = 3
_GROUND: Final = QColor(8, 11, 15, 175)
_RULE: Final = QColor(255, 255, 255, 40)
_BREAKS: Final = (Discontinuity.START, Discontinuity.SEEK, Discontinuity.SOURCE)


@dataclass(frozen=True, slots=True)
class _Label:
    """A label that can have a row: head, place in it, name, threshold, colour."""

    head: str
    index: int
    name: str
    threshold: float
    colour: str


class StripPainter:
    """Draws probabilities over the last seconds, the newest on the right.

    Unlike the overlay it depends on the frames before. The labels that come nearest to their
    thresholds within the window have the rows.
    """

    def __init__(self, manifest: Manifest, language: str) -> None:
        colours = iter(LABEL_COLOURS * 100)
        self._labels = [
            _Label(
                head.name,
                index,
                label.zh if language == "zh" else label.en,
                max(head.thresholds[index], 1e-3),
                next(colours),
            )
            for head in manifest.heads
            if head.kind is HeadKind.ACTIONS
            for index, label in enumerate(head.labels)
            if label.en not in head.quiet
        ]
        self._past: deque[tuple[float, NDArray[np.float32]]] = deque()

    def height(self, picture_height: int) -> int:
        """Return how high the strip is on a picture, pixels; 0 where there is nothing to tell."""
        measures = Measures.for_height(picture_height)
        return round(measures.font * 1.7 * self._rows()) + 2 * measures.pad if self._labels else 0

    def paint(self, image: NDArray[np.uint8], result: FrameResult) -> None:
        """Take note of `result` and draw on (H, W, 4) BGRA `image` in place."""
        self._note(result)
        height, width = image.shape[:2]
        measures, strip = Measures.for_height(height), self.height(height)
        if not strip:
            return
        target = QImage(image.data, width, height, width * 4, QImage.Format.Format_RGB32)
        painter = QPainter(target)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(overlay_font(measures.font))
        painter.fillRect(QRectF(0, height - strip, width, strip), _GROUND)
        row_height = (strip - 2 * measures.pad) / self._rows()
        names_width = min(width * 0.3, measures.font * 9)
        try:
            for row, place in enumerate(self._chosen()):
                top = height - strip + measures.pad + row * row_height
                area = QRectF(
                    names_width, top, width - names_width - measures.margin, row_height * 0.86
                )
                self._paint_row(painter, place, area, measures)
        finally:
            painter.end()

    def _rows(self) -> int:
        return min(_ROWS, len(self._labels))

    def _note(self, result: FrameResult) -> None:
        if result.discontinuity in _BREAKS:
            self._past.clear()
        values = np.array(
            [
                result.actions[one.head][one.index] if one.head in result.actions else 0.0
                for one in self._labels
            ],
            np.float32,
        )
        self._past.append((result.pts_s, values))
        while self._past[0][0] < result.pts_s - WINDOW_S:
            self._past.popleft()

    def _chosen(self) -> list[int]:
        """Return the labels that have rows, in their own order, so that rows seldom change."""
        thresholds = np.array([one.threshold for one in self._labels], np.float32)
        peaks = np.max([values for _, values in self._past], axis=0) / thresholds
        return sorted(np.argsort(-peaks, kind="stable")[: self._rows()].tolist())

    def _paint_row(self, painter: QPainter, place: int, area: QRectF, measures: Measures) -> None:
        label, now_s = self._labels[place], self._past[-1][0]
        metrics = QFontMetricsF(painter.font())
        name_area = QRectF(
            measures.margin, area.top(), area.left() - 2 * measures.margin, area.height()
        )
        painter.setPen(QColor(PAPER))
        name = metrics.elidedText(label.name, Qt.TextElideMode.ElideRight, name_area.width())
        painter.drawText(name_area, Qt.AlignmentFlag.AlignVCenter, name)
        painter.fillRect(QRectF(area.left(), area.bottom(), area.width(), 1), _RULE)
        points = [
            QPointF(
                area.right() - (now_s - time_s) / WINDOW_S * area.width(),
                area.bottom() - float(values[place]) * area.height(),
            )
            for time_s, values in self._past
        ]
        ends = [QPointF(points[-1].x(), area.bottom()), QPointF(points[0].x(), area.bottom())]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(label.colour))
        painter.drawPolygon(QPolygonF([*points, *ends]))
