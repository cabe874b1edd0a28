from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.tracking import ByteTracker
from tests.fixtures.results import detections


def box(x, y=50.0, *, score=0.9, kind=0, size=(40, 80)):
    return (x, y, x + size[0], y + size[1], score, kind)


def run(tracker, frames, rate=30.0, first=0):
    """Frames are lists of rows; boxes with a confidence of 0.5 and more are sure."""
    results = []
    for t, rows in enumerate(frames, start=first):
        found = detections(*rows)
        results.append(tracker.update(found, found.confidence >= 0.5, t / rate))
    return results


def ids(results):
    return [r.track_id.tolist() for r in results]


def test_an_identity_lasts_while_its_box_moves():
    seen = ids(run(ByteTracker(), [[box(3.0 * t)] for t in range(60)]))
    assert seen == [[1]] * 60


def test_two_that_pass_each_other_keep_their_identities():
    frames = [[box(4.0 * t, 50), box(300 - 4.0 * t, 58)] for t in range(60)]
    results = run(ByteTracker(), frames)
    assert results[-1].track_id.tolist() == [1, 2]


def test_a_newcomer_is_tentative_for_one_frame():
    frames = [[box(0)], [box(0), box(200)], [box(0), box(200)]]
    assert ids(run(ByteTracker(), frames)) == [[1], [1, -1], [1, 2]]


def test_a_single_false_box_gets_no_identity():
    frames = [[box(0)], [box(0), box(200)], [box(0)], [box(0), box(200)]]
    assert ids(run(ByteTracker(), frames)) == [[1], [1, -1], [1], [1, -1]]


def test_an_unsure_box_continues_a_track_but_starts_none():
    frames = [[box(0), box(200, score=0.3)], [box(2, score=0.3), box(200, score=0.3)], [box(4)]]
    results = run(ByteTracker(), frames)
    assert ids(results) == [[1], [1], [1]]
    assert results[1].confidence.tolist() == np.float32([0.3]).tolist()


def test_who_comes_back_in_time_is_recognised():
    frames = [[box(3.0 * t)] for t in range(20)] + [[]] * 15 + [[box(3.0 * 35)], [box(3.0 * 36)]]
    assert ids(run(ByteTracker(), frames))[-1] == [1]


def test_lost_is_measured_in_seconds_not_frames():
    def back_after(rate):
        gap = round(0.8 * rate)
        frames = [[box(10)] for _ in range(5)] + [[]] * gap + [[box(10)], [box(10)]]
        return ids(run(ByteTracker(longest_lost_s=1.0), frames, rate))[-1]

    assert back_after(5.0) == back_after(60.0) == [1]
    late = [[box(10)] for _ in range(5)] + [[]] * 45 + [[box(10)], [box(10)]]
    assert ids(run(ByteTracker(longest_lost_s=1.0), late))[-1] == [2]


def test_motion_is_followed_over_uneven_time():
    tracker = ByteTracker()
    times = np.cumsum([1 / 30] * 20 + [1 / 5, 1 / 30, 1 / 6, 1 / 30])
    for t in times:
        found = detections(box(240.0 * t))
        last = tracker.update(found, found.confidence >= 0.5, float(t))
    assert last.track_id.tolist() == [1]


def test_boxes_of_different_classes_never_match():
    frames = [[box(0, kind=0)], [box(0, kind=1)], [box(0, kind=1)]]
    assert ids(run(ByteTracker(), frames))[-1] == [2]


def test_identities_are_never_used_twice():
    tracker = ByteTracker()
    first = run(tracker, [[box(0), box(200)]])
    tracker.reset()
    second = run(tracker, [[box(0), box(200)]], first=10)
    assert set(ids(first)[0]).isdisjoint(ids(second)[0])


rows = st.lists(
    st.tuples(st.floats(0, 500), st.floats(0, 300), st.floats(0.2, 1), st.integers(0, 1)),
    max_size=5,
)


@settings(max_examples=40, deadline=None)
@given(st.lists(rows, min_size=4, max_size=16), st.integers(1, 3))
def test_restoring_and_going_on_gives_the_same_to_the_bit(frames, at):
    made = [[box(x, y, score=s, kind=k) for x, y, s, k in row] for row in frames]
    tracker = ByteTracker()
    run(tracker, made[:at])
    state = tracker.snapshot()
    first = run(tracker, made[at:], first=at)
    tracker.restore(state)
    second = run(tracker, made[at:], first=at)
    for a, b in zip(first, second, strict=True):
        assert a.xyxy.tobytes() == b.xyxy.tobytes()
        assert a.track_id.tobytes() == b.track_id.tobytes()


@settings(max_examples=40, deadline=None)
@given(st.lists(rows, min_size=1, max_size=16))
def test_in_a_frame_no_identity_is_given_twice(frames):
    tracker = ByteTracker()
    for r in run(tracker, [[box(x, y, score=s, kind=k) for x, y, s, k in row] for row in frames]):
        given_ = r.track_id[r.track_id >= 0]
        assert len(set(given_.tolist())) == len(given_)
