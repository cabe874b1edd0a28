"""Time stamps one can rely on: strictly increasing, whatever a container or camera says."""

from __future__ import annotations

from fractions import Fraction

MICROSECONDS = Fraction(1, 1_000_000)

_BACKWARD_JUMP_S = 1.0
_FORWARD_JUMP_S = 1.0
_FORWARD_JUMP_STEPS = 10
_DEVICE_JUMP_S = 5.0
_FOLLOW_EVERY_US = 10_000_000
_FOLLOW_SHARE = 1000


class FileClock:
    """Keeps a file's own time stamps, and mends those that are missing or run backwards.

    A stamp at most one second behind the one before is a jitter or duplicate and is moved one tick
    past it; one further back is a new recording spliced on, and time goes on from where it was. A
    leap forward keeps its time, and is reported when it is more than a second and ten frames.

    Parameters
    ----------
    time_base
        Seconds per tick.
    origin
        Ticks that become 0.
    step
        Ticks from one frame to the next where the frame does not say.
    """

    def __init__(self, time_base: Fraction, *, origin: int, step: int) -> None:
        self._origin = origin
        self._step = max(1, step)
        self._tolerance = round(_BACKWARD_JUMP_S / time_base)
        self._leap = max(round(_FORWARD_JUMP_S / time_base), _FORWARD_JUMP_STEPS * self._step)
        self._shift = 0
        self._last: int | None = None
        self._last_duration = self._step

    def restart(self) -> None:
        """Forget what came before, as after a seek."""
        self._last, self._shift = None, 0

    def stamp(self, own: int | None, duration: int) -> tuple[int, bool]:
        """Return a frame's pts in ticks, and whether time leapt just before it.

        Parameters
        ----------
        own
            What the container says, in ticks; None where it says nothing.
        duration
            Of the frame, in ticks; 0 where unknown.
        """
        pts, leapt = self._mend(None if own is None else own - self._origin)
        self._last = pts
        self._last_duration = duration or self._step
        return pts, leapt

    def _mend(self, own: int | None) -> tuple[int, bool]:
        if self._last is None:
            return own or 0, False
        following = self._last + self._last_duration
        if own is None:
            return following, False
        own += self._shift
        if own > self._last:
            return own, own - self._last > self._leap
        if self._last - own <= self._tolerance:
            return self._last + 1, False
        self._shift += following - own
        return following, True


class LiveClock:
    """Puts a device's time stamps on the wall clock, across reconnections.

    Between frames the device's clock counts, which does not suffer from delays on the way here.
    How far it is from the wall clock is told by the frame that was least late: what comes late, or
    all at once after having waited somewhere, says nothing of when it was seen. That is found anew
    at each (re)connection, and where the device's clock leaps; a device whose clock is slow is
    followed, by a thousandth of the time at most. Zero is the arrival of the first frame.

    Time is never ahead of arrival, but for the microseconds by which it must increase.
    """

    time_base = MICROSECONDS

    def __init__(self) -> None:
        self._zero_us: int | None = None
        self._shift_us: int | None = None
        self._last_us = -1
        self._last_arrival_us = 0
        # Since when, and the least shift found by any frame since:
        self._window_us = 0
        self._least_us = 0

    def reconnect(self) -> None:
        """Expect the device's clock to have been set anew."""
        self._shift_us = None

    def stamp(self, device_s: float | None, captured_ns: int) -> tuple[int, bool]:
        """Return the pts in microseconds, and whether the device's clock leapt.

        Parameters
        ----------
        device_s
            The device's own time stamp, in seconds; None where it has none.
        captured_ns
            Time of arrival, by `time.monotonic_ns`.
        """
        arrival_us = captured_ns // 1000
        if self._zero_us is None:
            self._zero_us = arrival_us
        arrival_us -= self._zero_us
        pts_us, leapt = arrival_us, False
        if device_s is not None:
            device_us = round(device_s * 1e6)
            leapt = self._leaps(device_us, arrival_us)
            if leapt:
                self._shift_us = None
            pts_us = device_us + self._shift(arrival_us - device_us, arrival_us)
        self._last_us = max(pts_us, self._last_us + 1)
        self._last_arrival_us = arrival_us
        return self._last_us, leapt

    def _shift(self, found_us: int, arrival_us: int) -> int:
        """Return what makes the device's time that of the wall, where this frame says `found_us`.

        The least delay there is, which it holds as well, cannot be told from the clocks' distance.
        """
        waited_us = arrival_us - self._window_us
        if self._shift_us is None or found_us < self._shift_us:
            self._shift_us = found_us
        elif waited_us < _FOLLOW_EVERY_US:
            self._least_us = min(self._least_us, found_us)
            return self._shift_us
        else:
            behind_us = min(self._least_us, found_us) - self._shift_us
            self._shift_us += min(behind_us, waited_us // _FOLLOW_SHARE)
        self._window_us, self._least_us = arrival_us, found_us
        return self._shift_us

    def _leaps(self, device_us: int, arrival_us: int) -> bool:
        if self._shift_us is None:
            return False
        step_s = (device_us + self._shift_us - self._last_us) / 1e6
        waited_s = (arrival_us - self._last_arrival_us) / 1e6
        return step_s < -_BACKWARD_JUMP_S or step_s > waited_s + _DEVICE_JUMP_S


class MediaClock:
    """Keeps the time stamps of a recording that comes over the network."""

    time_base = MICROSECONDS

    def __init__(self) -> None:
        self._last_us = -1

    def reconnect(self) -> None:
        """Nothing to do: a recording's time does not depend on when it comes."""

    def stamp(self, device_s: float | None, captured_ns: int) -> tuple[int, bool]:
        """Return the pts in microseconds; never a leap. See `LiveClock.stamp`."""
        own_us = self._last_us + 1 if device_s is None else round(device_s * 1e6)
        self._last_us = max(own_us, self._last_us + 1)
        return self._last_us, False
