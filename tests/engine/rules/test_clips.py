"""Clips of what happened, with what came before; and rules over a whole stream."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import av
import numpy as np
import pytest

from engine.errors import LongtakeError
from engine.rules.clips import clip_stem
from engine.rules.dispatch import Dispatcher
from engine.rules.model import RuleBook, SaveClip
from engine.rules.occasion import RuleLog
from engine.rules.ring import FrameRing, Still
from engine.rules.secrets import Secrets
from engine.rules.sink import RuleSink
from engine.sources import open_source
from tests.engine.rules.test_conditions import HEADS, result
from tests.fixtures.clips import picture, read_index
from tests.fixtures.results import frame


def times_and_pictures(path: Path) -> list[tuple[float, np.ndarray]]:
    with av.open(str(path)) as container:
        return [(f.time, f.to_ndarray(format="rgb24")) for f in container.decode(video=0)]


def clip_book(folder: Path, **clip: object) -> RuleBook:
    action = {"do": "clip", "folder": str(folder), **clip}
    when = {"kind": "action", "label": "falling", "for_s": 0}
    return RuleBook.model_validate(
        {"rules": [{"name": "Fall: 1/2", "when": when, "then": [action]}]}
    )


@pytest.fixture
def dispatcher(tmp_path: Path):
    dispatcher = Dispatcher(RuleLog(), Secrets(tmp_path / "secrets.json"))
    yield dispatcher
    dispatcher.close()


def seen(index: int, falling_from: int) -> object:
    return result(index / 30, 0.9 if index >= falling_from else 0.0)


def live(sink: RuleSink, frames: int, falling_from: int) -> None:
    """Play frames as a camera would, at a pace that the ring's thread can follow."""
    for index in range(frames):
        bgr = np.ascontiguousarray(picture(index, (320, 240))[:, :, ::-1])
        sink.write(frame(index, bgr=bgr), seen(index, falling_from))
        time.sleep(0.004)


def test_a_live_clip_begins_before_it_was_wanted(dispatcher: Dispatcher, tmp_path: Path) -> None:
    book = clip_book(tmp_path / "clips", before_s=1, after_s=0.5)
    sink = RuleSink(book, HEADS, "camera", dispatcher)
    live(sink, frames=120, falling_from=60)
    assert dispatcher.wait(20)
    sink.close()
    (path,) = (tmp_path / "clips").iterdir()
    assert path.name.endswith("_Fall-1-2.mp4")
    shown = [read_index(image) for _, image in times_and_pictures(path)]
    assert 28 <= shown[0] <= 34
    assert 73 <= shown[-1] <= 75
    # Frames may be left out while the machine is busy, never put in the wrong place.
    assert shown == sorted(set(shown))
    assert len(shown) > 20
    assert dispatcher.log.entries()[-1].text == str(path)


def test_a_stream_that_ends_ends_its_clips(dispatcher: Dispatcher, tmp_path: Path) -> None:
    book = clip_book(tmp_path / "clips", before_s=1, after_s=50)
    sink = RuleSink(book, HEADS, "camera", dispatcher)
    live(sink, frames=30, falling_from=20)
    time.sleep(0.1)
    sink.abort()
    assert dispatcher.wait(20)
    (path,) = (tmp_path / "clips").iterdir()
    assert 26 <= read_index(times_and_pictures(path)[-1][1]) <= 29
    assert not [t for t in threading.enumerate() if t.name == "longtake-ring"]


def test_of_a_recording_the_part_is_copied(
    dispatcher: Dispatcher, make_clip, tmp_path: Path
) -> None:
    recording = make_clip(tmp_path / "in.mp4", frames=150, audio=True)
    book = clip_book(tmp_path / "clips", before_s=1, after_s=1)
    sink = RuleSink(book, HEADS, "in.mp4", dispatcher, recording=recording)
    source = open_source(recording)
    while (one := source.read()) is not None:
        sink.write(one, seen(one.index, 75))
    source.close()
    sink.close()
    assert dispatcher.wait(20)
    (path,) = (tmp_path / "clips").iterdir()
    shown = [read_index(image) for _, image in times_and_pictures(path)]
    # From the key frame before 1.5 s (one in 12 frames) to 3.5 s.
    assert (shown[0], shown[-1]) == (36, 104)
    with av.open(str(path)) as container:
        assert len(container.streams.audio) == 1


def test_who_only_watches_does_nothing(dispatcher: Dispatcher, tmp_path: Path) -> None:
    sink = RuleSink(clip_book(tmp_path / "clips"), HEADS, "in", dispatcher, acting=False)
    sink.write(frame(0), seen(0, 0))
    sink.close()
    (entry,) = dispatcher.log.entries()
    assert entry.text == "0.00 s: falling 90% (nothing done)"
    assert not (tmp_path / "clips").exists()


def test_rules_are_changed_while_the_stream_goes_on(dispatcher: Dispatcher) -> None:
    sink = RuleSink(RuleBook(), HEADS, "in", dispatcher)
    sink.write(frame(0), seen(0, 0))
    assert dispatcher.log.entries() == []
    when = {"kind": "action", "label": "flying"}
    for label, kept in (("falling", False), ("flying", True)):
        rules = [{"name": label, "when": when | {"label": label, "for_s": 0}}]
        sink.set_book(RuleBook.model_validate({"rules": rules}), acting=True)
        assert any("does not know" in e.text for e in dispatcher.log.entries()) is kept
    sink.set_book(clip_book(Path("/proc/nowhere"), before_s=0, after_s=0), acting=True)
    sink.write(frame(1), seen(1, 0))
    sink.close()
    assert dispatcher.wait(20)
    assert "cannot be made" in dispatcher.log.entries()[-1].text


def test_the_ring_is_bounded() -> None:
    ring = FrameRing(keep_s=10, most_bytes=10_000)
    for index in range(50):
        ring._keep(Still(index / 10, np.zeros(1000, np.uint8)))
        assert ring.nbytes <= 10_000
    recording = ring.record(0.0, 100.0)
    assert [round(s.pts_s, 1) for s in recording.stills] == [4.0 + i / 10 for i in range(10)]
    ring._keep(Still(1.0, np.zeros(1000, np.uint8)))
    assert recording.complete.is_set()  # the stream jumped back
    assert ring.nbytes == 1000
    ring.close()
    assert ring.record(0, 1).complete.is_set()


def test_keeping_frames_never_holds_up_the_stream() -> None:
    ring = FrameRing(keep_s=5)
    big = np.random.default_rng(0).integers(0, 255, (1080, 1920, 3), np.uint8)
    begun = time.monotonic()
    for index in range(100):
        ring.put(frame(index, bgr=big))
    assert time.monotonic() - begun < 1.0  # compressing all of them takes several
    ring.close()


def test_a_clip_is_named_by_time_and_rule(tmp_path: Path) -> None:
    action, at = (
        SaveClip(folder=tmp_path / "a"),
        datetime(2026, 11, 21, 9, 5, 7, 12_000, tzinfo=UTC),
    )
    assert clip_stem(action, "跌倒 (hall)", at).name == "2026-11-21_09-05-07_012_跌倒-hall"
    (tmp_path / "file").touch()
    with pytest.raises(LongtakeError, match="cannot be made"):
        clip_stem(SaveClip(folder=tmp_path / "file" / "b"), "x", at)
