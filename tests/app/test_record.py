"""What is kept of a stream that is played in any order."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.record.history import History
from app.record.probability_log import ProbabilityLog
from app.record.track_log import TrackLog, join_spans
from engine.frame import Discontinuity
from engine.results import Detections
from tests.app.fakes import make_manifest, make_result


def row(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


@given(st.lists(st.integers(0, 60), min_size=1, max_size=80))
@settings(max_examples=60, deadline=None)
def test_the_log_does_not_depend_on_the_order_of_playing(order: list[int]) -> None:
    log = ProbabilityLog(1)
    for index in order:
        log.put(index / 10, row(index / 100))
    assert log.times_s.tolist() == sorted({index / 10 for index in order})
    for index in set(order):
        assert log.at(index / 10)[0] == pytest.approx(index / 100, abs=1e-3)


def test_the_envelope_keeps_the_peak_of_every_column() -> None:
    log = ProbabilityLog(2)
    for index in range(100):
        log.put(index / 10, row(0.1, 1.0 if index == 37 else 0.0))
    found = log.envelope(0.0, 10.0, 10)
    assert found.shape == (10, 2)
    assert found[:, 1].tolist() == [0, 0, 0, 1, 0, 0, 0, 0, 0, 0]


def test_zoomed_in_a_frame_stands_until_the_next_one() -> None:
    log = ProbabilityLog(1)
    log.put(1.0, row(0.5))
    log.put(1.1, row(1.0))
    found = log.envelope(0.9, 1.2, 6)[:, 0]
    assert np.isnan(found[:2]).all()
    assert found[2:].tolist() == [0.5, 0.5, 1.0, 1.0]


def test_what_was_not_seen_is_not_made_up() -> None:
    log = ProbabilityLog(1)
    log.put(0.0, row(0.5))
    log.put(9.0, row(0.5))
    assert log.at(5.0) is None
    assert log.at(-1.0) is None
    seen = ~np.isnan(log.envelope(0.0, 10.0, 10)[:, 0])
    assert seen.tolist() == [True, False, False, False, False, False, False, False, False, True]


def test_a_log_that_grows_keeps_what_it_has() -> None:
    log = ProbabilityLog(2)
    for index in range(5000):
        log.put(index / 30, row(index % 101 / 100, 0.25))
    assert len(log) == 5000
    _, rows = log.run_up_to(5000 / 30, 0.0)
    assert np.abs(rows[:, 0] - np.arange(5000) % 101 / 100).max() < 1e-6
    assert (rows[:, 1] == 0.25).all()


def test_a_full_log_forgets_the_earliest() -> None:
    log = ProbabilityLog(1, limit=100)
    for index in range(1000):
        log.put(float(index), row(0.0))
    assert len(log) <= 100
    assert log.times_s[-1] == 999.0
    assert (np.diff(log.times_s) == 1.0).all()


def tracked(pts_s: float, *ids: int, exact: bool = True):
    count = len(ids)
    found = Detections(
        np.zeros((count, 4), np.float32),
        np.ones(count, np.float32),
        np.zeros(count, np.int32),
        np.array(ids, np.int32),
    )
    return make_result(pts_s, 64, 48, detections=found, exact=exact)


def test_a_track_played_in_pieces_is_one_span() -> None:
    log = TrackLog()
    for begin, end in ((0.0, 2.0), (6.0, 9.0), (1.5, 6.5)):
        for step in range(round((end - begin) * 10) + 1):
            log.put(tracked(begin + step / 10, 4), follows=step > 0)
    (track,) = log.tracks()
    assert track.track_id == 4
    assert track.spans == ((0.0, pytest.approx(9.0)),)


def test_a_track_that_was_away_has_two_spans() -> None:
    log = TrackLog()
    for step in range(50):
        log.put(tracked(step / 10, *((1,) if not 10 <= step < 30 else ())), follows=True)
    assert [round(end - start, 1) for start, end in log.tracks()[0].spans] == [0.9, 1.9]


def test_identities_of_approximate_memory_are_left_out() -> None:
    log = TrackLog()
    log.put(tracked(1.0, 1, -1, exact=False), follows=False)
    log.put(tracked(2.0, 2, -1), follows=False)
    assert [track.track_id for track in log.tracks()] == [2]


def test_joining_spans() -> None:
    assert join_spans([(3, 5), (0, 1), (1, 2), (4, 4.5)]) == [(0, 2), (3, 5)]


def test_an_exact_seek_ends_what_was_under_way() -> None:
    """It marks nothing, so that only the frame numbers tell that something was jumped over."""
    history = History(make_manifest())
    certain = {"actions": row(1, 0, 0, 0, 0), "fight": row(0, 1)}
    for index in (0, 1, 2, 300, 301):
        kind = Discontinuity.START if index == 0 else None
        result = make_result(index / 30, 64, 48, index=index, actions=certain, discontinuity=kind)
        history.write(SimpleNamespace(), result)
    standing = [one for one in history.intervals() if one.label == "standing"]
    assert [round(one.start_s) for one in standing] == [0, 10]
    assert history.trace("actions").times_s.tolist() == [10.0, 301 / 30]


def test_after_an_exact_seek_the_recent_past_is_there() -> None:
    history = History(make_manifest())
    for index in (*range(300), 200):
        kind = Discontinuity.START if index == 0 else None
        result = make_result(
            index / 30, 64, 48, index=index, discontinuity=kind, memory_s=index / 30
        )
        history.write(SimpleNamespace(), result)
    times = history.trace("actions").times_s
    assert (times[0], times[-1]) == (0.0, 200 / 30)
    assert len(times) == 201


def test_the_recent_past_ends_at_a_hole() -> None:
    log = ProbabilityLog(1)
    for pts_s in (0.0, 0.1, 2.0, 2.1, 2.2, 9.0):
        log.put(pts_s, row(0.0))
    assert log.run_up_to(2.2, 0.0)[0].tolist() == [2.0, 2.1, 2.2]
    assert log.run_up_to(2.2, 2.05)[0].tolist() == [2.1, 2.2]
    assert log.run_up_to(-1.0, -5.0)[1].shape == (0, 1)


def test_a_stream_without_end_keeps_the_latest() -> None:
    history = History(make_manifest())
    heads = {"fight": row(0, 1)}
    for index in range(20_000):
        walking = {"actions": row(0, index % 4 < 2, 0, 0, 0), **heads}
        kind = Discontinuity.GAP if index % 5 == 0 else None
        result = make_result(index / 30, 64, 48, index=index, actions=walking, discontinuity=kind)
        history.write(SimpleNamespace(), result)
    intervals = history.intervals()
    assert 3000 <= len(intervals) <= 3400
    assert intervals[-1].end_s == pytest.approx(19_997 / 30, abs=2 / 30)
    marks = history.marks()
    assert len(marks) == 2000
    assert marks[-1].pts_s == pytest.approx(19_995 / 30)
