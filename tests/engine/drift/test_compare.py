from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.drift.compare import cosine
from engine.drift.events import pair_events
from engine.recognitions import Recognition


def event(start_s, end_s, label="wave"):
    return Recognition("actions", label, start_s, end_s, 1.0)


@given(st.floats(0.01, 100), st.integers(0, 2**32 - 1))
def test_cosine_knows_no_length(scale, seed):
    a = np.random.default_rng(seed).normal(size=17).astype(np.float32)
    assert cosine(a, a * np.float32(scale)) == pytest.approx(1, abs=1e-5)
    assert cosine(a, -a) == pytest.approx(-1, abs=1e-5)


def test_cosine_of_nothing_and_of_no_number():
    nothing, something = np.zeros(3), np.ones(3)
    assert cosine(nothing, nothing) == 1
    assert cosine(nothing, something) == 0
    assert cosine(something, np.array([1, np.nan, 1])) == 0
    assert cosine(np.array([np.inf, 1, 1]), something) == 0


def test_events_pair_by_label_and_time():
    events = [event(0, 1), event(5, 6), event(8, 9, "sit")]
    assert pair_events(events, events) == 3
    assert pair_events(events, [event(0.2, 1.1), event(5.8, 7), event(8, 9)]) == 1
    assert pair_events([event(0, 1)], [event(0, 1), event(0, 1)]) == 1
    assert pair_events([event(3, 3)], [event(3, 3)]) == 1
    assert pair_events([], events) == 0
