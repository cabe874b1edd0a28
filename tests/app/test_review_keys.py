"""Keys as in video tools, the list of them, and the command palette."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QKeySequence
from PySide6.QtTest import QTest

from app.actions import plain_name
from app.dialogs.command_palette import CommandPalette, match_rank
from app.dialogs.shortcuts_dialog import ShortcutsDialog
from app.main_window import MainWindow
from app.settings import load_settings
from app.snapshot import save_snapshot
from tests.app.test_main_window import open_paused

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.session import Session


def at(qtbot: QtBot, session: Session, pts_s: float) -> None:
    session.seek(pts_s)
    qtbot.waitUntil(lambda: session.position_s == pytest.approx(pts_s, abs=1e-3))


def test_l_plays_and_doubles_and_k_holds(qtbot: QtBot, window: MainWindow, clip: Path) -> None:
    open_paused(qtbot, window, clip)
    session = window._session
    qtbot.keyClick(window, Qt.Key.Key_L)
    qtbot.waitUntil(lambda: session.playing)
    assert session.request.speed == 1.0
    qtbot.keyClick(window, Qt.Key.Key_L)
    assert session.request.speed == 2.0
    qtbot.keyClick(window, Qt.Key.Key_K)
    assert not session.playing
    assert session.request.speed == 1.0


def test_j_goes_back_with_the_memory_of_playing(
    qtbot: QtBot, window: MainWindow, clip: Path
) -> None:
    open_paused(qtbot, window, clip)
    session = window._session
    at(qtbot, session, 1.5)
    seen = []
    session.frame_ready.connect(lambda frame: seen.append(frame.result))
    qtbot.keyClick(window, Qt.Key.Key_J)
    # It goes back by the clock: a busy machine shows few pictures on the way, and then the first.
    qtbot.waitUntil(lambda: len(seen) >= 4 or session.position_s == 0.0)
    qtbot.keyClick(window, Qt.Key.Key_K)
    times = [result.pts_s for result in seen]
    assert times == sorted(times, reverse=True)
    assert times[-1] < 1.5
    assert all(result.exact for result in seen)
    assert all(result.discontinuity is None for result in seen if result.pts_s > 0)
    assert window.commands.shuttle.back_speed == 0


def test_j_ends_at_the_beginning(qtbot: QtBot, window: MainWindow, clip: Path) -> None:
    open_paused(qtbot, window, clip)
    session = window._session
    at(qtbot, session, 0.2)
    qtbot.keyClick(window, Qt.Key.Key_J)
    qtbot.waitUntil(lambda: session.position_s == 0.0)
    qtbot.waitUntil(lambda: window.commands.shuttle.back_speed == 0)


def test_s_saves_the_picture_as_seen(
    qtbot: QtBot, window: MainWindow, clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(
        "app.commands.save_snapshot", lambda *args: save_snapshot(*args, tmp_path / "Pictures")
    )
    open_paused(qtbot, window, clip)
    qtbot.keyClick(window, Qt.Key.Key_S)
    saved = QImage(str(tmp_path / "Pictures" / "clip 0.00.00.png"))
    shown = window._session.frame.image
    assert saved.size() == shown.size()
    assert saved.pixelColor(50, 50) == shown.pixelColor(50, 50)
    qtbot.keyClick(window, Qt.Key.Key_S)
    assert (tmp_path / "Pictures" / "clip 0.00.00 (1).png").exists()


def test_a_picture_that_cannot_be_saved_is_a_banner(
    qtbot: QtBot, window: MainWindow, clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "taken").write_text("")
    monkeypatch.setattr(
        "app.commands.save_snapshot", lambda *args: save_snapshot(*args, tmp_path / "taken")
    )
    open_paused(qtbot, window, clip)
    qtbot.keyClick(window, Qt.Key.Key_S)
    assert window.banner.isVisible()
    assert "not saved" in window.banner.text


def press(edit_owner: ShortcutsDialog, name: str, key: Qt.Key) -> None:
    edit = edit_owner.edit_of(name)
    edit.setKeySequence(QKeySequence(key))
    edit.editingFinished.emit()


def test_a_key_can_be_changed_and_is_kept(
    qtbot: QtBot, window: MainWindow, clip: Path, session: Session
) -> None:
    window.actions_.shortcuts.trigger()
    dialog = window.findChild(ShortcutsDialog)
    press(dialog, "mark_in", Qt.Key.Key_Z)
    assert window._settings.shortcuts == {"mark_in": "Z"}
    assert "(Z)" in window.actions_.mark_in.toolTip()
    dialog.close()
    open_paused(qtbot, window, clip)
    at(qtbot, session, 1.0)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, Qt.Key.Key_Z)
    assert session.in_s == pytest.approx(1.0, abs=1e-3)
    window.close()
    again = MainWindow(session, load_settings(), "en")
    qtbot.addWidget(again)
    assert again.actions_.mark_in.shortcut().toString() == "Z"


def test_keys_can_be_searched(window: MainWindow) -> None:
    """By what a command is called, and by its key."""
    window.actions_.shortcuts.trigger()
    dialog = window.findChild(ShortcutsDialog)
    QTest.keyClicks(dialog.search, "out point")
    assert dialog.edit_of("mark_out").isVisible()
    assert not dialog.edit_of("mark_in").isVisible()
    dialog.search.setText("ctrl+b")
    assert dialog.edit_of("bundles").isVisible()
    assert not dialog.edit_of("mark_out").isVisible()
    dialog.search.clear()
    assert dialog.edit_of("mark_in").isVisible()


def test_a_key_that_is_taken_is_refused(window: MainWindow) -> None:
    window.actions_.shortcuts.trigger()
    dialog = window.findChild(ShortcutsDialog)
    press(dialog, "mark_in", Qt.Key.Key_O)
    assert "Set out point here" in dialog.note
    assert dialog.edit_of("mark_in").keySequence().toString() == "I"
    assert window.actions_.mark_in.shortcut().toString() == "I"
    press(dialog, "mark_in", Qt.Key.Key_Z)
    dialog.reset()
    assert window.actions_.mark_in.shortcut().toString() == "I"
    assert window._settings.shortcuts == {}


def test_the_palette_finds_and_runs(qtbot: QtBot, window: MainWindow, clip: Path) -> None:
    open_paused(qtbot, window, clip)
    session = window._session
    at(qtbot, session, 1.0)
    window.actions_.palette.trigger()
    palette = window.findChild(CommandPalette)
    QTest.keyClicks(palette.search, "in point")
    assert palette.names()[0] == "Set in point here"
    QTest.keyClick(palette.search, Qt.Key.Key_Return)
    assert session.in_s == pytest.approx(1.0, abs=1e-3)


def test_the_palette_lists_what_can_be_done_now(window: MainWindow) -> None:
    palette = CommandPalette(window.actions_.all(), window)
    assert "Export" not in palette.names()
    assert plain_name(window.actions_.open) in palette.names()
    QTest.keyClick(palette.search, Qt.Key.Key_Down)
    assert palette.list.currentRow() == 1
    palette.close()


def test_matching() -> None:
    assert match_rank("", "Export") is not None
    assert match_rank("exp", "Export") < match_rank("exp", "Make everything expand")
    assert match_rank("sip", "Set in point here") is not None
    assert match_rank("xyz", "Export") is None
