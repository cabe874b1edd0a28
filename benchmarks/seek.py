"""How exact and how quick jumps are, on clips that trip readers.

Usage: ``python -m benchmarks.seek [--targets 200] [--clips constant,long] [--minutes 10]``. Each
clip is played once as the window plays it; then each target must show the same result, to the bit,
and leave the same memory. Clips are made from ``../shared`` and kept in ``cache/benchmarks``.
"""

from __future__ import annotations

import argparse
import itertools
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import av
import cv2
import numpy as np

from assets import asset
from benchmarks.report import print_table
from engine.backends import create_backend
from engine.bundle import load_bundle
from engine.predictor import Predictor
from engine.sources import open_source
from engine.timeline import StateTimeline
from engine.verify.playing import WindowPlay
from engine.verify.seeks import check_seeks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from engine.backends.base import Backend
    from engine.bundle import Bundle
    from engine.verify import Outcome

ROOT: Final = Path(__file__).resolve().parents[1]
_ROOM: Final = ROOT.parent / "shared/data/room/Subject_3_Fall_16.mp4"
_STREET: Final = ROOT.parent / "shared/data/video/vtest.mp4"
_TICKS: Final = 90_000
_FRAMES: Final = 300
_STREET_HZ: Final = 10
KINDS: Final = ("constant", "variable", "rotated", "damaged", "long")


def make(kind: str, minutes: float) -> Path:
    """Return the clip of a kind, made if it is not there yet."""
    name = f"seek-{kind}-{minutes:g}min.mp4" if kind == "long" else f"seek-{kind}.mp4"
    path = ROOT / "cache/benchmarks" / name
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    if kind == "long":
        count = round(minutes * 60 * _STREET_HZ)
        write(part, itertools.islice(looped(_STREET), count), steps=[_TICKS // _STREET_HZ])
    else:
        uneven = kind == "variable"
        write(
            part,
            itertools.islice(looped(_ROOM), _FRAMES),
            steps=[3000, 6000, 3000, 9000] if uneven else [3000],
            b_frames=3 if uneven else 0,
            rotation=90 if kind == "rotated" else 0,
        )
    if kind == "damaged":
        damage(part)
    part.rename(path)
    return path


def looped(path: Path) -> Iterator[av.VideoFrame]:
    """Yield the frames of a recording over and over; of the demo where there is no such file."""
    while True:
        with av.open(path if path.exists() else asset("demo.mp4")) as container:
            yield from container.decode(video=0)


def write(
    path: Path,
    pictures: Iterator[av.VideoFrame],
    *,
    steps: Sequence[int],
    b_frames: int = 0,
    rotation: int = 0,
) -> None:
    """Write H.264 whose frames are `steps` ticks of 1/90000 s apart, in turn."""
    options = {"preset": "veryfast", "crf": "24", "g": "250", "bf": str(b_frames)}
    with av.open(path, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=30, options=options)
        stream.pix_fmt, stream.time_base = "yuv420p", Fraction(1, _TICKS)
        stream.codec_context.time_base = stream.time_base
        if rotation:
            stream.set_display_rotation(-rotation)
        pts = 0
        for index, picture in enumerate(pictures):
            if not index:
                stream.width, stream.height = picture.width, picture.height
            plain = picture.reformat(format="yuv420p")
            plain.pts, plain.time_base = pts, stream.time_base
            container.mux(stream.encode(plain))
            pts += steps[index % len(steps)]
        container.mux(stream.encode(None))


def damage(path: Path) -> None:
    """Overwrite one byte in two hundred of the middle fifth; the same bytes each time."""
    content = bytearray(path.read_bytes())
    rng = np.random.default_rng(0)
    first, last = len(content) * 2 // 5, len(content) * 3 // 5
    for place in rng.choice(np.arange(first, last), (last - first) // 200, replace=False):
        content[place] ^= 0xA5
    path.write_bytes(content)


def measure(clip: Path, bundle: Bundle, backend: Backend, targets: int) -> Outcome:
    """Play once, jump `targets` times."""
    predictor = Predictor(bundle, backend)
    with TemporaryDirectory() as folder:
        labels = Path(folder) / "labels.jsonl"
        source = open_source(str(clip))
        with WindowPlay(source, predictor, StateTimeline(), labels) as window:
            return check_seeks(window, window.play(), targets, seed=0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--targets", type=int, default=200)
    parser.add_argument("--clips", default=",".join(KINDS))
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--bundle", default="default")
    parser.add_argument("--backend", default="onnxruntime")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    bundle = load_bundle(options.bundle)
    backend = create_backend(bundle, options.backend)
    rows = []
    for kind in options.clips.split(","):
        outcome = measure(make(kind, options.minutes), bundle, backend, options.targets)
        found = outcome.figures
        rows.append(
            (
                kind,
                outcome.detail,
                f"{found['median_shown_ms']:.0f}",
                f"{found['p95_shown_ms']:.0f}",
                f"{found['median_settled_ms']:.0f}",
            )
        )
        print(*rows[-1], sep=" | ", flush=True)
    columns = ("clip", "found", "shown, median ms", "p95 ms", "memory there, median ms")
    print_table(f"{bundle.manifest.name} on {backend.device}", columns, rows)


if __name__ == "__main__":
    main()
