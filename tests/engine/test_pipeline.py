from __future__ import annotations

import threading
import time
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest

from engine.errors import SinkError, SourceError
from engine.frame import Discontinuity, Frame
from engine.pipeline import Delivery, Pipeline, RunState
from engine.results import Detections, FrameResult
from engine.sources.base import SourceInfo, SourceKind, SourceState, SourceStatus
from engine.state import StatePolicy
from engine.timeline import StateTimeline

RATE = 100


class FakeSource:
    """`count` frames at `RATE`; live ones come by the clock."""

    def __init__(self, count, *, live=False, seekable=True, fails_at=None):
        self.info = SourceInfo(
            "fake", SourceKind.FILE, 4, 4, RATE, count / RATE, count, live=live, seekable=seekable
        )
        self.status = SourceStatus(SourceState.OPEN)
        self.count, self.fails_at = count, fails_at
        self.next, self.mark = 0, Discontinuity.START
        self.closed = threading.Event()
        self.threads = set()

    def read(self):
        self.threads.add(threading.current_thread().name)
        if self.closed.is_set() or self.next >= self.count:
            return None
        if self.next == self.fails_at:
            raise SourceError("fake broke")
        if self.info.live:
            self.closed.wait(1 / RATE)
        index, mark = self.next, self.mark
        self.next, self.mark = index + 1, None
        return Frame(index, index, Fraction(1, RATE), time.monotonic_ns(), None, mark)

    def seek(self, pts_s):
        self.next, self.mark = min(round(pts_s * RATE), self.count - 1), Discontinuity.SEEK

    def close(self):
        self.closed.set()


class FakePredictor:
    exact, confidence, policy = True, 0.5, StatePolicy()

    def __init__(self, delay_s=0.0):
        self.delay_s = delay_s

    def snapshot(self, frame):
        return SimpleNamespace(nbytes=1, mark=frame.mark)

    def restore(self, snapshot):
        self.exact = True

    def reset(self, *, exact=True):
        self.exact = exact

    def process(self, frame):
        time.sleep(self.delay_s)
        return FrameResult(
            frame.index,
            frame.pts_s,
            Detections.empty(),
            {"a": np.zeros(1, np.float32)},
            frame.discontinuity,
            exact=self.exact,
        )


class ListSink:
    def __init__(self, fails_at=None):
        self.results, self.fails_at, self.closed, self.aborted = [], fails_at, 0, 0

    def write(self, frame, result):
        if len(self.results) == self.fails_at:
            raise SinkError("The disk is full")
        self.results.append(result)

    def close(self):
        self.closed += 1

    def abort(self):
        self.aborted += 1

    @property
    def indices(self):
        return [result.index for result in self.results]


def until(condition, timeout_s=5.0):
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.002)


@pytest.fixture
def run():
    """Build pipelines and stop every one of them."""
    made = []

    def build(source, predictor=None, sinks=(), **options):
        made.append(Pipeline(source, predictor or FakePredictor(), sinks, **options))
        return made[-1]

    yield build
    for pipeline in made:
        pipeline.stop()
    until(lambda: not [t for t in threading.enumerate() if t.name.startswith("longtake-")])


def test_a_recording_comes_out_whole_and_in_order(run):
    sink = ListSink()
    pipeline = run(FakeSource(200), sinks=[sink])
    pipeline.start()
    status = pipeline.wait(5)
    assert status.state is RunState.ENDED
    assert sink.indices == list(range(200))
    assert (status.captured, status.processed, status.dropped) == (200, 200, 0)
    assert (sink.closed, sink.aborted) == (1, 0)
    assert [r.discontinuity for r in sink.results[:2]] == [Discontinuity.START, None]


def test_a_slow_model_on_a_live_source_drops_counts_and_marks(run):
    sink, source = ListSink(), FakeSource(100, live=True, seekable=False)
    pipeline = run(source, FakePredictor(delay_s=0.035), [sink])
    assert pipeline.delivery is Delivery.LATEST
    pipeline.start()
    status = pipeline.wait(5)
    assert status.dropped > 40
    assert status.captured == 100 == status.processed + status.dropped
    for before, after in zip(sink.results, sink.results[1:], strict=False):
        gap = after.discontinuity is Discontinuity.GAP
        assert gap == (after.index != before.index + 1)


def test_a_range(run):
    sink = ListSink()
    pipeline = run(FakeSource(200), sinks=[sink], start_s=0.5, end_s=0.8)
    pipeline.start()
    pipeline.wait(5)
    assert sink.indices == list(range(50, 80))


def test_pause_step_and_resume(run):
    sink = ListSink()
    pipeline = run(FakeSource(300), sinks=[sink], paced=True)
    pipeline.start(paused=True)
    until(lambda: sink.indices == [0])  # something to see at once
    for expected in (1, 2, 3):
        pipeline.step()
        until(lambda e=expected: len(sink.results) == e + 1)
    time.sleep(0.05)
    assert sink.indices == [0, 1, 2, 3]
    assert pipeline.status().state is RunState.PAUSED
    pipeline.resume()
    until(lambda: len(sink.results) > 10)
    pipeline.pause()
    time.sleep(0.05)
    count = len(sink.results)
    time.sleep(0.05)
    assert len(sink.results) == count
    assert sink.indices == list(range(count))


def test_seek_while_paused_shows_exactly_that_frame(run):
    sink = ListSink()
    pipeline = run(FakeSource(300), sinks=[sink], paced=True)
    pipeline.start(paused=True)
    until(lambda: len(sink.results) == 1)
    for target in (100, 7, 299, 0, 150):
        seen = len(sink.results)
        pipeline.seek(target / RATE)
        until(lambda n=seen: len(sink.results) == n + 1)
        time.sleep(0.02)
        assert sink.results[-1].index == target
        assert sink.results[-1].discontinuity is Discontinuity.SEEK
        assert len(sink.results) == seen + 1


def test_many_seeks_at_once_end_at_the_last(run):
    sink = ListSink()
    pipeline = run(FakeSource(300), sinks=[sink], paced=True)
    pipeline.start(paused=True)
    for target in range(0, 300, 3):
        pipeline.seek(target / RATE)
    until(lambda: sink.results and sink.results[-1].index == 297)
    time.sleep(0.05)
    assert sink.results[-1].index == 297
    assert pipeline.status().state is RunState.PAUSED


def test_a_recording_is_paced_by_its_time_stamps(run):
    sink = ListSink()
    pipeline = run(FakeSource(60), sinks=[sink], paced=True)
    begun = time.monotonic()
    pipeline.start()
    pipeline.wait(5)
    assert 0.5 <= time.monotonic() - begun < 1.5
    assert sink.indices == list(range(60))


def test_after_the_end_one_can_seek_and_play_again(run):
    sink = ListSink()
    pipeline = run(FakeSource(20), sinks=[sink], paced=True)
    pipeline.start()
    assert pipeline.wait(5).state is RunState.ENDED
    pipeline.seek(0.05)
    until(lambda: sink.indices[-1] == 5)
    assert pipeline.status().state is RunState.PAUSED
    pipeline.resume()
    until(lambda: pipeline.status().state is RunState.ENDED)
    pipeline.resume()
    until(lambda: sink.indices.count(0) == 2)
    until(lambda: pipeline.status().state is RunState.ENDED)
    assert sink.indices[-20:] == list(range(20))


def test_stop_is_prompt_and_aborts_sinks(run):
    sink = ListSink()
    pipeline = run(FakeSource(10**6), FakePredictor(0.01), [sink])
    pipeline.start()
    until(lambda: sink.results)
    begun = time.monotonic()
    pipeline.stop()
    pipeline.stop()
    assert time.monotonic() - begun < 1
    assert (sink.closed, sink.aborted) == (0, 1)
    assert pipeline.status().state is RunState.STOPPED


@pytest.mark.parametrize("paused", [False, True])
def test_stop_while_paced_does_not_wait_for_the_frame(run, paused):
    pipeline = run(FakeSource(100), sinks=[ListSink()], paced=True, speed=0.001)
    pipeline.start(paused=paused)
    time.sleep(0.05)
    begun = time.monotonic()
    pipeline.stop()
    assert time.monotonic() - begun < 0.5


@pytest.mark.parametrize("broken", ["source", "sink", "model"])
def test_a_failure_ends_the_run_and_is_told(run, broken):
    class Defective:
        def process(self, frame):
            raise ZeroDivisionError("a defect")

    sink = ListSink(fails_at=5 if broken == "sink" else None)
    source = FakeSource(50, fails_at=5 if broken == "source" else None)
    predictor = Defective() if broken == "model" else FakePredictor()
    pipeline = run(source, predictor, [sink])
    pipeline.start()
    status = pipeline.wait(5)
    assert status.state is RunState.FAILED
    words = {"source": "fake broke", "sink": "The disk is full", "model": "Longtake itself failed"}
    assert words[broken] in str(status.error)
    until(lambda: sink.aborted == 1)
    until(source.closed.is_set)


def test_a_live_source_cannot_be_searched(run):
    pipeline = run(FakeSource(50, live=True, seekable=False))
    with pytest.raises(SourceError, match="has no past"):
        pipeline.seek(1)


def test_sinks_of_a_run_that_never_started_are_given_up(run):
    sink = ListSink()
    run(FakeSource(5), sinks=[sink]).stop()
    assert sink.aborted == 1


def test_a_new_confidence_holds_from_the_next_frame_and_forgets_checkpoints(run):
    timeline, predictor, sink = StateTimeline(every_frames=1), FakePredictor(), ListSink()
    pipeline = run(FakeSource(1000), predictor, [sink], paced=True, speed=2.0, timeline=timeline)
    pipeline.start()
    until(lambda: len(sink.results) >= 20)
    pipeline.pause()
    assert len(timeline) > 5
    pipeline.set_confidence(0.9)
    assert len(timeline) == 0
    assert predictor.confidence == 0.5
    pipeline.step()
    until(lambda: predictor.confidence == 0.9)
    pipeline.set_confidence(None)
    pipeline.seek(5.0)
    until(lambda: sink.results[-1].pts_s == 5.0)
    assert predictor.confidence is None
    assert not sink.results[-1].exact


def test_seeking_to_the_beginning_without_checkpoints_is_exact(run):
    timeline, sink = StateTimeline(), ListSink()
    pipeline = run(
        FakeSource(1000), FakePredictor(), [sink], paced=True, speed=2.0, timeline=timeline
    )
    pipeline.start()
    until(lambda: len(sink.results) >= 20)
    pipeline.pause()
    timeline.clear()
    pipeline.seek(1.0)
    until(lambda: sink.results[-1].pts_s == 1.0)
    assert sink.results[-1].exact
    pipeline.seek(0.0)
    until(lambda: sink.results[-1].pts_s == 0.0)
    assert sink.results[-1].discontinuity is Discontinuity.START


def test_a_live_stream_is_finished_without_loss():
    sink = ListSink()
    pipeline = Pipeline(FakeSource(10_000, live=True), FakePredictor(), [sink])
    pipeline.start()
    while len(sink.results) < 3:
        time.sleep(0.01)
    pipeline.finish()
    assert pipeline.wait(2).state is RunState.ENDED
    assert (sink.closed, sink.aborted) == (1, 0)


def test_a_target_once_seen_is_shown_before_memory_has_caught_up(run):
    predictor, sink = FakePredictor(), ListSink()
    pipeline = run(
        FakeSource(100), predictor, [sink], paced=True, speed=1e6, timeline=StateTimeline()
    )
    pipeline.start()
    assert pipeline.wait(5).state is RunState.ENDED
    predictor.delay_s = 0.05
    pipeline.seek(0.94)
    until(lambda: sink.indices[-1] == 94, 0.3)  # replayed it would take longer
    until(lambda: pipeline.status().replayed > 0)
    pipeline.step()
    until(lambda: sink.indices[-1] == 95)
    assert pipeline.status().state is RunState.PAUSED
    assert sink.indices[-2:] == [94, 95]


def test_jumps_in_quick_succession_end_at_the_last(run):
    predictor, sink = FakePredictor(), ListSink()
    pipeline = run(
        FakeSource(300), predictor, [sink], paced=True, speed=1e6, timeline=StateTimeline()
    )
    pipeline.start()
    assert pipeline.wait(5).state is RunState.ENDED
    predictor.delay_s = 0.002
    for target in np.random.default_rng(0).integers(0, 300, 60):
        pipeline.seek(target / RATE)
        time.sleep(0.003)
    until(lambda: sink.indices[-1] == target)
    pipeline.resume()
    until(lambda: pipeline.status().state is RunState.ENDED)
    place = len(sink.indices) - (300 - target)
    assert sink.indices[place:] == list(range(target, 300))


def test_what_was_seen_elsewhere_is_not_shown_in_the_place_of_a_target(run):
    """A source whose frames are not where they were when they were kept."""
    source, sink = FakeSource(100), ListSink()
    pipeline = run(source, FakePredictor(), [sink], paced=True, speed=1e6, timeline=StateTimeline())
    pipeline.start()
    assert pipeline.wait(5).state is RunState.ENDED
    honest = source.seek
    source.seek = lambda pts_s: honest(pts_s + 0.02 if pts_s == 0.5 else pts_s)
    pipeline.seek(0.5)
    until(lambda: sink.indices[-1] == 50)


class Settling(ListSink):
    def __init__(self):
        super().__init__()
        self.settled = []

    def settle(self, frame, result):
        self.settled.append((frame.index, result.index))


def test_whoever_looks_at_memory_is_told_when_it_is_there(run):
    sink = Settling()
    pipeline = run(
        FakeSource(100), FakePredictor(), [sink], paced=True, speed=1e6, timeline=StateTimeline()
    )
    pipeline.start()
    assert pipeline.wait(5).state is RunState.ENDED
    assert not sink.settled
    pipeline.seek(0.42)
    until(lambda: sink.settled == [(42, 42)])
