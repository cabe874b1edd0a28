"""Rounds of several ways in turns, so that whatever else the machine does hits all alike."""

from __future__ import annotations

import argparse
import json
import os
import statistics
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.report import machine, print_table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def interleave(ways: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    """Return what each way measured in each round."""
    figures: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            figures[name].append(way())
    return figures


def parser(module: str, description: str | None, rounds: int) -> argparse.ArgumentParser:
    """Return a parser with the options that all have."""
    made = argparse.ArgumentParser(prog=f"python -m {module}", description=description)
    made.add_argument("--rounds", type=int, default=rounds)
    made.add_argument("--json", type=Path)
    return made


def tell(
    title: str,
    unit: str,
    figures: Mapping[str, list[float]],
    ratios: Mapping[str, float],
    path: Path | None,
) -> None:
    """Print medians, spread and ratios as a table; write them with every round to `path`."""
    rows = [
        (name, f"{statistics.median(found):.2f}", f"{min(found):.2f}", f"{max(found):.2f}")
        for name, found in figures.items()
    ]
    rows += [(name, f"{ratio:.2f}", "", "") for name, ratio in ratios.items()]
    print_table(title, ("", unit, "from", "to"), rows)
    print(f"load of the machine in the last minute: {os.getloadavg()[0]:.1f}, this run included")
    if path is not None:
        report = {"machine": machine(), "unit": unit, "ratios": dict(ratios), "rounds": figures}
        path.write_text(json.dumps(report, indent=2), encoding="utf-8")
