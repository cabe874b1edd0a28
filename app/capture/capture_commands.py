"""What the window does with cameras and the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal

from app.capture.camera_watch import CameraWatch
from app.capture.region_picker import RegionPicker, picker_on

if TYPE_CHECKING:
    from app.main_window import MainWindow
    from app.session import Session
    from engine.sources import CameraDevice

_HIDDEN_MS: Final = 300
"""Until the desktop has painted what was behind the window."""


class CaptureCommands(QObject):
    """Opens a part of the screen, and offers a camera that was plugged in."""

    address_chosen = Signal(str)

    def __init__(self, window: MainWindow, session: Session) -> None:
        super().__init__(window)
        self._window = window
        self._picker: RegionPicker | None = None
        window.actions_.open_screen.triggered.connect(self.choose_region)
        self.watch = CameraWatch(session, self)
        self.watch.plugged_in.connect(self._offer)
        self.watch.changed.connect(self._refresh_menu)
        QTimer.singleShot(0, self.watch.start)

    def choose_region(self) -> None:
        """Let the user choose a part of the screen; where that cannot be, say why."""
        if self._picker is not None:
            return
        from engine.sources.screen import why_not

        refusal = why_not()
        if refusal is not None:
            self._window.banner.show_error(refusal.message, refusal.hint)
            return
        self._window.hide()
        QTimer.singleShot(_HIDDEN_MS, self._show_picker)

    def _show_picker(self) -> None:
        self._picker = picker_on(self._window)
        self._picker.chosen.connect(self._take)
        self._picker.given_up.connect(self._return)
        self._picker.showFullScreen()
        self._picker.activateWindow()

    def _take(self, address: str) -> None:
        self._return()
        self.address_chosen.emit(address)

    def _return(self) -> None:
        self._picker = None
        self._window.show()

    def _offer(self, camera: CameraDevice) -> None:
        self._window.banner.offer(
            self.tr("“{0}” was plugged in.").format(camera.name),
            self.tr("Open"),
            lambda: self.address_chosen.emit(camera.address),
        )

    def _refresh_menu(self) -> None:
        menu = self._window.menus.cameras
        if menu.isVisible():
            menu.look()
