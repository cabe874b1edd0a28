from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.sources.clocks import FileClock, LiveClock, MediaClock

SECOND_NS = 1_000_000_000


def file_clock(origin: int = 0) -> FileClock:
    return FileClock(Fraction(1, 1000), origin=origin, step=40)


def test_good_times_stay_as_they_are() -> None:
    clock = file_clock(origin=5000)
    assert [clock.stamp(pts, 0) for pts in (5000, 5040, 5120)] == [
        (0, False),
        (40, False),
        (120, False),
    ]


def test_missing_times_follow_the_one_before_by_its_duration() -> None:
    clock = file_clock()
    stamps = [clock.stamp(own, duration)[0] for own, duration in ((0, 30), (None, 0), (None, 0))]
    assert stamps == [0, 30, 70]


def test_duplicates_and_jitter_move_by_a_tick() -> None:
    clock = file_clock()
    stamps = [clock.stamp(own, 40) for own in (0, 40, 40, 30, 80)]
    assert stamps == [(0, False), (40, False), (41, False), (42, False), (80, False)]


def test_time_set_back_goes_on_from_where_it_was() -> None:
    clock = file_clock()
    stamps = [clock.stamp(own, 40) for own in (9000, 9040, 0, 40)]
    assert stamps == [(9000, False), (9040, False), (9080, True), (9120, False)]


def test_a_leap_forward_is_told_and_keeps_its_time() -> None:
    clock = file_clock()
    assert [clock.stamp(own, 40) for own in (0, 1000, 2001)] == [
        (0, False),
        (1000, False),
        (2001, True),
    ]
    slow = FileClock(Fraction(1, 1000), origin=0, step=10_000)
    assert [slow.stamp(own, 0)[1] for own in (0, 10_000, 30_000)] == [False] * 3


def test_restart_forgets() -> None:
    clock = file_clock()
    clock.stamp(9000, 40)
    clock.restart()
    assert clock.stamp(40, 40) == (40, False)


@given(st.lists(st.none() | st.integers(-(10**6), 10**6), max_size=50))
def test_file_time_always_increases(stored: list[int | None]) -> None:
    clock = file_clock()
    stamps = [clock.stamp(own, 0)[0] for own in stored]
    assert stamps == sorted(set(stamps))


def test_live_time_is_the_devices_from_the_first_arrival_on() -> None:
    clock = LiveClock()
    arrivals = [10.0, 10.5, 10.1 + 0.5]  # the network delays, the device knows better
    devices = [777.0, 777.04, 777.08]
    stamps = [
        clock.stamp(device, round(arrival * SECOND_NS))
        for device, arrival in zip(devices, arrivals, strict=True)
    ]
    assert stamps == [(0, False), (40_000, False), (80_000, False)]


def test_live_time_is_that_of_the_wall_after_an_outage() -> None:
    clock = LiveClock()
    clock.stamp(100.0, 10 * SECOND_NS)
    clock.reconnect()
    assert clock.stamp(0.0, 25 * SECOND_NS) == (15_000_000, False)
    assert clock.stamp(0.04, 26 * SECOND_NS) == (15_040_000, False)


def test_live_time_is_told_by_the_frame_that_is_least_late() -> None:
    clock = LiveClock()
    clock.stamp(100.0, 10 * SECOND_NS)
    clock.reconnect()
    # Twenty frames have waited and come all at once, the others as they are seen.
    burst = [clock.stamp(i / 30, 20 * SECOND_NS + i)[0] / 1e6 for i in range(20)]
    live = [clock.stamp(i / 30, round((20 + (i - 19) / 30) * SECOND_NS))[0] for i in range(20, 40)]
    assert burst == sorted(set(burst))
    assert burst == pytest.approx([10.0] * 20, abs=0.001)
    assert [pts / 1e6 for pts in live] == pytest.approx(
        [10 + (i - 19) / 30 for i in range(20, 40)], abs=1e-5
    )


def test_a_device_whose_clock_is_slow_is_followed_and_one_delay_is_not() -> None:
    clock = LiveClock()
    for second in range(3600):
        delay_s = 0.3 if second % 7 == 3 else 0.0
        clock.stamp(second * 0.9999, round((second + delay_s) * SECOND_NS))
    late_s = 3600 - clock.stamp(3600 * 0.9999, 3600 * SECOND_NS)[0] / 1e6
    assert 0 <= late_s < 0.005  # not the 0.36 s that its clock has lost


def test_live_time_without_a_device_clock_is_that_of_arrival() -> None:
    clock = LiveClock()
    stamps = [clock.stamp(None, ns)[0] for ns in (5 * SECOND_NS, 5 * SECOND_NS + 40_000_000)]
    assert stamps == [0, 40_000]


@pytest.mark.parametrize("leap_s", [-50.0, 3600.0])
def test_a_device_clock_that_leaps_is_set_anew(leap_s: float) -> None:
    clock = LiveClock()
    clock.stamp(100.0, 10 * SECOND_NS)
    clock.stamp(100.1, round(10.1 * SECOND_NS))
    assert clock.stamp(100.2 + leap_s, round(10.2 * SECOND_NS)) == (200_000, True)
    assert clock.stamp(100.3 + leap_s, round(10.3 * SECOND_NS)) == (300_000, False)


def test_a_long_silence_is_no_leap() -> None:
    clock = LiveClock()
    clock.stamp(100.0, 10 * SECOND_NS)
    assert clock.stamp(160.0, 70 * SECOND_NS) == (60_000_000, False)


@given(
    st.lists(
        st.tuples(st.none() | st.floats(-1e5, 1e5), st.integers(0, 3 * SECOND_NS), st.booleans()),
        max_size=40,
    )
)
def test_live_time_always_increases_and_is_never_ahead_of_arrival(
    events: list[tuple[float | None, int, bool]],
) -> None:
    clock = LiveClock()
    now_ns, stamps = SECOND_NS, []
    zero_ns = now_ns + (events[0][1] if events else 0)
    for device_s, waited_ns, reconnects in events:
        now_ns += waited_ns
        if reconnects:
            clock.reconnect()
        stamps.append(clock.stamp(device_s, now_ns)[0])
        assert stamps[-1] <= (now_ns - zero_ns) // 1000 + len(stamps)
    assert stamps == sorted(set(stamps))


def test_a_recording_keeps_its_times_however_it_comes() -> None:
    clock = MediaClock()
    stamps = [clock.stamp(own, SECOND_NS)[0] for own in (0.0, 0.04, None, 0.04, 2.0)]
    assert stamps == [0, 40_000, 40_001, 40_002, 2_000_000]
