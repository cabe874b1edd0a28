"""The recording that speed is measured on: 30 fps, H.264, of a real scene if possible."""

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
_RATE_HZ: Final = 30
# What a camera records; drawn by x264 in seconds. B-frames are left in, as recordings have them.
_OPTIONS: Final = {"preset": "veryfast", "b": "6M"}


def benchmark_clip(frames: int, size: tuple[int, int] = (1280, 720)) -> Path:
    """Return a clip of `frames` pictures of `size`, made once and kept in ``cache/``.

    It repeats, forwards only, a real recording of a room; without ``../shared`` the demo clip.
    """
    scene = _REAL if _REAL.exists() else asset("demo.mp4")
    path = ROOT / "cache/benchmarks" / f"{scene.stem}-{size[1]}p-{frames}.mp4"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        _write(part, islice(_repeated(scene, size), frames), size)
        part.rename(path)
    return path


def _repeated(path: Path, size: tuple[int, int]) -> Iterator[av.VideoFrame]:
    while True:
        with av.open(path) as container:
            for frame in container.decode(video=0):
                yield frame.reformat(*size, "yuv420p")


def _write(path: Path, pictures: Iterator[av.VideoFrame], size: tuple[int, int]) -> None:
    with av.open(path, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=_RATE_HZ, options=_OPTIONS)
        (stream.width, stream.height), stream.pix_fmt = size, "yuv420p"
        for index, picture in enumerate(pictures):
            picture.pts, picture.time_base = index, Fraction(1, _RATE_HZ)
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
