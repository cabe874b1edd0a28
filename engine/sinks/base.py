"""What every consumer of results promises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from engine.frame import Frame
    from engine.results import FrameResult


class Sink(Protocol):
    """Takes results in stream order, from one thread.

    ``constructed → write* → close | abort``. The constructor opens the target and raises
    `engine.errors.SinkError` when it cannot be written, so that a bad path fails before any work.
    """

    def write(self, frame: Frame, result: FrameResult) -> None:
        """Take one frame and what was seen in it.

        Raises
        ------
        SinkError
            When it cannot be written (disk full, for example).
        """

    def close(self) -> None:
        """Finish: everything written is complete and in its final place when this returns."""

    def abort(self) -> None:
        """Stop early: what is complete stays readable under its ``.part`` name. Never raises."""
