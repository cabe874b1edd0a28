"""Pictures made by FFmpeg's filters, at the pace of a camera."""

from __future__ import annotations

import re

from engine.sources.av_connection import AvConnection
from engine.sources.base import SourceInfo, SourceKind
from engine.sources.clocks import LiveClock
from engine.sources.live import LiveSource

_HINT = "Write a filter graph such as testsrc2=size=640x480:rate=30."


def open_test_pictures(graph: str) -> LiveSource:
    """Capture a filter graph as a camera is captured.

    Parameters
    ----------
    graph
        As FFmpeg writes it: ``testsrc2=size=640x480:rate=30``. The filter ``realtime`` is added
        where it lacks.

    Raises
    ------
    SourceError
        When FFmpeg does not understand the graph.
    """
    paced = graph if re.search(r"\brealtime\b", graph) else f"{graph},realtime"
    title = f"lavfi:{graph}"

    def connect() -> AvConnection:
        return AvConnection(paced, title=title, format="lavfi", ends=True, hint=_HINT)

    first = connect()
    info = SourceInfo(
        title=title,
        kind=SourceKind.TEST,
        width=first.width,
        height=first.height,
        rate_hz=first.rate_hz,
        live=True,
    )
    return LiveSource(info, first, connect, clock=LiveClock())
