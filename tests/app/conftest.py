"""Fixtures of the window's tests."""

from __future__ import annotations

import gc
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from pytestqt.qtbot import QtBot

from app.garbage import collect_what_is_due
from app.i18n import Translation
from app.main import Desktop, GuiOptions
from app.main_window import MainWindow
from app.session import Session
from app.settings import Settings
from tests.app.fakes import FakeModelServices

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from pathlib import Path

    from PySide6.QtCore import SignalInstance
    from PySide6.QtWidgets import QApplication
    from pytestqt.wait_signal import MultiSignalBlocker, SignalBlocker


PATIENCE_MS = 60_000
"""A wait ends when its condition holds: only what fails takes this long, or a busy machine."""

FAILED = pytest.StashKey[bool]()


class PatientBot(QtBot):
    """Waits as long as a machine with other work may need."""

    def waitUntil(self, callback: Callable[[], bool | None], *, timeout: int = PATIENCE_MS) -> None:
        super().waitUntil(callback, timeout=timeout)

    def waitSignal(
        self, signal: SignalInstance, *, timeout: int = PATIENCE_MS, **options: Any
    ) -> SignalBlocker:
        return super().waitSignal(signal, timeout=timeout, **options)

    def waitSignals(
        self, signals: list[SignalInstance], *, timeout: int = PATIENCE_MS, **options: Any
    ) -> MultiSignalBlocker:
        return super().waitSignals(signals, timeout=timeout, **options)


@pytest.fixture(autouse=True)
def _garbage_in_this_thread() -> Iterator[None]:
    """As in the app: no thread of the engine collects what Qt made."""
    gc.disable()
    yield
    collect_what_is_due()
    gc.enable()


@pytest.fixture
def qtbot(qapp: object, request: pytest.FixtureRequest) -> QtBot:
    """The usual one, with more patience."""
    return PatientBot(request)


@pytest.fixture(scope="module")
def clip(make_clip, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds at 30 Hz."""
    return make_clip(tmp_path_factory.mktemp("clip") / "clip.mp4", frames=60)


@pytest.fixture
def session(qapp: object) -> Iterator[Session]:
    """A session with the engine's sources and pipeline, and a model that needs no files."""
    session = Session(FakeModelServices())
    yield session
    session.shut_down()


@pytest.fixture
def window(qtbot: QtBot, session: Session) -> Iterator[MainWindow]:
    """The main window, shown."""
    window = MainWindow(session, Settings(), "en")
    qtbot.addWidget(window, before_close_func=MainWindow.close_unasked)
    window.show()
    qtbot.waitExposed(window)
    return window


@pytest.fixture
def desktop(qapp: QApplication) -> Iterator[Desktop]:
    """All of the app but the model, its window shown."""
    desktop = Desktop(qapp, GuiOptions(language="en", theme="dark"), FakeModelServices())
    desktop.window.show()
    yield desktop
    desktop.shut_down()
    qapp.setStyleSheet("")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, Any]:
    """Let fixtures know whether the test has failed."""
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest.fixture
def no_leaked_threads(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail when a thread of ours outlives the test, unless it failed or an earlier one left it."""
    before = set(threading.enumerate())
    yield
    if request.node.stash.get(FAILED, False):
        return
    deadline = time.monotonic() + 2.0
    while (alive := _our_threads(before)) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert alive == []


@pytest.fixture
def translated(qapp) -> Iterator[Callable[[str], None]]:
    """Install a language for one test."""
    translation = Translation(qapp)
    yield translation.install
    translation.install("en")


def _our_threads(before: set[threading.Thread]) -> list[str]:
    started = set(threading.enumerate()) - before
    return sorted(thread.name for thread in started if thread.name.startswith("longtake"))
