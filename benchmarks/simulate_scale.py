"""Plans for more than one machine, by a simulation that must first foretell what this one does.

    python -m benchmarks.simulate_scale --clips 8 --frames 300
    python -m benchmarks.simulate_scale --costs cache/benchmarks/costs.json

Measures what decoding, inferring and storing a frame take, each alone, and what a worker takes to
start and to open a file; foretells from these how long batches with one and two workers take here;
runs them, and prints both. Then the same costs are put on cameras and clusters. With ``--costs`` of
an earlier run nothing is measured again.
"""

from __future__ import annotations

import argparse
import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Final

from benchmarks.costs import Busy, Costs, measure_costs
from benchmarks.media import ROOT, benchmark_clip
from benchmarks.report import machine, print_table
from benchmarks.scale_models import Archive, Cluster, Local, late_share, watch_archive

_KEPT: Final = ROOT / "cache/benchmarks/costs.json"
_HOUR_S: Final = 3600.0
_DAY_S: Final = 24 * _HOUR_S
_MILLION_HOURS_S: Final = 1e6 * _HOUR_S
_CORES: Final = 64
_CAMERAS: Final = 10_000
_MOST_LOST: Final = 0.001
_LOADS: Final = (0.6, 0.7, 0.8, 0.9, 0.95, 1.0, 1.1)
_MACHINES: Final = (1, 20, 100, 200, 600, 1000)
_ARCHIVE: Final = Archive(length_s=600.0, bits_per_s=4e6)
_CLUSTER: Final = Cluster(1, _CORES, storage_bytes_per_s=10e9, settle_s=0.004)


def foretell(costs: Costs, clips: int, frames: int, backend: str) -> None:
    """Run batches with one and two workers, and print how long they took and should have taken."""
    from benchmarks.batch import copies_of, measure

    cores = os.cpu_count() or 1
    rows = []
    with copies_of(benchmark_clip(frames), clips) as folder:
        for workers in (1, 2):
            busy = Busy()
            figure = measure(f"{workers} workers", folder, workers, backend)
            left = busy.left_to(figure.cpu_s)
            model = Local(costs, cores, workers, speed=left)
            wall_s, cpu_s = model.wall_s(clips, frames), model.cpu_s
            rows.append(
                (
                    str(workers),
                    f"{left:.0%}",
                    *_compared(cpu_s, figure.cpu_s),
                    *_compared(wall_s, figure.wall_s),
                )
            )
    columns = ("workers", "of the machine", *_columns("CPU s"), *_columns("wall s"))
    print_table(f"{clips} clips of {frames} frames here", columns, rows)


def _columns(what: str) -> tuple[str, ...]:
    return (f"{what}, foretold", "measured", "ratio")


def _compared(foretold: float, measured: float) -> tuple[str, ...]:
    return f"{foretold:.1f}", f"{measured:.1f}", f"{foretold / measured:.2f}"


def plan_cameras(costs: Costs) -> None:
    """Print what is lost at which load, and machines for ten thousand cameras."""
    rows, best = [], 0
    for load in _LOADS:
        cameras = int(load * _CORES / (costs.frame_s * costs.rate_hz))
        lost = late_share(costs, _CORES, cameras, seconds=20.0)
        best = max(best, cameras if lost <= _MOST_LOST else 0)
        rows.append((f"{load:.0%}", str(cameras), f"{lost:.2%}", f"{-(-_CAMERAS // cameras)}"))
    columns = ("load", "cameras", "frames lost", f"machines for {_CAMERAS}")
    print_table(f"Cameras at 30 frames a second on a machine of {_CORES} cores", columns, rows)
    print(f"Most cameras with at most {_MOST_LOST:.1%} lost: {best} a machine\n")


def plan_archive(costs: Costs, cluster: Cluster) -> None:
    """Print how long a million hours take on clusters of several sizes, and what bends."""
    rows = []
    alone = watch_archive(costs, _ARCHIVE, cluster).video_per_s
    for machines in _MACHINES:
        done = watch_archive(costs, _ARCHIVE, cluster.with_machines(machines))
        rows.append(
            (
                str(machines),
                f"{done.video_per_s:,.0f}",
                f"{_MILLION_HOURS_S / done.video_per_s / _DAY_S:.1f}",
                f"{done.video_per_s / alone / machines:.0%}",
                f"{done.storage_used:.0%}",
                f"{done.leader_used:.0%}",
            )
        )
    columns = ("machines", "hours an hour", "days for a million", "of ideal", "storage", "leader")
    gigabytes = cluster.storage_bytes_per_s / 1e9
    title = f"Recordings of {_ARCHIVE.length_s / 60:.0f} min, storage of {gigabytes:.0f} GB/s"
    print_table(title, columns, rows)


def main() -> None:
    """Measure or read, foretell, plan."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--clips", type=int, default=8)
    parser.add_argument("--frames", type=int, default=300)
    parser.add_argument("--backend", default="openvino")
    parser.add_argument("--costs", type=Path, help="of an earlier run; nothing is measured")
    options = parser.parse_args()
    if options.costs:
        costs = Costs(**json.loads(options.costs.read_text(encoding="utf-8")))
    else:
        costs = measure_costs("default", options.backend, options.frames)
        _KEPT.write_text(json.dumps(asdict(costs), indent=2) + "\n", encoding="utf-8")
    print(json.dumps(asdict(costs)))
    if not options.costs:
        foretell(costs, options.clips, options.frames, options.backend)
        print(json.dumps(machine()))
    plan_cameras(costs)
    plan_archive(costs, _CLUSTER)


if __name__ == "__main__":
    main()
