"""Every key, read off the commands themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QLabel, QVBoxLayout, QWidget

from app.actions import plain_name
from app.theme import GRID_PX

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QAction


class ShortcutsDialog(QDialog):
    """Two columns of commands and their keys."""

    def __init__(self, actions: Sequence[QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        grid = QGridLayout()
        grid.setHorizontalSpacing(3 * GRID_PX)
        grid.setVerticalSpacing(GRID_PX)
        keyed = [action for action in actions if not action.shortcut().isEmpty()]
        rows = (len(keyed) + 1) // 2
        for index, action in enumerate(keyed):
            column, row = divmod(index, rows)
            name = QLabel(plain_name(action))
            key = QLabel(action.shortcut().toString(QKeySequence.SequenceFormat.NativeText))
            key.setProperty("muted", True)
            grid.addWidget(name, row, 2 * column)
            grid.addWidget(key, row, 2 * column + 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.button(QDialogButtonBox.StandardButton.Close).setText(self.tr("Close"))
        buttons.rejected.connect(self.close)
        column_ = QVBoxLayout(self)
        column_.setContentsMargins(3 * GRID_PX, 3 * GRID_PX, 3 * GRID_PX, 2 * GRID_PX)
        column_.setSpacing(2 * GRID_PX)
        column_.addLayout(grid)
        column_.addWidget(buttons)
