"""Draw the demo clip: ``python -m models.data.figures --out assets/demo.mp4``."""

from __future__ import annotations

import argparse
from fractions import Fraction
from pathlib import Path
from typing import Final

import av
import numpy as np

from models.data.figures.camera import Camera
from models.data.figures.clips import Part, Role, render_clip

_RATE_HZ: Final = 30
_DURATION_S: Final = 26.0
_SIZE: Final = (640, 360)
_CAMERA: Final = Camera(0, 0, focal=1.25, height_m=1.6, pitch=0.17)
_LEFT, _RIGHT = -np.pi / 2, np.pi / 2
_CAST: Final = (
    Role(
        (
            Part("walking", 3.2, _RIGHT),
            Part("standing", 1.2, 0.1),
            Part("waving one hand", 3.2),
            Part("jumping jack", 4.2),
            Part("bending", 4.8, 0.9),
            Part("walking", 5.0, _RIGHT),
        ),
        start=(-4.3, 4.0),
    ),
    Role(
        (
            Part("sitting", 8.5, -0.6),
            Part("waving both hands", 3.5, -0.2),
            Part("jumping in place", 3.5, 0.0),
            Part("sitting", 11.0, -0.6),
        ),
        start=(1.9, 5.4),
    ),
    Role(
        (
            Part("standing", 11.0, _LEFT),
            Part("running", 4.6, _LEFT),
            Part("walking", 4.4, _RIGHT),
            Part("falling", 1.8, _RIGHT),
            Part("lying", 5.0, _RIGHT),
        ),
        start=(6.2, 6.0),
    ),
)


def write_demo(path: Path, *, seed: int = 20) -> None:
    """Write the demo clip as H.264 MP4 to `path`."""
    with av.open(path, "w", options={"movflags": "faststart"}) as container:
        stream = container.add_stream("libx264", rate=_RATE_HZ)
        stream.width, stream.height = _SIZE
        stream.pix_fmt = "yuv420p"
        # One thread, so that the same drawing gives the same file.
        stream.options = {"crf": "27", "preset": "slower", "threads": "1"}
        clip = render_clip(
            seed, _CAST, duration_s=_DURATION_S, size=_SIZE, place="room", camera=_CAMERA
        )
        for index, (image, _) in enumerate(clip):
            frame = av.VideoFrame.from_ndarray(image, format="bgr24")
            frame.pts, frame.time_base = index, Fraction(1, _RATE_HZ)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def main() -> None:
    """Read the command line and draw."""
    parser = argparse.ArgumentParser(prog="python -m models.data.figures", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="the MP4 to write")
    parser.add_argument("--seed", type=int, default=20, help="looks, colours and noise")
    arguments = parser.parse_args()
    write_demo(arguments.out, seed=arguments.seed)


if __name__ == "__main__":
    main()
