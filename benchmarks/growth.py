"""Whether a stream that goes on and on costs more and more.

Usage: ``python -m benchmarks.growth --minutes 60 --rate 30``. A real recording is looped through
decoder, model, tracker and sinks as the window runs them, at the pace of a camera or as fast as it
goes. Memory, threads and descriptors are noted every ten seconds; the slope of memory is that of
the line through what was noted after the first two minutes (or the first third of a shorter run).

What a frame costs is told in processor time of the whole process, and beside it that of a
yardstick: a fixed computation, done once a second, which costs more or less only as the machine is
faster or slower, or caches are shared with others. Their ratio at the end over that at the start
holds on a machine that has other work, too.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from app.record.history import History
from assets import asset
from benchmarks.report import print_table
from engine.backends.choice import load_in
from engine.backends.precision import Precision
from engine.bundle import load_bundle
from engine.frame import Frame, Mark
from engine.pipeline import Pipeline
from engine.predictor import Predictor
from engine.sinks.mailbox import Mailbox
from engine.sources import open_source
from engine.status import Delivery

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.results import FrameResult
    from engine.sources.base import Source, SourceInfo, SourceStatus

_ROOT: Final = Path(__file__).resolve().parents[1]
_STREET: Final = _ROOT.parent / "shared/data/video/vtest.mp4"
_EVERY_S: Final = 10.0
_WARM_UP_S: Final = 120.0
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")
_YARDSTICK_EVERY: Final = 30
_YARDSTICK_ROUNDS: Final = 8
_COMPARED_MINUTES: Final = 5


class Looped:
    """A recording over and over, as one stream that never ends; opened anew each time.

    Parameters
    ----------
    rate_hz
        Frames per second of the stream, whatever the recording's; None takes that.
    """

    def __init__(self, path: Path, rate_hz: int | None) -> None:
        self._path, self._rate_hz = path, rate_hz
        self._source: Source = open_source(str(path))
        self._shift = self._index = 0
        self._last: Frame | None = None
        self._closed = False
        self.rounds = 0

    @property
    def info(self) -> SourceInfo:
        """Return that of the recording, without its end."""
        return replace(self._source.info, duration_s=None, frame_count=None, seekable=False)

    @property
    def status(self) -> SourceStatus:
        """Return that of the recording."""
        return self._source.status

    def read(self) -> Frame | None:
        """Return the next frame, times and numbers going on."""
        frame = self._source.read()
        if frame is None and not self._closed and self._last is not None:
            self._source.close()
            self._source = open_source(str(self._path))
            self.rounds += 1
            frame = self._source.read()
            if frame is not None:
                step = round(0.1 / float(frame.time_base))
                self._shift = self._last.pts + step - frame.pts
                frame = frame.marked(Mark())
        if frame is None:
            return None
        self._last = replace(frame, index=self._index, pts=frame.pts + self._shift)
        if self._rate_hz is not None:
            base = Fraction(1, self._rate_hz)
            self._last = replace(self._last, pts=self._index, time_base=base)
        self._index += 1
        return self._last

    def seek(self, pts_s: float) -> None:
        """Do nothing: a stream has no past."""

    def close(self) -> None:
        """Release the recording."""
        self._closed = True
        self._source.close()


class Yardstick:
    """A computation that is always the same, some ten milliseconds long."""

    def __init__(self) -> None:
        self._picture = np.random.default_rng(0).random((360, 640, 3), np.float32)

    def measure_ms(self) -> float:
        """Do it, and return the processor time it took."""
        self._compute()  # what the caches hold is another's
        begun_s = time.thread_time()
        for _ in range(_YARDSTICK_ROUNDS):
            self._compute()
        return (time.thread_time() - begun_s) * 1e3

    def _compute(self) -> None:
        cv2.GaussianBlur(self._picture, (9, 9), 2.0)


@dataclass(frozen=True)
class Minute:
    """What frames cost in one minute, in milliseconds of processor time.

    Attributes
    ----------
    mean_ms
        Of the whole process, decoder included, per frame.
    p50_ms, p99_ms
        Of the model's thread.
    yardstick_ms
        Median.
    """

    frames: int
    mean_ms: float
    p50_ms: float
    p99_ms: float
    yardstick_ms: float


class Costs:
    """A `Sink` that notes the processor time between one frame and the next.

    Attributes
    ----------
    minutes
        All that are over.
    """

    def __init__(self) -> None:
        self.minutes: list[Minute] = []
        self._yardstick = Yardstick()
        self._yardstick_ms: list[float] = []
        self._frame_ms: list[float] = []  # of this minute alone: it must not grow itself
        self._process_ms = 0.0
        self._before: tuple[float, float] | None = None
        self._until_s = time.monotonic() + 60

    def write(self, frame: Frame, result: FrameResult) -> None:
        """Note one frame."""
        thread_s, process_s = time.thread_time(), time.process_time()
        if self._before is not None:
            self._frame_ms.append((thread_s - self._before[0]) * 1e3)
            self._process_ms += (process_s - self._before[1]) * 1e3
        if result.index % _YARDSTICK_EVERY == 0:
            self._yardstick_ms.append(self._yardstick.measure_ms())
        if time.monotonic() >= self._until_s:
            self.close()
        self._before = (time.thread_time(), time.process_time())

    def close(self) -> None:
        """Finish the minute."""
        if self._frame_ms and self._yardstick_ms:
            p50, p99 = np.percentile(self._frame_ms, (50, 99))
            count = len(self._frame_ms)
            yardstick_ms = statistics.median(self._yardstick_ms)
            self.minutes.append(
                Minute(count, self._process_ms / count, float(p50), float(p99), yardstick_ms)
            )
        self._frame_ms.clear()
        self._yardstick_ms.clear()
        self._process_ms = 0.0
        self._until_s += 60

    def abort(self) -> None:
        """Leave out the minute that was broken off."""


@dataclass(frozen=True)
class Sample:
    """The process at a moment, in seconds since the start."""

    at_s: float
    rss_mb: float
    threads: int
    descriptors: int
    rounds: int


def sample(begun: float, rounds: int) -> Sample:
    """Look at this process."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return Sample(
        time.monotonic() - begun,
        pages * _PAGE / 2**20,
        len(os.listdir("/proc/self/task")),
        len(os.listdir("/proc/self/fd")),
        rounds,
    )


def slope_mb(samples: Sequence[Sample]) -> float:
    """Return how much memory grows in ten minutes, by least squares."""
    times = np.array([one.at_s for one in samples])
    memory = np.array([one.rss_mb for one in samples])
    return float(np.polyfit(times, memory, 1)[0] * 600)


def run(minutes: float, bundle_name: str, backend_name: str, rate_hz: int | None) -> None:
    """Run, and print what was noted."""
    bundle = load_bundle(bundle_name)
    # On one thread: how long several wait for each other depends on who else is at work.
    predictor = Predictor(bundle, load_in(bundle, backend_name, Precision.F32))
    costs = Costs()
    path = _STREET if _STREET.exists() else Path(str(asset("demo.mp4")))
    source = Looped(path, rate_hz)
    sinks = (costs, History(predictor.manifest), Mailbox())
    pipeline = Pipeline(
        source, predictor, sinks, delivery=Delivery.LOSSLESS, paced=rate_hz is not None
    )
    begun = time.monotonic()
    pipeline.start()
    samples = []
    while time.monotonic() - begun < minutes * 60:
        status = pipeline.wait(_EVERY_S)
        if status.error is not None:
            raise status.error
        samples.append(sample(begun, source.rounds))
        if len(samples) % 30 == 0:
            print(samples[-1], costs.minutes[-1:], flush=True)
    status = pipeline.status()
    pipeline.stop()
    report(minutes, samples, costs.minutes)
    print(f"{status.processed} frames, {status.discontinuities} discontinuities")


def report(minutes: float, samples: Sequence[Sample], costs: Sequence[Minute]) -> None:
    """Print a line for the first, the tenth and the last minute, and what grows."""
    rows = []
    marks = sorted({1.0, *((10.0,) if minutes > 10 else ()), minutes})
    for minute in marks if costs else ():
        near = min(samples, key=lambda one: abs(one.at_s - minute * 60))
        cost = costs[min(round(minute), len(costs)) - 1]
        counts = (near.threads, near.descriptors, cost.frames)
        times = (cost.mean_ms, cost.p50_ms, cost.p99_ms, cost.yardstick_ms)
        rows.append(
            (
                f"{minute:g}",
                f"{near.rss_mb:.1f}",
                *(str(count) for count in counts),
                *(f"{ms:.2f}" for ms in times),
            )
        )
    columns = ("minute", "RSS MB", "threads", "files", "frames")
    print_table(
        "growth, times in ms of CPU",
        (*columns, "frame", "its p50", "its p99", "yardstick"),
        rows,
    )
    _report_memory(minutes, samples)
    _report_cost(costs)


def _report_memory(minutes: float, samples: Sequence[Sample]) -> None:
    warm = min(_WARM_UP_S, minutes * 20)
    # The decoder of the second round comes beside what the first one left: that is no growth.
    settled = [one for one in samples if one.at_s >= warm and one.rounds >= 2]
    if len(settled) < 2:
        print("too few frames for a slope: run longer, or on a machine with nothing else to do")
        return
    threads, descriptors = (
        {getattr(one, n) for one in settled} for n in ("threads", "descriptors")
    )
    print(
        f"memory grows by {slope_mb(settled):+.2f} MB in ten minutes, from "
        f"{settled[0].at_s:.0f} s on; threads {sorted(threads)}, descriptors {sorted(descriptors)}"
    )


def _report_cost(minutes: Sequence[Minute]) -> None:
    """Print the cost of a frame at the end over that at the start, each of several minutes."""
    count = min(_COMPARED_MINUTES, len(minutes) // 2)
    if count == 0:
        return
    first, last = minutes[:count], minutes[-count:]
    cost = _mean([one.mean_ms for one in last]) / _mean([one.mean_ms for one in first])
    yardstick = _mean([one.yardstick_ms for one in last]) / _mean(
        [one.yardstick_ms for one in first]
    )
    print(
        f"cost of a frame, last {count} minutes over first {count}: {cost:.3f}; of the yardstick: "
        f"{yardstick:.3f}; of a frame in yardsticks: {cost / yardstick:.3f} (goal 1.03 at most)"
    )


def _mean(values: Sequence[float]) -> float:
    return statistics.fmean(values)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=6.0)
    parser.add_argument("--bundle", default="default")
    parser.add_argument("--backend", default="openvino")
    parser.add_argument("--rate", type=int, help="frames a second; as fast as it goes if not given")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    run(options.minutes, options.bundle, options.backend, options.rate)


if __name__ == "__main__":
    main()
