from __future__ import annotations

import threading
import time
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from engine.buffer import EndOfStream, FrameBuffer, graver
from engine.frame import Discontinuity, Frame


def frame(index, discontinuity=None):
    return Frame(index, index, Fraction(1, 30), 0, None, discontinuity)


def test_latest_drops_the_oldest_and_marks_the_next():
    buffer = FrameBuffer(2, lossless=False)
    for i in range(5):
        buffer.put(frame(i, Discontinuity.START if i == 0 else None), 0)
    first, second = buffer.take(0).item, buffer.take(0).item
    assert (first.index, second.index) == (3, 4)
    assert first.discontinuity is Discontinuity.START  # the stream's first frame was among them
    assert second.discontinuity is None
    assert buffer.dropped == 3
    assert buffer.take(0) is None


def test_a_plain_drop_is_a_gap():
    buffer = FrameBuffer(1, lossless=False)
    buffer.put(frame(0), 0)
    buffer.put(frame(1), 0)
    assert buffer.take(0).item.discontinuity is Discontinuity.GAP


def test_lossless_waits_for_room():
    buffer = FrameBuffer(2, lossless=True)
    producer = threading.Thread(target=lambda: [buffer.put(frame(i), 0) for i in range(10)])
    producer.start()
    taken = [buffer.take(1).item.index for _ in range(10)]
    producer.join(1)
    assert taken == list(range(10))
    assert buffer.dropped == buffer.discarded == 0


def test_a_seek_frees_a_waiting_producer_and_refuses_its_frame():
    buffer = FrameBuffer(1, lossless=True)
    buffer.put(frame(0), 0)
    producer = threading.Thread(target=buffer.put, args=(frame(1), 0))
    producer.start()
    time.sleep(0.05)
    assert producer.is_alive()
    buffer.new_generation()
    producer.join(1)
    assert not producer.is_alive()
    assert buffer.discarded == 2
    buffer.put(frame(9), 1)
    assert buffer.take(0).item.index == 9


def test_the_end_of_an_old_generation_does_not_end_the_new():
    buffer = FrameBuffer(2, lossless=True)
    buffer.new_generation()
    buffer.end(0)
    assert buffer.take(0) is None
    buffer.end(1)
    assert isinstance(buffer.take(0).item, EndOfStream)


def test_close_wakes_a_waiting_consumer():
    buffer = FrameBuffer(2, lossless=True)
    closer = threading.Timer(0.05, buffer.close)
    closer.start()
    begun = time.monotonic()
    assert buffer.take(5) is None
    assert time.monotonic() - begun < 1
    closer.join()


kinds = st.none() | st.sampled_from(Discontinuity)


@given(st.lists(st.tuples(st.booleans(), kinds), max_size=60))
def test_nothing_is_lost_unmarked(steps):
    """Whatever the order of puts and takes: every frame is taken, dropped or inside, in order,
    and after a loss the next frame taken carries at least a gap."""
    buffer = FrameBuffer(2, lossless=False)
    put, taken = [], []
    for is_put, kind in steps:
        if is_put:
            put.append(frame(len(put), kind))
            buffer.put(put[-1], 0)
        elif (got := buffer.take(0)) is not None:
            taken.append(got.item)
    assert len(put) == len(taken) + buffer.dropped + len(buffer)
    expected_next = 0
    for item in taken:
        lost = put[expected_next : item.index]
        worst = None
        for other in lost:
            worst = graver(worst, graver(other.discontinuity, Discontinuity.GAP))
        assert item.discontinuity == graver(worst, put[item.index].discontinuity)
        expected_next = item.index + 1
