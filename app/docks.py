"""The panels around the picture: which are shown, how large, and kept over runs."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QByteArray, QObject, Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

if TYPE_CHECKING:
    from PySide6.QtGui import QAction

    from app.main_window import MainWindow
    from app.settings import Settings

_TIMELINE_PX: Final = 216
_TIMELINE_SHARE: Final = 0.24
_LAYOUT_VERSION: Final = 1


class Docks(QObject):
    """Memory on the left, panels on the right, the timeline below picture and panels.

    Each has a command that shows and hides it. They cannot be torn off: there is no title bar to
    hold them by, and one less to look at.
    """

    def __init__(self, window: MainWindow, settings: Settings) -> None:
        super().__init__(window)
        self._window, self._settings = window, settings
        self._hidden = False
        area, a = Qt.DockWidgetArea, window.actions_
        window.setCorner(Qt.Corner.BottomRightCorner, area.BottomDockWidgetArea)
        # The inspector is long: beside the timeline all of it can be seen.
        window.setCorner(Qt.Corner.BottomLeftCorner, area.LeftDockWidgetArea)
        self.side = self._add("sideDock", window.side_panel, area.RightDockWidgetArea)
        self.timeline = self._add("timelineDock", window.timeline, area.BottomDockWidgetArea)
        self.inspector = self._add("inspectorDock", window.inspector, area.LeftDockWidgetArea)
        self._wanted: dict[QDockWidget, tuple[QAction, str]] = {
            self.side: (a.show_panel, "show_panel"),
            self.timeline: (a.show_timeline, "show_timeline"),
            self.inspector: (a.show_inspector, "show_inspector"),
        }
        for dock, (action, name) in self._wanted.items():
            action.setChecked(getattr(settings, name))
            action.toggled.connect(lambda on, d=dock: self._show(d, on))
        self._sized = bool(settings.layout)

    def refresh(self) -> None:
        """Show what is wanted; all but the side panel only while something is open."""
        open_ = self._window.transport.isVisibleTo(self._window)
        for dock, (action, _) in self._wanted.items():
            useful = open_ or dock is self.side
            dock.setVisible(action.isChecked() and useful and not self._hidden)
        if open_ and not self._sized:
            self._sized = True
            height = max(_TIMELINE_PX, round(self._window.height() * _TIMELINE_SHARE))
            self._window.resizeDocks([self.timeline], [height], Qt.Orientation.Vertical)

    def hide_all(self, hidden: bool) -> None:
        """Hide every panel for a while, or show again what is wanted."""
        self._hidden = hidden
        self.refresh()

    def restore(self) -> None:
        """Give the panels the sizes they had."""
        if self._settings.layout:
            state = QByteArray(base64.b64decode(self._settings.layout))
            self._window.restoreState(state, _LAYOUT_VERSION)
        self.refresh()

    def keep(self) -> None:
        """Keep the sizes for the next run."""
        state = self._window.saveState(_LAYOUT_VERSION).data()
        self._settings.layout = base64.b64encode(state).decode()

    def _show(self, dock: QDockWidget, on: bool) -> None:
        setattr(self._settings, self._wanted[dock][1], on)
        self.refresh()

    def _add(self, name: str, panel: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(self._window)
        dock.setObjectName(name)
        dock.setTitleBarWidget(QWidget())
        dock.setFeatures(QDockWidget.DockWidgetFeature.NoDockWidgetFeatures)
        dock.setWidget(panel)
        QMainWindow.addDockWidget(self._window, area, dock)
        return dock
