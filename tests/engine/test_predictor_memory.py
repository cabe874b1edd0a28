"""What the predictor does with memory at each cause, and what it says of it."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from engine.backends import create_backend
from engine.bundle import load_bundle
from engine.frame import Cause, Discontinuity, Frame, Mark
from engine.predictor import Predictor
from engine.smoothing import Smoothing
from engine.state import Reaction, StateEvent, StatePolicy

RATE = 30


class Plain:
    """A picture of one grey."""

    width, height = 64, 48

    def __init__(self, grey):
        self.grey = grey

    def rgb(self, width, height):
        return np.full((height, width, 3), self.grey, np.uint8)


@pytest.fixture(scope="module")
def bundle(tiny_bundle):
    return load_bundle(tiny_bundle)


@pytest.fixture(scope="module")
def backend(bundle):
    return create_backend(bundle, "onnxruntime")


def frame(tick, *, mark=Mark(), grey=200, index=None, per_s=RATE):  # noqa: B008 (immutable)
    made = Frame(tick if index is None else index, tick, Fraction(1, per_s), 0, Plain(grey))
    return made.marked(mark)


def counted(predictor):
    """Return how many frames the tiny bundle's counting state has seen."""
    return float(predictor.snapshot(frame(0)).carry.state["objects.count.h"][0, 0])


def played(bundle, backend, policy="", frames=10):
    predictor = Predictor(bundle, backend, policy=StatePolicy.parse(policy))
    for tick in range(frames):
        predictor.process(frame(tick, mark=Mark(Discontinuity.START) if not tick else Mark()))
    return predictor


BROKEN = {
    "gap": Mark(Discontinuity.GAP),
    "drop": Mark(Discontinuity.GAP, Cause.DROP),
    "reconnect": Mark(Discontinuity.SOURCE, Cause.RECONNECT),
    "source": Mark(Discontinuity.SOURCE),
    "size": Mark(Discontinuity.SOURCE, Cause.SIZE),
    "seek": Mark(Discontinuity.SEEK),
}


@pytest.mark.parametrize("cause", BROKEN)
@pytest.mark.parametrize("reaction", ["reset", "hold", "decay:0.1"])
def test_each_reaction_to_each_cause(bundle, backend, cause, reaction):
    predictor = played(bundle, backend, f"{cause}={reaction}")
    result = predictor.process(frame(12, mark=BROKEN[cause]))
    assert result.discontinuity is BROKEN[cause].discontinuity
    assert result.event.cause is Cause(cause)
    kept = {"reset": 0.0, "hold": 1.0, "decay:0.1": 0.5 ** (0.1 / 0.1)}[reaction]
    assert result.event.kept == pytest.approx(kept)
    assert counted(predictor) == pytest.approx(10 * kept + 1)
    assert (result.memory_s == 0) is (reaction == "reset")


def test_a_scene_cut_by_default_and_by_policy(bundle, backend):
    for policy, seen in (("", 1), ("scene-cut=hold", 11)):
        predictor = played(bundle, backend, policy)
        result = predictor.process(frame(10, grey=20))
        assert result.discontinuity is Discontinuity.SCENE_CUT
        assert result.event.cause is Cause.SCENE_CUT
        assert counted(predictor) == seen


def test_a_cut_behind_dropped_frames_is_a_cut(bundle, backend):
    predictor = played(bundle, backend)
    result = predictor.process(frame(12, grey=20, mark=BROKEN["drop"]))
    assert result.event == StateEvent(Cause.SCENE_CUT, Reaction.RESET, 0.0)


def test_times_that_do_not_follow_are_a_gap(bundle, backend):
    for tick in (10 + 3 * RATE, 5):
        result = played(bundle, backend).process(frame(tick))
        assert result.event == StateEvent(Cause.GAP, Reaction.RESET, 0.0)
        assert result.discontinuity is Discontinuity.GAP


def test_simply_carrying_on_is_no_event(bundle, backend):
    predictor = played(bundle, backend)
    result = predictor.process(frame(10))
    assert (result.event, result.discontinuity, result.held) == (None, None, False)


def test_memory_carried_over_a_jump_is_not_exact_and_keeps_its_age(bundle, backend):
    predictor = played(bundle, backend, "seek=hold")
    result = predictor.process(frame(2, mark=BROKEN["seek"]))
    assert not result.exact
    assert result.memory_s == pytest.approx(10 / RATE)


def test_frames_faster_than_trained_are_held_and_say_so(bundle, backend):
    """At 60 fps every second frame of a model trained at 30 that reads no time."""
    fast = Predictor(bundle, backend)
    slow = Predictor(bundle, backend)
    for tick in range(20):
        result = fast.process(frame(tick, per_s=60, grey=100 + 5 * tick))
        assert result.held is (tick % 2 == 1)
        if not result.held:
            alone = slow.process(frame(tick // 2, grey=100 + 5 * tick))
            seen = alone
        assert np.array_equal(result.actions["actions"], seen.actions["actions"])
        assert len(result.detections) == len(seen.detections)
        assert result.detections.track_id.tolist() == seen.detections.track_id.tolist()
    assert counted(fast) == counted(slow) == 10


def test_held_frames_are_part_of_what_a_snapshot_carries(bundle, backend):
    predictor = Predictor(bundle, backend, smoothing=Smoothing())
    for tick in range(7):
        predictor.process(frame(tick, per_s=60))
    snapshot = predictor.snapshot(frame(7, per_s=60))
    first = [predictor.process(frame(tick, per_s=60)) for tick in (7, 8, 9)]
    predictor.restore(snapshot)
    again = [predictor.process(frame(tick, per_s=60)) for tick in (7, 8, 9)]
    for one, other in zip(first, again, strict=True):
        assert one.held == other.held
        assert one.detections.xyxy.tobytes() == other.detections.xyxy.tobytes()
        assert one.shown["actions"].tolist() == other.shown["actions"].tolist()


def test_stills_are_never_held(bundle, backend):
    predictor = Predictor(bundle, backend, related=False)
    results = [
        predictor.process(frame(tick, per_s=1000, mark=Mark(Discontinuity.SOURCE)))
        for tick in range(5)
    ]
    assert not any(result.held for result in results)
