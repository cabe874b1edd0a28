"""Somebody who presses everything.

A longer run: ``LONGTAKE_MONKEY_S=1200 pytest tests/app/test_monkey.py -s``.
"""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog

from app.main import Desktop, GuiOptions
from tests.app.fakes import FakeModelServices

if TYPE_CHECKING:
    from pathlib import Path

SECONDS = float(os.environ.get("LONGTAKE_MONKEY_S", "4"))
ASKING = (
    *("open", "open_folder", "open_address", "quit", "about", "full_screen", "export"),
    *("diagnostics", "add_to_grid"),
)
"""Commands that open one of the desktop's own windows, which tests cannot press, or leave; or that
add one stream more each time."""


class Monkey:
    """Acts on the window that is there now; the same seed acts alike."""

    def __init__(self, desktop: Desktop, sources: list[str], seed: int) -> None:
        self.desktop, self.sources, self.random = desktop, sources, random.Random(seed)
        self.done = 0

    def act(self) -> None:
        self.done += 1
        for dialog in self.desktop.window.findChildren(QDialog):
            dialog.close()
        deeds = (self.trigger, self.trigger, self.trigger, self.click, self.click, self.resize)
        (self.open if self.random.random() < 0.06 else self.random.choice(deeds))()

    def trigger(self) -> None:
        actions = self.desktop.window.actions_
        names = [a.objectName() for a in actions.all() if a.objectName() not in ASKING]
        getattr(actions, self.random.choice(names)).trigger()

    def click(self) -> None:
        window = self.desktop.window
        places = (
            window.timeline.canvas,
            window.timeline.ruler,
            window.transport.timeline,
            window.inspector.compare_box,
            window.timeline.only_recognised,
        )
        widget = self.random.choice(places)
        if widget.isVisible():
            x, y = (self.random.randrange(max(1, side)) for side in widget.size().toTuple())
            QTest.mouseMove(widget, QPoint(x, y))
            QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=QPoint(x, y))

    def resize(self) -> None:
        self.desktop.window.resize(
            self.random.randrange(700, 1600), self.random.randrange(500, 900)
        )
        if self.random.random() < 0.1:
            self.desktop.window.menus.theme_chosen.emit(self.random.choice(("dark", "light")))
        if self.random.random() < 0.1:
            self.desktop.window.menus.language_chosen.emit(self.random.choice(("en", "zh")))

    def open(self) -> None:
        self.desktop.window.open_address(self.random.choice(self.sources))


@pytest.mark.usefixtures("no_leaked_threads")
def test_nothing_breaks(qapp, clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No exception, no warning of Qt's, no thread left behind."""
    monkeypatch.setattr("app.commands.save_snapshot", lambda *args: tmp_path)
    told: list[str] = []
    monkeypatch.setattr(Desktop, "_show_error", lambda _, message, hint: told.append(message))
    desktop = Desktop(qapp, GuiOptions(language="en", theme="dark"), FakeModelServices())
    sources = [str(clip), "lavfi:testsrc2=size=160x120:rate=30", str(tmp_path / "missing.mp4")]
    desktop.window.show()
    desktop.window.open_address(str(clip))
    monkey = Monkey(desktop, sources, seed=7)
    for _ in range(round(SECONDS * 60)):
        monkey.act()
        QTest.qWait(monkey.random.randrange(2, 20))
    desktop.shut_down()
    assert told == []
    assert monkey.done >= 200
