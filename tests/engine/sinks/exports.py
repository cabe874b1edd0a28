"""Runs recordings through a sink, and reads what came out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import av

from engine.results import Detections, FrameResult
from engine.sinks.mp4 import Mp4Sink
from engine.sources import open_source

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from engine.frame import Frame
    from engine.sources.base import SourceInfo


def nothing_seen(frame: Frame) -> FrameResult:
    return FrameResult(frame.index, frame.pts_s, Detections.empty(), {}, frame.discontinuity)


def read_frames(path: Path) -> tuple[SourceInfo, Iterator[Frame]]:
    source = open_source(path)

    def frames() -> Iterator[Frame]:
        try:
            while (frame := source.read()) is not None:
                yield frame
        finally:
            source.close()

    return source.info, frames()


def export(
    source: Path,
    target: Path,
    *,
    draw=None,
    start_s: float | None = None,
    end_s: float | None = None,
) -> list[float]:
    """Return the presentation times, in seconds, of the frames handed to the sink."""
    info, frames = read_frames(source)
    sink = Mp4Sink(target, info, draw=draw, end_s=end_s)
    times = []
    for frame in frames:
        if (start_s is None or frame.pts_s >= start_s) and (end_s is None or frame.pts_s < end_s):
            times.append(frame.pts_s)
            sink.write(frame, nothing_seen(frame))
    sink.close()
    return times


@dataclass(frozen=True)
class Packets:
    codec: str
    times_s: list[float]
    contents: list[bytes]


def packets(path: Path, kind: str) -> Packets:
    with av.open(str(path)) as container:
        stream = getattr(container.streams, kind)[0]
        found = [p for p in container.demux(stream) if p.pts is not None]
        return Packets(
            stream.codec_context.name,
            [float(p.pts * p.time_base) for p in found],
            [bytes(p) for p in found],
        )


def decode(path: Path) -> list[av.VideoFrame]:
    # A .part has the wrong suffix on purpose; its content tells what it is.
    with av.open(str(path)) as container:
        return list(container.decode(video=0))
