"""The panels around the picture: which are shown, how large, and kept over runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

from app.place import from_text, to_text

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
        self._window_px, self._squeezed_from_px = window.height(), 0
        self._settled = QTimer(self, singleShot=True, interval=0)
        self._settled.timeout.connect(self._grow_back)
        window.installEventFilter(self)
        self.timeline.installEventFilter(self)

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
            self._window.restoreState(from_text(self._settings.layout), _LAYOUT_VERSION)
        self.refresh()

    def keep(self) -> None:
        """Keep the sizes for the next run."""
        self._settings.layout = to_text(self._window.saveState(_LAYOUT_VERSION))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tell a timeline that somebody made smaller from one that a small window squeezes."""
        if isinstance(event, QResizeEvent):
            height = self._window.height()
            if watched is self._window:  # which comes after those that its layout sends
                self._window_px = height
                self._settled.start()
            elif height == self._window_px:
                self._squeezed_from_px = 0
            elif not self._squeezed_from_px and event.size().height() < event.oldSize().height():
                self._squeezed_from_px = event.oldSize().height()
        return False

    def _grow_back(self) -> None:
        """Give the timeline the height it had before the window was small, as far as there is."""
        wanted = self._squeezed_from_px
        if wanted > self.timeline.height():
            self._window.resizeDocks([self.timeline], [wanted], Qt.Orientation.Vertical)
            self._squeezed_from_px = wanted if self.timeline.height() < wanted else 0

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
