"""Somebody who presses everything: keys, buttons, drops, dialogs, sources, sizes; by a seed."""

from __future__ import annotations

import faulthandler
import os
import random
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QFileDialog,
    QLineEdit,
    QMenu,
    QWidget,
)

if TYPE_CHECKING:
    import pytest

    from app.main import Desktop

LEFT_ALONE = ("quit", "add_to_grid")
"""Commands that leave, or that add one stream more each time."""
_KEYS = (
    *(Qt.Key.Key_Space, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Tab, Qt.Key.Key_Return),
    *(Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Delete),
    *(Qt.Key.Key_Escape, Qt.Key.Key_Backspace, Qt.Key.Key_PageDown),
    *"ijklxsefbamhptjkl0123456789[]+-.:/",
)
_USED = (QAbstractButton, QAbstractItemView, QAbstractSlider, QAbstractSpinBox, QComboBox)
_LONGEST_CLOSED = 25
_LONG_S = 0.8


class Heartbeat:
    """How long the event loop was away at most, seconds.

    What it waited for a processor that others had is not counted, where the system tells.
    """

    def __init__(self) -> None:
        self.longest_s = self.longest_with_others_s = 0.0
        self.during = self.doing = ""
        self._last_s, self._last_kept_waiting_s = time.monotonic(), _kept_waiting_s()
        self.seen: list[str] = []
        self._over = threading.Event()
        self._watched = threading.get_ident()
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()
        self._timer = QTimer(interval=20)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    @property
    def words(self) -> str:
        """The figures, for people."""
        return (
            f"longest hang {self.longest_s:.2f} s, during {self.during} "
            f"({self.longest_with_others_s:.2f} s with what else the machine did)"
        )

    def stop(self) -> None:
        self._timer.stop()
        self._over.set()
        self._watcher.join()

    def _watch(self) -> None:
        """Note where the GUI's thread is while it does not answer."""
        noted_s = 0.0
        while not self._over.wait(0.1):
            last_s = self._last_s
            if time.monotonic() - last_s > _LONG_S and last_s != noted_s:
                noted_s = last_s
                with tempfile.TemporaryFile("w+") as file:
                    faulthandler.dump_traceback(file)
                    file.seek(0)
                    main = file.read().partition(f"0x{self._watched:016x}")[2].splitlines()
                self.seen.append("\n".join([f"{self.doing}:", *main[1:6]]))

    def _beat(self) -> None:
        now_s, waiting_s = time.monotonic(), _kept_waiting_s()
        away_s = now_s - self._last_s
        self.longest_with_others_s = max(self.longest_with_others_s, away_s)
        away_s -= waiting_s - self._last_kept_waiting_s
        if away_s > self.longest_s:
            self.longest_s, self.during = away_s, self.doing
        self._last_s, self._last_kept_waiting_s = now_s, waiting_s


def _kept_waiting_s() -> float:
    """Return how long this thread was ready to run, and did not."""
    try:
        figures = Path(f"/proc/self/task/{threading.get_native_id()}/schedstat").read_text()
    except OSError:
        return 0.0
    return int(figures.split()[1]) / 1e9


class Monkey:
    """Acts on the windows that are there now; the same seed acts alike."""

    def __init__(self, desktop: Desktop, sources: list[str], seed: int) -> None:
        self.desktop, self.sources, self.random = desktop, sources, random.Random(seed)
        self.done = 0
        self.heart = Heartbeat()
        # Some buttons wait until their menu is closed, in a loop of their own.
        self._closer = QTimer(interval=60)
        self._closer.timeout.connect(_close_popups)
        self._closer.start()
        self._deeds = (
            *((self.trigger, 20), (self.click_place, 16), (self.use_control, 24), (self.press, 20)),
            *((self.resize, 8), (self.open, 5), (self.drop, 4), (self.close_some, 6)),
        )

    def act(self) -> None:
        """Do one thing."""
        self.done += 1
        deeds, weights = zip(*self._deeds, strict=True)
        deed = self.random.choices(deeds, weights)[0]
        self.heart.doing = deed.__name__
        deed()

    # -- deeds -----------------------------------------------------------------------------------

    def trigger(self) -> None:
        """Give a command."""
        actions = self.desktop.window.actions_
        names = [a.objectName() for a in actions.all() if a.objectName() not in LEFT_ALONE]
        name = self.random.choice(names)
        self.heart.doing = f"command {name}"
        getattr(actions, name).trigger()

    def click_place(self) -> None:
        """Click somewhere on the timeline."""
        window = self.desktop.window
        places = (window.timeline.canvas, window.timeline.ruler, window.transport.timeline)
        self._click(self.random.choice(places))

    def use_control(self) -> None:
        """Click anything that can be clicked, in any window."""
        above = self._windows()[-1] if self.random.random() < 0.7 else self.desktop.window
        controls = [
            w for w in above.findChildren(QWidget) if isinstance(w, _USED) and w.isVisible()
        ]
        if controls:
            control = self.random.choice(controls)
            what = control.accessibleName() or getattr(control, "text", str)()
            self.heart.doing = f"{type(control).__name__} {what} in {type(above).__name__}"
            self._click(control)

    def press(self) -> None:
        """Press a key, wherever the focus is."""
        focus = QApplication.focusWidget() or self._windows()[-1]
        if isinstance(focus, QLineEdit) and "ommand" in focus.accessibleName():
            return  # whatever is written there is run
        key = self.random.choice(_KEYS)
        self.heart.doing = f"key {key} in {type(focus).__name__}"
        QTest.keyClick(focus, key)

    def resize(self) -> None:
        """Change sizes, and sometimes the look."""
        width, height = self.random.randrange(700, 1600), self.random.randrange(500, 900)
        self._windows()[self.random.randrange(len(self._windows()))].resize(width, height)
        if self.random.random() < 0.1:
            self.heart.doing = "theme"
            self.desktop.window.menus.theme_chosen.emit(self.random.choice(("dark", "light")))
        if self.random.random() < 0.1:
            self.heart.doing = "language"
            self.desktop.window.menus.language_chosen.emit(self.random.choice(("en", "zh")))

    def open(self) -> None:
        """Change the source."""
        self.desktop.window.open_address(self.random.choice(self.sources))

    def drop(self) -> None:
        """Drop one file or two."""
        many = 2 if self.random.random() < 0.2 else 1
        urls = [QUrl.fromUserInput(self.random.choice(self.sources)) for _ in range(many)]
        drop_on(self.desktop.window, urls)

    def close_some(self) -> None:
        """Close what is above the main window."""
        for above in self._windows()[1:]:
            above.close()

    # -- inside ----------------------------------------------------------------------------------

    def _windows(self) -> list[QWidget]:
        main = self.desktop.window
        others = [w for w in QApplication.topLevelWidgets() if w.isVisible() and w is not main]
        above = [w for w in others if not isinstance(w, QMenu) and w.isWindow()]
        for old in above[:-_LONGEST_CLOSED]:
            old.close()
        return [main, *above]

    def _click(self, widget: QWidget) -> None:
        if widget.isVisible():
            x, y = (self.random.randrange(max(1, side)) for side in widget.size().toTuple())
            QTest.mouseMove(widget, QPoint(x, y))
            QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=QPoint(x, y))

    def stop(self) -> None:
        """Leave the windows as after a close."""
        self._closer.stop()
        self.heart.stop()
        self.close_some()


def resident_mb() -> float:
    """Return how much of the machine's memory the process has; 0 where nobody tells."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _close_popups() -> None:
    popup = QApplication.activePopupWidget()
    if popup is not None:
        popup.close()


def drop_on(widget: QWidget, urls: list[QUrl]) -> None:
    """Drag files over a widget and let go."""
    data = QMimeData()
    data.setUrls(urls)
    where, copy = widget.rect().center(), Qt.DropAction.CopyAction
    held, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(where, copy, data, held, keys)
    QGuiApplication.sendEvent(widget, enter)
    if enter.isAccepted():
        QGuiApplication.sendEvent(widget, QDropEvent(QPointF(where), copy, data, held, keys))


def answer_file_dialogs(monkeypatch: pytest.MonkeyPatch, sources: list[str], folder: Path) -> None:
    """Answer what only people could: the desktop's own dialogs."""
    choice = random.Random(1)

    def one(*_: object, **__: object) -> tuple[str, str]:
        return choice.choice(("", *sources)), ""

    def save(*_: object, **__: object) -> tuple[str, str]:
        return choice.choice(("", str(folder / f"saved-{choice.randrange(9)}.mp4"))), ""

    monkeypatch.setattr(QFileDialog, "getOpenFileName", one)
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([one()[0]], ""))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", save)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(folder))
    monkeypatch.setattr("PySide6.QtGui.QDesktopServices.openUrl", lambda _: True)
