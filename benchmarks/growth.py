"""Whether a stream that goes on and on costs more and more.

Usage: ``python -m benchmarks.growth --minutes 60``. A real recording is looped through decoder,
model, tracker and sinks as the window runs them. Memory, threads, descriptors and the time a frame
takes are noted every ten seconds; the slope of memory is that of the line through what was noted
after the first two minutes (or the first third of a shorter run).
"""

from __future__ import annotations

import argparse
import os
import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from app.record.history import History
from assets import asset
from benchmarks.report import print_table
from engine.backends import create_backend
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


class Looped:
    """A recording over and over, as one stream that never ends; opened anew each time."""

    def __init__(self, path: Path) -> None:
        self._path = path
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
        self._index += 1
        return self._last

    def seek(self, pts_s: float) -> None:
        """Do nothing: a stream has no past."""

    def close(self) -> None:
        """Release the recording."""
        self._closed = True
        self._source.close()


class Costs:
    """A `Sink` that notes the processor time between one frame and the next.

    Attributes
    ----------
    minutes
        Median and 99th percentile in milliseconds of every minute so far.
    """

    def __init__(self) -> None:
        self.minutes: list[tuple[float, float]] = []
        self._frame_ms: list[float] = []  # of this minute alone: it must not grow itself
        self._before: float | None = None
        self._until_s = time.monotonic() + 60

    def write(self, frame: Frame, result: FrameResult) -> None:
        """Note one frame."""
        now = time.thread_time()
        if self._before is not None:
            self._frame_ms.append((now - self._before) * 1e3)
        self._before = now
        if time.monotonic() >= self._until_s:
            self.close()

    def close(self) -> None:
        """Finish the minute."""
        if self._frame_ms:
            p50, p99 = np.percentile(self._frame_ms, (50, 99))
            self.minutes.append((float(p50), float(p99)))
        self._frame_ms.clear()
        self._until_s += 60

    def abort(self) -> None:
        """Finish the minute."""
        self.close()


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
        threading.active_count(),
        len(os.listdir("/proc/self/fd")),
        rounds,
    )


def slope_mb(samples: Sequence[Sample]) -> float:
    """Return how much memory grows in ten minutes, by least squares."""
    times = np.array([one.at_s for one in samples])
    memory = np.array([one.rss_mb for one in samples])
    return float(np.polyfit(times, memory, 1)[0] * 600)


def run(minutes: float, bundle_name: str, backend_name: str) -> None:
    """Run, and print what was noted."""
    bundle = load_bundle(bundle_name)
    backend = create_backend(bundle, backend_name)
    predictor = Predictor(bundle, backend)
    costs = Costs()
    path = _STREET if _STREET.exists() else Path(str(asset("demo.mp4")))
    source = Looped(path)
    sinks = (costs, History(predictor.manifest), Mailbox())
    pipeline = Pipeline(source, predictor, sinks, delivery=Delivery.LOSSLESS)
    begun = time.monotonic()
    pipeline.start()
    samples = []
    while time.monotonic() - begun < minutes * 60:
        status = pipeline.wait(_EVERY_S)
        if status.error is not None:
            raise status.error
        samples.append(sample(begun, source.rounds))
    status = pipeline.status()
    pipeline.stop()
    report(minutes, samples, costs)
    print(f"{status.processed} frames, {status.discontinuities} discontinuities")


def report(minutes: float, samples: Sequence[Sample], costs: Costs) -> None:
    """Print a line for the first, the tenth and the last minute, and the slope."""
    rows = []
    marks = sorted({1.0, *((10.0,) if minutes > 10 else ()), minutes})
    for minute in marks:
        near = min(samples, key=lambda one: abs(one.at_s - minute * 60))
        place = min(round(minute), len(costs.minutes)) - 1
        p50, p99 = costs.minutes[place] if costs.minutes else (np.nan, np.nan)
        rows.append(
            (
                f"{minute:g}",
                f"{near.rss_mb:.1f}",
                str(near.threads),
                str(near.descriptors),
                f"{p50:.1f}",
                f"{p99:.1f}",
            )
        )
    columns = ("minute", "RSS MB", "threads", "descriptors", "CPU ms a frame, p50", "p99")
    print_table("growth", columns, rows)
    warm = min(_WARM_UP_S, minutes * 20)
    # The decoder of the second round comes beside what the first one left: that is no growth.
    settled = [one for one in samples if one.at_s >= warm and one.rounds >= 2]
    if len(settled) < 2:
        print("too few frames for a slope: run longer, or on a machine with nothing else to do")
        return
    print(
        f"memory grows by {slope_mb(settled):+.2f} MB in ten minutes, from "
        f"{settled[0].at_s:.0f} s on"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=6.0)
    parser.add_argument("--bundle", default="default")
    parser.add_argument("--backend", default="onnxruntime")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    run(options.minutes, options.bundle, options.backend)


if __name__ == "__main__":
    main()
