"""Make docs/overlay.webp anew: ``python scripts/readme_clip.py``.

The moving picture of the READMEs: a stretch of the demo as `longtake annotate` draws it, with the
default bundle.
"""

from __future__ import annotations

import sys
import tempfile
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Final

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import av  # noqa: E402

from app.annotate import AnnotateOptions  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

OUT: Final = ROOT / "docs" / "overlay.webp"
START_S, END_S = 24.0, 30.0
LEAD_S: Final = 2.0
"""Seen before, and not shown: nobody begins to watch with an empty memory."""
RATE_HZ: Final = 10
WIDTH, HEIGHT = 560, 420
QUALITY: Final = 62
MOST_BYTES: Final = 2_000_000


def main() -> None:
    """Annotate, and make it small."""
    with tempfile.TemporaryDirectory() as folder:
        clip = Path(folder) / "overlay.mp4"
        options = AnnotateOptions("demo", clip, start_s=START_S - LEAD_S, end_s=END_S, quality=16)
        options.job().run(lambda progress: None)
        write(OUT, sparse(clip))
    size = OUT.stat().st_size
    print(f"{OUT.relative_to(ROOT)}: {size / 1e6:.2f} MB")
    if size > MOST_BYTES:
        raise SystemExit("It is too large for the head of a page.")


def sparse(clip: Path) -> Iterator[av.VideoFrame]:
    """Yield as many frames a second as are wanted, at the size wanted."""
    with av.open(str(clip)) as container:
        first_s: float | None = None
        due_s = 0.0
        for frame in container.decode(video=0):
            first_s = frame.time + LEAD_S if first_s is None else first_s
            if frame.time - first_s >= due_s - 1e-3:
                due_s += 1 / RATE_HZ
                yield frame.reformat(WIDTH, HEIGHT, "yuv420p", interpolation="AREA")


def write(path: Path, frames: Iterator[av.VideoFrame]) -> None:
    """Write frames as an animated WebP that begins anew at its end."""
    with av.open(str(path), "w", format="webp", options={"loop": "0"}) as container:
        stream = container.add_stream("libwebp_anim", rate=RATE_HZ)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.options = {"quality": str(QUALITY), "compression_level": "6", "preset": "drawing"}
        for number, frame in enumerate(frames):
            frame.pts, frame.time_base = number, Fraction(1, RATE_HZ)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


if __name__ == "__main__":
    main()
