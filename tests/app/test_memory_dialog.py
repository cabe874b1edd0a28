"""What happens to memory is chosen in the window, kept, and said on the timeline."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.dialogs.memory_dialog import CHOSEN, MemoryDialog
from app.memory.choice import chosen_memory, keep_memory
from app.memory.event_words import cause_words, event_words, mark_words, reaction_words
from app.overlay import OverlayPainter
from app.record.history import History, Mark
from app.settings import Settings
from app.timeline import Timeline, TimelineState
from engine.frame import Cause, Discontinuity
from engine.smoothing import Smoothing
from engine.state import Reaction, StateEvent, StatePolicy
from tests.app.fakes import make_manifest, make_result

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


@pytest.fixture
def dialog(qtbot: QtBot) -> MemoryDialog:
    made = MemoryDialog(StatePolicy.parse("gap=decay:3"), None)
    qtbot.addWidget(made)
    made.show()
    return made


def test_it_shows_the_policy_and_tells_every_choice(qtbot: QtBot, dialog: MemoryDialog) -> None:
    reaction, half_life = dialog.row(Cause.GAP)
    assert (reaction.currentData(), half_life.value()) == (Reaction.DECAY, 3.0)
    assert half_life.isVisible()
    assert str(dialog.policy) == "gap=decay:3"
    with qtbot.waitSignal(dialog.chosen) as told:
        half_life.setValue(0.5)
    assert str(told.args[0]) == "gap=decay:0.5"
    with qtbot.waitSignal(dialog.chosen) as told:
        dialog.steady.click()
    assert told.args[1] == Smoothing()
    last: list[tuple[object, object]] = []
    dialog.chosen.connect(lambda policy, smoothing: last.append((policy, smoothing)))
    dialog.reset()
    assert (str(last[-1][0]), last[-1][1]) == ("", None)
    assert not half_life.isVisible()


def test_every_cause_and_reaction_has_its_words(qapp: QApplication) -> None:
    assert set(cause_words()) == set(Cause)
    assert set(reaction_words()) == set(Reaction)
    assert Cause.START not in CHOSEN
    for cause in Cause:
        for reaction in Reaction:
            assert event_words(StateEvent(cause, reaction, 0.25))
    faded = event_words(StateEvent(Cause.GAP, Reaction.DECAY, 0.25))
    assert faded.endswith("memory faded to 25 %")
    assert mark_words(Mark(1.0, Discontinuity.SCENE_CUT)) == "Scene cut"


def test_the_choice_is_kept_in_the_settings() -> None:
    settings = Settings()
    assert chosen_memory(settings) == (StatePolicy(), None)
    keep_memory(settings, StatePolicy.parse("drop=reset"), Smoothing())
    again = Settings.model_validate_json(settings.model_dump_json())
    policy, smoothing = chosen_memory(again)
    assert (str(policy), smoothing) == ("drop=reset", Smoothing())
    assert chosen_memory(Settings(state_policy="by hand")) == (StatePolicy(), None)


def test_a_mark_says_what_was_done(qtbot: QtBot) -> None:
    history = History(make_manifest())
    event = StateEvent(Cause.RECONNECT, Reaction.RESET, 0.0)
    history.write(
        None,  # type: ignore[arg-type]
        make_result(4.0, 64, 48, discontinuity=Discontinuity.SOURCE, event=event),
    )
    (mark,) = history.marks()
    assert mark.event == event
    bar = Timeline()
    qtbot.addWidget(bar)
    bar.resize(400, 40)
    bar.show_state(TimelineState(duration_s=8.0, seekable=True, marks=(mark,)))
    bar.show()
    qtbot.waitExposed(bar)
    told: list[str] = []
    bar.pointed.connect(lambda seconds, text: told.append(text))
    for x in (bar.x_of(2.0), bar.x_of(4.0)):
        QTest.mouseMove(bar, QPoint(round(x), 10))
        QApplication.processEvents()
    assert "memory emptied" not in told[0]
    assert "Source lost and back · memory emptied" in told[-1]


def test_steadied_labels_are_recognised_and_called_so(qapp: QApplication) -> None:
    import numpy as np

    painter = OverlayPainter(make_manifest(), language="en")
    shown = {
        "actions": np.array([False, False, False, False, True]),
        "fight": np.array([False, True]),
    }
    actions = {
        "actions": np.array([0.9, 0.3, 0.2, 0.1, 0.4], np.float32),
        "fight": np.array([0.2, 0.8], np.float32),
    }
    rows = painter.recognised(make_result(1.0, 320, 240, actions=actions, shown=shown))
    assert [(row.label, row.recognised) for row in rows[:2]] == [
        ("lying", True),
        ("standing", False),
    ]
    assert rows[0].probability == pytest.approx(0.4)
