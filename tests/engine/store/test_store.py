from __future__ import annotations

import sqlite3

import numpy as np
import pytest

from engine.bundle import load_bundle
from engine.errors import SinkError
from engine.frame import Discontinuity
from engine.results import Detections, FrameResult
from engine.store import Question, Recording, SeenStore, Sighting, StoreSink

FALL = Sighting("actions", "falling", "跌倒", 3.0, 4.5, 0.8)
PERSON = Sighting("objects", "person", "人", 0.0, 9.0, 0.95)


@pytest.fixture
def store(tmp_path):
    store = SeenStore(tmp_path / "deep" / "seen.sqlite")
    yield store
    store.close()


def clip(name: str, seen_at: float = 100.0, **more) -> Recording:
    return Recording(f"/clips/{name}", name, "tiny 1", seen_at, **more)


def test_found_by_part_of_a_name_in_either_language(store):
    store.replace(clip("a.mp4"), [FALL, PERSON])
    for text in ("falling", "FALL", "跌倒", "跌"):
        (hit,) = store.find(Question(text))
        assert (hit.address, hit.title, hit.sighting) == ("/clips/a.mp4", "a.mp4", FALL)
    assert len(store.find(Question())) == 2
    assert store.find(Question("%")) == store.find(Question("_")) == []


def test_bounds(store):
    store.replace(clip("old.mp4", 100.0), [FALL])
    store.replace(clip("new.mp4", 200.0), [FALL])
    assert [hit.title for hit in store.find(Question("fall"))] == ["new.mp4", "old.mp4"]
    assert [hit.title for hit in store.find(Question("fall", since=150.0))] == ["new.mp4"]
    assert [hit.title for hit in store.find(Question("fall", until=150.0))] == ["old.mp4"]
    assert [hit.title for hit in store.find(Question(within="old"))] == ["old.mp4"]
    assert store.find(Question("fall", least=0.81)) == []
    assert len(store.find(Question("fall", limit=1))) == 1


def test_watched_again_it_is_there_once(store):
    for _ in range(2):
        store.replace(clip("a.mp4"), [FALL])
    assert len(store.find(Question())) == 1
    assert store.labels() == [("falling", "跌倒", 1)]
    store.forget("/clips/a.mp4")
    assert store.find(Question()) == store.labels() == []


def test_half_a_recording_is_never_kept(store):
    store.replace(clip("a.mp4"), [FALL])

    def broken():
        yield PERSON
        raise RuntimeError("the disk went away")

    with pytest.raises(RuntimeError):
        store.replace(clip("a.mp4"), broken())
    assert [hit.sighting for hit in store.find(Question())] == [FALL]


def test_a_live_stream_grows_and_its_hits_have_the_time_of_day(store):
    camera = Recording("rtsp://user:secret@cam/1", "cam", "tiny 1", 1000.0, live=True)
    key = store.begin(camera)
    store.add(key, camera, [FALL])
    store.add(key, camera, [PERSON])
    hits = store.find(Question())
    assert [(hit.sighting.label, hit.seen_at) for hit in hits] == [
        ("falling", 1003.0),
        ("person", 1000.0),
    ]
    assert all("secret" not in hit.address for hit in hits)


def test_two_write_at_once(store):
    other = SeenStore(store.path)
    store.replace(clip("a.mp4"), [FALL])
    other.replace(clip("b.mp4"), [PERSON])
    assert len(store.find(Question())) == len(other.find(Question())) == 2
    other.close()


def test_a_file_that_is_no_store_is_named(tmp_path):
    path = tmp_path / "seen.sqlite"
    path.write_bytes(b"no database" * 100)
    with pytest.raises(SinkError, match=r"seen\.sqlite.*Move the file away"):
        SeenStore(path)


def test_a_store_of_a_newer_version_is_left_alone(store):
    with sqlite3.connect(store.path) as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(SinkError, match="newer Longtake"):
        SeenStore(store.path)


def frame(pts_s: float, red: float, tracks: tuple[int, ...] = ()) -> FrameResult:
    count = len(tracks)
    return FrameResult(
        round(pts_s * 10),
        pts_s,
        Detections(
            np.zeros((count, 4), np.float32),
            np.full(count, 0.5, np.float32),
            np.zeros(count, np.int32),
            np.array(tracks, np.int32),
        ),
        {"actions": np.array([red, 0, 0], np.float32)},
        Discontinuity.START if pts_s == 0 else None,
    )


def watch(store, tiny_bundle, results, end: str = "close") -> list:
    manifest = load_bundle(tiny_bundle).manifest
    live = Recording("camera:", "Camera", "tiny 1", 1000.0, live=True)
    sink = StoreSink(lambda: SeenStore(store.path), live, manifest)
    for result in results:
        sink.write(None, result)
    if end:
        getattr(sink, end)()
    found = store.find(Question())
    return sorted((h.sighting.label, h.sighting.start_s, h.sighting.end_s) for h in found)


def red_between(start: int, end: int, until: int) -> list[FrameResult]:
    return [
        frame(i / 10, 0.9 if start <= i <= end else 0.0, (7,) if i <= 20 else (-1,))
        for i in range(until)
    ]


@pytest.mark.parametrize("end", ["close", "abort"])
def test_a_sink_keeps_what_it_sees(store, tiny_bundle, end):
    seen = watch(store, tiny_bundle, red_between(5, 12, 30), end)
    assert seen == [("person", 0.0, 2.0), ("red", 0.5, 1.2)]


def test_what_is_over_is_kept_before_the_end(store, tiny_bundle):
    seen = watch(store, tiny_bundle, red_between(5, 12, 120), end="")
    assert seen == [("person", 0.0, 2.0), ("red", 0.5, 1.2)]


def test_nothing_is_kept_twice(store, tiny_bundle):
    seen = watch(store, tiny_bundle, red_between(5, 12, 400))
    assert seen == [("person", 0.0, 2.0), ("red", 0.5, 1.2)]


def test_a_store_that_fails_does_not_stop_the_stream(tiny_bundle, tmp_path):
    def broken() -> SeenStore:
        raise SinkError("no room")

    manifest = load_bundle(tiny_bundle).manifest
    sink = StoreSink(broken, clip("a.mp4"), manifest)
    for result in red_between(5, 12, 30):
        sink.write(None, result)
    sink.close()
