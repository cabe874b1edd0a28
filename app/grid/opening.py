"""The way from the main window to the grid and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.grid.grid_session import GridSession
from app.grid.grid_window import GridWindow

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.main_window import MainWindow
    from app.session import Session
    from app.settings import Settings
    from engine.sources import CameraDevice


class GridOpening(QObject):
    """Opens the grid of a main window, at most one, and closes it with that window.

    The grid's streams belong to the session, so that they go on when the window is made anew for
    another look or language.
    """

    def __init__(self, window: MainWindow, session: Session, settings: Settings) -> None:
        super().__init__(window)
        self._window, self._session, self._settings = window, session, settings
        self._grid: GridWindow | None = None
        window.actions_.grid.triggered.connect(lambda: self.show())
        window.actions_.add_to_grid.triggered.connect(self._add_current)
        if session.findChild(GridSession) is not None:
            self.show()

    @property
    def window(self) -> GridWindow | None:
        """The grid's window, while it is open."""
        return self._grid

    def show(self, addresses: Iterable[str] = ()) -> None:
        """Bring the grid up, and add streams to it."""
        if self._grid is None:
            self._grid = self._open()
        self._grid.show()
        self._grid.raise_()
        self._grid.add(addresses)

    def _open(self) -> GridWindow:
        streams = self._session.findChild(GridSession) or self._make_streams()
        streams.set_language(self._window.language)
        self._session.pause()  # two models at work would each be slow
        grid = GridWindow(streams, self._settings.last_folder, self._window)
        grid.closed.connect(self._shut_down)
        grid.cameras_wanted.connect(self._look_for_cameras)
        return grid

    def _make_streams(self) -> GridSession:
        streams = GridSession(
            bundle=self._window.bundle,
            backend=self._window.backend,
            confidence=self._settings.confidence,
            watch=self._session.rules.watch_beside,
            loading=self._session.loading_beside,
            parent=self._session,
        )
        self._session.shutting_down.connect(streams.shut_down)
        return streams

    def _shut_down(self) -> None:
        grid, self._grid = self._grid, None
        streams = self._session.findChild(GridSession)
        if streams is not None:
            streams.setParent(None)
            streams.shut_down(wait_s=0.0)  # the window goes on meanwhile
            streams.deleteLater()
        if grid is not None:
            grid.deleteLater()

    def _add_current(self) -> None:
        if self._session.request is not None:
            self.show([self._session.request.address])

    def _look_for_cameras(self) -> None:
        self._session.background(_list_cameras, self._show_cameras, owner=self)

    def _show_cameras(self, cameras: list[CameraDevice]) -> None:
        if self._grid is not None:
            self._grid.show_cameras(cameras)


def _list_cameras() -> list[CameraDevice]:
    from engine.sources import list_cameras

    return list_cameras()
