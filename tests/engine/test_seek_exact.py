"""Seeking shows what playing shows: the whole chain, on files that trip readers."""

from __future__ import annotations

import time

import numpy as np
import pytest

from engine.backends import create_backend
from engine.bundle import load_bundle
from engine.frame import Cause
from engine.pipeline import Pipeline, RunState
from engine.predictor import Predictor
from engine.sources import open_source
from engine.state import Reaction, StatePolicy
from engine.timeline import StateTimeline


class Notes:
    """A sink that keeps what identifies a result to the bit."""

    def __init__(self):
        self.results = []

    def write(self, frame, result):
        self.results.append(result)

    def close(self):
        pass

    abort = close


def fingerprint(result):
    found = result.detections
    arrays = (
        found.xyxy,
        found.confidence,
        found.class_id,
        found.track_id,
        *result.actions.values(),
    )
    facts = (result.index, result.pts_s, result.discontinuity, round(result.memory_s, 9))
    return facts, tuple(array.tobytes() for array in arrays)


def until(condition, timeout_s=20.0):
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.002)


def play(clip, bundle, backend):
    notes = Notes()
    pipeline = Pipeline(open_source(clip), Predictor(bundle, backend), [notes])
    pipeline.start()
    assert pipeline.wait(30).state is RunState.ENDED
    pipeline.stop()
    return notes.results


@pytest.fixture(scope="module")
def bundle(tiny_bundle):
    return load_bundle(tiny_bundle)


KINDS = {
    "constant": {},
    "variable": {"vfr": True, "b_frames": True},
    "rotated": {"rotation": 90},
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_target_shows_what_playing_shows(make_clip, tmp_path, bundle, kind):
    clip = make_clip(tmp_path / "clip.mp4", frames=120, **KINDS[kind])
    backend = create_backend(bundle, "onnxruntime")
    played = play(clip, bundle, backend)
    notes, timeline = Notes(), StateTimeline(every_frames=7)
    pipeline = Pipeline(
        open_source(clip),
        Predictor(bundle, backend),
        [notes],
        paced=True,
        timeline=timeline,
    )
    pipeline.start(paused=True)
    until(lambda: len(notes.results) == 1)
    targets = np.random.default_rng(0).permutation(len(played))[:40]
    try:
        for target in targets:
            seen = len(notes.results)
            pipeline.seek(played[target].pts_s)
            until(lambda n=seen: len(notes.results) > n)
            assert fingerprint(notes.results[-1]) == fingerprint(played[target])
            assert notes.results[-1].exact
    finally:
        pipeline.stop()


def test_playing_on_after_a_seek_stays_exact(make_clip, tmp_path, bundle):
    clip = make_clip(tmp_path / "clip.mp4", frames=90, vfr=True)
    backend = create_backend(bundle, "onnxruntime")
    played = play(clip, bundle, backend)
    notes = Notes()
    pipeline = Pipeline(
        open_source(clip),
        Predictor(bundle, backend),
        [notes],
        paced=True,
        speed=50.0,
        timeline=StateTimeline(every_frames=10),
    )
    pipeline.start(paused=True)
    until(lambda: len(notes.results) == 1)
    pipeline.seek(played[60].pts_s)
    until(lambda: len(notes.results) == 2)
    pipeline.resume()
    until(lambda: pipeline.status().state is RunState.ENDED)
    pipeline.stop()
    assert [fingerprint(r) for r in notes.results[1:]] == [fingerprint(r) for r in played[60:]]


def test_beyond_every_checkpoint_the_result_says_that_it_is_approximate(
    make_clip, tmp_path, bundle
):
    clip = make_clip(tmp_path / "clip.mp4", frames=120)
    notes = Notes()
    timeline = StateTimeline(longest_replay_s=0.5, warm_up_s=0.3)
    backend = create_backend(bundle, "onnxruntime")
    pipeline = Pipeline(
        open_source(clip), Predictor(bundle, backend), [notes], paced=True, timeline=timeline
    )
    pipeline.start(paused=True)
    until(lambda: len(notes.results) == 1)
    pipeline.seek(3.0)
    until(lambda: len(notes.results) == 2)
    assert not notes.results[-1].exact
    assert notes.results[-1].memory_s == pytest.approx(0.3, abs=0.05)
    pipeline.seek(0.2)
    until(lambda: len(notes.results) == 3)
    pipeline.stop()
    assert notes.results[-1].exact


@pytest.mark.parametrize(("policy", "reach_s"), [("", 0.3), ("backend=reset", 0.0)])
def test_another_runtime_goes_on_where_one_left_off(make_clip, tmp_path, bundle, policy, reach_s):
    clip = make_clip(tmp_path / "clip.mp4", frames=120)
    notes = Notes()
    predictor = Predictor(
        bundle, create_backend(bundle, "onnxruntime"), policy=StatePolicy.parse(policy)
    )
    timeline = StateTimeline(longest_replay_s=0.5, warm_up_s=0.3)
    pipeline = Pipeline(
        open_source(clip),
        predictor,
        [notes],
        paced=True,
        start_s=3.0,
        timeline=timeline,
        resumed=True,
    )
    pipeline.start(paused=True)
    until(lambda: len(notes.results) == 1)
    pipeline.stop()
    (first,) = notes.results
    assert first.pts_s == pytest.approx(3.0, abs=1e-3)
    assert first.memory_s == pytest.approx(reach_s, abs=0.05)
    if policy:
        assert (first.event.cause, first.event.reaction) == (Cause.BACKEND, Reaction.RESET)
    else:
        assert not first.exact
