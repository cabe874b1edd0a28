"""Clock, addresses, theme, history, timeline geometry, crash handler."""

from __future__ import annotations

import logging
import sys
import threading
import time
from dataclasses import asdict
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.background import Background, wait_for_tasks
from app.clock import clock, parse_clock
from app.crash import install_crash_handler
from app.recent import holds_secret, shown_name, with_credentials, without_credentials
from app.record.history import WINDOW_S, History
from app.record.intervals import merge
from app.theme import DARK, LIGHT, Theme, contrast
from engine.frame import Discontinuity
from engine.recognitions import Recognition
from tests.app.fakes import make_manifest, make_result


@pytest.mark.parametrize(
    ("seconds", "decimals", "text"),
    [(0, 0, "0:00"), (59.999, 0, "0:59"), (61.5, 2, "1:01.50"), (3723.25, 1, "1:02:03.2")],
)
def test_clock(seconds: float, decimals: int, text: str) -> None:
    assert clock(seconds, decimals=decimals) == text


@given(st.integers(0, 360_000))
def test_clock_is_read_back(hundredths: int) -> None:
    seconds = hundredths / 100
    assert parse_clock(clock(seconds, decimals=2)) == pytest.approx(seconds, abs=1e-6)


@pytest.mark.parametrize("text", ["", "abc", "1:2:3:4", "-1", "1:", "nan"])
def test_no_times(text: str) -> None:
    assert parse_clock(text) is None


SECRETS = ["rtsp://admin:s3cret@10.0.0.7:554/live", "http://host/video?user=a&password=s3cret"]


@pytest.mark.parametrize("address", SECRETS)
def test_secrets_are_neither_stored_nor_shown(address: str) -> None:
    assert holds_secret(address)
    assert "s3cret" not in without_credentials(address)
    assert "s3cret" not in shown_name(address)
    assert not holds_secret("rtsp://10.0.0.7/live")


def test_credentials_are_escaped() -> None:
    assert (
        with_credentials("rtsp://host:554/a?b=c", "me@home", "p:/@")
        == "rtsp://me%40home:p%3A%2F%40@host:554/a?b=c"
    )
    assert with_credentials("rtsp://host/a", "", "ignored") == "rtsp://host/a"


def test_files_keep_their_names() -> None:
    assert shown_name("/videos/a clip@2x.mp4") == "a clip@2x.mp4"
    assert without_credentials("/videos/a@b.mp4") == "/videos/a@b.mp4"


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
def test_text_meets_wcag_aa(theme: Theme) -> None:
    colours = asdict(theme)
    for ground in ("window", "surface", "raised", "sunken"):
        for text in ("text", "accent"):
            assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
    for ground in ("window", "surface", "sunken"):
        for text in ("muted", "warn", "bad"):
            assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
    assert contrast(theme.on_accent, theme.accent) >= 4.5


def feed(history: History, times: list[float], **changes: object) -> None:
    for index, pts_s in enumerate(times):
        extra = changes if index == 0 else {}
        result = make_result(pts_s, 64, 48, **({"index": round(pts_s * 10)} | extra))
        history.write(SimpleNamespace(), result)


def test_history_keeps_ten_seconds_and_starts_anew_after_a_seek() -> None:
    history = History(make_manifest())
    feed(history, [t / 10 for t in range(300)], discontinuity=Discontinuity.START)
    trace = history.trace("actions")
    assert trace.times_s[-1] - trace.times_s[0] == pytest.approx(WINDOW_S, abs=0.11)
    feed(history, [5.0, 5.1], discontinuity=Discontinuity.SEEK)
    assert history.trace("actions").times_s.tolist() == [5.0, 5.1]
    assert history.marks() == []
    feed(history, [5.2], discontinuity=Discontinuity.SCENE_CUT)
    assert [mark.kind for mark in history.marks()] == [Discontinuity.SCENE_CUT]


def test_history_finds_the_frame_before() -> None:
    history = History(make_manifest())
    feed(history, [0.0, 0.1, 0.3, 2.0, 2.1])
    feed(history, [0.2, 0.3])
    assert history.previous_time(0.3) == 0.2
    assert history.previous_time(2.0) == 0.3
    assert history.previous_time(0.0) is None


def test_replaying_a_stretch_does_not_double_its_intervals() -> None:
    once, twice = History(make_manifest()), History(make_manifest())
    times = [t / 10 for t in range(100)]
    feed(once, times, discontinuity=Discontinuity.START)
    feed(twice, times, discontinuity=Discontinuity.START)
    feed(twice, times, discontinuity=Discontinuity.SEEK)
    assert twice.intervals() == once.intervals()
    assert once.intervals()


def test_merging_intervals() -> None:
    def one(start: float, end: float, label: str = "fall") -> Recognition:
        return Recognition("actions", label, start, end, end / 10)

    assert merge([one(3, 5), one(0, 1), one(1, 4), one(0, 9, "sit")]) == [
        Recognition("actions", "fall", 0, 5, 0.5),
        Recognition("actions", "sit", 0, 9, 0.9),
    ]


def test_a_crash_is_one_sentence_and_a_redacted_log(caplog: pytest.LogCaptureFixture) -> None:
    told: list[tuple[str, str]] = []
    former = sys.excepthook
    restore = install_crash_handler(lambda message, hint: told.append((message, hint)))
    try:
        error = ValueError("cannot open rtsp://admin:s3cret@host/")
        with caplog.at_level(logging.ERROR):
            sys.excepthook(ValueError, error, None)
    finally:
        restore()
    assert sys.excepthook is former
    assert len(told) == 1
    assert "s3cret" not in told[0][0] + caplog.text
    assert "ValueError" in caplog.text


def test_the_process_waits_for_what_nobody_waits_for_any_more() -> None:
    """The interpreter must not end beneath a runtime that is loading a model."""
    background, going_on, loaded = Background(), threading.Event(), threading.Event()

    def load() -> None:
        going_on.wait(60)
        loaded.set()

    background.run(load, lambda _: None, lambda _: None)
    background.cancel(0.0)
    begun_s = time.monotonic()
    wait_for_tasks(0.2)
    assert time.monotonic() - begun_s >= 0.19
    assert not loaded.is_set()
    going_on.set()
    wait_for_tasks(60.0)
    assert loaded.is_set()
