"""Our export against others' loops, with one detector on one clip: YOLOX-Nano, published as ONNX.

``python -m benchmarks.peers [--frames N] [--rounds N] [--supervision PYTHON] [--json FILE]``

``--supervision`` names a Python of an environment apart, with ``pip install supervision onnxruntime
opencv-python-headless``. The detector is read from ``../shared/teachers``.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import cv2

from app.export import ExportJob
from app.qt_application import ensure_gui_application
from benchmarks.media import ROOT, benchmark_clip
from benchmarks.peer_openvino import AsyncLoop
from benchmarks.plain_loop import PlainLoop
from benchmarks.rounds import interleave, parser, tell
from engine.bundle import load_bundle
from engine.bundle_sources.gallery import gallery, make_bundle

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.bundle import Bundle

DETECTOR = ROOT.parent / "shared/teachers/yolox_nano.onnx"
_NAME = "yolox-nano"
_SCRIPT = Path(__file__).with_name("peer_supervision.py")


class Peers:
    """One clip and one detector; every way returns frames per second."""

    def __init__(self, bundle: Bundle, clip: Path, frames: int, folder: Path) -> None:
        self._bundle, self._clip, self._frames, self._folder = bundle, clip, frames, folder

    def ours(self) -> float:
        """Export as the window and the command line do."""
        out = self._folder / "ours.mp4"
        out.unlink(missing_ok=True)
        job = ExportJob(self._bundle.folder, "auto", str(self._clip), out)
        return job.run(lambda progress: None).fps

    def plain(self, loop: PlainLoop | AsyncLoop, opencv_threads: int) -> float:
        """Read, run, draw and write, one frame at a time."""
        cv2.setNumThreads(opencv_threads)
        begun_s = time.perf_counter()
        loop.annotate(self._clip, self._folder / "plain.mp4")
        cv2.setNumThreads(1)
        return self._frames / (time.perf_counter() - begun_s)

    def supervision(self, python: str, threads: int) -> float:
        """Let its `process_video` do it, in a process of its own; loading is not timed."""
        out = str(self._folder / "supervision.mp4")
        least = str(min(self._bundle.manifest.heads[0].thresholds))
        arguments = [str(self._bundle.model_path), str(self._clip), out, str(threads), least]
        done = subprocess.run([python, str(_SCRIPT), *arguments], stdout=subprocess.PIPE, text=True)
        done.check_returncode()
        return float(done.stdout.split()[-1])


def make_detector(folder: Path) -> Bundle:
    """Return YOLOX-Nano as a bundle; raises `FileNotFoundError` without ``../shared``."""
    if not DETECTOR.exists():
        raise FileNotFoundError(f"{DETECTOR} is missing: the peers run one detector, that one")
    folder.mkdir()
    make_bundle(_NAME, gallery()[_NAME], DETECTOR, folder)
    return load_bundle(folder)


def main() -> None:
    options = parser("benchmarks.peers", __doc__, rounds=5)
    options.add_argument("--frames", type=int, default=450)
    options.add_argument("--supervision", metavar="PYTHON")
    arguments = options.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = ensure_gui_application()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        bundle = make_detector(folder / "detector")
        clip = benchmark_clip(arguments.frames)
        peers = Peers(bundle, clip, arguments.frames, folder)
        default, tuned, asynchronous = PlainLoop(bundle), PlainLoop(bundle, 1), AsyncLoop(bundle)
        ways: dict[str, Callable[[], float]] = {
            "longtake, H.264": peers.ours,
            "plain OpenCV loop": lambda: peers.plain(default, os.cpu_count() or 1),
            "plain OpenCV loop, 1 thread": lambda: peers.plain(tuned, 1),
            "OpenVINO's asynchronous sample": lambda: peers.plain(asynchronous, 1),
        }
        if python := arguments.supervision:
            ways["supervision"] = lambda: peers.supervision(python, 0)
            ways["supervision, 1 thread"] = lambda: peers.supervision(python, 1)
        else:
            print("supervision: left out; name a Python that has it with --supervision")
        figures = interleave(ways, arguments.rounds)
    ours, *others = ((name, statistics.median(found)) for name, found in figures.items())
    ratios = {f"longtake ÷ {name}": ours[1] / fps for name, fps in others}
    title = f"YOLOX-Nano on {arguments.frames} frames of 1280x720 H.264, boxes drawn and written"
    tell(title, "frames per second", figures, ratios, arguments.json)
    application.quit()


if __name__ == "__main__":
    main()
