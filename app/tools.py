"""The commands that open a tool of their own; each is imported when it is first wanted."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from app.credentials import forget_credentials, keep_credentials, with_kept_credentials
from app.i18n.engine_words import translated
from app.memory.activation_driver import ActivationDriver
from app.place import show_tool
from app.recent import without_credentials
from app.settings import save_settings

if TYPE_CHECKING:
    from PySide6.QtWidgets import QDialog

    from app.main_window import MainWindow
    from app.preferences.preferences_dialog import PreferencesDialog
    from app.session import Session
    from app.settings import Settings
    from app.stream import OpenRequest


TOOLS: Final = ("teach", "export", "rules", "find", "bundles")
"""Commands whose dialogs stay open while one goes on working in the window; named after them."""


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
            show_tool(dialog, "teach", self._settings)

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
            dialog.forgetting_asked.connect(self.forget_credentials)
            dialog.measuring_asked.connect(lambda: self.measure_speeds(dialog))
            dialog.open()

    def measure_speeds(self, dialog: PreferencesDialog) -> None:
        """Run the bundle in use on every runtime, in each precision, and show how fast."""
        from app.bundles_view.speeds import in_words, measure_speeds

        stop, request = threading.Event(), self._session.request
        bundle = request.bundle if request else self._settings.bundle
        dialog.show_measuring()
        dialog.finished.connect(stop.set)
        self._session.background(
            lambda: measure_speeds(bundle, stop.is_set, self._session.loading_beside),
            lambda speeds: dialog.show_speeds(in_words(speeds)),
            lambda error: dialog.show_speeds(translated(f"{error.message} {error.hint}".strip())),
            stop.set,
            owner=dialog,
        )

    def forget_credentials(self) -> None:
        """Remove every password that was kept."""
        addresses, self._settings.kept_addresses = self._settings.kept_addresses, []
        self._session.background(
            lambda: forget_credentials(addresses),
            lambda _: save_settings(self._settings),
            owner=self,
        )

    def show_bundles(self) -> None:
        """Open the list of bundles."""
        from app.bundles_view.bundles_dialog import BundlesDialog

        if not self._raise(BundlesDialog):
            dialog = BundlesDialog(self._session, self._window.language, self._window)
            dialog.bundle_chosen.connect(self._window.commands.choose_bundle)
            show_tool(dialog, "bundles", self._settings)

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

    def open_with_credentials(self, request: OpenRequest) -> None:
        """Open, with the user and password that the keyring keeps for the address, if it does."""
        address = request.address
        if address not in self._settings.kept_addresses:
            self._session.open(request)
            return
        self._session.background(
            lambda: with_kept_credentials(address),
            lambda full: self._session.open(replace(request, address=full)),
            owner=self,
        )

    def keep_credentials(self, address: str, user: str, password: str) -> None:
        """Keep them in the system's keyring; the address is noted, so that it is asked again."""
        settings = self._settings

        def note(_: None) -> None:
            if address not in settings.kept_addresses:
                settings.kept_addresses = [*settings.kept_addresses, address]
            save_settings(settings)

        self._session.background(
            lambda: keep_credentials(address, user, password), note, owner=self
        )

    def keep_session(self) -> None:
        """Note what is open and where, for the next start; without passwords."""
        request, stream = self._session.request, self._session.stream
        settings = self._settings
        settings.last_address = without_credentials(request.address) if request else ""
        seekable = stream is not None and stream.info.seekable
        settings.last_position_s = self._session.position_s if seekable else 0.0
        settings.last_part = (self._session.in_s, self._session.out_s)

    def _raise(self, kind: type[QDialog]) -> bool:
        shown = self._window.findChild(kind)
        if shown is None:
            return False
        shown.raise_()
        shown.activateWindow()
        return True
