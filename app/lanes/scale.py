"""Which stretch of time is in view, and where a moment lies in it. Knows no Qt."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

_SHORTEST_S: Final = 0.2
_STEPS_S: Final = (
    *(0.01, 0.02, 0.05, 0.1, 0.2, 0.5),
    *(1.0, 2.0, 5.0, 10.0, 15.0, 30.0),
    *(60.0, 120.0, 300.0, 600.0, 900.0, 1800.0, 3600.0, 7200.0),
)
_PAGE_SHARE: Final = 0.1


@dataclass(frozen=True, slots=True)
class TimeScale:
    """A view within bounds; every method returns another one that keeps to them.

    Attributes
    ----------
    lower_s, upper_s
        Bounds of what there is.
    start_s, end_s
        Bounds of what is in view.
    """

    lower_s: float = 0.0
    upper_s: float = 1.0
    start_s: float = 0.0
    end_s: float = 1.0

    @classmethod
    def whole(cls, lower_s: float, upper_s: float) -> TimeScale:
        """Return a scale that shows everything."""
        upper_s = max(upper_s, lower_s + _SHORTEST_S)
        return cls(lower_s, upper_s, lower_s, upper_s)

    @property
    def span_s(self) -> float:
        """Length of the view."""
        return self.end_s - self.start_s

    @property
    def fits(self) -> bool:
        """Whether everything is in view."""
        return self.start_s <= self.lower_s and self.end_s >= self.upper_s

    def x_of(self, seconds: float, width: float) -> float:
        """Return the place of a time in a view `width` wide; outside it for times out of view."""
        return (seconds - self.start_s) / self.span_s * width

    def time_at(self, x: float, width: float) -> float:
        """Return the time at a place, within the bounds."""
        seconds = self.start_s + x / max(1.0, width) * self.span_s
        return min(max(seconds, self.lower_s), self.upper_s)

    def zoomed(self, factor: float, at_s: float) -> TimeScale:
        """Return a view `factor` times as close, with `at_s` where it was."""
        whole_s = self.upper_s - self.lower_s
        span_s = min(max(self.span_s / factor, _SHORTEST_S), whole_s)
        share = (at_s - self.start_s) / self.span_s
        return self._at(at_s - share * span_s, span_s)

    def panned(self, delta_s: float) -> TimeScale:
        """Return a view shifted by `delta_s`, as far as there is something."""
        return self._at(self.start_s + delta_s, self.span_s)

    def bounded(self, lower_s: float, upper_s: float) -> TimeScale:
        """Return the same view within other bounds; all of them, if all was in view before."""
        if self.fits:
            return TimeScale.whole(lower_s, upper_s)
        upper_s = max(upper_s, lower_s + _SHORTEST_S)
        span_s = min(self.span_s, upper_s - lower_s)
        start_s = min(max(self.start_s, lower_s), upper_s - span_s)
        return TimeScale(lower_s, upper_s, start_s, start_s + span_s)

    def showing(self, seconds: float) -> TimeScale:
        """Return the view itself, or the next page where `seconds` is out of view."""
        if self.start_s <= seconds <= self.end_s:
            return self
        return self._at(seconds - _PAGE_SHARE * self.span_s, self.span_s)

    def latest(self, span_s: float) -> TimeScale:
        """Return the last `span_s` seconds."""
        span_s = min(span_s, self.upper_s - self.lower_s)
        return self._at(self.upper_s - span_s, span_s)

    def ticks(self, width: float, least_px: float) -> list[float]:
        """Return round times in view, at least `least_px` apart."""
        wanted_s = self.span_s * least_px / max(1.0, width)
        step_s = next((step for step in _STEPS_S if step >= wanted_s), _STEPS_S[-1])
        first, last = math.ceil(self.start_s / step_s - 1e-9), self.end_s / step_s + 1e-9
        return [n * step_s for n in range(first, math.floor(last) + 1)]

    def _at(self, start_s: float, span_s: float) -> TimeScale:
        start_s = min(max(start_s, self.lower_s), self.upper_s - span_s)
        return replace(self, start_s=start_s, end_s=start_s + span_s)
