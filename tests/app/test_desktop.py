"""The application around the window: changing theme and language while a clip is on show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.actions import plain_name
from app.main import Desktop, GuiOptions
from app.theme import DARK, LIGHT, apply_theme, current_theme
from tests.app.fakes import FakeModelServices

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot


@pytest.fixture
def desktop(qapp, no_leaked_threads: None) -> Iterator[Desktop]:
    desktop = Desktop(qapp, GuiOptions(language="en", theme="dark"), FakeModelServices())
    desktop.window.show()
    yield desktop
    desktop.shut_down()
    desktop._translation.install("en")
    qapp.setStyleSheet("")


def test_theme_and_language_change_while_the_clip_stays(
    qtbot: QtBot, desktop: Desktop, clip: Path
) -> None:
    with qtbot.waitSignal(desktop.session.frame_ready):
        desktop.window.open_address(str(clip), hold_at_s=0.5)
    qtbot.waitUntil(lambda: desktop.session.position_s == pytest.approx(0.5, abs=1e-3))
    stream, first = desktop.session.stream, desktop.window
    assert current_theme() == DARK

    first.menus.theme_chosen.emit("light")
    assert current_theme() == LIGHT
    desktop.window.menus.language_chosen.emit("zh")

    window = desktop.window
    assert window is not first
    assert desktop.session.stream is stream
    assert window.stage.currentWidget() is window.video
    assert window.transport._position.text == "0:00.50"
    assert plain_name(window.actions_.play) == "播放"
    with qtbot.waitSignal(desktop.session.frame_ready):
        window.actions_.step_forward.trigger()
    assert (desktop._settings.theme, desktop._settings.language) == ("light", "zh")


def test_bundle_and_backend_of_the_command_line_are_not_kept(
    qapp, qtbot: QtBot, clip: Path, no_leaked_threads: None
) -> None:
    services = FakeModelServices()
    options = GuiOptions(bundle="other", backend="onnxruntime", language="en", theme="dark")
    desktop = Desktop(qapp, options, services)
    with qtbot.waitSignal(desktop.session.opened):
        desktop.window.open_address(str(clip))
    assert services.loaded == [("other", "onnxruntime")]
    assert (desktop._settings.bundle, desktop._settings.backend) == ("default", "auto")
    desktop.shut_down()
    qapp.setStyleSheet("")


def test_every_theme_dresses_the_application(qapp) -> None:
    for theme in (LIGHT, DARK):
        apply_theme(qapp, theme)
        assert current_theme() == theme
        assert "$" not in qapp.styleSheet()
    qapp.setStyleSheet("")
