"""A part of the side panel that can be folded away."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QSizePolicy, QToolButton, QVBoxLayout, QWidget

from app.icons import pixmap
from app.theme import GRID_PX, current_theme


class Section(QWidget):
    """A heading with a chevron, and what it folds away."""

    def __init__(self, title: str, body: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._body = body
        self._header = QToolButton()
        self._header.setObjectName("sectionHeader")
        self._header.setText(title)
        self._header.setCheckable(True)
        self._header.setChecked(True)
        self._header.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._header.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._header.toggled.connect(self._fold)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._header)
        column.addWidget(body)
        self._fold(True)
        self.setContentsMargins(GRID_PX, 0, GRID_PX, GRID_PX)

    def _fold(self, open_: bool) -> None:
        self._body.setVisible(open_)
        name = "chevron-down" if open_ else "chevron-right"
        self._header.setIcon(
            QIcon(pixmap(name, current_theme().muted, 16, self.devicePixelRatioF()))
        )
