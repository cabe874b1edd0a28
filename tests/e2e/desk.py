"""Hands on a real window: keys and mouse of an X server without a monitor."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from engine.sources import open_source

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

WAIT_S = 180  # a busy machine may need minutes to start it
_STILL_S = 0.25
_SOURCE = """
import sys
from PySide6.QtCore import QMimeData, QUrl, Qt
from PySide6.QtGui import QDrag
from PySide6.QtWidgets import QApplication, QWidget
class Files(QWidget):
    def mouseMoveEvent(self, event):
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(path) for path in sys.argv[1:]])
        drag = QDrag(self)
        drag.setMimeData(data)
        drag.exec(Qt.DropAction.CopyAction)
app = QApplication(["files"])
window = Files()
window.setWindowTitle("Files to drag")
window.setGeometry(1400, 100, 100, 100)
window.show()
app.exec()
"""


class Desk:
    """One running `longtake gui`, and what a person does to it.

    Nothing waits for a length of time: only for windows, and for the screen to change and to come
    to rest.
    """

    def __init__(self, display: str, folder: Path, *arguments: str) -> None:
        self.surroundings = {
            **os.environ,
            "DISPLAY": display,
            "QT_QPA_PLATFORM": "xcb",
            "QT_ACCESSIBILITY": "0",
            "LANG": "C.UTF-8",
            "HOME": str(folder),
            **{f"LONGTAKE_{kind}_DIR": str(folder / kind) for kind in ("CONFIG", "DATA", "CACHE")},
        }
        for name in ("WAYLAND_DISPLAY", "XDG_SESSION_TYPE"):
            self.surroundings.pop(name, None)
        self.folder = folder
        self.log = (folder / "said.txt").open("w+")
        self._others: list[subprocess.Popen[bytes]] = []
        command = [sys.executable, "-m", "app", "gui", *arguments]
        self.process = subprocess.Popen(command, env=self.surroundings, stderr=self.log)

    def window(self, title: str) -> str:
        """Wait for a window whose title matches, and give it the keyboard."""
        found = ""

        def there() -> bool:
            nonlocal found
            done = self._xdotool("search", "--onlyvisible", "--name", title, check=False)
            found = done.split()[-1] if done else ""
            return bool(found)

        self.wait(there, f"a window {title!r}")
        self._xdotool("windowraise", found)
        self._xdotool("windowfocus", "--sync", found)
        return found

    def press(self, *keys: str) -> None:
        """Press keys, and wait until that shows and all has come to rest."""
        before = self.look()
        self._xdotool("key", *keys)
        self.wait(lambda: not np.array_equal(self.look(), before), f"an answer to {keys}")
        self.rest()

    def keys(self, *keys: str) -> None:
        """Press keys."""
        self._xdotool("key", *keys)

    def write(self, text: str) -> None:
        """Type."""
        self._xdotool("type", "--delay", "5", text)

    def rest(self) -> None:
        """Wait until the screen stands still."""
        last = self.look()
        until_s = time.monotonic() + WAIT_S
        while time.monotonic() < until_s:
            time.sleep(_STILL_S)
            now = self.look()
            if np.array_equal(now, last):
                return
            last = now
        pytest.fail("the screen does not come to rest")

    def look(self) -> NDArray[np.uint8]:
        """Return the screen as it is now."""
        source = open_source("screen:")
        try:
            return source.read().picture.rgb(source.info.width, source.info.height)
        finally:
            source.close()

    def drag_in(self, window: str, *files: Path) -> None:
        """Drag files from another program onto a window."""
        program = [sys.executable, "-c", _SOURCE, *map(str, files)]
        self._others.append(subprocess.Popen(program, env=self.surroundings, stderr=self.log))
        self.window("Files to drag")
        self._xdotool("mousemove", "--sync", "1450", "150")
        self._xdotool("mousedown", "1")
        for x, y in ((1440, 160), (1300, 200), (1000, 300), (600, 350), (500, 360), (480, 370)):
            self._xdotool("mousemove", "--sync", str(x), str(y))
            time.sleep(0.1)  # a drag is told step by step
        self._xdotool("mouseup", "1")

    def wait(self, condition: Callable[[], bool], what: str) -> None:
        """Wait for something, while the program runs."""
        until_s = time.monotonic() + WAIT_S
        while not condition():
            if self.process.poll() is not None:
                pytest.fail(f"it ended while {what} was awaited: {self.said()}")
            if time.monotonic() > until_s:
                shown = self.folder / "screen.png"
                cv2.imwrite(str(shown), self.look()[..., ::-1])
                pytest.fail(f"{what} did not come, see {shown}: {self.said()}")
            time.sleep(0.05)

    def said(self) -> str:
        """Return what the program wrote on its standard error."""
        self.log.flush()
        return (self.folder / "said.txt").read_text()

    def quit(self) -> int:
        """Leave by the keyboard; return the exit status."""
        self.keys("ctrl+q")
        return self.process.wait(timeout=WAIT_S)

    def clean_up(self) -> None:
        """End what is left."""
        for process in (self.process, *self._others):
            process.kill()
            process.wait()
        self.log.close()

    def _xdotool(self, *arguments: str, check: bool = True) -> str:
        done = subprocess.run(
            ["xdotool", *arguments],
            env=self.surroundings,
            capture_output=True,
            text=True,
            check=check,
            timeout=WAIT_S,
        )
        return done.stdout


def need_hands() -> None:
    """Skip where there is nothing to press keys with."""
    if sys.platform != "linux" or shutil.which("xdotool") is None:
        pytest.skip("needs xdotool (Debian, Ubuntu: xdotool)")
