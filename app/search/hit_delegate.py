"""Draws a hit: its picture, what it is, where and when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate

from app.icons import icon
from app.search.hits_model import DETAIL
from app.search.pictures import PICTURE_SIZE
from app.theme import GRID_PX, current_theme

if TYPE_CHECKING:
    from PySide6.QtCore import QModelIndex, QPersistentModelIndex
    from PySide6.QtGui import QPainter
    from PySide6.QtWidgets import QStyleOptionViewItem

_ROUND_PX: Final = 4


class HitDelegate(QStyledItemDelegate):
    """One row of the list."""

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Return room for the picture."""
        return QSize(40 * GRID_PX, PICTURE_SIZE.height() + 2 * GRID_PX)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw a row."""
        theme = current_theme()
        row: QRect = option.rect
        state = option.state
        painter.save()
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        if chosen or state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.raised))
            painter.drawRoundedRect(row.adjusted(2, 2, -2, -2), _ROUND_PX, _ROUND_PX)
        if chosen:
            painter.fillRect(
                QRect(row.x(), row.y() + GRID_PX, 3, row.height() - 2 * GRID_PX),
                QColor(theme.accent),
            )
        place = QRect(row.topLeft() + QPoint(GRID_PX, GRID_PX), PICTURE_SIZE)
        self._paint_picture(painter, place, index.data(Qt.ItemDataRole.DecorationRole))
        text = row.adjusted(PICTURE_SIZE.width() + 3 * GRID_PX, GRID_PX, -GRID_PX, -GRID_PX)
        self._paint_words(painter, text, index)
        painter.restore()

    def _paint_picture(self, painter: QPainter, place: QRect, picture: object) -> None:
        painter.fillRect(place, QColor(current_theme().canvas))
        if isinstance(picture, QPixmap):
            corner = place.center() - QPoint(picture.width() // 2, picture.height() // 2)
            painter.drawPixmap(corner, picture)
            return
        small = QRect(0, 0, 24, 24)
        small.moveCenter(place.center())
        icon("film", current_theme().muted).paint(painter, small)

    def _paint_words(
        self, painter: QPainter, place: QRect, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        theme = current_theme()
        top = QRect(place.x(), place.y(), place.width(), place.height() // 2)
        font = painter.font()
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(QColor(theme.text))
        name = str(index.data(Qt.ItemDataRole.DisplayRole))
        painter.drawText(top, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, name)
        font.setWeight(QFont.Weight.Normal)
        painter.setFont(font)
        painter.setPen(QColor(theme.muted))
        detail = painter.fontMetrics().elidedText(
            str(index.data(DETAIL)), Qt.TextElideMode.ElideMiddle, place.width()
        )
        below = top.translated(0, top.height())
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, detail)
