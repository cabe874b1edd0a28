"""A bundle's model card, typeset for a narrow column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtGui import (
    QBrush,
    QColor,
    QTextCharFormat,
    QTextCursor,
    QTextFrameFormat,
    QTextLength,
    QTextTable,
)
from PySide6.QtWidgets import QTextBrowser

from app.theme import GRID_PX, current_theme

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtGui import QTextBlock

_LARGER: Final = {1: 2, 2: 1, 3: 0}
"""By how many of Qt's sizes a heading of each level is larger than the text."""


class ModelCard(QTextBrowser):
    """Qt's own look of Markdown is for a printed page: white tables, very large headings."""

    def show_card(self, markdown: str) -> None:
        """Show a card."""
        self.setMarkdown(markdown)
        for frame in self.document().rootFrame().childFrames():
            if isinstance(frame, QTextTable):
                _dress(frame)
        for block in self._blocks():
            _scale(block)
        self.moveCursor(QTextCursor.MoveOperation.Start)

    def _blocks(self) -> Iterator[QTextBlock]:
        block = self.document().begin()
        while block.isValid():
            yield block
            block = block.next()


def _dress(table: QTextTable) -> None:
    form = table.format()
    form.setBorder(1)
    form.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
    form.setBorderBrush(QBrush(QColor(current_theme().border)))
    form.setBorderCollapse(True)
    form.setCellPadding(GRID_PX / 2)
    form.setWidth(QTextLength(QTextLength.Type.PercentageLength, 98))
    table.setFormat(form)


def _scale(block: QTextBlock) -> None:
    level = block.blockFormat().headingLevel()
    if not level:
        return
    cursor, form = QTextCursor(block), QTextCharFormat()
    cursor.select(QTextCursor.SelectionType.BlockUnderCursor)
    form.setProperty(QTextCharFormat.Property.FontSizeAdjustment.value, _LARGER.get(level, 0))
    cursor.mergeCharFormat(form)
