from __future__ import annotations

from fractions import Fraction
from types import SimpleNamespace

import numpy as np

from engine.frame import Frame
from engine.recall import Recall
from engine.results import Detections, FrameResult
from engine.timeline import StateTimeline


class FakePredictor:
    exact = True

    def __init__(self, nbytes=1000):
        self.nbytes = nbytes

    def snapshot(self, frame):
        return SimpleNamespace(nbytes=self.nbytes, index=frame.index)


class Approximate(FakePredictor):
    def snapshot(self, frame):
        return SimpleNamespace(nbytes=1, index=frame.index, mark=frame.mark)

    def restore(self, snapshot):
        self.exact, self.restored = True, snapshot

    def process(self, frame):
        return FrameResult(frame.index, frame.pts_s, Detections.empty(), exact=self.exact)


def frame(index):
    return Frame(index, index, Fraction(1, 30), 0, None)


def play(timeline, predictor, first, last):
    for index in range(first, last):
        timeline.offer(predictor, frame(index))


def test_the_nearest_checkpoint_before_the_target_is_used():
    timeline = StateTimeline(every_frames=10)
    play(timeline, FakePredictor(), 0, 100)
    plan = timeline.plan(55 / 30)
    assert plan.until_s == 55 / 30
    assert plan.snapshot.index <= 55
    assert 55 - plan.snapshot.index <= 11
    assert plan.from_s == plan.snapshot.index / 30


def test_a_target_on_a_checkpoint_needs_no_replay():
    timeline = StateTimeline(every_frames=10)
    play(timeline, FakePredictor(), 0, 100)
    at = timeline.plan(50 / 30).from_s
    assert timeline.plan(at).from_s == at


def test_playing_twice_over_the_same_frames_adds_nothing():
    timeline = StateTimeline(every_frames=10)
    play(timeline, FakePredictor(), 0, 111)
    count = len(timeline)
    timeline._since = 10
    play(timeline, FakePredictor(), 0, 111)
    assert len(timeline) == count


def test_memory_stays_within_the_limit_and_the_first_stays():
    timeline = StateTimeline(limit_bytes=50_000, every_frames=1, longest_replay_s=1e9)
    play(timeline, FakePredictor(), 0, 20_000)
    assert timeline.nbytes <= 50_000
    assert len(timeline) == 50
    assert timeline.plan(0.0).snapshot.index == 0


def test_thinning_keeps_checkpoints_dense_near_the_playhead_and_some_everywhere():
    timeline = StateTimeline(limit_bytes=100_000, every_frames=1, longest_replay_s=1e9)
    play(timeline, FakePredictor(), 0, 30_000)
    positions = np.array(timeline._positions) * 30
    assert np.diff(positions[-10:]).max() <= 60
    assert np.diff(positions).max() < 30_000 / 8
    halves = positions < 15_000
    assert 3 <= halves.sum() < (~halves).sum()


def test_beyond_every_checkpoint_memory_starts_cold_before_the_target():
    timeline = StateTimeline(every_frames=10, longest_replay_s=5, warm_up_s=2)
    play(timeline, FakePredictor(), 0, 100)
    plan = timeline.plan(100.0)
    assert plan.snapshot is None
    assert (plan.from_s, plan.until_s) == (98.0, 100.0)
    assert StateTimeline(warm_up_s=2).plan(1.0).from_s == 0.0


def test_approximate_memory_leaves_no_checkpoints():
    timeline, predictor = StateTimeline(every_frames=1), FakePredictor()
    predictor.exact = False
    play(timeline, predictor, 0, 50)
    assert len(timeline) == 0


def test_clear_forgets():
    timeline = StateTimeline(every_frames=5)
    play(timeline, FakePredictor(), 0, 50)
    timeline.clear()
    assert (len(timeline), timeline.nbytes) == (0, 0)
    assert timeline.plan(1.0).snapshot is None
    timeline.offer(FakePredictor(), frame(50))
    assert len(timeline) == 1


def test_a_snapshot_is_found_by_its_very_frame_only():
    timeline = StateTimeline(every_frames=10)
    play(timeline, FakePredictor(), 0, 30)
    assert timeline.at(11 / 30).index == 11
    assert timeline.at(12 / 30) is None


def test_approximate_memory_becomes_exact_at_a_checkpoint():
    """After a jump beyond every checkpoint, playing on reaches one."""
    timeline, predictor = StateTimeline(every_frames=10), Approximate()
    recall = Recall(predictor, timeline)
    for index in range(30):
        recall.process(frame(index))
    predictor.exact = False
    assert [recall.process(frame(index)).exact for index in (8, 9, 10, 11, 12)] == [
        False,
        False,
        False,
        True,
        True,
    ]
    assert predictor.restored.index == 11


def test_wherever_one_jumps_every_moment_stays_within_reach():
    """With room for one in four seconds, and a replay of at most twenty."""
    timeline = StateTimeline(limit_bytes=150_000, every_frames=15, longest_replay_s=20.0)
    predictor = FakePredictor()
    play(timeline, predictor, 0, 18_000)
    for first in np.random.default_rng(0).integers(0, 17_900, 200):
        plan = timeline.plan(first / 30)
        assert plan.snapshot is not None
        play(timeline, predictor, plan.snapshot.index, first + 1)
    assert timeline.nbytes <= 150_000
