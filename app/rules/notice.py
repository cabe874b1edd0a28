"""Shows what a rule has to say: in the window, and on the desktop where there is a tray."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QSystemTrayIcon

if TYPE_CHECKING:
    from app.main_window import MainWindow

_TRAY_NAME: Final = "ruleTray"


def show_notice(window: MainWindow, rule: str, text: str) -> None:
    """Say it for a few seconds. For the GUI's thread."""
    window.status.say(f"{rule}: {text}")
    if not QSystemTrayIcon.isSystemTrayAvailable():
        return
    tray = window.findChild(QSystemTrayIcon, _TRAY_NAME)
    if tray is None:
        tray = QSystemTrayIcon(window.windowIcon(), window)
        tray.setObjectName(_TRAY_NAME)
        tray.show()
    tray.showMessage(rule, text)
