"""Every label's probability over time, found again by time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_Scalar = TypeVar("_Scalar", bound=np.generic)
_STEPS: Final = np.float32(200)
_FIRST_ROWS: Final = 1024
_ROWS_LIMIT: Final = 400_000
_HOLD_S: Final = 0.5
"""How long a frame's values may stand for what comes after it, at most."""


class ProbabilityLog:
    """Rows of probabilities in order of time; a frame seen again takes its former place.

    They are kept to half a hundredth, finer than anything that draws or tells them, in a byte each:
    an hour of a camera's stream is 6 MB. Beyond `limit` rows the earliest quarter is dropped. Not
    for several threads at once.

    Parameters
    ----------
    width
        Labels per row.
    """

    def __init__(self, width: int, limit: int = _ROWS_LIMIT) -> None:
        self._limit = limit
        self._times = np.empty(_FIRST_ROWS, np.float64)
        self._rows = np.empty((_FIRST_ROWS, width), np.uint8)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    @property
    def times_s(self) -> NDArray[np.float64]:
        """(N,) presentation times, ascending; a view."""
        return self._times[: self._count]

    def put(self, pts_s: float, row: NDArray[np.float32]) -> None:
        """Take note of the (L,) probabilities at a time."""
        place = int(np.searchsorted(self.times_s, pts_s))
        if place < self._count and self._times[place] == pts_s:
            self._rows[place] = _packed(row)
            return
        self._make_room()
        place = min(place, self._count)
        # Playing appends; only what is seen out of order moves anything.
        self._times[place + 1 : self._count + 1] = self._times[place : self._count]
        self._rows[place + 1 : self._count + 1] = self._rows[place : self._count]
        self._times[place], self._rows[place] = pts_s, _packed(row)
        self._count += 1

    def at(self, pts_s: float) -> NDArray[np.float32] | None:
        """Return the (L,) probabilities of the frame shown at a time; None without one."""
        place = int(np.searchsorted(self.times_s, pts_s + 1e-6)) - 1
        if place < 0 or pts_s > self._shown_until(np.array([place]))[0]:
            return None
        return _unpacked(self._rows[place])

    def run_up_to(
        self, end_s: float, start_s: float
    ) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
        """Return (N,) times and (N, L) rows from `start_s` to `end_s`, those after the last hole.

        Copies; a hole is a stretch in which nothing was seen.
        """
        first, last = np.searchsorted(self.times_s, (start_s - 1e-6, end_s + 1e-6)).tolist()
        times_s = self.times_s[first:last]
        holes = np.flatnonzero(np.diff(times_s) > _HOLD_S)
        if len(holes):
            first += int(holes[-1]) + 1
        return self.times_s[first:last].copy(), _unpacked(self._rows[first:last])

    def envelope(self, start_s: float, end_s: float, columns: int) -> NDArray[np.float32]:
        """Return the highest probability in each of `columns` equal parts of a stretch of time.

        Returns
        -------
        (columns, L) float32, NaN where no frame was seen.
        """
        edges = np.linspace(start_s, end_s, columns + 1)
        cuts = np.searchsorted(self.times_s, edges)
        found = np.full((columns, self._rows.shape[1]), np.nan, np.float32)
        first, last = int(cuts[0]), int(cuts[-1])
        filled = cuts[1:] > cuts[:-1]
        if filled.any():
            highest = np.maximum.reduceat(self._rows[first:last], cuts[:-1][filled] - first, axis=0)
            found[filled] = _unpacked(highest)
        before = cuts[:-1] - 1
        held = ~filled & (before >= 0)
        held[held] &= edges[:-1][held] < self._shown_until(before[held])
        found[held] = _unpacked(self._rows[before[held]])
        return found

    def _shown_until(self, places: NDArray[np.intp]) -> NDArray[np.float64]:
        """Return until when frames are on show: to the next one, or as long as the one before."""
        times_s = self.times_s
        here = times_s[places]
        after = times_s[np.minimum(places + 1, self._count - 1)] - here
        before = here - times_s[np.maximum(places - 1, 0)]
        usual = np.where((before > 0) & (before <= _HOLD_S), before, _HOLD_S / 10)
        return here + np.where((after > 0) & (after <= _HOLD_S), after, usual)

    def _make_room(self) -> None:
        if self._count >= self._limit:
            dropped = self._limit // 4
            self._count -= dropped
            self._times[: self._count] = self._times[dropped : dropped + self._count]
            self._rows[: self._count] = self._rows[dropped : dropped + self._count]
        elif self._count + 1 >= len(self._times):
            self._times, self._rows = _doubled(self._times), _doubled(self._rows)


def _doubled(rows: NDArray[_Scalar]) -> NDArray[_Scalar]:
    """Return the rows with as many after them that were never touched: those take no memory yet."""
    larger = np.empty((2 * len(rows), *rows.shape[1:]), rows.dtype)
    larger[: len(rows)] = rows
    return larger


def _packed(probabilities: NDArray[np.float32]) -> NDArray[np.uint8]:
    rounded: NDArray[np.float32] = np.rint(np.nan_to_num(probabilities) * _STEPS)
    return rounded.astype(np.uint8)


def _unpacked(rows: NDArray[np.uint8]) -> NDArray[np.float32]:
    return np.divide(rows, _STEPS, dtype=np.float32)
