"""The timeline: its arithmetic, its picture and its widgets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtWidgets import QApplication, QScrollArea

from app.lanes.content import Lane, LaneFilter, events, next_event, previous_event
from app.lanes.lane_picture import LANE_PX, LanesScene
from app.lanes.lanes_canvas import GUTTER_PX, LanesCanvas
from app.lanes.scale import TimeScale
from app.record.history import Mark
from app.theme import DARK, LIGHT, Theme, apply_theme
from engine.frame import Discontinuity
from tests.app.test_main_window import open_paused

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.main_window import MainWindow

seconds = st.floats(-5.0, 105.0)


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("zoomed"), st.floats(0.05, 20.0), seconds),
            st.tuples(st.just("panned"), st.floats(-200.0, 200.0)),
            st.tuples(st.just("showing"), st.floats(0.0, 100.0)),
            st.tuples(st.just("latest"), st.floats(0.5, 300.0)),
        ),
        max_size=12,
    )
)
def test_no_view_leaves_its_bounds(moves: list[tuple]) -> None:
    scale = TimeScale.whole(0.0, 100.0)
    for name, *arguments in moves:
        scale = getattr(scale, name)(*arguments)
        assert scale.start_s >= -1e-6
        assert scale.end_s <= 100.0 + 1e-6
        assert scale.span_s >= 0.2 - 1e-9


def test_zooming_keeps_the_moment_under_the_pointer() -> None:
    scale = TimeScale.whole(0.0, 100.0)
    near = scale.zoomed(4.0, 30.0)
    assert near.span_s == pytest.approx(25.0)
    assert near.x_of(30.0, 1000) == pytest.approx(scale.x_of(30.0, 1000))
    assert near.time_at(near.x_of(31.0, 1000), 1000) == pytest.approx(31.0)


def test_the_page_turns_when_the_playhead_leaves_it() -> None:
    view = TimeScale(0.0, 100.0, 10.0, 20.0)
    assert view.showing(15.0) is view
    assert view.showing(20.5).start_s == pytest.approx(19.5)
    assert view.showing(99.9).end_s == 100.0


@pytest.mark.parametrize(("span", "step"), [(1.0, 0.1), (10.0, 1.0), (100.0, 10.0), (5000, 600)])
def test_ticks_are_round_and_apart(span: float, step: float) -> None:
    ticks = TimeScale.whole(0.0, span).ticks(1000.0, 80.0)
    assert ticks[1] - ticks[0] == pytest.approx(step)


def lane(name: str, *bars: tuple[float, float], column: int | None = 0) -> Lane:
    return Lane(("h", name), name, "#ffffff", column, 0.5, bars)


def test_filtering() -> None:
    falling, sitting = lane("Falling", (1, 2)), lane("sitting")
    track = lane("person #3", (0, 9), column=None)
    assert LaneFilter("fall").takes(falling)
    assert not LaneFilter("fall").takes(sitting)
    assert not LaneFilter(only_recognised=True).takes(sitting)
    assert LaneFilter(only_recognised=True).takes(track)
    assert not LaneFilter(tracks=False).takes(track)


def test_events_in_order_and_through_them() -> None:
    lanes = [lane("a", (1.0, 2.0), (5.0, 6.0)), lane("b", (3.0, 9.0), (5.0, 5.5))]
    moments = events(lanes, [Mark(4.0, Discontinuity.SCENE_CUT)])
    assert moments == [1.0, 3.0, 4.0, 5.0]
    assert next_event(moments, 1.0) == 3.0
    assert previous_event(moments, 4.0) == 3.0
    assert next_event(moments, 5.0) is None
    assert previous_event(moments, 1.0) is None


# -- in the window ---------------------------------------------------------------------------------


@pytest.fixture
def played(qtbot: QtBot, window: MainWindow, clip: Path) -> MainWindow:
    """The window with a clip that was played to its end."""
    window.resize(1200, 900)
    with qtbot.waitSignal(window._session.ended):
        window.open_address(str(clip), speed=10.0)
    qtbot.waitUntil(lambda: len(window.timeline.lanes) > 5)
    qtbot.waitUntil(lambda: window._session.position_s > 1.9)
    return window


ALL = ("standing", "walking", "sitting", "falling", "lying", "fight", "normal")


def row_of(window: MainWindow, name: str) -> int:
    return [one.name for one in window.timeline.lanes].index(name)


def place_of(window: MainWindow, pts_s: float, row: int = 0) -> QPoint:
    canvas = window.timeline.canvas
    x = GUTTER_PX + window.timeline.scale.x_of(pts_s, canvas.content_width)
    return QPoint(round(x), round((row + 0.5) * LANE_PX))


def test_a_lane_for_every_label_and_every_track(played: MainWindow) -> None:
    """What was recognised comes first, then tracks, then what was not."""
    lanes = played.timeline.lanes
    names = [one.name for one in lanes]
    recognised = [one.name for one in lanes if one.column is not None and one.bars]
    assert names == [
        *recognised,
        "person #3",
        "person #7",
        *(one for one in ALL if one not in recognised),
    ]
    assert "walking" in recognised
    assert "normal" not in recognised
    assert lanes[len(recognised)].bars == ((0.0, pytest.approx(59 / 30)),)


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
def test_probability_is_drawn_where_it_was_seen(
    qapp: QApplication, theme: Theme, played: MainWindow
) -> None:
    """In the fake model, `walking` is certain at about one second, and `fight` is at 0.5."""
    apply_theme(qapp, theme)
    played.timeline.fit()
    canvas = played.timeline.canvas
    picture = canvas.grab().toImage()
    ratio = canvas.devicePixelRatioF()

    def ink_px(row: int) -> float:
        x = round(place_of(played, 1.0, row).x() * ratio)
        rows = range(round(row * LANE_PX * ratio), round((row + 1) * LANE_PX * ratio))
        inks = [picture.pixelColor(x, y).getRgb()[:3] for y in rows]
        return sum(max(ink) - min(ink) > 40 for ink in inks) / ratio

    assert ink_px(row_of(played, "walking")) == pytest.approx(17, abs=1)
    assert ink_px(row_of(played, "fight")) == pytest.approx(9, abs=2)


def test_clicking_a_lane_seeks(qtbot: QtBot, played: MainWindow) -> None:
    session, canvas = played._session, played.timeline.canvas
    place = place_of(played, 1.2, row_of(played, "normal"))
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(lambda: 0 <= session.position_s - 1.19 < 2 / 30)
    assert session.frame.result.exact
    assert session.frame.result.memory_s == pytest.approx(session.position_s, abs=1e-3)


def test_a_click_near_a_bar_goes_exactly_to_its_edge(qtbot: QtBot, played: MainWindow) -> None:
    session, timeline = played._session, played.timeline
    row, found = next((i, one) for i, one in enumerate(timeline.lanes) if one.key[1] == "falling")
    edge_s = found.bars[0][1]
    place = place_of(played, edge_s, row) + QPoint(3, 0)
    qtbot.mouseClick(timeline.canvas, Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(lambda: session.position_s == edge_s)


def test_the_keys_go_from_event_to_event(qtbot: QtBot, played: MainWindow) -> None:
    session = played._session
    moments = played.timeline.events()
    assert len(moments) >= 2
    session.seek(0.0)
    qtbot.waitUntil(lambda: session.position_s == 0.0)
    after = [moment for moment in moments if moment > 0.001]
    qtbot.keyClick(played, Qt.Key.Key_BracketRight)
    qtbot.waitUntil(lambda: session.position_s == after[0])
    qtbot.keyClick(played, Qt.Key.Key_BracketLeft)
    qtbot.waitUntil(lambda: session.position_s == 0.0)


def test_the_recent_past_is_there_after_a_seek(qtbot: QtBot, played: MainWindow) -> None:
    session, panel = played._session, played.side_panel.actions_now
    session.seek(1.0)
    qtbot.waitUntil(lambda: session.position_s == pytest.approx(1.0, abs=1e-3))
    qtbot.waitUntil(lambda: len(panel.heads[0].rows[0].line) > 25)


def test_filter_by_label(qtbot: QtBot, played: MainWindow) -> None:
    timeline = played.timeline
    qtbot.keyClicks(timeline.filter_text, "fall")
    assert [one.name for one in timeline.lanes] == ["falling"]
    timeline.filter_text.clear()
    timeline.tracks.click()
    assert "person #3" not in [one.name for one in timeline.lanes]
    timeline.only_recognised.click()
    assert all(one.bars for one in timeline.lanes)


def wheel(window: MainWindow, place: QPoint, turn: QPoint, modifiers: Qt.KeyboardModifier) -> None:
    canvas = window.timeline.canvas
    event = QWheelEvent(
        QPointF(place),
        QPointF(canvas.mapToGlobal(place)),
        QPoint(),
        turn,
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas, event)


def test_zoom_and_pan(qtbot: QtBot, played: MainWindow) -> None:
    timeline, here = played.timeline, place_of(played, 1.0)
    wheel(played, here, QPoint(0, 480), Qt.KeyboardModifier.ControlModifier)
    zoomed = timeline.scale
    assert zoomed.span_s < 1.0
    assert zoomed.start_s < 1.0 < zoomed.end_s
    wheel(played, here, QPoint(0, -120), Qt.KeyboardModifier.ShiftModifier)
    assert timeline.scale.start_s > zoomed.start_s
    assert timeline.scale.span_s == pytest.approx(zoomed.span_s)
    qtbot.keyClick(played, Qt.Key.Key_0)
    assert timeline.scale.fits


def test_hovering_reads_out_the_time_and_every_probability(
    qtbot: QtBot, played: MainWindow
) -> None:
    canvas = played.timeline.canvas
    before = canvas.grab().toImage()
    with qtbot.waitSignal(canvas.pointed) as told:
        qtbot.mouseMove(canvas, place_of(played, 0.4))
    assert told.args[0] == pytest.approx(0.4, abs=0.01)
    assert played.timeline._stream.history.at(told.args[0]) is not None
    assert canvas.grab().toImage() != before


def test_a_live_source_scrolls_until_one_looks_back(qtbot: QtBot, window: MainWindow) -> None:
    timeline = window.timeline
    with qtbot.waitSignal(window._session.opened):
        window.open_address("lavfi:testsrc2=size=160x120:rate=30")
    qtbot.waitUntil(lambda: timeline.scale.end_s > 1.5)
    assert timeline.live_button.isVisible()
    assert timeline.scale.end_s == timeline.scale.upper_s
    timeline.zoom(3.0, timeline.scale.lower_s)
    looked = timeline.scale
    assert not timeline.live_button.isChecked()
    qtbot.wait(400)
    assert timeline.scale.start_s == looked.start_s
    timeline.live_button.click()
    qtbot.waitUntil(lambda: timeline.scale.end_s == timeline.scale.upper_s)
    window._session.close_stream()


def test_the_timeline_can_be_hidden(qtbot: QtBot, window: MainWindow, clip: Path) -> None:
    assert not window.timeline.isVisible()
    open_paused(qtbot, window, clip)
    assert window.timeline.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_T)
    assert not window.timeline.isVisible()
    assert not window._settings.show_timeline


def test_lanes_that_come_into_view_are_drawn(qtbot: QtBot) -> None:
    lanes = tuple(
        Lane(("", str(n)), f"lane {n}", "#e69f00", None, 0.0, ((n / 40, n / 40 + 0.1),))
        for n in range(30)
    )
    scene = LanesScene(lanes, TimeScale(), np.zeros((100, 0), np.float32))
    area, canvas, whole = QScrollArea(), LanesCanvas(), LanesCanvas()
    for one in (area, whole):
        qtbot.addWidget(one)
    area.setWidgetResizable(True)
    area.setWidget(canvas)
    area.resize(500, 5 * LANE_PX)
    area.show()
    qtbot.waitExposed(area)
    canvas.show_scene(scene, True)
    qtbot.waitUntil(lambda: area.verticalScrollBar().maximum() > 20 * LANE_PX)
    for place in (0, 7 * LANE_PX, area.verticalScrollBar().maximum()):
        area.verticalScrollBar().setValue(place)
        qtbot.wait(1)
        shown = area.viewport().grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
        whole.show_scene(scene, True)
        whole.resize(canvas.size())
        top = -canvas.y()
        expected = whole.grab(QRect(0, top, shown.width(), shown.height())).toImage()
        assert shown == expected.convertToFormat(shown.format())
    assert canvas.y() < -20 * LANE_PX
