"""The screen as a source: of a real X server without a monitor."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from engine.errors import SourceError
from engine.sources import open_source
from engine.sources.screen import Region, grabber, why_not
from tests.fixtures.display import virtual_screen

if TYPE_CHECKING:
    from collections.abc import Iterator

PAINT = """
import sys
from PySide6.QtGui import QGuiApplication, QRasterWindow, QPainter, QColor
class Red(QRasterWindow):
    def paintEvent(self, event):
        QPainter(self).fillRect(0, 0, 640, 480, QColor(200, 30, 40))
        self.painted = True
app = QGuiApplication([])
window = Red()
window.setGeometry(320, 240, 320, 240)
window.show()
while not hasattr(window, "painted"):
    app.processEvents()
print("painted", flush=True)
sys.stdin.readline()
"""
"""Paints the lower right quarter of the screen red until it is told to stop."""


@pytest.fixture(scope="module")
def red_quarter() -> Iterator[str]:
    with virtual_screen() as display:
        surroundings = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
        painter = subprocess.Popen(
            [sys.executable, "-c", PAINT],
            env=surroundings,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        try:
            if painter.stdout.readline().strip() != "painted":
                pytest.skip("Qt does not start on Xvfb here")
            yield display
        finally:
            painter.kill()
            painter.communicate()


@pytest.fixture
def x11(red_quarter: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", red_quarter)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.delenv("XDG_SESSION_TYPE", raising=False)


def colours(address: str, frames: int = 3):
    """Return the shape and mean colour, RGB, of the last of some frames."""
    source = open_source(address)
    try:
        taken = [source.read() for _ in range(frames)]
    finally:
        source.close()
    picture = taken[-1].picture.rgb(64, 48)
    times = [frame.pts_s for frame in taken]
    assert times == sorted(set(times))
    return source.info, picture


@pytest.mark.usefixtures("x11")
def test_the_whole_screen() -> None:
    info, picture = colours("screen:")
    assert (info.width, info.height, info.live) == (640, 480, True)
    assert picture[40, 50].tolist() == pytest.approx([200, 30, 40], abs=8)
    assert picture[5, 5].max() < 60


@pytest.mark.usefixtures("x11")
def test_a_part_of_it() -> None:
    info, picture = colours("screen:200x101+400+300")
    assert (info.width, info.height) == (200, 100)
    assert picture.reshape(-1, 3).mean(0).tolist() == pytest.approx([200, 30, 40], abs=8)


@pytest.mark.usefixtures("x11")
def test_a_part_beside_the_screen_is_refused() -> None:
    with pytest.raises(SourceError, match=r"cannot be opened"):
        open_source("screen:200x100+600+400")


@pytest.mark.parametrize("region", ["640", "640x480", "640x480+1", "8x8+0+0", "axb+0+0"])
def test_what_is_no_part_is_said_so(region: str) -> None:
    with pytest.raises(SourceError, match=r"no part|too small") as caught:
        open_source(f"screen:{region}")
    assert "screen:" in f"{caught.value.message} {caught.value.hint}"


def test_wayland_and_no_screen_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.sources.screen.platform.system", lambda: "Linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE"):
        monkeypatch.delenv(name, raising=False)
    assert "no screen" in str(why_not())
    monkeypatch.setenv("DISPLAY", ":0")
    assert why_not() is None
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    refusal = why_not()
    assert "Wayland" in refusal.message
    assert "recorder" in refusal.hint
    with pytest.raises(SourceError, match="Wayland"):
        open_source("screen:")


def test_other_systems_have_their_own_devices() -> None:
    part = Region(640, 480, 10, -20)
    assert str(part) == "640x480+10-20"
    assert Region.parse(str(part)) == part
    assert grabber("Windows", part) == (
        "gdigrab",
        "desktop",
        {"video_size": "640x480", "offset_x": "10", "offset_y": "-20"},
    )
    assert grabber("Darwin", None)[:2] == ("avfoundation", "Capture screen 0:none")
    with pytest.raises(SourceError, match="Mac"):
        grabber("Darwin", part)
