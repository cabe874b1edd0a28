"""Milliseconds a frame by runtime and number of threads, on one bundle.

``python -m benchmarks.backends [--bundle NAME] [--rounds N] [--json FILE]``
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.report import machine, print_table
from engine.backends.choice import PROVIDERS, measure_step_ms, probe_backends
from engine.bundle import load_bundle
from engine.errors import BackendError

if TYPE_CHECKING:
    from engine.backends import Backend
    from engine.bundle import Bundle


def measure(bundle_name: str, rounds: int) -> dict[str, float]:
    """Return the median step time in milliseconds by "backend, threads"; rounds interleaved."""
    bundle = load_bundle(bundle_name)
    loaded = _load_all(bundle)
    times: dict[str, list[float]] = {name: [] for name in loaded}
    for _ in range(rounds):
        for name, backend in loaded.items():
            times[name].append(measure_step_ms(bundle, backend))
    for backend in loaded.values():
        backend.close()
    return {name: statistics.median(values) for name, values in times.items()}


def _load_all(bundle: Bundle) -> dict[str, Backend]:
    """Load `bundle` into every runtime that can take it; say which cannot, and why."""
    loaded = {}
    for probe in probe_backends():
        for threads in sorted({1, os.cpu_count() or 1}):
            name = f"{probe.name}, {threads} thread{'s' * (threads > 1)}"
            try:
                loaded[name] = PROVIDERS[probe.name].create(bundle, threads)
            except (BackendError, ImportError) as error:
                print(f"{name}: left out: {error}")
    return loaded


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.backends", description=__doc__)
    parser.add_argument("--bundle", default="default")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    figures = measure(arguments.bundle, arguments.rounds)
    print_table(
        f"One step of bundle {arguments.bundle!r}, batch 1",
        ("backend", "ms a frame"),
        [(name, f"{ms:.2f}") for name, ms in sorted(figures.items(), key=lambda row: row[1])],
    )
    if arguments.json:
        report = {"machine": machine(), "ms_per_frame": figures}
        arguments.json.write_text(json.dumps(report, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
