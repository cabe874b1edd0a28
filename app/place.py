"""Dialogs open where they were left, and as large: kept over runs."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEvent, QObject
from shiboken6 import isValid

if TYPE_CHECKING:
    from PySide6.QtWidgets import QDialog

    from app.settings import Settings


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
            # Takes whatever somebody may have made of the settings file: what is wrong is left out.
            dialog.restoreGeometry(QByteArray.fromBase64(settings.places[name].encode()))
        dialog.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note where it is when it goes."""
        if event.type() == QEvent.Type.Hide and isValid(self._dialog):
            place = base64.b64encode(self._dialog.saveGeometry().data()).decode()
            self._settings.places = {**self._settings.places, self._name: place}
        return False


def show_tool(dialog: QDialog, name: str, settings: Settings) -> None:
    """Show a dialog that one goes on working beside, where it was left."""
    dialog.setObjectName(name)
    Place(dialog, name, settings)
    dialog.show()
