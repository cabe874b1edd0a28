"""The window of the grid: what adds streams, the tiles, and how it all fares."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QMenu,
    QSizePolicy,
    QToolBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.banner import Banner
from app.dialogs.address_dialog import AddressDialog
from app.grid.grid_view import GridView
from app.icons import icon
from app.opening import VIDEO_PATTERNS
from app.theme import GRID_PX

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from PySide6.QtCore import QUrl
    from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent

    from app.grid.grid_session import GridSession
    from engine.sources import CameraDevice


class GridWindow(QMainWindow):
    """Shows a `GridSession`. Emits `closed` when the user closes it; the session is not its own.

    Parameters
    ----------
    folder
        Where the choice of files begins.
    """

    closed = Signal()
    cameras_wanted = Signal()

    def __init__(
        self,
        session: GridSession,
        folder: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self._session, self._folder = session, folder
        self.setWindowTitle(self.tr("Grid of streams — Longtake"))
        self.setAcceptDrops(True)
        self.banner, self.view = Banner(), GridView(session)
        self.add_files = self._action(self.tr("Add videos…"), "film", self.choose_files, "Ctrl+O")
        self.add_address = self._action(
            self.tr("Add address…"), "address", self.ask_address, "Ctrl+L"
        )
        self.back = self._action(self.tr("Show all"), "", lambda: self.view.enlarge(None), "Esc")
        self.sparing = QCheckBox(self.tr("Every second frame"))
        self.sparing.setToolTip(
            self.tr("Process every second frame only: twice as many streams keep up")
        )
        self.sparing.setChecked(session.stride > 1)
        self.sparing.toggled.connect(lambda on: session.set_stride(2 if on else 1))
        self.cameras = QMenu(self.tr("Add camera"), self)
        self.cameras.aboutToShow.connect(self._look_for_cameras)
        self._lay_out()
        self._add_number_keys()
        session.failed.connect(self.banner.show_error)
        session.polled.connect(self._show_figures)
        self.view.enlarged.connect(lambda number: self.back.setEnabled(bool(number)))
        self.back.setEnabled(False)
        self.resize(1120, 720)

    def choose_files(self) -> None:
        """Ask for one or more videos."""
        paths, _ = QFileDialog.getOpenFileNames(
            self,
            self.tr("Add videos"),
            self._folder,
            self.tr("Videos") + f" ({VIDEO_PATTERNS});;" + self.tr("All files") + " (*)",
        )
        if paths:
            self._folder = str(Path(paths[0]).parent)
        self.add(paths)

    def ask_address(self) -> None:
        """Ask for an address."""
        dialog = AddressDialog(self)
        dialog.address_chosen.connect(self._session.add)
        dialog.open()

    def add(self, addresses: Iterable[str]) -> None:
        """Add streams."""
        for address in addresses:
            self._session.add(address)

    def show_cameras(self, cameras: Iterable[CameraDevice]) -> None:
        """List what `cameras_wanted` asked for."""
        self.cameras.clear()
        for camera in cameras:
            action = self.cameras.addAction(icon("camera"), camera.name)
            action.triggered.connect(
                lambda _=False, address=camera.address: self._session.add(address)
            )
        if self.cameras.isEmpty():
            self.cameras.addAction(self.tr("No camera found")).setEnabled(False)

    # -- events ----------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept files and addresses."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Add all that was dropped."""
        event.acceptProposedAction()
        self.add(addresses_of(event.mimeData().urls()))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Say so."""
        super().closeEvent(event)
        self.closed.emit()

    # -- inside ----------------------------------------------------------------------------------

    def _action(self, text: str, icon_name: str, do: Callable[[], object], key: str) -> QAction:
        action = QAction(text, self)
        if icon_name:
            action.setIcon(icon(icon_name))
        action.setShortcut(QKeySequence(key))
        action.setToolTip(f"{text.replace('…', '')}  ({key})")
        action.triggered.connect(lambda _=False: do())
        self.addAction(action)
        return action

    def _add_number_keys(self) -> None:
        """Let 1 to 9 enlarge the first to the ninth stream."""
        for place in range(9):
            action = QAction(self)
            action.setShortcut(QKeySequence(str(place + 1)))
            action.triggered.connect(lambda _=False, place=place: self._enlarge_at(place))
            self.addAction(action)

    def _enlarge_at(self, place: int) -> None:
        numbers = self._session.numbers
        if place < len(numbers):
            self.view.enlarge(numbers[place])

    def _look_for_cameras(self) -> None:
        self.cameras.clear()
        self.cameras.addAction(self.tr("Looking for cameras…")).setEnabled(False)
        self.cameras_wanted.emit()

    def _show_figures(self) -> None:
        count = len(self._session.numbers)
        parts = [self.tr("Streams: {0}").format(count)]
        if self._session.device:
            parts += [
                self.tr("{0} fps in all").format(f"{self._session.rate_hz:.0f}"),
                self._session.device,
            ]
        self._figures.setText(" · ".join(parts))

    def _lay_out(self) -> None:
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.banner)
        column.addWidget(self.view, 1)
        self.setCentralWidget(centre)
        bar = QWidget()
        bar.setObjectName("topBar")
        row = QHBoxLayout(bar)
        row.setContentsMargins(GRID_PX, GRID_PX, GRID_PX, GRID_PX)
        row.setSpacing(GRID_PX)
        for action in (self.add_files, self.add_address):
            row.addWidget(_button(action))
        cameras = QToolButton(popupMode=_AT_ONCE)
        cameras.setText(self.tr("Add camera"))
        cameras.setIcon(icon("camera"))
        cameras.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        cameras.setMenu(self.cameras)
        row.addWidget(cameras)
        row.addStretch()
        row.addWidget(self.sparing)
        row.addWidget(_button(self.back))
        bar.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        tool_bar = QToolBar(movable=False, floatable=False)
        tool_bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        tool_bar.addWidget(bar)
        self.addToolBar(tool_bar)
        self._figures = QLabel()
        self._figures.setIndent(GRID_PX)
        self._figures.setProperty("muted", True)
        self.statusBar().addWidget(self._figures)
        self.statusBar().setSizeGripEnabled(False)


_AT_ONCE = QToolButton.ToolButtonPopupMode.InstantPopup


def addresses_of(urls: Iterable[QUrl]) -> list[str]:
    """Return dropped URLs as the engine takes them."""
    return [url.toLocalFile() if url.isLocalFile() else url.toString() for url in urls]


def _button(action: QAction) -> QToolButton:
    button = QToolButton()
    button.setDefaultAction(action)
    button.setIconSize(QSize(20, 20))
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    return button
