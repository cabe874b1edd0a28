"""The commands that open a tool of their own; each is imported when it is first wanted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from app.memory.activation_driver import ActivationDriver
from app.recent import without_credentials

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
        self.activation = ActivationDriver(session, window.inspector.activation)
        actions = window.actions_
        actions.teach.triggered.connect(self.teach)
        actions.bundles.triggered.connect(self.show_bundles)
        actions.diagnostics.triggered.connect(self.save_diagnostics)
        actions.preferences.triggered.connect(self.edit_preferences)

    def teach(self) -> None:
        """Open Teach."""
        from app.teach.teach_dialog import TeachDialog

        if not self._raise(TeachDialog):
            dialog = TeachDialog(self._session, self._settings, self._window.language, self._window)
            dialog.lessons_changed.connect(self._window.playback.look_for_models)
            dialog.show()

    def edit_preferences(self) -> None:
        """Open the preferences."""
        from app.preferences.applying import apply_preferences
        from app.preferences.preferences_dialog import PreferencesDialog
        from engine.backends.choice import PROVIDERS

        if not self._raise(PreferencesDialog):
            dialog = PreferencesDialog(self._settings, list(PROVIDERS), self._window)
            dialog.chosen.connect(
                lambda choice: apply_preferences(
                    choice, self._settings, self._session, self._window
                )
            )
            dialog.open()

    def show_bundles(self) -> None:
        """Open the list of bundles."""
        from app.bundles_view.bundles_dialog import BundlesDialog

        if not self._raise(BundlesDialog):
            dialog = BundlesDialog(self._session, self._window.language, self._window)
            dialog.bundle_chosen.connect(self._window.commands.choose_bundle)
            dialog.show()

    def save_diagnostics(self) -> None:
        """Ask for a file, and write diagnostics into it; looking takes some seconds."""
        path, _ = QFileDialog.getSaveFileName(
            self._window,
            self.tr("Save diagnostics"),
            "longtake-diagnostics.zip",
            self.tr("Archives") + " (*.zip)",
        )
        if path:
            self.write_diagnostics(Path(path))

    def write_diagnostics(self, path: Path) -> None:
        """Write diagnostics in the background."""
        settings, status = self._settings.model_copy(), self._window.status
        status.say(self.tr("Looking at this computer…"))

        def work() -> None:
            from app.diagnostics import write_diagnostics
            from app.doctor import examine

            write_diagnostics(path, examine(), settings)

        self._session.background(
            work, lambda _: status.say(self.tr("Saved {0}").format(path)), owner=self
        )

    def keep_session(self) -> None:
        """Note what is open and where, for the next start; without passwords."""
        request, stream = self._session.request, self._session.stream
        settings = self._settings
        settings.last_address = without_credentials(request.address) if request else ""
        seekable = stream is not None and stream.info.seekable
        settings.last_position_s = self._session.position_s if seekable else 0.0

    def _raise(self, kind: type[QDialog]) -> bool:
        shown = self._window.findChild(kind)
        if shown is None:
            return False
        shown.raise_()
        shown.activateWindow()
        return True
