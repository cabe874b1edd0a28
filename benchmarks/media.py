"""The recording that speed is measured on: 1280x720, 30 fps, H.264, of a real scene if possible."""

from __future__ import annotations

from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

import av

from assets import asset

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).resolve().parents[1]
_REAL: Final = ROOT.parent / "shared/data/room/Subject_3_Fall_16.mp4"
_WIDTH, _HEIGHT, _RATE_HZ = 1280, 720, 30
# What a camera records; drawn by x264 in seconds. B-frames are left in, as recordings have them.
_OPTIONS: Final = {"preset": "veryfast", "b": "6M"}


def benchmark_clip(frames: int) -> Path:
    """Return a clip of `frames` pictures, made once and kept in ``cache/``.

    It repeats, forwards only, a real recording of a room; without ``../shared`` the demo clip.
    """
    scene = _REAL if _REAL.exists() else asset("demo.mp4")
    path = ROOT / "cache/benchmarks" / f"{scene.stem}-720p-{frames}.mp4"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        _write(part, islice(_repeated(scene), frames))
        part.rename(path)
    return path


def _repeated(path: Path) -> Iterator[av.VideoFrame]:
    while True:
        with av.open(path) as container:
            for frame in container.decode(video=0):
                yield frame.reformat(_WIDTH, _HEIGHT, "yuv420p")


def _write(path: Path, pictures: Iterator[av.VideoFrame]) -> None:
    with av.open(path, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=_RATE_HZ, options=_OPTIONS)
        stream.width, stream.height, stream.pix_fmt = _WIDTH, _HEIGHT, "yuv420p"
        for index, picture in enumerate(pictures):
            picture.pts, picture.time_base = index, Fraction(1, _RATE_HZ)
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
