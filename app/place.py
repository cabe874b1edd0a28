"""Dialogs open where they were left, and as large: kept over runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEvent, QObject
from shiboken6 import isValid

if TYPE_CHECKING:
    from PySide6.QtWidgets import QDialog

    from app.settings import Settings


def to_text(data: QByteArray) -> str:
    """Return what `from_text` takes, for the settings file."""
    return data.toBase64().toStdString()


def from_text(text: str) -> QByteArray:
    """Return what was kept; of whatever somebody may have made of the file, what can be read."""
    return QByteArray.fromBase64(text.encode())


class Place(QObject):
    """Keeps where one dialog lies; it opens over the picture otherwise, which one works with.

    Parameters
    ----------
    name
        Under which its place is kept.
    """

    def __init__(self, dialog: QDialog, name: str, settings: Settings) -> None:
        super().__init__(dialog)
        self._dialog, self._name, self._settings = dialog, name, settings
        if name in settings.places:
            dialog.restoreGeometry(from_text(settings.places[name]))
        dialog.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note where it is when it goes."""
        if event.type() == QEvent.Type.Hide and isValid(self._dialog):
            place = to_text(self._dialog.saveGeometry())
            self._settings.places = {**self._settings.places, self._name: place}
        return False


def show_tool(dialog: QDialog, name: str, settings: Settings) -> None:
    """Show a dialog that one goes on working beside, where it was left."""
    dialog.setObjectName(name)
    Place(dialog, name, settings)
    dialog.show()
