"""A discrete-event simulation, small enough to be read: a clock, and servers with a queue."""

from __future__ import annotations

import heapq
from collections import deque
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Simulation:
    """A clock that jumps from one event to the next."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._order = count()  # events of the same moment happen in the order they were asked for

    def after(self, delay_s: float, event: Callable[[], None]) -> None:
        """Have `event` called `delay_s` from now."""
        heapq.heappush(self._events, (self.now_s + delay_s, next(self._order), event))

    def run(self, until_s: float = float("inf")) -> None:
        """Go on until nothing is left to happen, or `until_s`."""
        while self._events and self._events[0][0] <= until_s:
            self.now_s, _, event = heapq.heappop(self._events)
            event()


class Servers:
    """Some servers alike, such as the cores of a machine, that take jobs in the order they come.

    Parameters
    ----------
    speed
        Seconds of service done in a second.
    """

    def __init__(self, simulation: Simulation, servers: int, speed: float = 1.0) -> None:
        self._simulation, self._servers, self._speed = simulation, servers, speed
        self._free = servers
        self._waiting: deque[tuple[float, Callable[[], None]]] = deque()
        self.busy_s = 0.0

    @property
    def used(self) -> float:
        """Share of the time until now in which servers were busy, 0..1."""
        return self.busy_s / max(1e-9, self._servers * self._simulation.now_s)

    def serve(self, service_s: float, done: Callable[[], None]) -> None:
        """Call `done` when a server has spent `service_s` on this job."""
        if self._free:
            self._free -= 1
            self._begin(service_s, done)
        else:
            self._waiting.append((service_s, done))

    def _begin(self, service_s: float, done: Callable[[], None]) -> None:
        took_s = service_s / self._speed
        self.busy_s += took_s
        self._simulation.after(took_s, lambda: self._end(done))

    def _end(self, done: Callable[[], None]) -> None:
        if self._waiting:
            self._begin(*self._waiting.popleft())
        else:
            self._free += 1
        done()


def together(jobs: int, done: Callable[[], None]) -> Callable[[], None]:
    """Return what to call at the end of each of `jobs`, so that `done` comes after the last."""
    left = jobs

    def one_less() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            done()

    return one_less
