"""Many streams at once: one process over one model, against a process for each stream.

``python -m benchmarks.streams [--bundle NAME] [--streams 1 2 4 8 16] [--seconds S] [--json FILE]``

Every stream is a recording of 640x480, 30 fps, H.264. First all frames as fast as they go, then as
cameras do: at their own pace, every second frame, with what is lost counted. Ways take turns.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import re
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import cv2

from benchmarks.media import benchmark_clip
from benchmarks.report import machine, print_table
from engine.backends import create_backend
from engine.backends.choice import PROVIDERS
from engine.bundle import load_bundle
from engine.pipeline import Pipeline
from engine.predictor import Predictor
from engine.sources import open_source
from engine.streams import StreamGroup

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SIZE: Final = (640, 480)
RATE_HZ: Final = 30
GOAL_STREAMS, GOAL_STRIDE = 8, 2
KEPT_SHARE: Final = 0.98
_WARM_UP_FRAMES: Final = 3
_START_S: Final = 300


@dataclass(frozen=True)
class Figure:
    """One way with so many streams.

    Attributes
    ----------
    frames_per_s
        Of all streams together.
    cpu_ms
        CPU milliseconds a frame, of all threads and processes: hardly depends on what else the
        machine does.
    memory_mib
        Proportional set size of all processes together; 0 where the system does not tell.
    """

    streams: int
    frames_per_s: float
    cpu_ms: float
    memory_mib: float


@dataclass(frozen=True)
class LiveFigure:
    """Streams at their own pace; `kept` is the share of the frames wanted that was processed."""

    streams: int
    stride: int
    frames_per_s: float
    kept: float
    latency_ms: float


def in_one_process(bundle: str, clip: Path, streams: int, seconds: float) -> Figure:
    """Measure one process with batched steps."""
    group = _group(bundle, clip, streams, stride=1, paced=False)
    try:
        _await_all(lambda: _running(group) and min(_counts(group)[0]) >= _WARM_UP_FRAMES)
        pids = [os.getpid()]
        rate, cpu_ms = _rate(lambda: sum(_counts(group)[0]), pids, seconds)
        return Figure(streams, rate, cpu_ms, _memory_mib(pids))
    finally:
        group.close()


def live(bundle: str, clip: Path, streams: int, seconds: float) -> LiveFigure:
    """Measure what is kept of streams that do not wait."""
    group = _group(bundle, clip, streams, stride=GOAL_STRIDE, paced=True)
    try:
        _await_all(lambda: _running(group) and min(_counts(group)[0]) >= _WARM_UP_FRAMES)
        before = [sum(column) for column in _counts(group)]
        begun_s = time.perf_counter()
        time.sleep(seconds)
        after = [sum(column) for column in _counts(group)]
        elapsed_s = time.perf_counter() - begun_s
        done, lost = after[0] - before[0], after[1] - before[1]
        latency_ms = max(r.pipeline.latency_ms for r in group.reports() if r.pipeline)
        return LiveFigure(streams, GOAL_STRIDE, done / elapsed_s, done / (done + lost), latency_ms)
    finally:
        group.close()


def in_a_process_each(bundle: str, clip: Path, streams: int, seconds: float) -> Figure:
    """Measure as many processes as streams, each with a model of its own on one thread."""
    context = multiprocessing.get_context("spawn")
    counters = [context.Value("q", 0) for _ in range(streams)]
    backend = create_backend(load_bundle(bundle))
    name = backend.name
    backend.close()
    threads = (os.cpu_count() or 1) if streams == 1 else 1
    processes = [
        context.Process(target=_run_alone, args=(bundle, clip, name, threads, counter), daemon=True)
        for counter in counters
    ]
    for process in processes:
        process.start()
    try:
        _await_all(lambda: min(counter.value for counter in counters) >= _WARM_UP_FRAMES)
        pids = [process.pid for process in processes if process.pid is not None]
        rate, cpu_ms = _rate(lambda: sum(counter.value for counter in counters), pids, seconds)
        return Figure(streams, rate, cpu_ms, _memory_mib(pids))
    finally:
        for process in processes:
            process.kill()
            process.join()


def _run_alone(bundle: str, clip: Path, backend: str, threads: int, counter: Any) -> None:
    cv2.setNumThreads(1)
    loaded = load_bundle(bundle)

    class Count:
        def write(self, frame: object, result: object) -> None:
            counter.value += 1

        def close(self) -> None: ...

        def abort(self) -> None: ...

    predictor = Predictor(loaded, PROVIDERS[backend].create(loaded, threads, None))
    pipeline = Pipeline(open_source(clip), predictor, [Count()])
    pipeline.start()
    pipeline.wait()


def _group(bundle: str, clip: Path, streams: int, *, stride: int, paced: bool) -> StreamGroup:
    loaded = load_bundle(bundle)
    group = StreamGroup(
        loaded, create_backend(loaded, batch=max(2, streams)), stride=stride, paced=paced
    )
    for _ in range(streams):
        group.add(str(clip), lambda info, predictor: ())
    return group


def _running(group: StreamGroup) -> bool:
    reports = group.reports()
    for report in reports:
        if report.error is not None:
            raise report.error
    return all(report.pipeline is not None for report in reports)


def _counts(group: StreamGroup) -> tuple[list[int], list[int]]:
    """Return how many frames each stream has processed, and dropped."""
    statuses = [report.pipeline for report in group.reports() if report.pipeline is not None]
    return [s.processed for s in statuses], [s.dropped for s in statuses]


def _await_all(ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _START_S
    while not ready():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not all streams were running after {_START_S} s")
        time.sleep(0.05)


def _rate(count: Callable[[], int], pids: Sequence[int], seconds: float) -> tuple[float, float]:
    """Return counts a second, and CPU milliseconds of the processes for each."""
    begun_s, before, cpu_before_s = time.perf_counter(), count(), _cpu_s(pids)
    time.sleep(seconds)
    done, cpu_s = count() - before, _cpu_s(pids) - cpu_before_s
    return done / (time.perf_counter() - begun_s), cpu_s * 1e3 / max(1, done)


def _cpu_s(pids: Sequence[int]) -> float:
    """Return the CPU seconds that processes have used; 0 where the system does not tell."""
    ticks = 0
    for pid in pids:
        try:
            text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
        except OSError:
            return 0.0
        fields = text.rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _memory_mib(pids: Sequence[int]) -> float:
    kib = 0
    for pid in pids:
        try:
            text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
        except OSError:
            return 0.0
        found = re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)
        kib += int(found[1]) if found else 0
    return kib / 1024


def measure(bundle: str, numbers: Sequence[int], seconds: float) -> dict[str, list[Any]]:
    """Return the figures of every way, by its name."""
    figures: dict[str, list[Any]] = {"one process": [], "a process each": [], "live": []}
    longest_s = 2 * seconds + 10
    clip = benchmark_clip(round(longest_s * 120), SIZE)
    for streams in numbers:
        figures["one process"].append(in_one_process(bundle, clip, streams, seconds))
        figures["a process each"].append(in_a_process_each(bundle, clip, streams, seconds))
        figures["live"].append(live(bundle, clip, streams, seconds))
    return figures


def _print(figures: dict[str, list[Any]]) -> None:
    width, height = SIZE
    pairs = zip(figures["one process"], figures["a process each"], strict=True)
    print_table(
        f"All frames of {width}x{height}, as fast as they go; one process, then a process each",
        ("streams", *("fps", "cpu ms", "MiB"), *("each: fps", "cpu ms", "MiB"), "ratio of fps"),
        [
            (
                str(one.streams),
                f"{one.frames_per_s:.1f}",
                f"{one.cpu_ms:.1f}",
                f"{one.memory_mib:.0f}",
                f"{each.frames_per_s:.1f}",
                f"{each.cpu_ms:.1f}",
                f"{each.memory_mib:.0f}",
                f"{one.frames_per_s / each.frames_per_s:.2f}",
            )
            for one, each in pairs
        ],
    )
    print_table(
        f"{RATE_HZ} fps each at their own pace, every {GOAL_STRIDE}nd frame",
        ("streams", "fps in all", "kept", "longest latency, ms"),
        [
            (str(f.streams), f"{f.frames_per_s:.1f}", f"{f.kept:.1%}", f"{f.latency_ms:.0f}")
            for f in figures["live"]
        ],
    )
    carried = max((f.streams for f in figures["live"] if f.kept >= KEPT_SHARE), default=0)
    print(f"{carried} streams kept {KEPT_SHARE:.0%} or more; goal: {GOAL_STREAMS}")
    print(f"load of the machine in the last minute: {os.getloadavg()[0]:.1f}, this run included")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.streams", description=__doc__)
    parser.add_argument("--bundle", default="default")
    parser.add_argument("--streams", type=int, nargs="+", default=[1, 2, 4, 8, 16])
    parser.add_argument("--seconds", type=float, default=6.0, help="of each measurement")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    figures = measure(arguments.bundle, arguments.streams, arguments.seconds)
    _print(figures)
    if arguments.json:
        rows = {way: [asdict(figure) for figure in found] for way, found in figures.items()}
        report = {"machine": machine(), "figures": rows}
        arguments.json.write_text(json.dumps(report, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
