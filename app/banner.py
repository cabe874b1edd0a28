"""A message within the window that interrupts nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.i18n.engine_words import translated
from app.icons import icon, pixmap
from app.theme import GRID_PX, current_theme

if TYPE_CHECKING:
    from collections.abc import Callable


class Banner(QFrame):
    """What went wrong and what to do about it, until it is dismissed or something else opens.

    Also what could be done now, with a button that does it.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self._mark = QLabel()
        self._message, self._hint = QLabel(), QLabel()
        self._hint.setProperty("muted", True)
        for label in (self._message, self._hint):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        dismiss = QToolButton()
        dismiss.setIcon(icon("close", current_theme().muted))
        dismiss.setIconSize(QSize(16, 16))
        dismiss.setToolTip(self.tr("Dismiss"))
        dismiss.setAccessibleName(self.tr("Dismiss"))
        dismiss.clicked.connect(self.hide)
        self.accept = QPushButton(self.tr("Open"))
        self.accept.clicked.connect(self._accept)
        self._wanted: Callable[[], object] | None = None
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self._message)
        texts.addWidget(self._hint)
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * GRID_PX, GRID_PX, GRID_PX, GRID_PX)
        row.setSpacing(GRID_PX + 4)
        row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(texts, 1)
        row.addWidget(self.accept, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(dismiss, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    @property
    def text(self) -> str:
        """Message and hint, as shown."""
        return f"{self._message.text()} {self._hint.text()}".strip()

    def show_error(self, message: str, hint: str = "") -> None:
        """Show a failure."""
        self._say(translated(message), translated(hint), "error", current_theme().bad, "")
        self.accept.hide()

    def offer(self, message: str, button: str, do: Callable[[], object]) -> None:
        """Say what has come up, with what can be done about it."""
        self._say(message, "", "camera", current_theme().accent, "news")
        self._wanted = do
        self.accept.setText(button)
        self.accept.show()

    def _accept(self) -> None:
        wanted, self._wanted = self._wanted, None
        self.hide()
        if wanted is not None:
            wanted()

    def _say(self, message: str, hint: str, mark: str, colour: str, level: str) -> None:
        self._mark.setPixmap(pixmap(mark, colour, 20, self.devicePixelRatioF()))
        self.setProperty("level", level)
        self.style().polish(self)
        self._message.setText(message)
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        self.setAccessibleName(message)
        self.show()
