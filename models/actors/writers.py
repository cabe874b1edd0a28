"""Writing clips and their truth: H.264 video, label lines, COCO."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import av

from models.actors.clip import VERSION
from models.actors.coco import coco
from models.actors.label_lines import label_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from models.actors.clip import ActorsClip
    from models.actors.renderer import Renderer
    from models.actors.truth import FrameTruth

    Timed = tuple[NDArray[np.uint8], FrameTruth]

_TIME_BASE: Final = Fraction(1, 90_000)


def write_clip(
    clip: ActorsClip,
    video: Path | None,
    labels: Path | None = None,
    coco_file: Path | None = None,
    *,
    renderer: Renderer | None = None,
) -> list[FrameTruth]:
    """Draw `clip` into an MP4, label lines and a COCO file, each if given. Return the truth.

    Each file appears under its name only when it is complete, the video first.

    Raises
    ------
    RendererUnavailableError
        If OpenGL cannot be used.
    OSError
        If a file cannot be written.
    """
    frames = clip.frames(renderer)
    if video is None:
        truths = [truth for _, truth in frames]
    else:
        truths = write_video(video, frames, clip.size)
    name = video.name if video else ""
    if coco_file is not None:
        write_json_lines(coco_file, [coco(name, clip.size, truths)])
    if labels is not None:
        lines = label_lines(truths, clip.intervals(), title=name, size=clip.size, version=VERSION)
        write_json_lines(labels, lines)
    return truths


def write_json_lines(path: Path, lines: Iterable[dict[str, Any]]) -> None:
    """Write one JSON object a line; the file appears when it is complete."""
    part = path.with_name(path.name + ".part")
    part.write_text("".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines))
    part.replace(path)


def write_video(
    path: Path,
    frames: Iterator[Timed],
    size: tuple[int, int],
    *,
    crf: int = 23,
    preset: str = "veryfast",
) -> list[FrameTruth]:
    """Write H.264 in yuv420p with true time stamps, and return the truth of the frames.

    One thread encodes, so that equal pictures give equal files.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    part = path.with_name(path.name + ".part")
    truths: list[FrameTruth] = []
    try:
        with av.open(part, "w", format="mp4", options={"movflags": "faststart"}) as container:
            stream = container.add_stream("libx264", rate=30)
            stream.width, stream.height = size
            stream.pix_fmt = "yuv420p"
            stream.time_base = stream.codec_context.time_base = _TIME_BASE
            stream.options = {"crf": str(crf), "preset": preset, "threads": "1"}
            for image, truth in frames:
                frame = av.VideoFrame.from_ndarray(image, format="rgb24")
                frame.pts, frame.time_base = round(truth.pts_s / _TIME_BASE), _TIME_BASE
                container.mux(stream.encode(frame))
                truths.append(truth)
            container.mux(stream.encode(None))
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return truths
