"""Notices a camera that is plugged in."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

if TYPE_CHECKING:
    from app.session import Session
    from engine.sources import CameraDevice

_SETTLE_MS: Final = 1500
"""A camera comes with several nodes, and may be opened only a while after they are there."""
_DEVICES: Final = Path("/dev")


class CameraWatch(QObject):
    """Says which camera is new. Waits for the system's word; never asks by itself.

    On Linux the folder of devices is watched; elsewhere QtMultimedia is asked, where it is
    installed (extra ``multimedia``).

    Parameters
    ----------
    devices
        The folder that nodes ``video*`` appear in.
    """

    plugged_in = Signal(object)
    changed = Signal()

    def __init__(self, session: Session, parent: QObject, devices: Path = _DEVICES) -> None:
        super().__init__(parent)
        self._session, self._devices = session, devices
        self._nodes = self._list_nodes()
        self._known: set[str] | None = None
        self._timer = QTimer(self, interval=_SETTLE_MS, singleShot=True)
        self._timer.timeout.connect(self._look)
        self._system: QObject = self._listen()

    def start(self) -> None:
        """Learn which cameras there are now: none of these is new."""
        self._look()

    def _listen(self) -> QObject:
        if self._devices.is_dir():
            watcher = QFileSystemWatcher([str(self._devices)], self)
            watcher.directoryChanged.connect(self._check_nodes)
            return watcher
        try:
            multimedia: Any = import_module("PySide6.QtMultimedia")
        except ImportError:
            return QObject(self)
        system: QObject = multimedia.QMediaDevices(self)
        system.videoInputsChanged.connect(self._timer.start)  # type: ignore[attr-defined]
        return system

    def _list_nodes(self) -> set[str]:
        return {path.name for path in self._devices.glob("video*")}

    def _check_nodes(self) -> None:
        # Other devices come and go all the time: they are of no interest.
        nodes, before = self._list_nodes(), self._nodes
        self._nodes = nodes
        if nodes != before:
            self._timer.start()

    def _look(self) -> None:
        self._session.background(_list_cameras, self._compare, owner=self)

    def _compare(self, cameras: list[CameraDevice]) -> None:
        known, self._known = self._known, {camera.address for camera in cameras}
        if known is None:
            return
        self.changed.emit()
        for camera in cameras:
            if camera.address not in known:
                self.plugged_in.emit(camera)


def _list_cameras() -> list[CameraDevice]:
    from engine.sources import list_cameras

    return list_cameras()
