"""Draws lanes: probability as height and colour, intervals as bars."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from app.theme import Theme, current_theme, shade

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from app.lanes.content import Lane
    from app.lanes.scale import TimeScale
    from app.record.history import Mark

LANE_PX: Final = 21
_CHART_PX: Final = 17
_BAR_PX: Final = 3
_WEAK, _STRONG = 70, 150


@dataclass(frozen=True, slots=True)
class LanesScene:
    """Everything a picture of the lanes is made of.

    Attributes
    ----------
    envelope
        (columns, L) float32 as of `History.envelope` over the view.
    """

    lanes: tuple[Lane, ...]
    scale: TimeScale
    envelope: NDArray[np.float32]
    marks: tuple[Mark, ...] = ()
    in_s: float | None = None
    out_s: float | None = None


def paint_lanes(painter: QPainter, scene: LanesScene, width: int, rows: range) -> None:
    """Draw the lanes of `rows`, `width` wide; the first of all would be at the top."""
    theme = current_theme()
    height = len(scene.lanes) * LANE_PX
    _paint_seen(painter, scene, theme, width, height)
    for row in rows:
        top = row * LANE_PX
        _paint_lane(painter, scene, scene.lanes[row], theme, top, width)
        painter.setPen(QPen(QColor(theme.border), 1))
        painter.drawLine(0, top + LANE_PX - 1, width, top + LANE_PX - 1)
    _paint_breaks(painter, scene, theme, width, height)
    _paint_outside(painter, scene, theme, width, height)


def lane_colour(lane: Lane, theme: Theme) -> QColor:
    """Return a lane's colour, darker on a light ground."""
    return QColor(shade(lane.colour, theme))


def _paint_seen(
    painter: QPainter, scene: LanesScene, theme: Theme, width: int, height: int
) -> None:
    """Lighten the ground where frames were seen."""
    if scene.envelope.shape[1] == 0:
        return
    seen = np.flatnonzero(np.diff(np.isnan(scene.envelope[:, 0]).astype(np.int8), prepend=1))
    edges = [*seen.tolist(), len(scene.envelope)]
    unit = width / max(1, len(scene.envelope))
    for first, last in zip(edges[::2], edges[1::2], strict=False):
        place = QRectF(first * unit, 0, (last - first) * unit, height)
        painter.fillRect(place, QColor(theme.surface))


def _paint_lane(
    painter: QPainter, scene: LanesScene, lane: Lane, theme: Theme, top: int, width: int
) -> None:
    colour = lane_colour(lane, theme)
    if lane.column is not None:
        chart = _chart(scene.envelope[:, lane.column], lane.threshold, colour)
        painter.drawImage(QRectF(0, top + LANE_PX - 1 - _CHART_PX, width, _CHART_PX), chart)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    thick = _BAR_PX if lane.column is not None else LANE_PX // 2
    y = top + LANE_PX - 1 - _BAR_PX if lane.column is not None else top + (LANE_PX - thick) / 2
    for start_s, end_s in lane.bars:
        left, right = scene.scale.x_of(start_s, width), scene.scale.x_of(end_s, width)
        if right < -2 or left > width + 2:
            continue
        bar = QRectF(max(left, -4.0), y, max(2.0, min(right, width + 4.0) - max(left, -4.0)), thick)
        painter.drawRoundedRect(bar, 1.5, 1.5)


def _chart(values: NDArray[np.float32], threshold: float, colour: QColor) -> QImage:
    """Return an area chart of (columns,) probabilities; NaN is left out."""
    levels = (np.arange(_CHART_PX, 0, -1, dtype=np.float32)[:, None] - 0.5) / _CHART_PX
    weak, strong = _premultiplied(colour, _WEAK), _premultiplied(colour, _STRONG)
    known = np.nan_to_num(values, nan=0.0)
    tint = np.where(known >= threshold, strong, weak).astype(np.uint32)
    pixels = np.ascontiguousarray(np.where(known[None, :] >= levels, tint[None, :], np.uint32(0)))
    rows, columns = pixels.shape
    form = QImage.Format.Format_ARGB32_Premultiplied
    return QImage(pixels.data, columns, rows, columns * 4, form).copy()


def _premultiplied(colour: QColor, alpha: int) -> int:
    red, green, blue = (
        part * alpha // 255 for part in (colour.red(), colour.green(), colour.blue())
    )
    return alpha << 24 | red << 16 | green << 8 | blue


def _paint_breaks(
    painter: QPainter, scene: LanesScene, theme: Theme, width: int, height: int
) -> None:
    painter.setPen(QPen(QColor(theme.warn), 1, Qt.PenStyle.DashLine))
    for mark in scene.marks:
        x = scene.scale.x_of(mark.pts_s, width)
        if 0 <= x <= width:
            painter.drawLine(QPointF(x, 0), QPointF(x, height))


def _paint_outside(
    painter: QPainter, scene: LanesScene, theme: Theme, width: int, height: int
) -> None:
    """Dim what lies outside the in and out points."""
    veil = QColor(theme.window)
    veil.setAlpha(150)
    if scene.in_s is not None and (left := scene.scale.x_of(scene.in_s, width)) > 0:
        painter.fillRect(QRectF(0, 0, min(left, width), height), veil)
    if scene.out_s is not None and (right := scene.scale.x_of(scene.out_s, width)) < width:
        painter.fillRect(QRectF(max(0.0, right), 0, width - max(0.0, right), height), veil)
