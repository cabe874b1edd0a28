"""Asks what to open."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from app.dialogs.address_dialog import AddressDialog

if TYPE_CHECKING:
    from app.actions import Actions
    from app.menus import Menus
    from app.settings import Settings

VIDEO_PATTERNS = "*.mp4 *.mov *.mkv *.avi *.webm *.m4v *.ts *.mpg *.mpeg *.wmv *.flv *.gif"


class Opening(QObject):
    """The commands of the Open menu; each ends in an address, or in nothing."""

    address_chosen = Signal(str)
    keeping_asked = Signal(str, str, str)

    def __init__(self, actions: Actions, menus: Menus, settings: Settings, window: QWidget) -> None:
        super().__init__(window)
        self._window, self._settings, self._menus = window, settings, menus
        actions.open.triggered.connect(self.choose_video)
        actions.open_folder.triggered.connect(self.choose_folder)
        actions.open_address.triggered.connect(self.ask_address)
        actions.open_demo.triggered.connect(lambda: self.address_chosen.emit("demo"))
        menus.address_chosen.connect(self.address_chosen)

    def choose_video(self) -> None:
        """Ask for a file."""
        path, _ = QFileDialog.getOpenFileName(
            self._window,
            self.tr("Open video"),
            self._settings.last_folder,
            self.tr("Videos") + f" ({VIDEO_PATTERNS});;" + self.tr("All files") + " (*)",
        )
        self._take(path)

    def choose_folder(self) -> None:
        """Ask for a folder of images."""
        self._take(
            QFileDialog.getExistingDirectory(
                self._window, self.tr("Open folder of images"), self._settings.last_folder
            )
        )

    def ask_address(self) -> None:
        """Ask for an address."""
        dialog = AddressDialog(self._window, keeps=True)
        dialog.address_chosen.connect(self.address_chosen)
        dialog.keeping_asked.connect(self.keeping_asked)
        dialog.open()

    def show_cameras(self) -> None:
        """Show the list of cameras."""
        self._menus.cameras.popup(self._window.cursor().pos())

    def _take(self, path: str) -> None:
        if path:
            self._settings.last_folder = str(Path(path).parent)
            self.address_chosen.emit(path)
