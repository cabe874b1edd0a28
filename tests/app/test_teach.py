"""Teach: the draft and its undo, what is recorded, and the dialog from naming to keeping."""

from __future__ import annotations

from fractions import Fraction
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from zlib import crc32

import numpy as np
import pytest
from shiboken6 import isValid

from app.teach.draft import AUTOMATIC, Draft, Drafting
from app.teach.findings import sentence, summary
from app.teach.recorder import TakeRecorder
from app.teach.teach_dialog import TeachDialog
from app.teach.work import Learnt, Workbench
from engine.errors import SourceError
from engine.frame import Frame
from engine.lessons.manifest import Doubtful, LessonManifest, Outcome, TakeRecord
from engine.lessons.store import list_lessons, save_lesson
from models.spec import InputSpec, Label
from models.teaching.course import teach
from models.teaching.judge import Doubt
from models.teaching.reading import READING_SIZE
from models.teaching.takes import BACKGROUND, Take
from tests.app.fakes import make_result
from tests.app.test_main_window import open_paused

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.main_window import MainWindow
    from app.teach.work import Ticket
    from engine.lessons.store import Lesson
    from engine.lessons.viewing import Part

WAVE, CLAP = Label(en="wave", zh="挥手"), Label(en="clap", zh="拍手")


def make_take(take_id: str, label: str, start_s: float = 0.0, end_s: float = 1.0) -> Take:
    rng = np.random.default_rng(crc32(take_id.encode()))
    place = np.full(READING_SIZE, {"": 0.0, "wave": 1.0, "clap": -1.0}.get(label, 0.5))
    readings = place + rng.normal(0, 0.3, (8, READING_SIZE))
    times = np.linspace(start_s, end_s, 8)
    return Take(take_id, label, "clip.mp4", start_s, end_s, times, readings.astype(np.float16))


# -- the draft -------------------------------------------------------------------------------------


def test_every_change_can_be_undone() -> None:
    drafting = Drafting()
    states = [drafting.now]
    drafting.name_action(WAVE)
    states.append(drafting.now)
    drafting.add_takes([make_take("a-1", "wave")], {"a-1": "clip.mp4"})
    states.append(drafting.now)
    drafting.drop_take("a-1")
    states.append(drafting.now)
    drafting.drop_action("wave")
    while drafting.can_undo:
        drafting.undo()
        assert drafting.now is states.pop()
    assert states == []


def test_names_are_told_apart() -> None:
    drafting = Drafting()
    assert drafting.name_action(WAVE)
    assert not drafting.name_action(Label(en="wave", zh="别的"))
    assert [action.zh for action in drafting.now.actions] == ["挥手"]


def test_a_mark_overrules_what_was_background_by_itself() -> None:
    drafting = Drafting(
        Draft(
            (WAVE,),
            (
                make_take(f"{AUTOMATIC}1", BACKGROUND, 0.0, 4.0),
                make_take(f"{AUTOMATIC}2", BACKGROUND, 4.0, 8.0),
            ),
            {f"{AUTOMATIC}1": "clip.mp4", f"{AUTOMATIC}2": "clip.mp4"},
        )
    )
    drafting.add_takes([make_take("a-1", "wave", 1.0, 2.0)], {"a-1": "clip.mp4"})
    assert [take.id for take in drafting.now.takes] == [f"{AUTOMATIC}2", "a-1"]
    assert drafting.now.intervals("clip.mp4") == [(1.0, 2.0)]


def test_what_was_learnt_goes_with_the_next_change() -> None:
    drafting = Drafting(Draft((WAVE,), (make_take("a-1", "wave"), make_take("b-1", BACKGROUND))))
    drafting.learnt(teach(drafting.now.takes, ["wave"]))
    assert drafting.now.taught is not None
    drafting.drop_take("b-1")
    assert drafting.now.taught is None
    drafting.undo()
    assert drafting.now.taught is not None


@pytest.mark.parametrize("doubt", list(Doubt))
def test_every_doubt_has_words(doubt: Doubt) -> None:
    finding = Doubtful(doubt=doubt.value, label="wave", other="clap", count=2, of=5)
    text = sentence(finding, {"wave": "挥手"})
    assert text != doubt.value
    assert "{" not in text


def test_the_summary_owns_up() -> None:
    assert "Not tested" in summary(Outcome(accuracy=None, frame_accuracy=None, good=False))
    assert "Not good enough" in summary(Outcome(accuracy=0.6, frame_accuracy=0.5, good=False))
    assert "Good: 100 %" in summary(Outcome(accuracy=1.0, frame_accuracy=0.9, good=True))


# -- recording -------------------------------------------------------------------------------------


def frame(index: int, rate: int = 32) -> Frame:
    picture = SimpleNamespace(
        rgb=lambda width, height: np.full((height, width, 3), index, np.uint8)
    )
    return Frame(index, index, Fraction(1, rate), 0, picture)  # type: ignore[arg-type]


def test_nothing_is_kept_unless_wanted() -> None:
    recorder = TakeRecorder(InputSpec(width=16, height=16, rate_hz=25))
    recorder.write(frame(0), make_result(0.0, 16, 16))
    assert recorder.end() == []
    recorder.begin()
    for index in range(8):
        recorder.write(frame(index), make_result(index / 32, 16, 16))
    moments = recorder.end()
    assert [pts_s for pts_s, _ in moments] == [0.0, 2 / 32, 4 / 32, 6 / 32]
    assert moments[1][1].shape == (16, 16, 3)
    recorder.write(frame(9), make_result(9 / 32, 16, 16))
    assert recorder.end() == []


def test_a_jump_back_begins_anew() -> None:
    recorder = TakeRecorder(InputSpec(width=16, height=16, rate_hz=25))
    recorder.begin()
    for pts_s in (5.0, 5.5, 1.0):
        recorder.write(frame(0), make_result(pts_s, 16, 16))
    assert [pts_s for pts_s, _ in recorder.end()] == [1.0]


# -- the dialog ------------------------------------------------------------------------------------


class FakeBench(Workbench):
    """Looks at nothing, learns for real."""

    def __init__(self) -> None:
        super().__init__("default", "auto")
        self.refuse = False

    def look(self, part: Part, ticket: Ticket) -> Take | None:
        if self.refuse:
            raise SourceError("The clip is gone.")
        return make_take(part.id, part.label, part.start_s or 0.0, part.end_s or 0.0)

    def look_at(self, part: Part, title: str, moments: list[Any]) -> Take:
        self.shown = {**getattr(self, "shown", {}), part.label: [pts_s for pts_s, _ in moments]}
        return make_take(part.id, part.label, part.start_s or 0.0, part.end_s or 0.0)

    def learn(self, draft: Draft, ticket: Ticket) -> Learnt | None:
        rest = make_take(f"{AUTOMATIC}1", BACKGROUND), make_take(f"{AUTOMATIC}2", BACKGROUND)
        fresh = [] if draft.of(BACKGROUND) else list(rest)
        names = [action.en for action in draft.actions]
        taught = teach([*draft.takes, *fresh], names, ticket.note)
        return Learnt(taught, tuple(fresh), {take.id: "clip.mp4" for take in fresh})

    def keep(self, name: str, title: Label, draft: Draft, *rest: Any) -> Lesson:
        manifest = LessonManifest(
            name=name,
            title=title,
            bundle="default",
            model_sha256="0" * 64,
            labels=draft.actions,
            thresholds=(0.5,) * len(draft.actions),
            background=True,
            takes=tuple(
                TakeRecord(
                    id=t.id, label=t.label, source=t.source, start_s=t.start_s, end_s=t.end_s
                )
                for t in draft.takes
            ),
            tested=Outcome(accuracy=1.0, frame_accuracy=1.0, good=True),
            created="2026-11-21",
            files={},
        )
        sight = np.zeros(READING_SIZE, np.float32)
        assert draft.taught is not None
        return save_lesson(manifest, draft.taught.head, sight, draft.takes)


@pytest.fixture
def dialog(
    qtbot: QtBot, window: MainWindow, clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[TeachDialog]:
    monkeypatch.setenv("LONGTAKE_DATA_DIR", str(tmp_path / "data"))
    open_paused(qtbot, window, clip)
    dialog = TeachDialog(window._session, window._settings, "en", window, bench=FakeBench())
    dialog.show()
    yield dialog
    if isValid(dialog):  # the window may have closed it
        dialog.close()


def name_action(dialog: TeachDialog, name: str) -> None:
    dialog.parts.material.name.setText(name)
    dialog.parts.material.add.click()


def mark(qtbot: QtBot, dialog: TeachDialog, start_s: float, end_s: float) -> None:
    before = len(dialog.drafting.now.takes)
    dialog._session.set_marks(start_s, end_s)
    dialog.parts.take_part.click()
    qtbot.waitUntil(lambda: len(dialog.drafting.now.takes) > before)


def test_from_naming_to_keeping(qtbot: QtBot, dialog: TeachDialog) -> None:
    parts = dialog.parts
    assert not parts.learn.isEnabled()
    name_action(dialog, "wave")
    assert parts.material.chosen == "wave"
    for k in range(3):
        mark(qtbot, dialog, 0.2 * k, 0.2 * k + 0.15)
    assert parts.material.take_list.count() == 3
    assert dialog._session.in_s is None
    parts.learn.click()
    qtbot.waitUntil(lambda: dialog.ticket is None)
    assert "Good" in parts.outcome.text() or "Not good" in parts.outcome.text()
    assert parts.curve.losses
    assert not parts.keep.isEnabled()  # it has no name yet
    parts.name.setText("My lesson")
    parts.keep.click()
    qtbot.waitUntil(lambda: dialog.kept == "my-lesson")
    assert [lesson.name for lesson in list_lessons("default")] == ["my-lesson"]
    qtbot.waitUntil(lambda: parts.lessons.count() == 2)
    request = dialog._session.request
    assert request is not None
    assert request.bundle == "default+my-lesson"
    parts.before.click()
    assert dialog._session.request.bundle == "default"


def test_undo_takes_learning_back(qtbot: QtBot, dialog: TeachDialog) -> None:
    name_action(dialog, "wave")
    mark(qtbot, dialog, 0.1, 0.4)
    dialog.parts.learn.click()
    qtbot.waitUntil(lambda: dialog.ticket is None)
    assert len(dialog.drafting.now.takes) == 3
    dialog.parts.undo.click()
    assert [take.label for take in dialog.drafting.now.takes] == ["wave"]
    assert dialog.parts.outcome.text() == ""
    dialog.parts.undo.click()
    dialog.parts.undo.click()
    assert dialog.drafting.now.actions == ()
    assert not dialog.parts.undo.isEnabled()


def test_a_take_that_cannot_be_seen_says_why(qtbot: QtBot, dialog: TeachDialog) -> None:
    name_action(dialog, "wave")
    dialog.bench.refuse = True  # type: ignore[attr-defined]
    dialog._session.set_marks(0.1, 0.4)
    dialog.parts.take_part.click()
    qtbot.waitUntil(lambda: "gone" in dialog.parts.note.text())
    assert not dialog.taking.looking


def test_learning_can_be_stopped(qtbot: QtBot, dialog: TeachDialog) -> None:
    name_action(dialog, "wave")
    mark(qtbot, dialog, 0.1, 0.4)
    bench: Any = dialog.bench

    def learn(draft: Draft, ticket: Ticket) -> None:
        ticket.cancelled.wait(10)

    bench.learn = learn
    dialog.parts.learn.click()
    assert dialog.parts.cancel.isVisible()
    dialog.parts.cancel.click()
    qtbot.waitUntil(lambda: dialog.ticket is None)
    assert dialog.parts.note.text() == "Stopped."
    assert dialog.drafting.now.taught is None


def test_a_second_action_of_the_same_name_is_refused(dialog: TeachDialog) -> None:
    name_action(dialog, "wave")
    name_action(dialog, "wave")
    assert "already" in dialog.parts.note.text()
    assert len(dialog.drafting.now.actions) == 1


def test_everything_that_is_no_text_says_what_it_is(dialog: TeachDialog) -> None:
    material, parts = dialog.parts.material, dialog.parts
    for widget in (material.name, material.chinese, material.action_list, material.take_list):
        assert widget.accessibleName()
    for widget in (parts.name, parts.lessons, parts.seconds, parts.curve):
        assert widget.accessibleName()


def test_the_command_opens_it_once(qtbot: QtBot, window: MainWindow) -> None:
    window.actions_.teach.trigger()
    window.actions_.teach.trigger()
    assert len(window.findChildren(TeachDialog)) == 1


def test_a_take_from_a_camera(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.teach.taking.COUNT_DOWN_S", 2.0)
    with qtbot.waitSignal(window._session.opened):
        window.open_address("lavfi:testsrc2=size=64x48:rate=30")
    bench = FakeBench()
    dialog = TeachDialog(window._session, window._settings, "en", window, bench=bench)
    dialog.show()
    parts = dialog.parts
    assert parts.record.isVisible()
    assert not parts.take_part.isVisible()
    name_action(dialog, "wave")
    parts.seconds.setValue(1)
    parts.record.click()
    assert "Get ready" in parts.note.text()
    assert parts.count_down.text() == "2"
    assert not parts.record.isEnabled()
    qtbot.waitUntil(lambda: len(dialog.drafting.now.takes) == 2)
    takes = {take.label: take for take in dialog.drafting.now.takes}
    assert set(takes) == {"wave", BACKGROUND}
    assert takes["wave"].seconds == pytest.approx(1.0, abs=0.01)
    shown: Any = bench.shown  # type: ignore[attr-defined]
    assert shown["wave"][0] == pytest.approx(takes["wave"].start_s - 1.0, abs=0.15)
    assert shown[BACKGROUND][-1] < takes["wave"].start_s
    assert window._session.stream is not None
    assert window._session.stream.recorder.end() == []
    assert parts.count_down.text() == ""
    dialog.close()


def test_what_is_named_wrongly_becomes_a_take(qtbot: QtBot, window: MainWindow, clip: Path) -> None:
    window.bundle = "default+actions"  # the fake model's head, as if it had been taught
    with qtbot.waitSignal(window._session.ended):
        window.open_address(str(clip), speed=4.0)
    session = window._session
    session.seek(0.5)
    qtbot.waitUntil(lambda: session.position_s == pytest.approx(0.5, abs=0.05))
    dialog = TeachDialog(session, window._settings, "en", window, bench=FakeBench())
    dialog.show()
    qtbot.waitUntil(lambda: "no lesson" in dialog.parts.note.text())
    name_action(dialog, "wave")
    assert dialog.parts.correct.isEnabled()
    dialog.parts.correct.click()
    qtbot.waitUntil(lambda: len(dialog.drafting.now.takes) == 1)
    (take,) = dialog.drafting.now.takes
    assert take.label == "wave"
    assert session.stream is not None
    recognised = [
        (found.start_s, found.end_s)
        for found in session.stream.history.intervals()
        if found.head == "actions"
    ]
    assert (take.start_s, take.end_s) in recognised
    assert take.start_s <= 0.6
    dialog.close()
