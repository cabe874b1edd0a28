"""What was shown is kept, and given back only where nothing else can be meant."""

from __future__ import annotations

import numpy as np

from engine.result_log import ResultLog
from engine.results import Detections, FrameResult


def result(index, pts_s=None):
    return FrameResult(
        index,
        index / 10 if pts_s is None else pts_s,
        Detections.empty(),
        {"a": np.zeros(3, np.float32)},
    )


def filled(*indices, limit_bytes=1 << 20):
    log = ResultLog(limit_bytes)
    for index in indices:
        log.put(result(index))
    return log


def test_the_first_frame_at_or_after_a_moment():
    log = filled(0, 1, 2, 3)
    assert log.first_from(0.1).index == 1
    assert log.first_from(0.15).index == 2
    assert log.first_from(-1.0).index == 0
    assert log.first_from(0.31) is None


def test_where_a_frame_may_lie_between_nothing_is_known():
    log = filled(0, 1, 5, 6)
    assert log.first_from(0.3) is None
    assert log.first_from(0.5).index == 5
    assert log.first_from(0.55).index == 6


def test_order_of_arrival_does_not_matter():
    log = filled(5, 2, 4, 3, 2, 5)
    assert len(log) == 4
    assert [log.first_from(i / 10).index for i in (2, 3, 4, 5)] == [2, 3, 4, 5]


def test_memory_stays_within_the_limit_and_what_is_near_stays():
    log = filled(*range(2000), limit_bytes=100_000)
    assert log.nbytes <= 100_000
    assert log.first_from(199.9).index == 1999
    assert log.first_from(0.0) is None
    for index in range(1000, 900, -1):
        log.put(result(index))
    assert log.nbytes <= 100_000
    assert log.first_from(90.1).index == 901


def test_clearing_forgets_everything():
    log = filled(0, 1)
    log.clear()
    assert (len(log), log.nbytes, log.first_from(0.0)) == (0, 0, None)
