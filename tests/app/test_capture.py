"""Cameras in their modes, a camera that is plugged in, and a part of the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QPixmap
from PySide6.QtTest import QTest

from app.capture.camera_menu import CameraMenu
from app.capture.camera_watch import CameraWatch
from app.capture.region_picker import RegionPicker
from app.devices import Offer, find_devices
from engine.sources import CameraDevice
from engine.sources.camera_modes import CameraMode

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.main_window import MainWindow
    from app.session import Session

DESK = CameraDevice("camera:/dev/video0", "Desk")
DOOR = CameraDevice("camera:/dev/video2", "Door")
MODES = (CameraMode(1280, 720, 30.0, "mjpeg"), CameraMode(640, 480))
WAIT_MS = 15_000


def test_a_camera_is_opened_as_usual_or_in_a_mode(qtbot: QtBot, session: Session) -> None:
    menu = CameraMenu(session)
    qtbot.addWidget(menu)
    chosen: list[str] = []
    menu.address_chosen.connect(chosen.append)
    menu.show_offers([Offer(DESK, MODES), Offer(DOOR)])
    desk, door = menu.actions()
    assert (desk.text(), door.text()) == ("Desk", "Door")
    usual, _, large, small = desk.menu().actions()
    assert (large.text(), small.text()) == ("1280 × 720 · 30 fps · mjpeg", "640 × 480")
    for action in (door, usual, large):
        action.trigger()
    large_address = "camera:/dev/video0?size=1280x720&rate=30&format=mjpeg"
    assert chosen == [DOOR.address, DESK.address, large_address]
    menu.show_offers([])
    assert "No camera" in menu.actions()[0].text()


@pytest.fixture
def cameras(monkeypatch: pytest.MonkeyPatch) -> list[CameraDevice]:
    there = [DESK]
    monkeypatch.setattr("engine.sources.list_cameras", lambda: list(there))
    monkeypatch.setattr("app.capture.camera_watch._SETTLE_MS", 20)
    return there


def test_a_camera_that_is_plugged_in_is_noticed(
    qtbot: QtBot, session: Session, cameras: list[CameraDevice], tmp_path: Path
) -> None:
    (tmp_path / "video0").touch()
    watch = CameraWatch(session, session, tmp_path)
    found: list[CameraDevice] = []
    watch.plugged_in.connect(found.append)
    watch.start()
    qtbot.waitUntil(lambda: watch._known is not None, timeout=WAIT_MS)
    assert found == []  # those that are there already are no news
    (tmp_path / "tty7").touch()
    cameras.append(DOOR)
    with qtbot.waitSignal(watch.changed, timeout=WAIT_MS):
        (tmp_path / "video2").touch()
    assert found == [DOOR]
    cameras.remove(DOOR)
    with qtbot.waitSignal(watch.changed, timeout=WAIT_MS):
        (tmp_path / "video2").unlink()
    assert found == [DOOR]


def test_the_window_offers_to_open_it(qtbot: QtBot, window: MainWindow) -> None:
    opened: list[str] = []
    window._session.opening.connect(opened.append)
    window.capture.watch.plugged_in.emit(CameraDevice("lavfi:testsrc2=size=64x48:rate=30", "Door"))
    assert "Door" in window.banner.text
    assert window.banner.isVisible()
    with qtbot.waitSignal(window._session.opened, timeout=WAIT_MS):
        window.banner.accept.click()
    assert opened == ["lavfi:testsrc2=size=64x48:rate=30"]
    assert not window.banner.isVisible()
    window.banner.show_error("Gone.")
    assert not window.banner.accept.isVisible()


@pytest.fixture
def picker(qtbot: QtBot) -> RegionPicker:
    picture = QPixmap(800, 600)
    picture.fill(QColor(90, 120, 150))
    picture.setDevicePixelRatio(2.0)
    picker = RegionPicker(picture, QRect(1000, 20, 400, 300))
    picker.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(picker)
    picker.show()
    return picker


def test_a_part_is_dragged_out(qtbot: QtBot, picker: RegionPicker) -> None:
    QTest.mousePress(picker, Qt.MouseButton.LeftButton, pos=QPoint(210, 160))
    QTest.mouseMove(picker, QPoint(60, 40))
    assert picker.band.topLeft() == QPoint(60, 40)
    shown = picker.grab().toImage()
    ratio = shown.devicePixelRatio()
    bright = shown.pixelColor(round(90 * ratio), round(60 * ratio))
    veiled = shown.pixelColor(round(20 * ratio), round(200 * ratio))
    assert bright.blue() > 140 > 80 > veiled.blue()
    with qtbot.waitSignal(picker.chosen) as caught:
        QTest.mouseRelease(picker, Qt.MouseButton.LeftButton, pos=QPoint(60, 40))
    width, height, left, top = _numbers(caught.args[0])
    assert (left, top) == (1000 + 2 * 60, 20 + 2 * 40)  # device pixels
    assert (width, height) == (300, 240)
    assert not picker.isVisible()


def test_a_slip_of_the_hand_is_no_part(qtbot: QtBot, picker: RegionPicker) -> None:
    QTest.mouseClick(picker, Qt.MouseButton.LeftButton, pos=QPoint(60, 40))
    assert picker.isVisible()
    with qtbot.waitSignal(picker.given_up):
        QTest.keyClick(picker, Qt.Key.Key_Escape)


def test_enter_takes_the_whole_screen(qtbot: QtBot, picker: RegionPicker) -> None:
    with qtbot.waitSignal(picker.chosen) as caught:
        QTest.keyClick(picker, Qt.Key.Key_Return)
    assert _numbers(caught.args[0]) == [800, 600, 1000, 20]


def test_where_the_screen_cannot_be_seen_it_is_said_why(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.sources.screen.platform.system", lambda: "Linux")
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    window.actions_.open_screen.trigger()
    assert "Wayland" in window.banner.text
    assert window.isVisible()


def test_the_command_line_lists_modes_and_the_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.devices.find_offers", lambda: [Offer(DESK, MODES)])
    monkeypatch.setattr("engine.sources.screen.why_not", lambda: None)
    desk, screen = find_devices()
    assert desk["modes"][0] == "camera:/dev/video0?size=1280x720&rate=30&format=mjpeg"
    assert screen["address"] == "screen:"


def _numbers(address: str) -> list[int]:
    size, left, top = address.removeprefix("screen:").split("+")
    return [*(int(side) for side in size.split("x")), int(left), int(top)]
