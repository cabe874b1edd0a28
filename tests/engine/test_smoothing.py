"""Labels that stay, and probabilities that are left alone."""

from __future__ import annotations

import numpy as np
import pytest

from engine.frame import Discontinuity
from engine.recognitions import RecognitionTracker
from engine.results import Detections, FrameResult
from engine.smoothing import Smoother, Smoothing
from models.spec import Activation, HeadKind, HeadSpec, Label

LABELS = tuple(Label(en=name, zh=name) for name in ("walk", "run"))


def head(activation=Activation.SIGMOID):
    return HeadSpec(
        name="actions",
        kind=HeadKind.ACTIONS,
        labels=LABELS,
        thresholds=(0.5, 0.5),
        activation=activation,
    )


def watch(spec, rows, smoothing, rate=10):
    """Return which labels are shown after each row of probabilities."""
    smoother, state, shown = Smoother([spec], smoothing), None, []
    for index, row in enumerate(rows):
        state = smoother.step({"actions": np.array(row, np.float32)}, index / rate, state)
        shown.append("".join("wr"[i] for i in np.flatnonzero(state.shown["actions"])))
    return shown


def test_a_label_does_not_flicker_at_its_threshold():
    rows = [(p, 0) for p in (0.4, 0.51, 0.47, 0.52, 0.45, 0.38, 0.45)]
    steady = watch(head(), rows, Smoothing(hysteresis=0.1, shortest_s=0.0))
    assert steady == ["", "w", "w", "w", "w", "", ""]


def test_a_label_stays_for_its_shortest_time():
    rows = [(0.9, 0)] + [(0.1, 0)] * 6
    assert watch(head(), rows, Smoothing(0.1, 0.35)) == ["w", "w", "w", "w", "", "", ""]


def test_without_hysteresis_and_time_nothing_is_smoothed():
    rows = np.random.default_rng(0).random((50, 2))
    plain = ["".join("wr"[i] for i in np.flatnonzero(row >= 0.5)) for row in np.float32(rows)]
    assert watch(head(), rows, Smoothing(0.0, 0.0)) == plain


def test_labels_that_exclude_each_other_take_over_only_when_clearly_likelier():
    rows = [(0.6, 0.4), (0.48, 0.52), (0.46, 0.54), (0.4, 0.6), (0.52, 0.48), (0.2, 0.8)]
    shown = watch(head(Activation.SOFTMAX), rows, Smoothing(hysteresis=0.1, shortest_s=0.0))
    assert shown == ["w", "w", "w", "r", "r", "r"]
    assert all(len(one) <= 1 for one in shown)


@pytest.mark.parametrize("steadied", [False, True])
def test_intervals_follow_what_is_shown(steadied):
    tracker = RecognitionTracker([head()])
    for index, p in enumerate((0.6, 0.45, 0.6)):
        shown = {"actions": np.array([True, False])} if steadied else None
        tracker.update(
            FrameResult(
                index,
                index / 10,
                Detections.empty(),
                {"actions": np.array([p, 0], np.float32)},
                Discontinuity.START if index == 0 else None,
                shown=shown,
            )
        )
    found = tracker.finish()
    assert [(one.start_s, one.end_s) for one in found] == (
        [(0.0, 0.2)] if steadied else [(0.0, 0.0), (0.2, 0.2)]
    )
    assert max(one.peak for one in found) == pytest.approx(0.6)
