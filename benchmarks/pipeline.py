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

from app.overlay import OverlayPainter
from app.qt_application import ensure_gui_application
from benchmarks.media import benchmark_clip
from benchmarks.plain_loop import PlainLoop
from benchmarks.report import machine, print_table
from benchmarks.stages import bare_model_fps, stage_cpu_ms, writing_cpu_ms
from engine.ahead import read_ahead
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
    from engine.sinks.base import Sink
    from engine.sources.base import Source

BOUND_GOAL = 0.9
BARE_GOAL = 0.85
EXPORT_GOAL = 1.3
EXPORT_BOUND_GOAL = 0.85
_BARE_STEPS = 90


@dataclass(frozen=True)
class Bench:
    """One model, one clip, and the ways through them that are compared."""

    bundle: Bundle
    backend: Backend
    clip: Path
    folder: Path

    def analyse(self) -> int:
        """Run the model over the clip, write nothing; return the number of frames."""
        return self._run(open_source(self.clip), [])

    def export(self) -> int:
        """Write an annotated H.264 clip; return the number of frames."""
        source = open_source(self.clip)
        target = self.folder / "ours.mp4"
        target.unlink(missing_ok=True)
        painter = OverlayPainter(self.bundle.manifest)
        return self._run(source, [Mp4Sink(target, source.info, draw=painter.paint)])

    def plain(self, loop: PlainLoop, opencv_threads: int) -> int:
        """Let the plain loop write an annotated clip; return the number of frames."""
        cv2.setNumThreads(opencv_threads)
        frames = loop.annotate(self.clip, self.folder / "plain.mp4")
        cv2.setNumThreads(1)
        return frames

    def _run(self, source: Source, sinks: list[Sink]) -> int:
        source = read_ahead(source, self.backend, self.bundle.manifest.input)
        pipeline = Pipeline(source, Predictor(self.bundle, self.backend), sinks)
        pipeline.start()
        status = pipeline.wait()
        pipeline.stop()
        if status.error:
            raise status.error
        return status.processed


def measure(bundle: Bundle, frames: int, rounds: int, folder: Path) -> dict[str, list[float]]:
    """Return every round's figures: CPU milliseconds a frame and frames per second."""
    clip = benchmark_clip(frames)
    backend = create_backend(bundle)
    bench = Bench(bundle, backend, clip, folder)
    plain, tuned = PlainLoop(bundle), PlainLoop(bundle, threads=1)
    ways: dict[str, Callable[[], int]] = {
        "analyse": bench.analyse,
        "export": bench.export,
        "plain loop": lambda: bench.plain(plain, os.cpu_count() or 1),
        "plain loop, one thread": lambda: bench.plain(tuned, 1),
    }
    figures: dict[str, list[float]] = defaultdict(list)
    for _ in range(rounds):
        for stage, ms in stage_cpu_ms(clip, bundle, backend, frames).items():
            figures[f"{stage} alone, cpu ms"].append(ms)
        writing_ms = writing_cpu_ms(clip, bundle, backend, folder / "writing.mp4")
        figures["drawing and encoding, cpu ms"].append(writing_ms)
        figures["bare model loop, fps"].append(bare_model_fps(bundle, backend, _BARE_STEPS))
        for name, way in ways.items():
            fps, cpu_ms = _time(way, frames)
            figures[f"{name}, fps"].append(fps)
            figures[f"{name}, cpu ms"].append(cpu_ms)
    backend.close()
    return figures


def _time(way: Callable[[], int], frames: int) -> tuple[float, float]:
    """Return frames per second of wall time, and CPU milliseconds a frame of all threads."""
    begun_s, begun_cpu_s = time.perf_counter(), time.process_time()
    done = way()
    elapsed_s, cpu_s = time.perf_counter() - begun_s, time.process_time() - begun_cpu_s
    if done != frames:
        raise RuntimeError(f"{done} of {frames} frames went through")
    return frames / elapsed_s, cpu_s * 1e3 / frames


def summarise(figures: dict[str, list[float]]) -> dict[str, float]:
    """Return the medians, the CPU bound and how we stand to it and to the plain loop."""
    summary = {name: statistics.median(values) for name, values in figures.items()}
    alone_ms = sum(value for name, value in summary.items() if name.endswith("alone, cpu ms"))
    summary["cpu bound, fps"] = (os.cpu_count() or 1) * 1e3 / alone_ms
    summary["analyse ÷ cpu bound"] = summary["analyse, fps"] / summary["cpu bound, fps"]
    summary["stages alone ÷ analyse, cpu"] = alone_ms / summary["analyse, cpu ms"]
    summary["analyse ÷ bare model loop"] = summary["analyse, fps"] / summary["bare model loop, fps"]
    export_ms = alone_ms + summary["drawing and encoding, cpu ms"]
    export_bound = (os.cpu_count() or 1) * 1e3 / export_ms
    summary["export ÷ its cpu bound"] = summary["export, fps"] / export_bound
    summary["export ÷ plain loop"] = summary["export, fps"] / summary["plain loop, fps"]
    return summary


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pipeline", description=__doc__)
    parser.add_argument("--bundle", default="default")
    parser.add_argument("--frames", type=int, default=450)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = ensure_gui_application()
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
    print(
        f"goals: analyse ÷ cpu bound ≥ {BOUND_GOAL}, ÷ bare model loop ≥ {BARE_GOAL}, "
        f"export ÷ its cpu bound ≥ {EXPORT_BOUND_GOAL}, ÷ plain loop ≥ {EXPORT_GOAL}"
    )
    print(f"load of the machine in the last minute: {os.getloadavg()[0]:.1f}, this run included")
    if arguments.json:
        report = {"machine": machine(), "summary": summary, "rounds": figures}
        arguments.json.write_text(json.dumps(report, indent=2), encoding="utf-8")
    application.quit()


def _row(name: str, value: float, rounds: list[float]) -> tuple[str, str, str, str]:
    spread = (f"{min(rounds):.2f}", f"{max(rounds):.2f}") if rounds else ("", "")
    return name, f"{value:.2f}", *spread


if __name__ == "__main__":
    main()
