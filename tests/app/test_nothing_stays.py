"""What is closed is gone: counted in objects, for bytes say little."""

from __future__ import annotations

import gc
import threading
import weakref
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtWidgets import QApplication, QDialog
from shiboken6 import getAllValidWrappers

from app.grid.grid_session import GridSession
from app.session import SessionState
from app.stream import OpenRequest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.main import Desktop
    from app.main_window import MainWindow
    from app.session import Session

DIALOGS = (
    *("about", "bundles", "export", "find", "memory_settings", "open_address", "palette"),
    *("preferences", "rules", "shortcuts", "teach"),
)


def living() -> Counter[str]:
    """Count the objects of Qt that Python knows, by class."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    return Counter(type(one).__name__ for one in getAllValidWrappers() if isinstance(one, QObject))


def what_stays(do: Callable[[], None], times: int = 3) -> Counter[str]:
    """Return what there is more of after doing something again and again."""
    do()
    before = living()
    for _ in range(times):
        do()
    return living() - before


@pytest.mark.parametrize("command", DIALOGS)
def test_dialogs(
    qtbot: QtBot, window: MainWindow, session: Session, clip: Path, command: str
) -> None:
    window.open_address(str(clip))
    qtbot.waitUntil(lambda: session.frame is not None)
    session.pause()

    def open_and_close() -> None:
        getattr(window.actions_, command).setEnabled(True)
        getattr(window.actions_, command).trigger()
        QCoreApplication.processEvents()
        for dialog in window.findChildren(QDialog):
            dialog.close()
        qtbot.waitUntil(lambda: not session._background)

    stayed = what_stays(open_and_close)
    assert {name: n for name, n in stayed.items() if n >= 3} == {}


def test_windows_in_another_look(qtbot: QtBot, desktop: Desktop) -> None:
    def change() -> None:
        for language in ("zh", "en"):
            desktop.window.menus.language_chosen.emit(language)
        qtbot.waitUntil(lambda: not desktop.session._background)

    stayed = what_stays(change)
    assert {name: n for name, n in stayed.items() if n >= 3} == {}


def test_streams(qtbot: QtBot, window: MainWindow, session: Session, clip: Path) -> None:
    """Gone without the collector, which may not come round for minutes."""
    seen: list[weakref.ref] = []
    session.opened.connect(lambda stream: seen.append(weakref.ref(stream.pipeline)))
    gc.collect()
    gc.disable()
    try:
        for _ in range(4):
            window.open_address(str(clip))
            qtbot.waitUntil(
                lambda: session.state is SessionState.OPEN and session.frame is not None
            )
        qtbot.waitUntil(lambda: [one() is not None for one in seen] == [False] * 3 + [True])
    finally:
        gc.enable()


def test_freed_memory_is_handed_back(
    qtbot: QtBot, session: Session, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed_back = threading.Event()
    monkeypatch.setattr("app.session.hand_back_free_memory", handed_back.set)
    session.open(OpenRequest(str(clip)))
    qtbot.waitUntil(lambda: session.frame is not None)
    assert not handed_back.is_set()
    session.close_stream()
    qtbot.waitUntil(handed_back.is_set)


def test_a_grid_closed_in_a_hurry_loads_nothing(
    qtbot: QtBot, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    loads: list[str] = []
    monkeypatch.setattr("engine.bundle.load_bundle", loads.append)
    loading = threading.Lock()
    with loading:
        for _ in range(3):
            grid = GridSession(loading=loading)
            grid.add("nowhere.mp4")
            tasks = [t for t in threading.enumerate() if t.name == "longtake-task"]
            grid.shut_down()
    for task in tasks:
        task.join(20)
    assert loads == []
