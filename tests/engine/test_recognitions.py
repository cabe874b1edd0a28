from __future__ import annotations

import numpy as np
import pytest

from engine.frame import Discontinuity
from engine.recognitions import Recognition, RecognitionTracker
from engine.results import Detections, FrameResult
from models.spec import Activation, HeadKind, HeadSpec, Label


def _head(activation=Activation.SIGMOID, quiet=()):
    return HeadSpec(
        name="a",
        kind=HeadKind.ACTIONS,
        labels=(Label(en="x", zh="甲"), Label(en="y", zh="乙")),
        thresholds=(0.5, 0.25),
        activation=activation,
        quiet=quiet,
    )


def _run(head, rows, marks=None):
    tracker = RecognitionTracker([head])
    for i, row in enumerate(rows):
        chances = {"a": np.array(row, np.float32)}
        mark = (marks or {}).get(i)
        tracker.update(FrameResult(i, i / 10, Detections.empty(), chances, mark))
    return tracker


def _spans(seen):
    return [(r.label, r.start_s, r.end_s) for r in seen]


def test_an_interval_runs_from_first_to_last_frame_above():
    tracker = _run(_head(), [(0.1, 0), (0.5, 0), (0.8, 0), (0.6, 0), (0.4, 0)])
    assert tracker.open == ()
    assert tracker.finish() == [Recognition("a", "x", 0.1, 0.3, pytest.approx(0.8))]


def test_one_frame_is_an_interval_of_no_length():
    assert _spans(_run(_head(), [(0, 0), (0.9, 0), (0, 0)]).finish()) == [("x", 0.1, 0.1)]


def test_thresholds_are_per_label_and_labels_overlap():
    tracker = _run(_head(), [(0.9, 0.3), (0.9, 0.3)])
    assert _spans(tracker.open) == [("x", 0.0, 0.1), ("y", 0.0, 0.1)]


def test_of_exclusive_labels_only_the_best_holds():
    tracker = _run(_head(Activation.SOFTMAX), [(0.6, 0.4), (0.45, 0.55)])
    assert _spans(tracker.finish()) == [("x", 0.0, 0.0), ("y", 0.1, 0.1)]


def test_the_best_below_its_threshold_is_nothing():
    assert _run(_head(Activation.SOFTMAX), [(0.45, 0.2)]).finish() == []


def test_quiet_labels_give_none_and_still_win():
    tracker = _run(_head(Activation.SOFTMAX, quiet=("x",)), [(0.6, 0.4)])
    assert tracker.finish() == []


@pytest.mark.parametrize(
    ("mark", "pieces"),
    [
        (Discontinuity.START, 2),
        (Discontinuity.SEEK, 2),
        (Discontinuity.SOURCE, 2),
        (Discontinuity.GAP, 1),
        (Discontinuity.SCENE_CUT, 1),
    ],
)
def test_what_ends_an_interval(mark, pieces):
    assert len(_run(_head(), [(0.9, 0)] * 4, {2: mark}).finish()) == pieces


def test_open_becomes_closed():
    tracker = _run(_head(), [(0.9, 0)])
    assert (len(tracker.open), len(tracker.closed)) == (1, 0)
    tracker.finish()
    assert (len(tracker.open), len(tracker.closed)) == (0, 1)


def test_a_result_without_the_head_changes_nothing():
    tracker = _run(_head(), [(0.9, 0)])
    tracker.update(FrameResult(1, 0.1, Detections.empty()))
    assert _spans(tracker.open) == [("x", 0.0, 0.0)]
