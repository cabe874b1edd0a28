"""Draws what was recognised onto a picture, for the live view and for export alike."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontInfo,
    QFontMetricsF,
    QGuiApplication,
    QImage,
    QPainter,
    QPen,
)

from app.overlay_actions import ActionPanel, Row
from app.overlay_style import (
    ACCENT,
    ATTENTION,
    CJK_FAMILIES,
    INK,
    PAPER,
    Measures,
    OverlayStyle,
    discontinuity_words,
    memory_words,
)
from app.privacy import heads_of, pixelate
from engine.palette import UNTRACKED_COLOUR, identity_colour
from models.spec import HeadKind

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.results import FrameResult
    from models.spec import HeadSpec, Manifest

_HALO: Final = QColor(8, 11, 15, 150)
_NO_PEN: Final = Qt.PenStyle.NoPen
_TAG_MEMORY: Final = 512


class OverlayPainter:
    """Paints results of one bundle.

    Holds caches but no state of the stream: the same result gives the same pixels. One thread at
    a time; a `QGuiApplication` must exist.

    Parameters
    ----------
    manifest
        Of the bundle whose results are drawn: label names and thresholds.
    language
        ``"en"`` or ``"zh"``.
    """

    def __init__(
        self, manifest: Manifest, *, language: str = "en", style: OverlayStyle | None = None
    ) -> None:
        self._language = language
        self._style = style or OverlayStyle()
        self._classes = _names(_box_head(manifest), language)
        names = _names(_box_head(manifest), "en")
        self._person = names.index("person") if "person" in names else None
        self._panel = ActionPanel(
            [head for head in manifest.heads if head.kind is HeadKind.ACTIONS],
            language,
            self._style,
        )
        self._remembers = bool(manifest.state)
        self._canvas: _Canvas | None = None

    @property
    def style(self) -> OverlayStyle:
        """What is drawn."""
        return self._style

    def paint(
        self,
        image: NDArray[np.uint8],
        result: FrameResult,
        source_size: tuple[int, int] | None = None,
        *,
        foot_px: int = 0,
    ) -> None:
        """Draw on `image` in place.

        Parameters
        ----------
        image
            (H, W, 4) uint8, BGRA, C-contiguous.
        source_size
            Width and height, in pixels, of the picture that box coordinates refer to, where
            `image` has been scaled; its own size otherwise.
        foot_px
            Height along the lower edge that is kept free for something else.
        """
        height, width = image.shape[:2]
        source_width, source_height = source_size or (width, height)
        scale = (width / source_width, height / source_height)
        self._hide(image, result, scale)
        canvas = self._canvas_for(height)
        target = QImage(image.data, width, height, width * 4, QImage.Format.Format_RGB32)
        painter = QPainter(target)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(canvas.font)
        try:
            if self._style.boxes:
                self._paint_boxes(painter, canvas, result, scale, (width, height))
            if self._style.actions:
                size = (width, height - foot_px)
                self._panel.paint(painter, canvas.measures, result.actions, size, result.shown)
            if self._style.memory:
                self._paint_badges(painter, canvas, result, width)
        finally:
            painter.end()

    def recognised(self, result: FrameResult) -> list[Row]:
        """Return the rows of the action panel, in the order they are drawn."""
        return self._panel.rows(result.actions, result.shown)

    def _canvas_for(self, height: int) -> _Canvas:
        if self._canvas is None or self._canvas.height != height:
            self._canvas = _Canvas(height)
        return self._canvas

    def _hide(
        self, image: NDArray[np.uint8], result: FrameResult, scale: tuple[float, float]
    ) -> None:
        style = self._style
        if self._person is None or not (style.hide_people or style.hide_heads):
            return
        people = result.detections.xyxy[result.detections.class_id == self._person]
        hidden = people if style.hide_people else heads_of(people)
        pixelate(image, hidden * np.array([*scale, *scale], np.float32))

    def _paint_boxes(
        self,
        painter: QPainter,
        canvas: _Canvas,
        result: FrameResult,
        scale: tuple[float, float],
        size: tuple[int, int],
    ) -> None:
        found = result.detections
        boxes = (found.xyxy * (*scale, *scale)).round().astype(int).tolist()
        rows = list(
            zip(
                boxes,
                found.class_id.tolist(),
                found.confidence.tolist(),
                found.track_id.tolist(),
                strict=True,
            )
        )
        shown = [row for row in rows if row[2] >= self._style.confidence]
        # Tags after all frames, so that no frame crosses out a label.
        # Their sides lie on whole pixels, which Qt fills four times as fast without smoothing.
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for box, class_id, _, track_id in shown:
            canvas.paint_frame(painter, box, _colour(track_id, class_id))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for box, class_id, confidence, track_id in shown if self._style.labels else ():
            name = self._classes[class_id] if class_id < len(self._classes) else str(class_id)
            tag = canvas.tag(name, round(confidence * 100), track_id, _colour(track_id, class_id))
            painter.drawImage(_tag_place(box, tag, size), tag)
        if self._style.actions and result.persons:
            feet = {track_id: box for box, _, _, track_id in shown}
            self._paint_persons(painter, canvas, result, feet, size)

    def _paint_persons(
        self,
        painter: QPainter,
        canvas: _Canvas,
        result: FrameResult,
        boxes: dict[int, list[int]],
        size: tuple[int, int],
    ) -> None:
        """Write what each person does at the foot of the box that bears the same identity."""
        for person in result.persons:
            hits = [row for row in self._panel.rows(person.actions) if row.recognised]
            if not hits or person.track_id not in boxes:
                continue
            likeliest = max(hits, key=lambda row: row.probability)
            words = f"{likeliest.label} {likeliest.probability:.0%}"
            badge = canvas.badge(words, identity_colour(person.track_id, 0))
            left, _, _, bottom = boxes[person.track_id]
            x = max(0, min(left, size[0] - badge.width()))
            painter.drawImage(x, max(0, min(bottom - badge.height() - 2, size[1])), badge)

    def _paint_badges(
        self, painter: QPainter, canvas: _Canvas, result: FrameResult, width: int
    ) -> None:
        right = width - canvas.measures.margin
        if result.discontinuity is None:
            if not self._remembers:
                return
            steadied = result.shown is not None
            words = memory_words(
                result.memory_s, self._language, exact=result.exact, steadied=steadied
            )
            badge = canvas.badge(words, ACCENT if result.exact else ATTENTION)
        else:
            badge = canvas.badge(
                discontinuity_words(result.discontinuity, self._language), ATTENTION
            )
        painter.drawImage(right - badge.width(), canvas.measures.margin, badge)


class _Canvas:
    """Measures, font and ready-made tags for one picture height."""

    def __init__(self, height: int) -> None:
        self.height = height
        self.measures = Measures.for_height(height)
        self.font = overlay_font(self.measures.font)
        self._metrics = QFontMetricsF(self.font)
        self.tag = lru_cache(maxsize=_TAG_MEMORY)(self._make_tag)
        self.badge = lru_cache(maxsize=_TAG_MEMORY)(self._make_badge)

    def paint_frame(self, painter: QPainter, box: list[int], colour: str) -> None:
        """Draw a box: thin sides, heavier corners, on a dark halo that shows on white ground."""
        left, top, right, bottom = box
        line = self.measures.line
        arm = min(self.measures.corner * 2, (right - left) // 3, (bottom - top) // 3)
        sides = _sides(left, top, right, bottom, line)
        corners = _corners(left, top, right, bottom, line * 2, arm)
        painter.setPen(_NO_PEN)
        painter.setBrush(_HALO)
        painter.drawRects(_sides(left - 1, top - 1, right + 1, bottom + 1, line + 2))
        painter.setBrush(QColor(colour))
        painter.drawRects([*sides, *corners])

    def _make_tag(self, name: str, percent: int, track_id: int, colour: str) -> QImage:
        ink = QColor(INK)
        identity = f"#{track_id}" if track_id >= 0 else ""
        quiet = QColor(INK)
        quiet.setAlpha(190)
        parts = [(name, ink), (f"{percent}%", quiet), (identity, ink)]
        return self._pill([part for part in parts if part[0]], QColor(colour), round_all=False)

    def _make_badge(self, text: str, colour: str) -> QImage:
        return self._pill(
            [("●", QColor(colour)), (text, QColor(PAPER))], QColor(8, 11, 15, 185), round_all=True
        )

    def _pill(self, parts: list[tuple[str, QColor]], ground: QColor, round_all: bool) -> QImage:
        pad, gap = self.measures.pad, self.measures.pad
        widths = [self._metrics.horizontalAdvance(text) for text, _ in parts]
        height = int(self._metrics.height() + pad)
        width = int(sum(widths) + gap * (len(parts) - 1) + 2 * pad + 1)
        image = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self.font)
        painter.setPen(_NO_PEN)
        painter.setBrush(ground)
        radius = height / 2 if round_all else pad
        painter.drawRoundedRect(QRectF(0, 0, width, height), radius, radius)
        x, baseline = float(pad), (height - self._metrics.height()) / 2 + self._metrics.ascent()
        for (text, colour), advance in zip(parts, widths, strict=True):
            painter.setPen(QPen(colour))
            painter.drawText(QPointF(x, baseline), text)
            x += advance + gap
        painter.end()
        return image


def overlay_font(size_px: int) -> QFont:
    """Return the overlay's font: the application's, with families that hold Chinese behind it."""
    font = QFont(QGuiApplication.font())
    font.setFamilies([QFontInfo(font).family(), *CJK_FAMILIES])
    font.setPixelSize(size_px)
    font.setWeight(QFont.Weight.DemiBold)
    return font


def _colour(track_id: int, class_id: int) -> str:
    return identity_colour(track_id, class_id) if track_id >= 0 else UNTRACKED_COLOUR


def _tag_place(box: list[int], tag: QImage, size: tuple[int, int]) -> QPointF:
    """Top left of a tag: above its box, inside where there is no room, never outside."""
    left, top, _, _ = box
    x = max(0, min(left - 1, size[0] - tag.width()))
    above = top - tag.height() - 1
    y = above if above >= 0 else max(0, min(top + 2, size[1] - tag.height()))
    return QPointF(x, y)


def _sides(left: int, top: int, right: int, bottom: int, line: int) -> list[QRect]:
    width, height = right - left, bottom - top
    return [
        QRect(left, top, width, line),
        QRect(left, bottom - line, width, line),
        QRect(left, top, line, height),
        QRect(right - line, top, line, height),
    ]


def _corners(left: int, top: int, right: int, bottom: int, line: int, arm: int) -> list[QRect]:
    far_x, far_y = right - arm, bottom - arm
    return [
        QRect(left, top, arm, line),
        QRect(left, top, line, arm),
        QRect(far_x, top, arm, line),
        QRect(right - line, top, line, arm),
        QRect(left, bottom - line, arm, line),
        QRect(left, far_y, line, arm),
        QRect(far_x, bottom - line, arm, line),
        QRect(right - line, far_y, line, arm),
    ]


def _box_head(manifest: Manifest) -> HeadSpec | None:
    return next((head for head in manifest.heads if head.kind is HeadKind.BOXES), None)


def _names(head: HeadSpec | None, language: str) -> tuple[str, ...]:
    if head is None:
        return ()
    return tuple(label.zh if language == "zh" else label.en for label in head.labels)
