"""The window through its own widgets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QLabel

from app.actions import plain_name
from app.dialogs.address_dialog import AddressDialog
from app.dialogs.shortcuts_dialog import ShortcutsDialog
from app.main_window import MainWindow
from app.settings import Settings, load_settings
from app.thumbnails import Thumbnails
from engine.backends import BackendProbe
from engine.errors import SourceError
from engine.sources.base import SourceState, SourceStatus
from engine.status import PipelineStatus, RunState

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.session import Session


def open_paused(qtbot: QtBot, window: MainWindow, clip: Path) -> None:
    session = window._session
    with qtbot.waitSignal(session.frame_ready):
        window.open_address(str(clip), hold_at_s=0.0)
    qtbot.waitUntil(lambda: session.status is not None and not session.playing)


def test_welcome_first(window: MainWindow) -> None:
    assert window.stage.currentWidget() is window.welcome
    assert not window.transport.isVisible()
    assert not window.actions_.play.isEnabled()
    assert not window.actions_.export.isEnabled()
    assert window.actions_.open.isEnabled()


def test_opening_shows_the_picture(qtbot: QtBot, window: MainWindow, clip: Path) -> None:
    open_paused(qtbot, window, clip)
    assert window.stage.currentWidget() is window.video
    assert window.windowTitle() == "clip.mp4 — Longtake"

    def shown_at_its_size() -> bool:
        # Asked anew each time: panes that come with the first frame still move the picture.
        return bool(window._session.frame.image.width() == window.video.picture_rect().width())

    qtbot.waitUntil(shown_at_its_size)
    place = window.video.picture_rect()
    picture = window.video.grab(place).toImage()
    colours = {picture.pixelColor(x, place.height() // 3).name() for x in range(0, 300, 10)}
    assert len(colours) > 5


def test_keys(qtbot: QtBot, window: MainWindow, clip: Path) -> None:
    open_paused(qtbot, window, clip)
    session = window._session

    def shows(pts_s: float) -> None:
        qtbot.waitUntil(lambda: session.position_s == pytest.approx(pts_s, abs=1e-3))

    qtbot.keyClick(window, Qt.Key.Key_Right)
    shows(1 / 30)
    qtbot.keyClick(window, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    shows(1 + 1 / 30)
    qtbot.keyClick(window, Qt.Key.Key_I)
    qtbot.keyClick(window, Qt.Key.Key_Left)
    shows(1.0)
    qtbot.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: session.playing)
    assert plain_name(window.actions_.play) == "Pause"
    qtbot.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not session.playing)
    assert session.in_s == pytest.approx(1 + 1 / 30, abs=1e-3)
    qtbot.keyClick(window, Qt.Key.Key_X)
    assert session.in_s is None


def test_the_seek_bar_seeks(qtbot: QtBot, window: MainWindow, clip: Path) -> None:
    open_paused(qtbot, window, clip)
    bar = window.transport.timeline
    place = bar.rect().center()
    place.setX(round(bar.x_of(1.5)))
    wanted_s = bar.time_at(place.x())
    qtbot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(lambda: 0 <= window._session.position_s - wanted_s < 1 / 30 + 1e-3)
    assert bar.state.position_s == window._session.position_s


def test_failure_is_a_banner_with_a_hint(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    path = tmp_path / "notes.mp4"
    path.write_text("not a film")
    with qtbot.waitSignal(window._session.failed):
        window.open_address(str(path))
    assert window.banner.isVisible()
    assert "notes.mp4" in window.banner.text
    assert "Traceback" not in window.banner.text
    assert window.stage.currentWidget() is window.welcome


def test_a_password_is_never_shown_or_stored(qtbot: QtBot, window: MainWindow) -> None:
    address = "rtsp://admin:s3cret@127.0.0.1:9/live"
    with qtbot.waitSignal(window._session.failed):
        window.open_address(address)
    shown = " ".join(label.text() for label in window.findChildren(QLabel))
    assert "s3cret" not in shown + window.windowTitle() + window.banner.text


def test_dropping_a_file_opens_it(qtbot: QtBot, window: MainWindow, clip: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(clip))])
    event = QDropEvent(
        QPointF(20, 20),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    with qtbot.waitSignal(window._session.opened):
        window.dropEvent(event)
    assert window._settings.recent[0] == str(clip)


def test_settings_are_kept(qtbot: QtBot, window: MainWindow, session: Session, clip: Path) -> None:
    open_paused(qtbot, window, clip)
    window.actions_.show_actions.setChecked(False)
    window.top_bar.confidence_chosen.emit(0.7)
    window.close()
    kept = load_settings()
    assert (kept.show_boxes, kept.show_actions, kept.confidence) == (True, False, 0.7)
    assert kept.recent == [str(clip)]
    again = MainWindow(session, kept, "en")
    qtbot.addWidget(again)
    assert not again.actions_.show_actions.isChecked()
    assert session.style.boxes
    assert not session.style.actions


def test_overlays_can_be_hidden(qtbot: QtBot, window: MainWindow, clip: Path) -> None:
    open_paused(qtbot, window, clip)
    for action in (window.actions_.show_boxes, window.actions_.show_actions):
        with qtbot.waitSignal(window._session.frame_ready):
            action.trigger()
    assert not window._session.style.boxes


def test_panels_follow_the_picture(qtbot: QtBot, window: MainWindow, clip: Path) -> None:
    open_paused(qtbot, window, clip)
    panel = window.side_panel
    qtbot.waitUntil(lambda: len(panel.actions_now.heads) == 2)
    assert [row.name for row in panel.actions_now.heads[0].rows][:2] == ["standing", "walking"]
    assert [(row.name, row.count) for row in panel.objects_now.rows] == [
        ("person", 2),
        ("chair", 1),
    ]
    window.actions_.close.trigger()
    assert panel.actions_now.heads == ()


def test_reconnecting_is_said_in_amber(window: MainWindow) -> None:
    source = SourceStatus(SourceState.RECONNECTING, detail="No answer from camera.local.")
    window.status.show_status(PipelineStatus(RunState.RUNNING, source, dropped=3))
    labels = [label for label in window.status.findChildren(QLabel) if label.property("warn")]
    assert [label.text() for label in labels] == [
        "Reconnecting… No answer from camera.local.",
        "Dropped 3",
    ]


def test_runtimes_that_are_not_there_are_greyed_with_the_reason(window: MainWindow) -> None:
    probes = [BackendProbe("onnxruntime", True, "1.24"), BackendProbe("torch", False, "no torch")]
    window.top_bar.show_backends(probes, "onnxruntime")
    combo = window.top_bar.backends
    assert combo.currentData() == "onnxruntime"
    item = combo.model().item(combo.findData("torch"))
    assert not item.isEnabled()
    assert item.toolTip() == "no torch"


def test_choosing_another_runtime_reopens(qtbot: QtBot, window: MainWindow, clip: Path) -> None:
    open_paused(qtbot, window, clip)
    with qtbot.waitSignal(window._session.opened):
        window.top_bar.backend_chosen.emit("onnxruntime")
    assert window._session.request.backend == "onnxruntime"
    assert window._settings.backend == "onnxruntime"


def test_full_screen_and_back(qtbot: QtBot, window: MainWindow, clip: Path) -> None:
    open_paused(qtbot, window, clip)
    window.actions_.full_screen.trigger()
    assert window.isFullScreen()
    assert not window.tool_bar.isVisible()
    window.actions_.full_screen.trigger()
    assert not window.isFullScreen()
    assert window.tool_bar.isVisible()


def test_every_command_has_name_and_tip_and_keys_do_not_clash(window: MainWindow) -> None:
    actions = window.actions_.all()
    assert all(plain_name(a) and a.toolTip() for a in actions)
    keys = [a.shortcut().toString() for a in actions if not a.shortcut().isEmpty()]
    assert len(keys) == len(set(keys))


def test_address_dialog(qtbot: QtBot, window: MainWindow) -> None:
    dialog = AddressDialog(window)
    qtbot.addWidget(dialog)
    assert not dialog._open_button().isEnabled()
    dialog.address.setText("rtsp://10.0.0.7/live")
    dialog.user.setText("admin")
    dialog.password.setText("s3cret")
    assert dialog.password.displayText() != "s3cret"
    with qtbot.waitSignal(dialog.address_chosen) as chosen:
        dialog._open_button().click()
    assert chosen.args == ["rtsp://admin:s3cret@10.0.0.7/live"]


def test_shortcuts_are_listed(qtbot: QtBot, window: MainWindow) -> None:
    dialog = ShortcutsDialog(window.actions_, {}, window)
    qtbot.addWidget(dialog)
    texts = {label.text() for label in dialog.findChildren(QLabel)}
    assert {"Play", "Set in point here"} <= texts
    assert dialog.edit_of("play").keySequence().toString() == "Space"
    assert dialog.edit_of("mark_in").keySequence().toString() == "I"


def test_chinese(
    qtbot: QtBot, session: Session, clip: Path, translated: Callable[[str], None]
) -> None:
    translated("zh")
    window = MainWindow(session, Settings(), "zh")
    qtbot.addWidget(window, before_close_func=MainWindow.close_unasked)
    window.show()
    open_paused(qtbot, window, clip)
    assert plain_name(window.actions_.play) == "播放"
    qtbot.waitUntil(lambda: len(window.side_panel.objects_now.rows) == 2)
    assert window.side_panel.objects_now.rows[0].name == "人"


def test_the_models_own_thresholds_can_be_had_back(
    qtbot: QtBot, window: MainWindow, clip: Path
) -> None:
    percent = window.top_bar._percent
    assert percent.text() == "auto"
    open_paused(qtbot, window, clip)
    window.top_bar._confidence.setValue(70)
    assert (percent.text(), window._settings.confidence) == ("70%", 0.7)
    window.actions_.own_confidence.trigger()
    assert (percent.text(), window._settings.confidence) == ("auto", None)
    assert window._session.style.confidence == 0.0


def test_the_seek_bar_shows_what_is_there(
    qtbot: QtBot, window: MainWindow, clip: Path, no_leaked_threads: None
) -> None:
    open_paused(qtbot, window, clip)
    bar, preview = window.transport.timeline, window.playback.preview
    assert not preview.isVisible()
    place = bar.rect().center()
    place.setX(round(bar.x_of(1.5)))
    qtbot.mouseMove(bar, bar.rect().center())  # a pointer that is there already does not move
    qtbot.mouseMove(bar, place)
    qtbot.waitUntil(lambda: not preview.picture.pixmap().isNull())
    assert preview.isVisible()
    assert preview.picture.pixmap().width() == 192
    assert preview.text.text().startswith("0:01.")
    first = preview.picture.pixmap().toImage()
    place.setX(round(bar.x_of(0.2)))
    qtbot.mouseMove(bar, place)
    qtbot.waitUntil(lambda: preview.picture.pixmap().toImage() != first)
    bar.left.emit()
    assert not preview.isVisible()
    window.actions_.close.trigger()
    assert preview.thumbnails is None


def test_without_a_second_look_there_are_no_thumbnails(caplog: pytest.LogCaptureFixture) -> None:
    def refuse() -> None:
        raise SourceError("It is gone.")

    thumbnails = Thumbnails(refuse, 10.0)
    assert thumbnails.ask(1.0) is None
    thumbnails.stop()
    assert thumbnails.ask(1.0) is None
