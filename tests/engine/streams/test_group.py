"""Streams in a group: each as if it ran alone, whatever happens to the others."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest

from engine.backends import create_backend
from engine.backends.choice import PROVIDERS
from engine.bundle import load_bundle
from engine.errors import SourceError
from engine.frame import Discontinuity
from engine.predictor import Predictor
from engine.sources import open_source
from engine.sources.base import SourceInfo, SourceKind, SourceState, SourceStatus
from engine.streams import StreamGroup, StreamPhase, WatchedSource

WAIT_S = 20


class Notes:
    """A sink that keeps everything."""

    def __init__(self):
        self.results, self.ended = [], ""

    def write(self, frame, result):
        self.results.append(result)

    def close(self):
        self.ended = "closed"

    def abort(self):
        self.ended = self.ended or "aborted"


class StalledSource:
    """Opens, then says nothing until it is closed."""

    info = SourceInfo("stalled", SourceKind.NETWORK, 64, 48, live=True)

    def __init__(self):
        self.closed = threading.Event()

    @property
    def status(self):
        return SourceStatus(SourceState.OPEN)

    def read(self):
        self.closed.wait()

    def close(self):
        self.closed.set()


@pytest.fixture(scope="module")
def clips(make_clip, tmp_path_factory):
    folder = tmp_path_factory.mktemp("clips")
    return [
        make_clip(folder / f"{k}.mp4", frames=frames, size=size)
        for k, (frames, size) in enumerate([(20, (320, 240)), (26, (192, 256)), (32, (64, 48))])
    ]


@pytest.fixture(scope="module")
def bundle(tiny_bundle):
    return load_bundle(tiny_bundle)


@contextmanager
def grouped(bundle, backend=None, **options):
    backend = backend or create_backend(bundle, "onnxruntime", batch=2)
    group = StreamGroup(bundle, backend, **options)
    try:
        yield group
    finally:
        group.close()


def add(group, address):
    notes = Notes()
    return group.add(str(address), lambda info, predictor: [notes]), notes


class First:
    """The first frames of a source."""

    def __init__(self, source, count):
        self._source, self._left = source, count
        self.info, self.close = source.info, source.close

    @property
    def status(self):
        return self._source.status

    def read(self):
        self._left -= 1
        return self._source.read() if self._left >= 0 else None


def run_alone(bundle, clip, stride=1, first=1000, backend=None):
    predictor = Predictor(bundle, backend or create_backend(bundle, "onnxruntime"))
    source, results = First(open_source(clip), first), []
    while (frame := source.read()) is not None:
        if frame.index % stride == 0:
            results.append(predictor.process(frame))
    source.close()
    return results


def assert_same(results, expected):
    """All that is said is the same to the bit."""
    assert [r.index for r in results] == [e.index for e in expected]
    for result, alone in zip(results, expected, strict=True):
        assert result.discontinuity == alone.discontinuity
        assert result.memory_s == alone.memory_s
        for column in ("class_id", "track_id", "xyxy", "confidence"):
            np.testing.assert_array_equal(
                getattr(result.detections, column), getattr(alone.detections, column)
            )
        for head, probability in result.actions.items():
            np.testing.assert_array_equal(probability, alone.actions[head])


@pytest.mark.parametrize("stride", [1, 2])
def test_each_stream_says_what_it_says_alone(bundle, clips, stride):
    with grouped(bundle, stride=stride, paced=False) as group:
        streams = [add(group, clip) for clip in clips]
        assert group.wait(WAIT_S)
        reports = group.reports()
    for clip, (_, notes), report in zip(clips, streams, reports, strict=True):
        assert report.phase is StreamPhase.ENDED
        assert report.pipeline.dropped == 0
        assert notes.ended == "closed"
        assert_same(notes.results, run_alone(bundle, clip, stride))


def test_the_shipped_model_says_of_each_stream_what_it_says_alone(make_clip, tmp_path):
    bundle = load_bundle("default")
    # Without measuring which runtime and how many threads suit best: that takes a hundred steps.
    batched, single = (PROVIDERS["onnxruntime"].create(bundle, n, None) for n in (2, 1))
    clips = ["demo", str(make_clip(tmp_path / "clip.mp4", frames=4))]

    def opener(address):
        return First(open_source(address), 4)

    with grouped(bundle, batched, paced=False, opener=opener) as group:
        streams = [add(group, clip) for clip in clips]
        assert group.wait(WAIT_S)
        assert [report.phase for report in group.reports()] == [StreamPhase.ENDED] * 2
    for clip, (_, notes) in zip(clips, streams, strict=True):
        expected = run_alone(bundle, clip, first=4, backend=single)
        assert len(expected) == 4
        assert_same(notes.results, expected)


def test_a_recording_is_watched_at_its_own_pace(bundle, clips):
    begun = time.monotonic()
    with grouped(bundle) as group:
        add(group, clips[2])
        assert group.wait(WAIT_S)
    assert time.monotonic() - begun >= 31 / 30


def test_neither_a_stalled_nor_a_dead_stream_delays_another(bundle, clips):
    answered = threading.Event()

    def opener(address):
        if address == "stalled":
            return StalledSource()
        if address == "slow":
            answered.wait(WAIT_S)
        if address in ("dead", "slow"):
            raise SourceError(f'"{address}" cannot be opened.', "Check it.")
        return open_source(address)

    with grouped(bundle, opener=opener) as group:
        stalled, _ = add(group, "stalled")
        dead, _ = add(group, "dead")
        slow, _ = add(group, "slow")
        well, notes = add(group, clips[1])
        deadline = time.monotonic() + WAIT_S
        while group.report(well).phase is not StreamPhase.ENDED and time.monotonic() < deadline:
            time.sleep(0.02)
        assert group.report(slow).phase is StreamPhase.OPENING  # it is still being opened
        answered.set()
        assert len(notes.results) + group.report(well).pipeline.dropped == 26
        assert notes.results  # only what else this machine does may cost frames
        assert group.report(stalled).phase is StreamPhase.RUNNING
        assert group.report(dead).error.message == '"dead" cannot be opened.'
        assert group.report(dead).phase is StreamPhase.FAILED
        begun = time.monotonic()
    assert time.monotonic() - begun < 1.5


def test_streams_join_and_leave_while_others_run(bundle, clips):
    with grouped(bundle) as group:
        first, notes = add(group, clips[2])
        leaving, left_notes = add(group, clips[2])
        while len(left_notes.results) < 5:
            time.sleep(0.01)
        group.remove(leaving)
        joining, joined_notes = add(group, clips[0])
        assert group.wait(WAIT_S)
        assert group.report(leaving).phase is StreamPhase.LEFT
        assert {r.stream_id for r in group.reports()} == {first, joining}
    assert notes.results[-1].index == 31
    assert joined_notes.results[-1].index == 19
    assert 5 <= len(left_notes.results) < 32
    assert left_notes.ended == "aborted"


def test_finish_closes_what_is_written(bundle, clips):
    with grouped(bundle) as group:
        _, notes = add(group, clips[2])
        while len(notes.results) < 3:
            time.sleep(0.01)
        group.finish()
        assert group.wait(2.0)
        assert notes.ended == "closed"


class Frames:
    """A live source of ready-made frames."""

    def __init__(self, frames):
        self._frames = iter(frames)
        self.info = SourceInfo("frames", SourceKind.CAMERA, 64, 48, rate_hz=30.0, live=True)

    def read(self):
        return next(self._frames, None)

    def close(self):
        self._frames = iter(())


def test_stride_leaves_out_no_discontinuity(clips):
    source, frames = open_source(clips[0]), []
    while (frame := source.read()) is not None:
        frames.append(frame)
    frames[5] = replace(frames[5], discontinuity=Discontinuity.SOURCE)
    watched, seen = WatchedSource(Frames(frames[:12]), stride=3), []
    while (frame := watched.read()) is not None:
        seen.append((frame.index, frame.discontinuity))
    assert seen == [
        (0, Discontinuity.START),
        (3, None),
        (5, Discontinuity.SOURCE),
        (8, None),
        (11, None),
    ]
    assert watched.info.rate_hz == 10.0


def test_a_source_that_waits_for_its_time_is_closed_at_once(clips):
    watched = WatchedSource(open_source(clips[0]))
    watched.read()
    reader = threading.Thread(target=lambda: [watched.read() for _ in range(20)])
    reader.start()
    begun = time.monotonic()
    watched.close()
    reader.join(2)
    assert time.monotonic() - begun < 0.2
    with pytest.raises(SourceError, match="cannot go to"):
        watched.seek(1.0)
