"""The commands that open a tool of their own; each is imported when it is first wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

if TYPE_CHECKING:
    from PySide6.QtWidgets import QDialog

    from app.main_window import MainWindow
    from app.session import Session
    from app.settings import Settings


class Tools(QObject):
    """Connects the commands of the Model menu; a tool that is open already comes to the front."""

    def __init__(self, window: MainWindow, session: Session, settings: Settings) -> None:
        super().__init__(window)
        self._window, self._session, self._settings = window, session, settings
        window.actions_.teach.triggered.connect(self.teach)

    def teach(self) -> None:
        """Open Teach."""
        from app.teach.teach_dialog import TeachDialog

        if not self._raise(TeachDialog):
            dialog = TeachDialog(self._session, self._settings, self._window.language, self._window)
            dialog.lessons_changed.connect(self._window.playback.look_for_models)
            dialog.show()

    def _raise(self, kind: type[QDialog]) -> bool:
        shown = self._window.findChild(kind)
        if shown is None:
            return False
        shown.raise_()
        shown.activateWindow()
        return True
