"""What can be done with a stretch of the timeline."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QDialog, QMenu

from app.lanes.content import Lane
from app.lanes.lane_menu import stretch_at
from app.lanes.lane_picture import LANE_PX
from app.lanes.lanes_canvas import GUTTER_PX
from tests.app.test_main_window import open_paused

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.main_window import MainWindow

FALLING = Lane(("actions", "falling"), "falling", "#ffffff", 3, 0.5, ((0.2, 0.9), (1.2, 1.8)))


def entry(menu: QMenu, part: str):
    return next(one for one in menu.actions() if part in one.text())


def test_the_shortest_stretch_counts() -> None:
    track = Lane(("", "1"), "person #1", "#ffffff", None, 0.5, ((0.0, 2.0),))
    assert stretch_at([track, FALLING], 0.5) == (0.2, 0.9)
    assert stretch_at([track, FALLING], 1.0) == (0.0, 2.0)
    assert stretch_at([FALLING], 1.0) is None


def test_a_stretch_is_marked_exported_and_taught(
    qtbot: QtBot, window: MainWindow, clip: Path
) -> None:
    open_paused(qtbot, window, clip)
    session = window._session
    menu = window.lane_menu.make(FALLING, 0.5)
    entry(menu, "Set in and out").trigger()
    assert (session.in_s, session.out_s) == (0.2, 0.9)
    session.set_marks(None, None)
    entry(menu, "something else").trigger()
    dialog = next(one for one in window.findChildren(QDialog) if one.isVisible())
    assert type(dialog).__name__ == "TeachDialog"
    assert dialog.parts.take_part.isEnabled()
    dialog.close()
    entry(window.lane_menu.make(FALLING, 1.5), "Export").trigger()
    dialog = next(one for one in window.findChildren(QDialog) if one.isVisible())
    assert (session.in_s, session.out_s) == (1.2, 1.8)
    dialog.close()


def test_one_lane_alone_and_all_again(qtbot: QtBot, window: MainWindow, clip: Path) -> None:
    open_paused(qtbot, window, clip)
    lane = window.timeline.lanes[0]
    entry(window.lane_menu.make(lane, -1.0), "Show only").trigger()
    assert {one.name for one in window.timeline.lanes} == {lane.name}
    entry(window.lane_menu.make(lane, -1.0), "Show all").trigger()
    assert len(window.timeline.lanes) > 1


def test_the_right_button_opens_it(qtbot: QtBot, window: MainWindow, clip: Path) -> None:
    open_paused(qtbot, window, clip)
    canvas = window.timeline.canvas
    place = QPoint(GUTTER_PX + 5, LANE_PX // 2)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, canvas.mapToGlobal(place))
    QApplication.sendEvent(canvas, event)
    qtbot.waitUntil(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
    QApplication.activePopupWidget().close()


@pytest.mark.parametrize("recognised", [True, False])
def test_the_key_marks_what_is_here(
    qtbot: QtBot, window: MainWindow, clip: Path, recognised: bool
) -> None:
    open_paused(qtbot, window, clip)
    session, timeline = window._session, window.timeline
    qtbot.waitUntil(lambda: stretch_at(timeline.lanes, session.position_s) is not None)
    if not recognised:
        timeline.filter_text.setText("nothing is called so")
    window.actions_.mark_event.trigger()
    if recognised:
        assert session.in_s is not None
        assert session.in_s <= session.position_s <= session.out_s
    else:
        assert session.in_s is None
