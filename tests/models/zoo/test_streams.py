"""Figures of named classes over time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from models.data.action_sets import Interval, LabelledClip
from models.data.clips import Clip
from models.evaluation.actions import ClipScores
from models.evaluation.classes import (
    calibration_error,
    confusion,
    draw_confusion,
    event_f1,
    mean_average_precision,
)
from models.evaluation.streams import Condition, Watcher, conditions, figures
from models.spec import Activation, HeadKind, HeadSpec, InputSpec, Label, Manifest, Provenance
from models.zoo.bundled import FrameClassifier, ZooPlan
from models.zoo.config import ZooConfig
from tests.models.zoo.networks import enliven

_NAMES = ("left", "right")


def scores(probability: list[float], truth: list[int], period_s: float = 0.1) -> ClipScores:
    """Return what a head of two labels says of one clip; the first probability is given."""
    first, true = np.array(probability, np.float32), np.array(truth)
    both = np.stack((first, 1 - first), 1)
    labels = np.stack((true == 0, true == 1), 1).astype(np.float32)
    return ClipScores("x", np.arange(len(true)) * period_s, both, labels, np.ones_like(labels))


def head() -> HeadSpec:
    return HeadSpec(
        name="it",
        kind=HeadKind.ACTIONS,
        labels=tuple(Label(en=name, zh=name) for name in _NAMES),
        thresholds=(0.5, 0.5),
        activation=Activation.SOFTMAX,
    )


def test_clips_are_counted_by_truth_and_answer():
    clips = [scores([0.9, 0.8], [0, 0]), scores([0.6, 0.7], [1, 1]), scores([0.1, 0.2], [1, 1])]
    mixed = scores([0.9, 0.1], [0, 1])
    assert confusion([*clips, mixed]).tolist() == [[1, 0], [1, 1]]


def test_precision_is_perfect_when_the_ranking_is():
    assert mean_average_precision([scores([0.9, 0.8, 0.3, 0.1], [0, 0, 1, 1])]) == 1
    # First label: right at ranks 1 and 3; second likewise.
    found = mean_average_precision([scores([0.9, 0.8, 0.7, 0.1], [0, 1, 0, 1])])
    assert found == pytest.approx((1 + 2 / 3) / 2)


def test_calibration_is_the_gap_between_confidence_and_success():
    honest = scores([0.75] * 4, [0, 0, 0, 1])
    boastful = scores([0.95] * 4, [0, 0, 1, 1])
    assert calibration_error([honest]) == pytest.approx(0, abs=1e-6)
    assert calibration_error([boastful]) == pytest.approx(0.45, abs=1e-6)


def test_events_are_matched_by_their_overlap_in_time():
    truth = [1] * 4 + [0] * 10 + [1] * 6
    guess = [0.1] * 8 + [0.9] * 10 + [0.1] * 2
    # "left": 6 of 14 frames in common (0.43). "right": 4 of 8 of the first, 2 of 6 of the second.
    clip = scores(guess, truth)
    assert event_f1([clip], (0.5, 0.5), 0.3) == pytest.approx(1.0)
    assert event_f1([clip], (0.5, 0.5), 0.5) == pytest.approx(2 / 6)
    assert event_f1([clip], (0.5, 0.5), 0.6) == 0


def test_figures_hold_accuracy_delay_and_alarms():
    late = scores([0.1, 0.2, 0.9, 0.9, 0.9], [0] * 5)
    found = figures([late], head())
    assert found["clip_accuracy"] == 1
    assert found["frame_accuracy"] == pytest.approx(0.6)
    assert found["last_frame_accuracy"] == 1
    assert found["median_delay_s"] == pytest.approx(0.2)
    assert found["events_found"] == found["events"] == 1


def test_a_confusion_matrix_is_drawn():
    picture = draw_confusion(np.array([[8, 2], [0, 10]]), _NAMES)
    assert picture.dtype == np.uint8
    red = (picture[..., 2] == 255) & (picture[..., 0] < 10)
    assert red.sum() > 1000, "a cell with every clip of its row is fully coloured"


def manifest(network: FrameClassifier) -> Manifest:
    return Manifest(
        name="it",
        version="1",
        title=Label(en="it", zh="it"),
        input=InputSpec(width=32, height=32, rate_hz=10),
        state=network.state_spec(),
        heads=(head(),),
        files={},
        provenance=Provenance(created="2026-01-01", command="x"),
    )


def test_memory_rate_and_time_reach_the_network():
    torch.manual_seed(0)
    network = FrameClassifier(ZooPlan("cnn-lstm", ZooConfig(2, 32, 32, scale=0.125), "it")).eval()
    enliven(network)
    rng = np.random.default_rng(0)
    clip = Clip(rng.integers(0, 256, (30, 32, 32, 3), dtype=np.uint8), np.arange(30) / 30)
    labelled = LabelledClip(Path("a.mp4"), "it", "g", (Interval("right", 0.0, np.inf),))
    watcher = Watcher(network, manifest(network), head())
    whole = watcher.watch(labelled, clip, Condition("at_30_fps", 30.0))
    sparse = watcher.watch(labelled, clip, Condition("memory", 10.0))
    alone = watcher.watch(labelled, clip, Condition("no_memory", 10.0, memory=False))
    assert (len(whole.times_s), len(sparse.times_s)) == (30, 10)
    assert sparse.truth.tolist() == [[0, 1]] * 10
    np.testing.assert_allclose(alone.probability[0], sparse.probability[0], atol=1e-6)
    assert np.abs(alone.probability[1:] - sparse.probability[1:]).max() > 1e-4
    state, outputs = network.init_state(1), []
    for frame in clip.frames[::3]:
        with torch.inference_mode():
            found, state = network.step(torch.from_numpy(frame[None]), state, torch.full((1,), 0.1))
        outputs.append(found["it.probability"][0].numpy())
    np.testing.assert_allclose(sparse.probability, outputs, atol=1e-6)


def test_frames_that_the_clock_finds_too_early_are_left_out():
    torch.manual_seed(0)
    network = FrameClassifier(ZooPlan("cnn-lstm", ZooConfig(2, 32, 32, scale=0.125), "it")).eval()
    clip = Clip(np.zeros((30, 32, 32, 3), np.uint8), np.arange(30) / 30)
    labelled = LabelledClip(Path("a.mp4"), "it", "g", (Interval("right", 0.0, np.inf),))
    watcher = Watcher(network, manifest(network), head(), lambda gap_s: gap_s < 0.099)
    for rate_hz, taken in ((30.0, 10), (10.0, 10), (5.0, 5)):
        seen = watcher.watch(labelled, clip, Condition("it", rate_hz))
        assert len(seen.times_s) == taken


def test_every_evaluation_has_its_baseline_without_memory():
    named = {condition.name: condition for condition in conditions(12.5)}
    assert named["memory"].rate_hz == named["no_memory"].rate_hz == 12.5
    assert not named["no_memory"].memory
    assert {"at_30_fps", "at_15_fps", "at_10_fps", "at_5_fps"} < set(named)
