"""Where labels to look for are typed; it gives the keyboard back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QLineEdit

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

_DONE: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)


class FilterEdit(QLineEdit):
    """Enter: done. Esc: clear, and done. As long as it has the keyboard, J, K and L are letters."""

    def event(self, event: QEvent) -> bool:
        """Keep Enter and Esc from being shortcuts of the window."""
        if event.type() == QEvent.Type.ShortcutOverride and event.key() in _DONE:  # type: ignore[attr-defined]
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Give the keyboard back to the window, or type."""
        if event.key() not in _DONE:
            super().keyPressEvent(event)
            return
        if event.key() == Qt.Key.Key_Escape:
            self.clear()
        self.clearFocus()
