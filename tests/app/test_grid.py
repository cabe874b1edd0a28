"""The grid through its own widgets, with real sources and the tiny bundle."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from shiboken6 import isValid

from app.glance import GlanceSink
from app.grid.grid_session import GridSession, _Cell
from app.grid.grid_view import columns_for
from app.grid.grid_window import GridWindow
from app.main_window import MainWindow
from app.rules.live_rules import LiveRules
from app.session import Session
from app.settings import Settings
from engine.rules.model import RuleBook
from engine.sources import CameraDevice
from engine.streams import StreamPhase

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

WAIT_MS = 15_000
LIVE = "lavfi:testsrc2=size=64x48:rate=15"


@pytest.fixture
def session(qapp, tiny_bundle, no_leaked_threads) -> Iterator[GridSession]:
    session = GridSession(bundle=str(tiny_bundle), backend="onnxruntime")
    yield session
    session.shut_down()
    for thread in threading.enumerate():
        if thread.name == "longtake-task":  # the model may still be being loaded
            thread.join(WAIT_MS / 1e3)


@pytest.fixture
def grid(qtbot: QtBot, session: GridSession) -> GridWindow:
    window = GridWindow(session)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    return window


def pictures(grid: GridWindow) -> list[bool]:
    return [tile.video.picture_rect().isValid() for tile in grid.view.tiles.values()]


def test_streams_play_side_by_side_and_trouble_stays_with_its_tile(qtbot, grid, session, clip):
    grid.add([LIVE, "nothing.mp4", str(clip)])
    first, missing, recording = grid.view.tiles.values()
    qtbot.waitUntil(lambda: pictures(grid) == [True, False, True], timeout=WAIT_MS)
    qtbot.waitUntil(lambda: missing.state.text() == "failed", timeout=WAIT_MS)
    assert "nothing.mp4" in missing.message.text()
    assert missing.again.isVisible()
    assert "fps" in first.seen.text()
    assert recording.name.text() == "clip.mp4"
    qtbot.waitUntil(lambda: recording.state.text() == "ended", timeout=WAIT_MS)
    assert session.report(1).stream.phase is StreamPhase.RUNNING
    qtbot.mouseClick(recording.again, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: recording.state.text() == "", timeout=WAIT_MS)
    qtbot.waitUntil(lambda: "people: 1" in recording.seen.text(), timeout=WAIT_MS)


def test_enter_enlarges_arrows_move_escape_goes_back(qtbot, grid, clip):
    grid.add([LIVE] * 4)
    tiles = list(grid.view.tiles.values())
    qtbot.waitUntil(lambda: pictures(grid) == [True] * 4, timeout=WAIT_MS)
    grid.activateWindow()
    tiles[0].setFocus()
    QTest.keyClick(tiles[0], Qt.Key.Key_Right)
    QTest.keyClick(tiles[1], Qt.Key.Key_Return)
    assert grid.view.large == tiles[1].number
    assert [tile.isVisible() for tile in tiles] == [False, True, False, False]
    QTest.keyClick(tiles[1], Qt.Key.Key_Right)
    assert grid.view.large == tiles[2].number
    grid.back.trigger()
    assert grid.view.large is None
    assert all(tile.isVisible() for tile in tiles)
    qtbot.mouseClick(tiles[3], Qt.MouseButton.LeftButton)
    assert grid.view.large == tiles[3].number
    qtbot.mouseClick(tiles[3], Qt.MouseButton.LeftButton)
    assert grid.view.large is None


def test_a_large_picture_is_painted_at_its_size(qtbot, grid):
    grid.add([LIVE] * 2)
    tile = grid.view.tiles[1]
    qtbot.waitUntil(lambda: pictures(grid) == [True] * 2, timeout=WAIT_MS)
    grid.view.enlarge(1)
    qtbot.waitUntil(
        lambda: tile.video._frame.image.size() == tile.video.picture_rect().size(),
        timeout=WAIT_MS,
    )
    assert tile.video.width() > grid.width() * 0.9


def test_removing_one_leaves_the_others(qtbot, grid, session):
    grid.add([LIVE] * 3)
    qtbot.waitUntil(lambda: pictures(grid) == [True] * 3, timeout=WAIT_MS)
    second = grid.view.tiles[2]
    second.setFocus()
    QTest.keyClick(second, Qt.Key.Key_Delete)
    assert session.numbers == [1, 3]
    assert list(grid.view.tiles) == [1, 3]
    before = session.report(3).stream.pipeline.processed
    qtbot.waitUntil(lambda: session.report(3).stream.pipeline.processed > before, timeout=WAIT_MS)
    session.remove(1)
    session.remove(3)
    assert grid.view.currentIndex() == 0


def test_every_second_frame(qtbot, grid, session):
    grid.add(["lavfi:testsrc2=size=64x48:rate=30"])
    qtbot.waitUntil(lambda: pictures(grid) == [True], timeout=WAIT_MS)
    grid.sparing.setChecked(True)

    def halved() -> bool:
        stream = session.report(1).stream
        return stream.info is not None and stream.info.rate_hz == 15.0

    qtbot.waitUntil(halved, timeout=WAIT_MS)


def test_dropping_several_files_adds_them_all(qtbot, grid, session, clip):
    grid.dropEvent(drop_of(clip, clip))
    assert len(session.numbers) == 2


def test_cameras_are_listed_and_added(qtbot, grid, session):
    with qtbot.waitSignal(grid.cameras_wanted):
        grid.cameras.aboutToShow.emit()
    grid.show_cameras([CameraDevice(LIVE, "Desk")])
    (camera,) = grid.cameras.actions()
    assert camera.text() == "Desk"
    camera.trigger()
    assert session.numbers == [1]
    grid.show_cameras([])
    assert not grid.cameras.actions()[0].isEnabled()


def test_a_model_that_cannot_be_loaded_is_told(qtbot, qapp):
    session = GridSession(bundle="no-such-bundle")
    window = GridWindow(session)
    qtbot.addWidget(window)
    window.show()
    window.add([LIVE])
    qtbot.waitUntil(lambda: "no-such-bundle" in window.banner.text, timeout=WAIT_MS)
    session.shut_down()


def test_the_gui_thread_never_waits(qtbot, grid, session, clip):
    longest_s, last_s = 0.0, time.monotonic()

    def tick() -> None:
        nonlocal longest_s, last_s
        longest_s, last_s = max(longest_s, time.monotonic() - last_s), time.monotonic()

    session.polled.connect(tick)
    grid.add(["http://10.255.255.1/dead.mjpg", str(clip)])
    qtbot.waitUntil(lambda: pictures(grid)[1], timeout=WAIT_MS)
    session.remove(1)  # while it is being opened
    qtbot.wait(600)
    assert longest_s < 2.0  # polls come every 0.26 s; opening the dead one takes far longer


def drop_of(*paths: Path) -> QDropEvent:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    drop_of.keep = data  # the event does not own it
    no_button, no_key = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    return QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, data, no_button, no_key)


class FakePainter:
    """Counts how often it was stopped."""

    def __init__(self) -> None:
        self.stops = 0

    def stop(self) -> None:
        self.stops += 1


def test_what_opens_too_late_is_stopped_and_shows_nothing():
    cell = _Cell("door.mp4")
    first, second = object(), object()
    late, shown, after = FakePainter(), FakePainter(), FakePainter()
    record, of_late, of_after = object(), object(), object()
    cell.opening = first
    assert cell.take_painter() is None  # opened again before the first opening was done
    cell.opening = second
    cell.give(shown, record, second)
    cell.give(late, of_late, first)
    assert (cell.painter, cell.glance, shown.stops, late.stops) == (shown, record, 0, 1)
    assert cell.take_painter() is shown
    assert cell.glance is None
    cell.give(after, of_after, second)
    assert (cell.painter, cell.glance, after.stops) == (None, None, 1)


def test_a_stream_opened_again_while_opening_tells_nothing_of_the_opening_given_up(
    qtbot, session, clip, monkeypatch
):
    """The first opening comes to its end after the second."""
    first_may_go, sinks = threading.Event(), []

    def sink(manifest) -> GlanceSink:
        sinks.append(GlanceSink(manifest))
        return sinks[-1]

    openings = iter([first_may_go.wait, lambda: None])
    monkeypatch.setattr("app.grid.grid_session.GlanceSink", sink)
    number = session.add(str(clip))
    qtbot.waitUntil(lambda: session.report(number).glance is not None, timeout=WAIT_MS)
    add = session._group.add

    def add_slowly(address, make_sinks):
        hold = next(openings)

        def late(info, predictor):
            hold()
            return make_sinks(info, predictor)

        return add(address, late)

    monkeypatch.setattr(session._group, "add", add_slowly)
    session.open_again(number)
    assert session.report(number).glance is None
    session.open_again(number)
    qtbot.waitUntil(lambda: session.report(number).glance is not None, timeout=WAIT_MS)
    kept = session._cells[number].glance
    first_may_go.set()
    qtbot.waitUntil(lambda: len(sinks) == 3, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: threads_named("longtake-paint") == 1, timeout=WAIT_MS)
    assert session._cells[number].glance is kept


def threads_named(name: str) -> int:
    return sum(thread.name == name for thread in threading.enumerate())


@pytest.fixture
def window(qtbot: QtBot, tiny_bundle, no_leaked_threads) -> Iterator[MainWindow]:
    session = Session()
    window = MainWindow(session, Settings(), "en", bundle=str(tiny_bundle))
    window.show()
    yield window
    session.shut_down()
    for thread in threading.enumerate():
        if thread.name == "longtake-task":
            thread.join(WAIT_MS / 1e3)
    if isValid(window):  # it may have made way for another
        window.close()
        window.deleteLater()


def test_the_main_window_opens_the_grid_and_what_is_dropped_goes_there(qtbot, window, clip):
    window.dropEvent(drop_of(clip, clip, clip))
    grid = window.grid.window
    assert len(grid.view.tiles) == 3
    qtbot.waitUntil(lambda: pictures(grid) == [True] * 3, timeout=WAIT_MS)
    window.actions_.grid.trigger()
    assert window.grid.window is grid
    grid.close()
    assert window.grid.window is None
    window.actions_.grid.trigger()
    assert window.grid.window.view.tiles == {}


def test_streams_go_on_when_the_window_is_made_anew(qtbot, window, clip):
    window.grid.show([LIVE])
    grid = window.grid.window
    qtbot.waitUntil(lambda: pictures(grid) == [True], timeout=WAIT_MS)
    streams = grid._session
    again = MainWindow(window._session, Settings(), "zh", bundle=window.bundle)
    qtbot.addWidget(again)
    window.retire()
    assert again.grid.window._session is streams
    assert list(again.grid.window.view.tiles) == [1]
    qtbot.waitUntil(lambda: pictures(again.grid.window) == [True], timeout=WAIT_MS)


@pytest.mark.parametrize(
    ("count", "size", "columns"),
    [
        (1, (800, 600), 1),
        (2, (800, 600), 2),
        (2, (400, 900), 1),
        (3, (2400, 600), 3),
        (4, (800, 600), 2),
        (9, (1600, 900), 3),
        (16, (1600, 900), 4),
    ],
)
def test_columns_make_pictures_as_large_as_may_be(count, size, columns):
    assert columns_for(count, *size) == columns


def test_rules_watch_every_stream_of_the_grid(qtbot, tiny_bundle, clip, no_leaked_threads):
    rules = LiveRules()
    there = {"name": "there", "when": {"kind": "present", "label": "person", "for_s": 0.1}}
    rules.set_book(RuleBook.model_validate({"rules": [there | {"then": [{"do": "sound"}]}]}))
    session = GridSession(bundle=str(tiny_bundle), backend="onnxruntime", watch=rules.watch_beside)
    try:
        session.add(str(clip))
        session.add(str(clip))

        def fired() -> list[str]:
            return [entry.text for entry in rules.log.entries() if entry.rule == "there"]

        # Recordings: that it fired is noted, and nothing is done.
        qtbot.waitUntil(lambda: len(fired()) == 2, timeout=WAIT_MS)
        assert all(text.endswith("(nothing done)") for text in fired())
    finally:
        session.shut_down()
        rules.close()


def test_the_grid_speaks_the_language_of_the_window(qtbot, translated, session, clip):
    translated("zh")
    grid = GridWindow(session)
    qtbot.addWidget(grid)
    grid.show()
    grid.add(["nothing.mp4", str(clip)])
    missing = next(iter(grid.view.tiles.values()))
    qtbot.waitUntil(lambda: missing.state.text() == "失败", timeout=WAIT_MS)
    assert "nothing.mp4" in missing.message.text()
    assert "file" not in missing.message.text()
    assert "thread" not in session.device
