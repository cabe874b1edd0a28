"""Nothing breaks, whatever is pressed.

A longer run: ``LONGTAKE_MONKEY_S=1200 pytest tests/app/test_monkey.py -s``.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from typing import TYPE_CHECKING

import pytest
from PySide6.QtTest import QTest

from app.main import Desktop, GuiOptions
from app.qt_log import NO_FAULT
from engine.free_memory import share_arenas
from tests.app.fakes import FakeModelServices
from tests.app.monkey import Monkey, answer_file_dialogs, resident_mb

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QApplication

SECONDS = float(os.environ.get("LONGTAKE_MONKEY_S", "4"))
SEED = int(os.environ.get("LONGTAKE_MONKEY_SEED", "7"))
PARTS = 4
MOST_MB = 2000.0
"""An export, a grid and a lesson load a model each, in two runtimes, to choose; more is a leak."""
LONGEST_HANG_S = 1.0 if SECONDS > 60 else 5.0
"""A short run has to pass beside other work, too."""


def wait_for_tasks() -> None:
    """What measures a model, say, ends a while after nobody waits for it any more."""
    until_s = time.monotonic() + 60
    while time.monotonic() < until_s:
        if not any(t.name.startswith("longtake") for t in threading.enumerate()):
            return
        time.sleep(0.05)


@pytest.mark.timeout(SECONDS * 2 + 120)
@pytest.mark.usefixtures("no_leaked_threads")
def test_nothing_breaks(
    qapp: QApplication,
    qtlog,
    clip: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """No exception, no hang, no warning of Qt's, no thread left behind."""
    caplog.set_level(logging.ERROR)  # a long run says much
    share_arenas()  # as the app does
    monkeypatch.setattr("app.commands.save_snapshot", lambda *args: tmp_path)
    text, missing = tmp_path / "notes.txt", tmp_path / "missing.mp4"
    text.write_text("no video")
    live = "lavfi:testsrc2=size=160x120:rate=30"
    files = [str(clip), str(clip), str(text), str(missing)]
    answer_file_dialogs(monkeypatch, files, tmp_path)
    told: list[str] = []
    monkeypatch.setattr(Desktop, "_show_error", lambda _, message, hint: told.append(message))
    desktop = Desktop(qapp, GuiOptions(language="en", theme="dark"), FakeModelServices())
    desktop.window.show()
    desktop.window.open_address(str(clip))
    monkey = Monkey(desktop, [*files, live], SEED)
    sizes_mb = [resident_mb()]
    for _ in range(PARTS):
        until_s = time.monotonic() + SECONDS / PARTS
        while time.monotonic() < until_s:
            monkey.act()
            QTest.qWait(monkey.random.randrange(2, 20))
        sizes_mb.append(resident_mb())
    monkey.stop()
    desktop.shut_down()
    heart = monkey.heart
    sizes = ", ".join(f"{size:.0f}" for size in sizes_mb)
    print(f"{monkey.done} deeds; {heart.words}; MB over time: {sizes}", *heart.seen, sep="\n")
    wait_for_tasks()
    assert told == []
    said = {record.message for record in qtlog.records}
    assert {text for text in said if not text.startswith(NO_FAULT)} == set()
    assert heart.longest_s < LONGEST_HANG_S, heart.during
    assert monkey.done > SECONDS * (5 if SECONDS > 60 else 1)
    assert max(sizes_mb) < MOST_MB
