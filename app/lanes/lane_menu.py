"""What can be done with a stretch of the timeline: mark it, export it, teach what it really is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QMenu

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.lanes.content import Lane
    from app.main_window import MainWindow
    from app.session import Session

Stretch = tuple[float, float]
_LEAST_S: Final = 0.1
"""What was recognised in one frame only has no length."""


def stretch_at(lanes: Iterable[Lane], seconds: float) -> Stretch | None:
    """Return the shortest bar of the lanes at a time; None where there is none."""
    bars = [bar for lane in lanes for bar in lane.bars if bar[0] <= seconds <= bar[1]]
    return min(bars, key=lambda bar: bar[1] - bar[0], default=None)


class LaneMenu(QObject):
    """Opens where the right button is pressed on a lane; a key marks what is at the playhead."""

    def __init__(self, window: MainWindow, session: Session) -> None:
        super().__init__(window)
        self._window, self._session = window, session
        window.timeline.canvas.menu_asked.connect(self.open)
        window.actions_.mark_event.triggered.connect(self._mark_here)

    def open(self, lane: Lane, seconds: float, place: QPoint) -> None:
        """Show the menu of a lane at a time."""
        menu = self.make(lane, seconds)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)

    def make(self, lane: Lane, seconds: float) -> QMenu:
        """Return the menu of a lane at a time."""
        menu, window = QMenu(self._window), self._window
        stretch, recording = stretch_at([lane], seconds), window.actions_.mark_in.isEnabled()
        if stretch is not None and recording:
            menu.addAction(self.tr("Set in and out around this"), lambda: self._mark(stretch))
            menu.addAction(self.tr("Export this…"), lambda: self._export(stretch))
            if lane.column is not None:
                menu.addAction(
                    self.tr("This is something else: teach it…"), lambda: self._teach(stretch)
                )
            menu.addSeparator()
        only = self.tr("Show only “{0}”").format(lane.name)
        menu.addAction(only, lambda: window.timeline.filter_text.setText(lane.name))
        if window.timeline.filter_text.text():
            menu.addAction(self.tr("Show all lanes"), window.timeline.filter_text.clear)
        return menu

    def _mark_here(self) -> None:
        stretch = stretch_at(self._window.timeline.lanes_now(), self._session.position_s)
        if stretch is None:
            self._window.status.say(self.tr("Nothing is recognised here."))
        else:
            self._mark(stretch)

    def _mark(self, stretch: Stretch) -> None:
        start_s, end_s = stretch
        self._session.set_marks(start_s, max(end_s, start_s + _LEAST_S))

    def _export(self, stretch: Stretch) -> None:
        self._mark(stretch)
        self._window.actions_.export.trigger()

    def _teach(self, stretch: Stretch) -> None:
        """Have the part at hand in Teach: an action has to be named, the part is marked already."""
        self._session.pause()
        self._mark(stretch)
        self._window.actions_.teach.trigger()
