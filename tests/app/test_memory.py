"""The memory inspector."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.main_window import MainWindow
from app.memory.comparison import compare
from app.memory.heat_strip import heat_image
from app.memory.measures import carried_share, horizon_s, output_gate
from app.memory.probe import MemoryView
from app.session import Session
from app.settings import Settings
from app.theme import DARK
from tests.app.fakes import FakeModelServices, FakePredictor, make_manifest
from tests.app.test_main_window import open_paused

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from engine.frame import Frame
    from engine.results import FrameResult


@given(st.integers(0, 10_000))
def test_the_output_gate_comes_out_exactly(seed: int) -> None:
    rng = np.random.default_rng(seed)
    cell = rng.normal(0, 2, 64).astype(np.float32)
    gate = rng.uniform(0, 1, 64).astype(np.float32)
    known = np.abs(np.tanh(cell)) > 0.02
    found = output_gate(gate * np.tanh(cell), cell)
    assert found == pytest.approx(float(gate[known].mean()), abs=1e-3)


def test_nothing_held_has_no_output_gate() -> None:
    assert output_gate(np.zeros(4, np.float32), np.zeros(4, np.float32)) is None


@pytest.mark.parametrize("forget", [0.0, 0.3, 1.0])
def test_without_writing_the_carried_share_is_the_forget_gate(forget: float) -> None:
    cell = np.random.default_rng(3).normal(0, 1, 128).astype(np.float32)
    assert carried_share(cell, forget * cell) == pytest.approx(forget, abs=1e-5)


def test_new_content_does_not_count_as_carried() -> None:
    rng = np.random.default_rng(4)
    cell, new = rng.normal(0, 1, (2, 20_000)).astype(np.float32)
    assert carried_share(cell, 0.5 * cell + new) == pytest.approx(0.5, abs=0.05)


def test_the_horizon_is_where_a_twentieth_is_left() -> None:
    times = np.arange(100) / 10
    seconds, all_of_it = horizon_s(times, np.full(100, 0.5, np.float32))
    assert seconds == pytest.approx(0.5)  # 0.5 ** 5 < 0.05 < 0.5 ** 4
    assert not all_of_it
    assert horizon_s(times, np.ones(100, np.float32)) == (pytest.approx(9.9), True)


def test_heat_is_blue_orange_or_nothing() -> None:
    image = heat_image(np.array([[-1.0, 0.0, 1.0]], np.float32), DARK)
    below, nothing, above = (image.pixelColor(0, row) for row in range(3))
    assert below.blue() > below.red()
    assert above.red() > above.blue()
    assert nothing.name() == DARK.surface


def test_the_largest_difference_comes_first() -> None:
    heads = [head for head in make_manifest().heads if head.name == "actions"]
    view = MemoryView(
        np.zeros(0),
        (),
        {"actions": np.array([0.5, 0.9, 0.01, 0.2, 0.0], np.float32)},
        {"actions": np.array([0.4, 0.1, 0.02, 0.2, 0.0], np.float32)},
    )
    rows = compare(view, heads, "zh")
    assert [row.name for row in rows] == ["走动", "站立", "跌倒"]
    assert (rows[0].remembered, rows[0].forgetful) == (pytest.approx(0.9), pytest.approx(0.1))
    assert "坐着" not in [row.name for row in rows]


# -- in the window ---------------------------------------------------------------------------------


class Forgetful(FakePredictor):
    """Sees falling only with more than a third of a second of memory behind it."""

    made: ClassVar[list[Forgetful]] = []

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.frames = 0
        self.threads: set[str] = set()
        Forgetful.made.append(self)

    def process(self, frame: Frame) -> FrameResult:
        self.frames += 1
        self.threads.add(threading.current_thread().name)
        result = super().process(frame)
        falling = 0.9 if result.memory_s > 0.3 else 0.1
        seen = np.array([0.0, 0.0, 0.0, falling, 0.0], np.float32)
        return replace(result, actions={**result.actions, "actions": seen})


class ForgetfulServices(FakeModelServices):
    def make_predictor(self, model: Any, confidence: float | None, related: bool) -> Any:
        return Forgetful(confidence, self._step_s)


@pytest.fixture
def inspected(qtbot: QtBot, qapp: object) -> Iterator[MainWindow]:
    Forgetful.made.clear()
    session = Session(ForgetfulServices())
    window = MainWindow(session, Settings(show_inspector=True), "en")
    qtbot.addWidget(window, before_close_func=MainWindow.close_unasked)
    window.resize(1400, 900)
    window.show()
    qtbot.waitExposed(window)
    yield window
    session.shut_down()


def play_to_end(qtbot: QtBot, window: MainWindow, clip: Path) -> None:
    with qtbot.waitSignal(window._session.ended):
        window.open_address(str(clip), speed=4.0)


def test_state_appears_frame_by_frame(qtbot: QtBot, inspected: MainWindow, clip: Path) -> None:
    play_to_end(qtbot, inspected, clip)
    panel = inspected.inspector
    qtbot.waitUntil(lambda: len(panel.hidden.values) > 50)
    assert panel.layer.currentData() == "actions.lstm1"
    assert panel.cell.values.shape[1] == 4
    names = [name for name, _ in panel.gates.lines]
    assert names == ["carried over", "output gate"]
    assert panel.gates.lines[1][1][-1] == pytest.approx(0.5, abs=0.01)
    assert "rest" in panel.horizon.text()


def test_hidden_it_looks_at_nothing(qtbot: QtBot, inspected: MainWindow, clip: Path) -> None:
    inspected.actions_.show_inspector.setChecked(False)
    play_to_end(qtbot, inspected, clip)
    assert not inspected.inspector.isVisible()
    view = inspected._session.stream.memory.view()
    assert view.layers == ()
    assert len(Forgetful.made) == 1


def test_a_jump_begins_a_new_strip(qtbot: QtBot, inspected: MainWindow, clip: Path) -> None:
    play_to_end(qtbot, inspected, clip)
    session = inspected._session
    session.seek(0.5)
    qtbot.waitUntil(lambda: session.position_s == pytest.approx(0.5, abs=1e-3))
    moment = [pytest.approx(0.5, abs=1e-3)]
    # The picture is known and shown at once; memory catches up with it.
    qtbot.waitUntil(lambda: session.stream.memory.view().times_s.tolist() == moment)


def test_what_if_it_had_no_memory(qtbot: QtBot, inspected: MainWindow, clip: Path) -> None:
    panel = inspected.inspector
    assert not panel.comparison.isVisible()
    panel.compare_box.setChecked(True)
    play_to_end(qtbot, inspected, clip)
    qtbot.waitUntil(lambda: len(panel.comparison.rows) > 0)
    (falling,) = [row for row in panel.comparison.rows if row.name == "falling"]
    assert falling.remembered == pytest.approx(0.9)
    assert falling.forgetful == pytest.approx(0.1)
    real, shadow = Forgetful.made
    assert shadow.threads == real.threads == {"longtake-process"}
    assert 1 <= shadow.frames < real.frames


def test_the_comparison_ends_with_the_question(
    qtbot: QtBot, inspected: MainWindow, clip: Path
) -> None:
    panel = inspected.inspector
    open_paused(qtbot, inspected, clip)
    panel.compare_box.setChecked(True)
    qtbot.waitUntil(lambda: len(Forgetful.made) == 2)
    panel.compare_box.setChecked(False)
    frames = Forgetful.made[1].frames
    inspected._session.play()
    qtbot.waitUntil(lambda: inspected._session.position_s > 0.5)
    assert Forgetful.made[1].frames == frames
