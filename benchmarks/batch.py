"""What a batch costs: one worker, two, and Ray, over the same recordings.

    python -m benchmarks.batch --clips 8 --frames 300 [--ray]

Prints the time and the CPU time that an hour of video takes, and from it how many cameras a machine
can watch. CPU time hardly changes with what else the machine does; the time on the clock does.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks.media import benchmark_clip
from benchmarks.report import machine, print_table
from engine.batch.local import LocalEngine
from engine.batch.on_ray import RayEngine
from engine.batch.run import Batch, Options

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.batch.tasks import Engine

_HOUR_S: Final = 3600.0


@dataclass(frozen=True, slots=True)
class Figure:
    """One run: what was watched, and what it took.

    Attributes
    ----------
    cpu_s
        Of all processes; 0 on Ray, whose processes are not ours to ask.
    """

    name: str
    video_s: float
    wall_s: float
    cpu_s: float


def measure(name: str, folder: Path, workers: int, backend: str, *, ray: bool = False) -> Figure:
    """Watch all recordings in `folder` once."""

    def engine(job: Batch) -> Engine:
        return (RayEngine if ray else LocalEngine)(workers, job.options.out)

    with tempfile.TemporaryDirectory() as out:
        options = Options(str(folder), Path(out), "default", backend, workers)
        before, begun = _cpu_s(), time.monotonic()
        entries = Batch(options, engine).run(lambda progress: None)
        wall_s, cpu_s = time.monotonic() - begun, _cpu_s() - before
    assert not any(entry.reason for entry in entries)
    return Figure(name, sum(entry.seconds for entry in entries), wall_s, 0.0 if ray else cpu_s)


@contextmanager
def copies_of(clip: Path, number: int) -> Iterator[Path]:
    """Offer a folder with so many copies of a clip."""
    with tempfile.TemporaryDirectory() as folder:
        for i in range(number):
            shutil.copy(clip, Path(folder) / f"{i:03}.mp4")
        yield Path(folder)


def _cpu_s() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--clips", type=int, default=8)
    parser.add_argument("--frames", type=int, default=300)
    parser.add_argument("--backend", default="openvino")
    parser.add_argument("--ray", action="store_true")
    options = parser.parse_args()
    with copies_of(benchmark_clip(options.frames), options.clips) as folder:
        figures = [
            measure("local, 1 worker", folder, 1, options.backend),
            measure("local, 2 workers", folder, 2, options.backend),
        ]
        if options.ray:
            figures.append(measure("Ray, 2 workers", folder, 2, options.backend, ray=True))
    cores = os.cpu_count() or 1
    print_table(
        f"{options.clips} clips of {options.frames} frames, 1280x720",
        ("run", "wall s", "wall s an hour", "CPU s an hour", "cameras on these cores"),
        [
            (
                one.name,
                f"{one.wall_s:.1f}",
                f"{one.wall_s / one.video_s * _HOUR_S:.0f}",
                f"{one.cpu_s / one.video_s * _HOUR_S:.0f}" if one.cpu_s else "",
                f"{cores * one.video_s / one.cpu_s:.2f}" if one.cpu_s else "",
            )
            for one in figures
        ],
    )
    print(json.dumps(machine()))


if __name__ == "__main__":
    main()
