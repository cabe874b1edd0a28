"""Shows a file in the desktop's file manager, chosen where the desktop can do that."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QUrl
from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusPendingCallWatcher
from PySide6.QtGui import QDesktopServices

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtCore import QObject

_MANAGER: Final = "org.freedesktop.FileManager1"


def reveal(path: Path, owner: QObject) -> None:
    """Show `path` in its folder; where no file manager can be told which file, the folder.

    Waits for nobody: what the file manager answers is dealt with while `owner` lives.
    """
    if sys.platform == "darwin":
        subprocess.Popen(["open", "-R", str(path)])
    elif sys.platform == "win32":
        subprocess.Popen(["explorer", f"/select,{path}"])
    elif not os.environ.get("DBUS_SESSION_BUS_ADDRESS"):
        _open_folder(path)
    else:
        _ask_file_manager(path, owner)


def _ask_file_manager(path: Path, owner: QObject) -> None:
    """Call ShowItems of the File Manager Interface of freedesktop.org."""
    call = QDBusMessage.createMethodCall(
        _MANAGER, f"/{_MANAGER.replace('.', '/')}", _MANAGER, "ShowItems"
    )
    call.setArguments([[QUrl.fromLocalFile(str(path)).toString()], ""])
    watcher = QDBusPendingCallWatcher(QDBusConnection.sessionBus().asyncCall(call), owner)

    def answered() -> None:
        if watcher.isError():
            _open_folder(path)
        watcher.deleteLater()

    watcher.finished.connect(answered)


def _open_folder(path: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))
