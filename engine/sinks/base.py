"""What every consumer of results promises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

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


@runtime_checkable
class StateWatcher(Protocol):
    """A sink that looks at the predictor's memory, beside the results.

    After a jump a frame may be shown before memory has caught up with it (`engine.replay.Replay`).
    Then ``write`` comes first, with the memory of some other moment in the predictor, and `settle`
    follows, unless another jump comes in between.
    """

    def settle(self, frame: Frame, result: FrameResult) -> None:
        """Take the frame written last once more, its memory now in place."""
