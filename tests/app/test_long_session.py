"""An hour at the window: nothing that was pressed, marked or begun is lost on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QMessageBox, QPushButton

from app.exports.export_dialog import ExportDialog
from app.main import Desktop, GuiOptions
from app.main_window import MainWindow
from app.rules.rules_dialog import RulesDialog
from app.settings import Settings, load_settings, save_settings
from app.teach.teach_dialog import TeachDialog
from tests.app.fakes import FakeModelServices
from tests.app.test_main_window import open_paused
from tests.app.test_teach import FakeBench, make_take

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.session import Session

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture(scope="module")
def long_clip(make_clip: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve seconds at 10 Hz."""
    return make_clip(tmp_path_factory.mktemp("long") / "long.mp4", frames=120, rate=10)


def shows(qtbot: QtBot, session: Session, pts_s: float) -> None:
    qtbot.waitUntil(lambda: session.position_s == pytest.approx(pts_s, abs=1e-3))


def go(qtbot: QtBot, session: Session, pts_s: float) -> None:
    session.seek(pts_s)
    shows(qtbot, session, pts_s)


# -- keys ------------------------------------------------------------------------------------------


def test_keys_quicker_than_pictures_all_count(
    qtbot: QtBot, window: MainWindow, long_clip: Path
) -> None:
    """Nothing is processed between one press and the next."""
    open_paused(qtbot, window, long_clip)
    session = window._session
    for _ in range(5):
        QTest.keyClick(window, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier, -1)
    shows(qtbot, session, 5.0)
    for _ in range(4):
        QTest.keyClick(window, Qt.Key.Key_Left, Qt.KeyboardModifier.NoModifier, -1)
    shows(qtbot, session, 4.6)


def test_the_next_event_twice_is_the_one_after(
    qtbot: QtBot, window: MainWindow, long_clip: Path
) -> None:
    open_paused(qtbot, window, long_clip)
    session = window._session
    session.set_speed(float("inf"))
    with qtbot.waitSignal(session.ended):
        session.play()
    go(qtbot, session, 0.0)
    moments = [moment for moment in window.timeline.events() if moment > 0.01]
    QTest.keyClick(window, Qt.Key.Key_BracketRight)
    QTest.keyClick(window, Qt.Key.Key_BracketRight)
    shows(qtbot, session, moments[1])


def test_events_are_known_where_the_timeline_is_hidden(
    qtbot: QtBot, window: MainWindow, long_clip: Path
) -> None:
    """In full screen, for one."""
    open_paused(qtbot, window, long_clip)
    session = window._session
    window.actions_.full_screen.trigger()
    session.set_speed(float("inf"))
    with qtbot.waitSignal(session.ended):
        session.play()
    go(qtbot, session, 0.0)
    QTest.keyClick(window, Qt.Key.Key_BracketRight)
    qtbot.waitUntil(lambda: session.position_s > 0)
    window.actions_.full_screen.trigger()


def test_a_key_that_leads_nowhere_says_so(
    qtbot: QtBot, window: MainWindow, long_clip: Path
) -> None:
    open_paused(qtbot, window, long_clip)
    QTest.keyClick(window, Qt.Key.Key_BracketLeft)
    assert window.status._health.text().startswith("No event before")


def test_a_click_ends_playing_backward(qtbot: QtBot, window: MainWindow, long_clip: Path) -> None:
    open_paused(qtbot, window, long_clip)
    session, shuttle = window._session, window.commands.shuttle
    go(qtbot, session, 10.0)
    QTest.keyClick(window, Qt.Key.Key_J)
    QTest.keyClick(window, Qt.Key.Key_J)
    assert window.transport._speed.text() == "−2×"
    qtbot.waitUntil(lambda: session.position_s < 10.0)
    bar = window.transport.timeline
    QTest.mouseClick(bar, LEFT, pos=QPoint(round(bar.x_of(11.0)), bar.height() // 2))
    assert shuttle.back_speed == 0
    assert window.transport._speed.text() == "1×"
    qtbot.waitUntil(lambda: session.position_s > 10.5)


def test_space_holds_what_plays_backward(qtbot: QtBot, window: MainWindow, long_clip: Path) -> None:
    open_paused(qtbot, window, long_clip)
    session = window._session
    go(qtbot, session, 10.0)
    QTest.keyClick(window, Qt.Key.Key_J)
    QTest.keyClick(window, Qt.Key.Key_Space)
    assert window.commands.shuttle.back_speed == 0
    assert not session.playing


def test_the_filter_gives_the_keyboard_back(
    qtbot: QtBot, window: MainWindow, long_clip: Path
) -> None:
    open_paused(qtbot, window, long_clip)
    window.activateWindow()
    field, session = window.timeline.filter_text, window._session
    for leave in (
        lambda: QTest.keyClick(field, Qt.Key.Key_Return),
        lambda: QTest.keyClick(field, Qt.Key.Key_Escape),
        lambda: QTest.mouseClick(window.video, LEFT),
    ):
        field.setFocus()
        qtbot.waitUntil(field.hasFocus)
        QTest.keyClicks(field, "fall")
        leave()
        assert not field.hasFocus()
        QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_L)
        qtbot.waitUntil(lambda: session.playing)
        session.pause()
    assert field.text() == "fall"


# -- full screen -----------------------------------------------------------------------------------


def test_esc_leaves_the_full_screen_for_the_window_there_was(
    qtbot: QtBot, window: MainWindow, long_clip: Path
) -> None:
    open_paused(qtbot, window, long_clip)
    window.showMaximized()
    window.actions_.full_screen.trigger()
    assert window.isFullScreen()
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert not window.isFullScreen()
    assert window.isMaximized()
    assert window.tool_bar.isVisible()


def test_a_window_closed_in_full_screen_is_an_ordinary_one_next_time(
    qtbot: QtBot, window: MainWindow, session: Session, long_clip: Path
) -> None:
    open_paused(qtbot, window, long_clip)
    window.actions_.full_screen.trigger()
    window.close()
    again = MainWindow(session, load_settings(), "en")
    qtbot.addWidget(again)
    assert not again.isFullScreen()


# -- what was marked and looked at -----------------------------------------------------------------


def test_another_runtime_leaves_marks_and_view(
    qtbot: QtBot, window: MainWindow, long_clip: Path
) -> None:
    open_paused(qtbot, window, long_clip)
    session = window._session
    session.set_marks(2.0, 5.0)
    window.timeline.zoom(4.0, 3.0)
    seen = (window.timeline.scale.start_s, window.timeline.scale.end_s)
    with qtbot.waitSignal(session.opened):
        window.top_bar.backend_chosen.emit("onnxruntime")
    assert (session.in_s, session.out_s) == (2.0, 5.0)
    assert window.transport.timeline.state.in_s == 2.0
    assert (window.timeline.scale.start_s, window.timeline.scale.end_s) == seen
    with qtbot.waitSignal(session.opened):
        window.open_address(str(long_clip))
    assert (session.in_s, session.out_s) == (None, None)
    assert window.timeline.scale.fits


def test_another_language_shows_the_same_place_of_everything(
    qtbot: QtBot, desktop: Desktop, long_clip: Path
) -> None:
    open_paused(qtbot, desktop.window, long_clip)
    old = desktop.window
    old.resize(1000, 700)
    old.timeline.only_recognised.setChecked(True)
    old.timeline.zoom(4.0, 3.0)
    old.actions_.show_inspector.setChecked(True)
    old.inspector.compare_box.setChecked(True)
    old.inspector.activation.on.setChecked(True)
    old.inspector.activation.label.setCurrentIndex(2)
    chosen = old.inspector.activation.chosen
    old.actions_.rules.trigger()
    old.findChild(RulesDialog).add()
    seen = (old.timeline.scale.start_s, old.timeline.scale.end_s)
    size, height = old.size(), old.timeline.height()
    old.menus.language_chosen.emit("zh")
    window = desktop.window
    assert window is not old
    assert (window.timeline.scale.start_s, window.timeline.scale.end_s) == seen
    assert window.timeline.only_recognised.isChecked()
    assert window.inspector.compare_box.isChecked()
    assert window.inspector.activation.chosen == chosen is not None
    assert window.size() == size
    dialog = window.findChild(RulesDialog)
    assert dialog.list.count() == 1
    qtbot.waitUntil(lambda: abs(window.timeline.height() - height) < 3)


def test_the_lanes_stay_scrolled(qtbot: QtBot, desktop: Desktop, long_clip: Path) -> None:
    open_paused(qtbot, desktop.window, long_clip)
    bar = desktop.window.timeline._scroller.verticalScrollBar()
    desktop.window.resize(1000, 500)
    qtbot.waitUntil(lambda: bar.maximum() > 20)
    bar.setValue(20)
    desktop.window.menus.theme_chosen.emit("light")
    again = desktop.window.timeline._scroller.verticalScrollBar()
    qtbot.waitUntil(lambda: again.value() == 20)


def test_the_next_run_goes_on_with_marks_and_waits(
    qtbot: QtBot,
    qapp: QApplication,
    desktop: Desktop,
    long_clip: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    open_paused(qtbot, desktop.window, long_clip)
    go(qtbot, desktop.session, 4.0)
    desktop.session.set_marks(2.0, 5.0)
    desktop.window._settings.restore_session = True
    desktop.window.close()
    monkeypatch.setattr(qapp, "exec", lambda: 0)
    again = Desktop(qapp, GuiOptions(language="en", theme="dark"), FakeModelServices())
    try:
        again.run()
        session = again.session
        shows(qtbot, session, 4.0)
        qtbot.waitUntil(lambda: not session.playing)
        assert (session.in_s, session.out_s) == (2.0, 5.0)
    finally:
        again.shut_down()


# -- dialogs ---------------------------------------------------------------------------------------


def test_takes_outlive_esc(
    qtbot: QtBot,
    window: MainWindow,
    long_clip: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LONGTAKE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr("app.teach.teach_dialog.Workbench", lambda *_: FakeBench())
    open_paused(qtbot, window, long_clip)
    window.actions_.teach.trigger()
    dialog = window.findChild(TeachDialog)
    dialog.parts.name.setText("Kitchen")
    dialog.parts.material.name.setText("wave")
    dialog.parts.material.add.click()
    window._session.set_marks(1.0, 2.0)
    dialog.parts.take_part.click()
    qtbot.waitUntil(lambda: dialog.parts.material.take_list.item(0).text().startswith("clip.mp4"))
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: window.findChild(TeachDialog) is None)
    window.actions_.teach.trigger()
    again = window.findChild(TeachDialog)
    assert again.parts.name.text() == "Kitchen"
    assert [take.label for take in again.drafting.now.takes] == ["wave"]
    assert "not kept yet" in again.parts.note.text()
    assert again.parts.undo.isEnabled()
    again.close()


def test_looking_at_another_lesson_costs_no_takes(
    qtbot: QtBot,
    window: MainWindow,
    long_clip: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LONGTAKE_DATA_DIR", str(tmp_path / "data"))
    open_paused(qtbot, window, long_clip)
    dialog = TeachDialog(window._session, window._settings, "en", window, bench=FakeBench())
    dialog.show()
    dialog.parts.material.name.setText("wave")
    dialog.parts.material.add.click()
    dialog.drafting.add_takes([make_take("a-1", "wave")], {})
    dialog.parts.lessons.addItem("Another", "another")
    dialog.parts.lessons.setCurrentIndex(1)
    monkeypatch.setattr(dialog, "open_lesson", lambda name: None)
    dialog.parts.lessons.activated.emit(1)
    dialog.parts.lessons.activated.emit(0)
    assert [take.id for take in dialog.drafting.now.takes] == ["a-1"]
    dialog.close()


def test_rules_not_saved_wait_and_can_be_discarded(
    qtbot: QtBot, window: MainWindow, long_clip: Path
) -> None:
    open_paused(qtbot, window, long_clip)
    window.actions_.rules.trigger()
    dialog = window.findChild(RulesDialog)
    dialog.add()
    dialog.form.name.setText("Yard")
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert "once they are saved" in window.status._health.text()
    qtbot.waitUntil(lambda: window.findChild(RulesDialog) is None)
    assert window._session.rules.book.rules == ()
    window.actions_.rules.trigger()
    again = window.findChild(RulesDialog)
    assert again.list.item(0).text() == "Yard"
    assert again.save_button.isEnabled()
    again.discard_button.click()
    assert again.list.count() == 0
    assert not again.save_button.isEnabled()
    again.close()


def test_export_follows_the_marks_set_meanwhile(
    qtbot: QtBot, window: MainWindow, long_clip: Path
) -> None:
    open_paused(qtbot, window, long_clip)
    window.actions_.export.trigger()
    dialog = window.findChild(ExportDialog)
    go(qtbot, window._session, 3.0)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    QTest.keyClick(window, Qt.Key.Key_I)
    assert dialog.form.part() == (3.0, None)
    dialog.close()


def test_export_asks_about_what_is_open_now(
    qtbot: QtBot, window: MainWindow, long_clip: Path, clip: Path
) -> None:
    open_paused(qtbot, window, long_clip)
    window.actions_.export.trigger()
    dialog = window.findChild(ExportDialog)
    with qtbot.waitSignal(window._session.opened):
        window.open_address(str(clip))
        assert not dialog.start_button.isEnabled()
    assert dialog.start_button.isEnabled()
    assert dialog.form.place.text() == str(clip.with_name("clip-annotated.mp4"))
    assert dialog.form.end.text() == "0:02.00"
    window._session.close_stream()
    assert not dialog.start_button.isEnabled()
    dialog.close()


@pytest.mark.parametrize("command", ["export", "find"])
def test_dialogs_open_where_they_were_left(
    qtbot: QtBot, window: MainWindow, session: Session, long_clip: Path, command: str
) -> None:
    open_paused(qtbot, window, long_clip)
    getattr(window.actions_, command).trigger()
    dialog = next(one for one in window.findChildren(QDialog) if one.isVisible())
    dialog.move(30, 40)
    qtbot.waitUntil(lambda: dialog.pos() == QPoint(30, 40))
    dialog.close()
    save_settings(window._settings)
    again = MainWindow(session, load_settings(), "en")
    qtbot.addWidget(again)
    again.show()
    getattr(again.actions_, command).trigger()
    shown = next(one for one in again.findChildren(QDialog) if one.isVisible())
    assert shown.pos() == QPoint(30, 40)
    shown.close()


def test_places_survive_a_run() -> None:
    save_settings(Settings(places={"export": "AA=="}))
    assert load_settings().places == {"export": "AA=="}


def test_a_timeline_squeezed_by_a_small_window_grows_back(
    qtbot: QtBot, window: MainWindow, long_clip: Path
) -> None:
    window.resize(1280, 900)
    open_paused(qtbot, window, long_clip)
    height = window.timeline.height()
    window.resize(1000, 560)
    qtbot.waitUntil(lambda: window.timeline.height() < height - 20)
    window.resize(1280, 900)
    qtbot.waitUntil(lambda: window.timeline.height() == height)
    # One that was made small by hand stays so.
    window.resizeDocks([window.docks.timeline], [height - 40], Qt.Orientation.Vertical)
    qtbot.waitUntil(lambda: window.timeline.height() < height - 20)
    lower = window.timeline.height()
    window.resize(1280, 980)
    qtbot.wait(100)
    assert window.timeline.height() == lower


# -- quitting --------------------------------------------------------------------------------------


def test_quitting_asks_before_takes_and_rules_are_lost(
    qtbot: QtBot, window: MainWindow, long_clip: Path
) -> None:
    """Of dialogs that are open as of those that were closed."""
    open_paused(qtbot, window, long_clip)
    teach = TeachDialog(window._session, window._settings, "en", window, bench=FakeBench())
    teach.show()
    teach.parts.material.name.setText("wave")
    teach.parts.material.add.click()
    window.actions_.rules.trigger()
    window.findChild(RulesDialog).add()
    window.close()
    assert window.isVisible()
    box = window.findChild(QMessageBox)
    assert "Teach" in box.informativeText()
    assert "Rules" in box.informativeText()
    box.defaultButton().click()  # stay
    qtbot.waitUntil(lambda: window.findChild(QMessageBox) is None)
    assert window._session.rules.unsaved is not None
    window.close()
    window.findChild(QMessageBox).findChild(QPushButton, "leave").click()
    qtbot.waitUntil(lambda: not window.isVisible())


def test_quitting_with_nothing_unfinished_asks_nothing(
    qtbot: QtBot, window: MainWindow, long_clip: Path
) -> None:
    open_paused(qtbot, window, long_clip)
    teach = TeachDialog(window._session, window._settings, "en", window, bench=FakeBench())
    teach.show()
    window.actions_.rules.trigger()
    window.close()
    assert not window.isVisible()


def test_a_place_that_is_no_place_is_left_out(
    qtbot: QtBot, window: MainWindow, long_clip: Path
) -> None:
    """Somebody wrote into the settings file."""
    open_paused(qtbot, window, long_clip)
    window._settings.places = {"rules": "x"}
    window.actions_.rules.trigger()
    dialog = window.findChild(RulesDialog)
    assert dialog.isVisible()
    dialog.close()
