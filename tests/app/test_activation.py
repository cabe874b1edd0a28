"""What a label rests on, in the inspector."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np

from app.memory import activation_driver
from app.memory.activation import Activation
from app.memory.activation_view import ActivationView, blend
from engine.errors import BackendError
from tests.app.fakes import make_manifest
from tests.app.test_main_window import open_paused

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from pytestqt.qtbot import QtBot

    from app.main_window import MainWindow


def test_what_counts_is_lit_and_the_rest_is_dim() -> None:
    rgb = np.full((32, 32, 3), 100, np.uint8)
    evidence = np.zeros((2, 2), np.float32)
    evidence[0, 0] = 1.0
    mixed = blend(rgb, evidence)
    assert mixed[0, 0, 0] > 100 > mixed[31, 31, 0]
    assert mixed[0, 0, 0] > mixed[0, 0, 2]  # orange


def test_background_is_not_offered(qtbot: QtBot) -> None:
    view = ActivationView("zh")
    qtbot.addWidget(view)
    view.show_heads([head for head in make_manifest().heads if head.name == "fight"])
    assert [view.label.itemText(k) for k in range(view.label.count())] == ["Fight · 打斗"]
    assert view.chosen is None
    view.on.setChecked(True)
    assert view.chosen == ("fight", 0)


def test_off_it_keeps_nothing(qtbot: QtBot, window: MainWindow, clip: Path) -> None:
    window.actions_.show_inspector.setChecked(True)
    open_paused(qtbot, window, clip)
    session = window._session
    session.step_forward()
    qtbot.wait(100)
    assert session.stream is not None
    assert session.stream.look.newest() is None


def test_on_it_shows_the_frame_on_show(
    qtbot: QtBot, window: MainWindow, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    def fake(self: Activation, address: str, look: Any, head: str, label: int) -> Any:
        asked.append((address, look.rgb.shape, head, label))
        return np.ones((3, 4), np.float32)

    monkeypatch.setattr(Activation, "map", fake)
    window.actions_.show_inspector.setChecked(True)
    open_paused(qtbot, window, clip)
    view = window.inspector.activation
    view.on.setChecked(True)
    qtbot.waitUntil(lambda: not view.picture.image.isNull())
    assert asked[0] == ("default", (48, 64, 3), "actions", 0)
    view.on.setChecked(False)
    assert view.picture.image.isNull()
    assert window._session.stream is not None


def test_without_torch_it_says_what_to_install(
    qtbot: QtBot, window: MainWindow, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fake(*_: Any) -> Any:
        raise BackendError("Showing what a decision rests on needs PyTorch.", "Install it.")

    monkeypatch.setattr(Activation, "map", fake)
    window.actions_.show_inspector.setChecked(True)
    open_paused(qtbot, window, clip)
    window.inspector.activation.on.setChecked(True)
    qtbot.waitUntil(lambda: "needs PyTorch" in window.inspector.activation.note.text())


def test_after_a_jump_it_shows_where_the_picture_is(
    qtbot: QtBot, window: MainWindow, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is known of a frame is shown before memory is there: that memory is not looked at."""
    asked: list[float] = []

    def fake(self: Activation, address: str, look: Any, head: str, label: int) -> Any:
        asked.append(look.pts_s)
        state = look.after["actions.lstm1.h"]  # of FakePredictor: of the time since the beginning
        assert np.allclose(state[0, 0], 0.5 * np.tanh(np.sin(look.pts_s)), atol=1e-5)
        return np.ones((3, 4), np.float32)

    monkeypatch.setattr(Activation, "map", fake)
    window.actions_.show_inspector.setChecked(True)
    open_paused(qtbot, window, clip)
    window.inspector.activation.on.setChecked(True)
    session = window._session
    session.play()
    qtbot.waitUntil(lambda: session.position_s > 1.5)
    session.pause()
    session.seek(0.5)
    qtbot.waitUntil(lambda: bool(asked) and asked[-1] == 0.5)
    session.seek(1.4)
    qtbot.waitUntil(lambda: asked[-1] == 1.4)


def test_a_slow_look_does_not_keep_a_picture_waiting_that_stands_still(
    qtbot: QtBot, window: MainWindow, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it plays, nine tenths of the time are for others: two minutes after one of 20 s."""
    asked: list[float] = []
    now_s = [0.0]

    def fake(self: Activation, address: str, look: Any, head: str, label: int) -> Any:
        asked.append(look.pts_s)
        now_s[0] += 20.0
        return np.ones((3, 4), np.float32)

    monkeypatch.setattr(Activation, "map", fake)
    monkeypatch.setattr(activation_driver, "time", SimpleNamespace(monotonic=lambda: now_s[0]))
    window.actions_.show_inspector.setChecked(True)
    open_paused(qtbot, window, clip)
    window.inspector.activation.on.setChecked(True)
    qtbot.waitUntil(lambda: bool(asked))
    window._session.seek(1.0)
    qtbot.waitUntil(lambda: asked[-1] == 1.0)
