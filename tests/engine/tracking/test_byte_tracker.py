from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.results import Detections
from engine.tracking import ByteTracker

SURE, UNSURE = 0.9, 0.2


def _found(*boxes):
    """Boxes as (x, y, confidence) or (x, y, confidence, class), each 40 wide and 80 high."""
    rows = np.array([(b[0], b[1], b[0] + 40, b[1] + 80) for b in boxes], np.float32)
    return Detections(
        rows.reshape(-1, 4),
        np.array([b[2] for b in boxes], np.float32),
        np.array([b[3] if len(b) > 3 else 0 for b in boxes], np.int32),
        np.full(len(boxes), -1, np.int32),
    )


def _update(tracker, pts_s, *boxes):
    found = _found(*boxes)
    return tracker.update(found, found.confidence >= 0.4, pts_s)


def _ids(tracker, pts_s, *boxes):
    return _update(tracker, pts_s, *boxes).track_id.tolist()


def test_two_that_walk_keep_their_identities():
    tracker = ByteTracker()
    for i in range(60):
        assert _ids(tracker, i / 30, (10 + 2 * i, 0, SURE), (300 - 2 * i, 200, SURE)) == [1, 2]


def test_who_comes_later_is_confirmed_at_the_second_sight():
    tracker = ByteTracker()
    _ids(tracker, 0.0, (0, 0, SURE))
    assert _ids(tracker, 1 / 30, (0, 0, SURE), (200, 0, SURE)) == [1, -1]
    assert _ids(tracker, 2 / 30, (0, 0, SURE), (200, 0, SURE)) == [1, 2]


def test_a_single_false_alarm_leaves_no_track():
    tracker = ByteTracker()
    _ids(tracker, 0.0)
    assert _ids(tracker, 1 / 30, (200, 0, SURE)) == [-1]
    assert _ids(tracker, 2 / 30) == []
    assert _ids(tracker, 3 / 30, (200, 0, SURE)) == [-1]


def test_unsure_boxes_continue_tracks_and_begin_none():
    tracker = ByteTracker()
    _ids(tracker, 0.0, (0, 0, SURE))
    seen = _update(tracker, 1 / 30, (1, 0, UNSURE), (300, 0, UNSURE))
    assert seen.track_id.tolist() == [1]
    assert seen.confidence.tolist() == pytest.approx([UNSURE])


def test_only_one_class_is_one_object():
    tracker = ByteTracker()
    _ids(tracker, 0.0, (0, 0, SURE, 0))
    assert _ids(tracker, 1 / 30, (0, 0, SURE, 1)) == [-1]


@pytest.mark.parametrize("rate", [10, 30, 60])
def test_lost_is_counted_in_seconds(rate):
    for gap_s, kept in ((0.8, True), (1.3, False)):
        tracker = ByteTracker(longest_lost_s=1.0)
        last = rate
        for i in range(last + 1):
            _ids(tracker, i / rate, (100, 100, SURE))
        back = last + round(gap_s * rate)
        for i in range(last + 1, back):
            _ids(tracker, i / rate)
        assert (_ids(tracker, back / rate, (100, 100, SURE)) == [1]) is kept


def test_motion_is_followed_through_a_drop_of_frames():
    tracker = ByteTracker()
    speed = 240.0  # pixels a second: 0.3 s without frames is nearly two widths
    for i in range(40):
        _ids(tracker, i / 30, (speed * i / 30, 100, SURE))
    pts_s = 39 / 30 + 0.3
    assert _ids(tracker, pts_s, (speed * pts_s, 100, SURE)) == [1]


def test_frame_rate_does_not_change_what_is_followed():
    paths = {}
    for rate in (15, 60):
        tracker = ByteTracker()
        for i in range(2 * rate):
            t = i / rate
            ids = _ids(tracker, t, (120 * t, 50, SURE), (400 - 120 * t, 150, SURE))
        paths[rate] = ids
    assert paths[15] == paths[60] == [1, 2]


def test_reset_forgets_and_no_identity_comes_twice():
    tracker = ByteTracker()
    assert _ids(tracker, 0.0, (0, 0, SURE)) == [1]
    tracker.reset()
    assert _ids(tracker, 5.0, (0, 0, SURE)) == [2]


def test_nothing_seen_is_nothing():
    assert len(_update(ByteTracker(), 0.0)) == 0


_BOX = st.tuples(st.integers(0, 120), st.integers(0, 120), st.sampled_from([SURE, UNSURE]))
_STREAM = st.lists(
    st.tuples(st.sampled_from([1, 2, 5, 20]), st.lists(_BOX, max_size=5)), min_size=2, max_size=15
)


def _play(tracker, stream, ticks):
    played = []
    for step, boxes in stream:
        ticks += step
        seen = _update(tracker, ticks / 30, *boxes)
        played.append((seen.xyxy.tolist(), seen.track_id.tolist()))
    return played, ticks


@settings(max_examples=60, deadline=None)
@given(_STREAM, st.data())
def test_what_is_restored_goes_on_the_same(stream, data):
    split = data.draw(st.integers(0, len(stream)))
    tracker = ByteTracker()
    _, ticks = _play(tracker, stream[:split], 0)
    state = tracker.snapshot()
    first, _ = _play(tracker, stream[split:], ticks)
    tracker.restore(state)
    again, _ = _play(tracker, stream[split:], ticks)
    other = ByteTracker()
    other.restore(state)
    elsewhere, _ = _play(other, stream[split:], ticks)
    assert first == again == elsewhere


@settings(max_examples=60, deadline=None)
@given(_STREAM)
def test_identities_are_unique_within_a_frame(stream):
    for _, ids in _play(ByteTracker(), stream, 0)[0]:
        known = [i for i in ids if i >= 0]
        assert len(set(known)) == len(known)
