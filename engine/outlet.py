"""Where results go, and what is counted on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.sinks.base import StateWatcher

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.frame import Frame
    from engine.results import FrameResult
    from engine.sinks.base import Sink
    from engine.stats import StreamCounters


class Outlet:
    """All sinks as one: written in stream order, and closed or aborted once."""

    def __init__(self, sinks: Sequence[Sink], counters: StreamCounters) -> None:
        self._sinks, self._counters = tuple(sinks), counters
        self._closed = False

    def show(self, frame: Frame, result: FrameResult) -> None:
        """Hand one result to every sink."""
        for sink in self._sinks:
            sink.write(frame, result)
        self._counters.count(frame, result)

    def settle(self, frame: Frame, result: FrameResult) -> None:
        """Tell whoever looks at memory that it has caught up with the frame shown last."""
        for sink in self._sinks:
            if isinstance(sink, StateWatcher):
                sink.settle(frame, result)

    def close(self) -> None:
        """Finish every sink."""
        for sink in self._sinks:
            sink.close()
        self._closed = True

    def abort(self) -> None:
        """Give up every sink, unless they are closed."""
        if not self._closed:
            for sink in self._sinks:
                sink.abort()
