"""The session with a real recording, the real pipeline and a foreseeable model."""

from __future__ import annotations

import threading
import time
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QObject
from shiboken6 import delete

from app.session import Session, SessionState
from app.stream import OpenRequest
from engine.errors import SourceError
from engine.status import RunState
from tests.app.fakes import FakeModelServices

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

FRAME_S = 1 / 30


def open_paused(qtbot: QtBot, session: Session, clip: Path) -> None:
    with qtbot.waitSignal(session.frame_ready):
        session.open(OpenRequest(str(clip), paused=True))


def show(qtbot: QtBot, session: Session, pts_s: float) -> None:
    qtbot.waitUntil(lambda: session.position_s == pytest.approx(pts_s, abs=1e-3))


def test_life(qtbot: QtBot, session: Session, clip: Path) -> None:
    assert session.state is SessionState.EMPTY
    with qtbot.waitSignals([session.opening, session.opened]):
        session.open(OpenRequest(str(clip), speed=8.0))
        assert session.state is SessionState.OPENING
    assert session.state is SessionState.OPEN
    assert session.stream.info.frame_count == 60
    with qtbot.waitSignal(session.ended):
        pass
    assert session.status.state is RunState.ENDED
    assert session.status.processed == 60
    with qtbot.waitSignal(session.closed):
        session.close_stream()
    assert session.state is SessionState.EMPTY
    assert session.stream is None


def test_opening_returns_at_once(qtbot: QtBot, qapp: object, clip: Path) -> None:
    class Slow(FakeModelServices):
        def open_source(self, address: str):
            time.sleep(0.5)
            return super().open_source(address)

    session = Session(Slow())
    begun = time.monotonic()
    session.open(OpenRequest(str(clip)))
    assert time.monotonic() - begun < 0.1
    with qtbot.waitSignal(session.opened):
        pass
    session.shut_down()


def test_failure_is_told(qtbot: QtBot, session: Session, tmp_path: Path) -> None:
    with qtbot.waitSignal(session.failed) as told:
        session.open(OpenRequest(str(tmp_path / "missing.mp4")))
    assert "missing.mp4" in told.args[0]
    assert session.state is SessionState.FAILED
    assert session.stream is None


def test_a_later_open_wins(qtbot: QtBot, qapp: object, clip: Path, no_leaked_threads: None) -> None:
    class FirstIsSlow(FakeModelServices):
        def open_source(self, address: str):
            if address.startswith("slow:"):
                time.sleep(0.4)
                address = address.removeprefix("slow:")
            return super().open_source(address)

    session = Session(FirstIsSlow())
    opened = []
    session.opened.connect(lambda stream: opened.append(stream.request.address))
    session.open(OpenRequest(f"slow:{clip}"))
    session.open(OpenRequest(str(clip)))
    qtbot.waitUntil(lambda: bool(opened))
    qtbot.wait(600)
    assert opened == [str(clip)]
    session.shut_down()


def test_pause_step_and_seek(qtbot: QtBot, session: Session, clip: Path) -> None:
    open_paused(qtbot, session, clip)
    assert not session.playing
    session.step_forward()
    show(qtbot, session, FRAME_S)
    session.seek(1.0)
    show(qtbot, session, 1.0)
    session.step_forward()
    show(qtbot, session, 1.0 + FRAME_S)
    session.step_back()
    show(qtbot, session, 1.0)
    session.step_back()
    show(qtbot, session, 1.0 - FRAME_S)
    session.seek_by(-100)
    show(qtbot, session, 0.0)
    assert session.status.state is RunState.PAUSED


def test_a_picture_waits_for_no_timer(qtbot: QtBot, session: Session, clip: Path) -> None:
    open_paused(qtbot, session, clip)
    session._timer.stop()
    session.step_forward()
    show(qtbot, session, FRAME_S)


def test_playing_goes_on_from_the_place(qtbot: QtBot, session: Session, clip: Path) -> None:
    open_paused(qtbot, session, clip)
    session.seek(1.5)
    show(qtbot, session, 1.5)
    session.toggle()
    assert session.playing
    with qtbot.waitSignal(session.ended):
        pass
    session.toggle()
    qtbot.waitUntil(lambda: session.playing and session.position_s < 1.0)


def test_hold_at_stops_exactly_with_memory(qtbot: QtBot, session: Session, clip: Path) -> None:
    request = OpenRequest(str(clip), start_s=0.5, hold_at_s=1.5, speed=float("inf"))
    with qtbot.waitSignal(session.opened):
        session.open(request)
    show(qtbot, session, 1.5)
    assert session.frame.result.memory_s == pytest.approx(1.0, abs=1e-3)
    qtbot.wait(150)
    assert session.position_s == pytest.approx(1.5, abs=1e-3)


def test_looping_between_marks(qtbot: QtBot, session: Session, clip: Path) -> None:
    open_paused(qtbot, session, clip)
    session.set_marks(0.5, 0.8)
    session.loop = True
    session.seek(0.5)
    show(qtbot, session, 0.5)
    seen = []
    session.frame_ready.connect(lambda frame: seen.append(frame.result.pts_s))
    session.play()
    qtbot.waitUntil(lambda: sum(b < a for a, b in pairwise(seen)) >= 2)
    assert min(seen) >= 0.5 - 1e-3
    assert max(seen) < 0.8 + 5 * FRAME_S


@pytest.mark.usefixtures("no_leaked_threads")
def test_shutting_down_stops_what_was_opened_but_not_seen(qapp: object, clip: Path) -> None:
    session = Session(FakeModelServices())
    session.open(OpenRequest(str(clip), paused=True))
    deadline = time.monotonic() + 10
    while "longtake-task" in (names := [t.name for t in threading.enumerate()]):
        assert time.monotonic() < deadline
        time.sleep(0.01)  # no event is processed: the stream is there and waits to be collected
    assert "longtake-paint" in names
    session.shut_down()


def test_the_demo_has_no_end(qtbot: QtBot, session: Session) -> None:
    seen = []  # every frame: a busy machine may look only after the demo began again
    session.frame_ready.connect(lambda frame: seen.append(frame.result.pts_s))
    with qtbot.waitSignal(session.opened):
        session.open(OpenRequest("demo", start_s=10_000.0))
    qtbot.waitUntil(lambda: any(b < a / 2 for a, b in pairwise(seen)))
    qtbot.waitUntil(lambda: session.playing)


def test_marks_never_cross(session: Session) -> None:
    session.set_marks(1.0, 2.0)
    session.set_marks(3.0, 2.0)
    assert (session.in_s, session.out_s) == (3.0, None)
    session.set_marks(3.0, 1.0)
    assert (session.in_s, session.out_s) == (None, 1.0)


def test_another_model_keeps_the_place(qtbot: QtBot, session: Session, clip: Path) -> None:
    open_paused(qtbot, session, clip)
    session.seek(1.0)
    show(qtbot, session, 1.0)
    with qtbot.waitSignal(session.opened):
        session.reopen(backend="onnxruntime")
    show(qtbot, session, 1.0)
    assert session.request.backend == "onnxruntime"
    assert session.status.state is RunState.PAUSED


def test_another_model_does_not_hold_again_where_it_was_opened(
    qtbot: QtBot, session: Session, clip: Path
) -> None:
    session.open(OpenRequest(str(clip), hold_at_s=0.5))
    qtbot.waitUntil(lambda: session.position_s >= 0.5 and not session.playing)
    session.set_speed(0.25)
    session.play()
    qtbot.waitUntil(lambda: session.position_s > 0.6)
    with qtbot.waitSignal(session.opened):
        session.reopen(bundle="other")
    qtbot.waitUntil(lambda: session.position_s > 0.8)


def test_confidence_reaches_picture_and_model(qtbot: QtBot, session: Session, clip: Path) -> None:
    open_paused(qtbot, session, clip)
    before = session.frame.pixels.copy()
    with qtbot.waitSignal(session.frame_ready):
        session.set_confidence(0.95)
    assert (session.frame.pixels != before).any()
    session.step_forward()
    qtbot.waitUntil(lambda: session.stream.predictor.confidence == 0.95)


def test_pictures_fit_the_display(qtbot: QtBot, session: Session, clip: Path) -> None:
    open_paused(qtbot, session, clip)
    with qtbot.waitSignal(session.frame_ready):
        session.set_target(1000, 600)
    assert session.frame.pixels.shape == (600, 800, 4)
    assert session.frame.source_size == (320, 240)


def test_shutting_down_is_quick_and_leaves_no_thread(
    qtbot: QtBot, session: Session, clip: Path, no_leaked_threads: None
) -> None:
    with qtbot.waitSignal(session.frame_ready):
        session.open(OpenRequest(str(clip)))
    begun = time.monotonic()
    session.shut_down()
    assert time.monotonic() - begun < 1.0
    assert session.state is SessionState.CLOSED


def test_shutting_down_while_opening_leaves_no_thread(
    qapp: object, clip: Path, no_leaked_threads: None
) -> None:
    class Slow(FakeModelServices):
        def open_source(self, address: str):
            time.sleep(0.4)
            return super().open_source(address)

    session = Session(Slow())
    session.open(OpenRequest(str(clip)))
    session.shut_down()


def test_background_results_arrive_in_the_guis_thread(qtbot: QtBot, session: Session) -> None:
    where: list[threading.Thread] = []
    session.background(lambda: 42, lambda _: where.append(threading.current_thread()))
    qtbot.waitUntil(lambda: bool(where))
    assert where == [threading.main_thread()]


def test_background_failure_is_told_and_a_defect_is_raised(qtbot: QtBot, session: Session) -> None:
    def fail() -> None:
        raise SourceError("The lens is covered.", "Uncover it.")

    with qtbot.waitSignal(session.failed) as told:
        session.background(fail, lambda _: None)
    assert told.args == ["The lens is covered.", "Uncover it."]

    with qtbot.captureExceptions() as raised:
        session.background(lambda: 1 / 0, lambda _: None)
        qtbot.waitUntil(lambda: bool(raised))
    assert raised[0][0] is ZeroDivisionError


def test_a_seek_carries_memory_as_playing_does(qtbot: QtBot, session: Session, clip: Path) -> None:
    with qtbot.waitSignal(session.ended):
        session.open(OpenRequest(str(clip), speed=20.0))
    session.seek(1.0)
    show(qtbot, session, 1.0)
    result = session.frame.result
    assert (result.discontinuity, result.exact) == (None, True)
    assert result.memory_s == pytest.approx(1.0, abs=1e-3)


def test_memory_begun_in_the_middle_is_called_approximate(
    qtbot: QtBot, session: Session, make_clip: Callable[..., Path], tmp_path: Path
) -> None:
    clip = make_clip(tmp_path / "long.mp4", frames=240)
    open_paused(qtbot, session, clip)
    assert session.stream.history.tracks()
    session.set_confidence(0.6)
    assert not session.stream.history.tracks()
    session.seek(6.0)
    show(qtbot, session, 6.0)
    assert not session.frame.result.exact
    session.seek(0.0)
    show(qtbot, session, 0.0)
    assert session.frame.result.exact


def _fail() -> None:
    raise SourceError("Nothing there.")


def test_what_comes_for_somebody_gone_is_dropped(qtbot: QtBot, session: Session) -> None:
    gone, told, done = QObject(), [], []
    session.background(lambda: 1, told.append, owner=gone)
    session.background(_fail, told.append, told.append, owner=gone)
    session.background(lambda: 2, done.append, owner=session)
    delete(gone)
    qtbot.waitUntil(lambda: bool(done))
    assert (told, done) == ([], [2])


def test_with_a_real_model_seeking_shows_what_playing_showed(
    qtbot: QtBot, qapp: object, clip: Path, tiny_bundle: Path
) -> None:
    session = Session()
    with qtbot.waitSignal(session.ended):
        session.open(OpenRequest(str(clip), str(tiny_bundle), "onnxruntime", speed=50.0))
    history = session.stream.history
    played = {n: history.at(n / 30).copy() for n in (3, 17, 31, 46, 59)}
    for number in (46, 3, 59, 17, 31):
        session.seek(number / 30)
        show(qtbot, session, number / 30)
        result = session.frame.result
        seen = np.concatenate([result.actions[head.name] for head in history.heads])
        assert result.exact
        recorded = np.rint(played[number] * 200)  # the record keeps half hundredths
        assert (np.rint(seen * 200) == recorded).all()
    session.shut_down()
