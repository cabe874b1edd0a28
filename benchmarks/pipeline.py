"""Analysis and export speed, against what the CPU allows and against a plain OpenCV loop.

``python -m benchmarks.pipeline [--bundle NAME] [--frames N] [--rounds N] [--json FILE]``

All rounds are interleaved, so that whatever else the machine does hits every row alike.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
from PySide6.QtGui import QGuiApplication

from app.overlay import OverlayPainter
from benchmarks.media import benchmark_clip
from benchmarks.plain_loop import PlainLoop
from benchmarks.report import machine, print_table
from benchmarks.stages import stage_cpu_ms
from engine.backends import create_backend
from engine.bundle import load_bundle
from engine.pipeline import Pipeline
from engine.predictor import Predictor
from engine.sinks.mp4 import Mp4Sink
from engine.sources import open_source

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.backends import Backend
    from engine.bundle import Bundle

BOUND_GOAL = 0.8
EXPORT_GOAL = 1.3


@dataclass(frozen=True)
class Bench:
    """One model, one clip, and the ways through them that are compared."""

    bundle: Bundle
    backend: Backend
    clip: Path
    frames: int
    folder: Path

    def analyse(self) -> float:
        """Return frames per second without writing anything."""
        return self._run(sinks=False)

    def export(self) -> float:
        """Return frames per second with an annotated H.264 clip written."""
        return self._run(sinks=True)

    def plain(self, loop: PlainLoop, opencv_threads: int) -> float:
        """Return frames per second of the plain loop."""
        cv2.setNumThreads(opencv_threads)
        begun = time.perf_counter()
        frames = loop.annotate(self.clip, self.folder / "plain.mp4")
        elapsed_s = time.perf_counter() - begun
        cv2.setNumThreads(1)
        self._check(frames)
        return frames / elapsed_s

    def _run(self, *, sinks: bool) -> float:
        source = open_source(self.clip)
        painter = OverlayPainter(self.bundle.manifest)
        target = self.folder / "ours.mp4"
        target.unlink(missing_ok=True)
        outputs = [Mp4Sink(target, source.info, draw=painter.paint)] if sinks else []
        pipeline = Pipeline(source, Predictor(self.bundle, self.backend), outputs)
        begun = time.perf_counter()
        pipeline.start()
        status = pipeline.wait()
        elapsed_s = time.perf_counter() - begun
        pipeline.stop()
        if status.error:
            raise status.error
        self._check(status.processed)
        return status.processed / elapsed_s

    def _check(self, frames: int) -> None:
        if frames != self.frames:
            raise RuntimeError(f"{frames} of {self.frames} frames went through")


def measure(bundle: Bundle, frames: int, rounds: int, folder: Path) -> dict[str, list[float]]:
    """Return every round's figures: CPU milliseconds by stage, frames per second by way."""
    clip = benchmark_clip(frames)
    backend = create_backend(bundle)
    bench = Bench(bundle, backend, clip, frames, folder)
    plain, tuned = PlainLoop(bundle), PlainLoop(bundle, threads=1)
    ways: dict[str, Callable[[], float]] = {
        "analyse fps": bench.analyse,
        "export fps": bench.export,
        "plain loop fps": lambda: bench.plain(plain, os.cpu_count() or 1),
        "plain loop tuned to one thread fps": lambda: bench.plain(tuned, 1),
    }
    figures: dict[str, list[float]] = defaultdict(list)
    for _ in range(rounds):
        for stage, ms in stage_cpu_ms(clip, bundle, backend, frames).items():
            figures[f"{stage} cpu ms"].append(ms)
        for name, way in ways.items():
            figures[name].append(way())
    backend.close()
    return figures


def summarise(figures: dict[str, list[float]]) -> dict[str, float]:
    """Return the medians, the CPU bound and how we stand to it and to the plain loop."""
    summary = {name: statistics.median(values) for name, values in figures.items()}
    cpu_ms = sum(value for name, value in summary.items() if name.endswith("cpu ms"))
    summary["sum of stages cpu ms"] = cpu_ms
    summary["cpu bound fps"] = (os.cpu_count() or 1) * 1e3 / cpu_ms
    summary["analyse over cpu bound"] = summary["analyse fps"] / summary["cpu bound fps"]
    summary["export over plain loop"] = summary["export fps"] / summary["plain loop fps"]
    return summary


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pipeline", description=__doc__)
    parser.add_argument("--bundle", default="default")
    parser.add_argument("--frames", type=int, default=450)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QGuiApplication([])
    cv2.setNumThreads(1)
    bundle = load_bundle(arguments.bundle)
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(bundle, arguments.frames, arguments.rounds, Path(folder))
    summary = summarise(figures)
    print_table(
        f"{arguments.frames} frames of 1280x720 H.264, medians of {arguments.rounds} rounds",
        ("", "median", "from", "to"),
        [_row(name, value, figures.get(name, [])) for name, value in summary.items()],
    )
    print(f"goals: analyse over cpu bound ≥ {BOUND_GOAL}, export over plain loop ≥ {EXPORT_GOAL}")
    if arguments.json:
        report = {"machine": machine(), "summary": summary, "rounds": figures}
        arguments.json.write_text(json.dumps(report, indent=2), encoding="utf-8")
    application.quit()


def _row(name: str, value: float, rounds: list[float]) -> tuple[str, str, str, str]:
    spread = (f"{min(rounds):.2f}", f"{max(rounds):.2f}") if rounds else ("", "")
    return name, f"{value:.2f}", *spread


if __name__ == "__main__":
    main()
