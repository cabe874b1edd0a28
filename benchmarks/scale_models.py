"""Machines, clusters and cameras as queues in front of cores, storage and a leader."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Self

from benchmarks.queues import Servers, Simulation, together

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.costs import Costs

_CHUNK_FRAMES: Final = 4
"""About what the buffer between decoding and inferring holds."""
_SPREAD: Final = 0.25
"""Standard deviation of the logarithm of a frame's time: some take longer than others."""
_BUFFERED: Final = 2
"""Frames of a live source that wait; the older of more is lost."""
_ROUNDS: Final = 8
"""Recordings for each worker, of which the middle half is counted."""
_MOST_WORKERS: Final = 4_000
"""Of a larger cluster a fair share is simulated: of its workers, its storage and its leader."""


class Local:
    """A batch on one machine: workers that decode in one thread and infer in another.

    Parameters
    ----------
    speed
        Share of the machine that others leave to it, 0..1.
    """

    def __init__(self, costs: Costs, cores: int, workers: int, speed: float = 1.0) -> None:
        self._costs, self._workers, self._speed = costs, workers, speed
        self._simulation = Simulation()
        self._cores = Servers(self._simulation, cores, speed)
        one_ms, wide_ms = costs.infer_ms, costs.wide_ms
        wide = workers == 1 and wide_ms / costs.wide_threads < one_ms
        self._threads = costs.wide_threads if wide else 1
        self._infer_ms = wide_ms if wide else one_ms
        self._clips = self._frames = 0

    def wall_s(self, clips: int, frames: int) -> float:
        """Return how long a batch of clips of so many frames takes."""
        self._clips, self._frames = clips, frames
        for _ in range(min(self._workers, clips)):
            self._cores.serve(self._costs.start_s, self._next_clip)
        self._simulation.run()
        return self._simulation.now_s

    @property
    def cpu_s(self) -> float:
        """CPU time that it took."""
        return self._cores.busy_s * self._speed

    def _next_clip(self) -> None:
        if self._clips:
            self._clips -= 1
            self._cores.serve(
                self._costs.file_s, lambda: self._decode(0, lambda: self._infer_from(0))
            )

    def _infer_from(self, first: int) -> None:
        """Infer a decoded chunk while the next one is decoded."""
        following = first + _CHUNK_FRAMES
        if following >= self._frames:
            self._infer(first, self._next_clip)
            return
        both = together(2, lambda: self._infer_from(following))
        self._decode(following, both)
        self._infer(first, both)

    def _decode(self, first: int, done: Callable[[], None]) -> None:
        self._cores.serve(self._chunk_s(first, self._costs.decode_ms), done)

    def _infer(self, first: int, done: Callable[[], None]) -> None:
        store_s = self._chunk_s(first, self._costs.store_ms)
        threads = together(self._threads, lambda: self._cores.serve(store_s, done))
        for _ in range(self._threads):
            self._cores.serve(self._chunk_s(first, self._infer_ms) / self._threads, threads)

    def _chunk_s(self, first: int, frame_ms: float) -> float:
        return min(_CHUNK_FRAMES, self._frames - first) * frame_ms / 1e3


@dataclass(frozen=True, slots=True)
class Archive:
    """Recordings: their mean length, and the bits of a second of video."""

    length_s: float
    bits_per_s: float


@dataclass(frozen=True, slots=True)
class Cluster:
    """Machines with one worker a core, a storage that all read from, and one leader.

    Attributes
    ----------
    settle_s
        Time of the leader for each recording.
    """

    machines: int
    cores: int
    storage_bytes_per_s: float
    settle_s: float

    def with_machines(self, machines: int) -> Self:
        """Return the same with another number of machines."""
        return replace(self, machines=machines)


@dataclass(frozen=True, slots=True)
class Throughput:
    """Seconds of video watched in a second, and how busy what all share is, 0..1."""

    video_per_s: float
    storage_used: float
    leader_used: float


def watch_archive(costs: Costs, archive: Archive, cluster: Cluster) -> Throughput:
    """Return what a cluster does in the middle of an archive, each worker reading one ahead."""
    return _Run(costs, archive, cluster).throughput()


class _Run:
    def __init__(self, costs: Costs, archive: Archive, cluster: Cluster) -> None:
        self._costs, self._archive, self._cluster = costs, archive, cluster
        self._simulation, self._dice = Simulation(), random.Random(8)
        self._storage = Servers(self._simulation, 1)
        self._leader = Servers(self._simulation, 1)
        workers = cluster.machines * cluster.cores
        self._share = min(1.0, _MOST_WORKERS / workers)
        self._workers = round(workers * self._share)
        self._left = self._workers * _ROUNDS
        self._settled: list[tuple[float, float]] = []

    def throughput(self) -> Throughput:
        for _ in range(self._workers):
            self._simulation.after(self._costs.start_s, self._start)
        self._simulation.run()
        quarter = len(self._settled) // 4
        middle = self._settled[quarter : 3 * quarter]
        video_s = sum(length_s for _, length_s in middle[1:])
        per_s = video_s / (middle[-1][0] - middle[0][0]) / self._share
        bytes_per_s = per_s * self._archive.bits_per_s / 8
        recordings_per_s = per_s / self._archive.length_s
        return Throughput(
            per_s,
            bytes_per_s / self._cluster.storage_bytes_per_s,
            recordings_per_s * self._cluster.settle_s,
        )

    def _start(self) -> None:
        length_s = self._take()
        self._fetch(length_s, lambda: self._watch(length_s))

    def _take(self) -> float:
        """Return the length of the next recording; half to one and a half of the mean."""
        self._left -= 1
        return self._archive.length_s * self._dice.uniform(0.5, 1.5)

    def _fetch(self, length_s: float, done: Callable[[], None]) -> None:
        size = length_s * self._archive.bits_per_s / 8
        self._storage.serve(size / (self._cluster.storage_bytes_per_s * self._share), done)

    def _watch(self, length_s: float) -> None:
        costs = self._costs
        took_s = costs.file_s + length_s * costs.rate_hz * costs.frame_s

        def settled() -> None:
            self._settled.append((self._simulation.now_s, length_s))

        def watched() -> None:
            self._leader.serve(self._cluster.settle_s / self._share, settled)

        self._simulation.after(took_s, watched)
        if self._left > 0:
            following_s = self._take()
            both = together(2, lambda: self._watch(following_s))
            self._fetch(following_s, both)
            self._simulation.after(took_s, both)


def late_share(costs: Costs, cores: int, cameras: int, seconds: float) -> float:
    """Return the share of frames that live streams lose on a machine, 0..1."""
    simulation, dice = Simulation(), random.Random(8)
    servers = Servers(simulation, cores)
    streams = [_Camera(simulation, servers, costs, dice) for _ in range(cameras)]
    simulation.run(seconds)
    return sum(one.lost for one in streams) / max(1, sum(one.came for one in streams))


class _Camera:
    """A stream whose frames go through the model one after the other, as memory wants it."""

    def __init__(
        self, simulation: Simulation, cores: Servers, costs: Costs, dice: random.Random
    ) -> None:
        self._simulation, self._cores, self._costs, self._dice = simulation, cores, costs, dice
        self._waiting, self._busy = 0, False
        self.came = self.lost = 0
        simulation.after(dice.random() / costs.rate_hz, self._arrive)

    def _arrive(self) -> None:
        self.came += 1
        if self._waiting == _BUFFERED:
            self.lost += 1
        else:
            self._waiting += 1
        self._simulation.after(1 / self._costs.rate_hz, self._arrive)
        self._go_on()

    def _go_on(self) -> None:
        if self._waiting and not self._busy:
            self._waiting, self._busy = self._waiting - 1, True
            # Divided by its mean, so that only the spread is added.
            factor = self._dice.lognormvariate(-(_SPREAD**2) / 2, _SPREAD)
            self._cores.serve(self._costs.frame_s * factor, self._done)

    def _done(self) -> None:
        self._busy = False
        self._go_on()
