"""The stream on show: what is known of it, and how it is played."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from engine.errors import LongtakeError
from engine.status import PipelineStatus, RunState

if TYPE_CHECKING:
    from app.live_painter import RenderedFrame
    from app.stream import Stream

_STEP_FALLBACK_HZ: Final = 25.0
_AIM_S: Final = 2.0
"""So long a jump is believed to be under way, if no picture shows that it has ended."""
_LEFT_OUT_S: Final = 0.5


class OnShow(QObject):
    """Plays, steps, jumps and loops what `app.session.Session` has opened, if it has.

    Attributes
    ----------
    in_s, out_s
        The part to loop and to export; None is the beginning or the end.
    loop
        Go on from the in point when the out point is reached.
    """

    frame_ready = Signal(object)
    status_changed = Signal(object)
    ended = Signal()
    broke = Signal(object)
    marks_changed = Signal()
    moved = Signal()
    """Somebody jumps or steps: whoever leads the playhead himself has to let go of it."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stream: Stream | None = None
        self._status: PipelineStatus | None = None
        self._frame: RenderedFrame | None = None
        self.in_s: float | None = None
        self.out_s: float | None = None
        self.loop = False
        self._aim_s, self._aimed_at_s = 0.0, float("-inf")
        self._back_from_s, self._back_reach = -1.0, 1.5

    @property
    def stream(self) -> Stream | None:
        """The stream on show."""
        return self._stream

    @property
    def frame(self) -> RenderedFrame | None:
        """The picture on show."""
        return self._frame

    @property
    def status(self) -> PipelineStatus | None:
        """The newest snapshot."""
        return self._status

    @property
    def position_s(self) -> float:
        """Presentation time of the picture on show."""
        return self._frame.result.pts_s if self._frame else 0.0

    @property
    def aim_s(self) -> float:
        """Where a jump under way leads; where the picture is when there is none.

        Keys that come faster than pictures count from here, so that none of them is lost.
        """
        return self._aim_s if self._aiming else self.position_s

    @property
    def playing(self) -> bool:
        """Whether frames are coming."""
        return self._status is not None and self._status.state is RunState.RUNNING

    # -- playing ---------------------------------------------------------------------------------

    def play(self) -> None:
        """Go on; from the in point or the beginning when at the end."""
        if self._stream is None:
            return
        if self._status is not None and self._status.state is RunState.ENDED and self.in_s:
            self._stream.pipeline.seek(self.in_s)
        self._stream.pipeline.resume()
        self._refresh_status()

    def pause(self) -> None:
        """Hold."""
        if self._stream is not None:
            self._stream.pipeline.pause()
            self._refresh_status()

    def toggle(self) -> None:
        """Play or pause."""
        if self.playing:
            self.pause()
        else:
            self.play()

    def seek(self, pts_s: float) -> None:
        """Show the frame at `pts_s`, within the recording."""
        if self._stream is None or not self._stream.info.seekable:
            return
        self._go(pts_s, pts_s)

    def show_again(self) -> None:
        """Process the picture on show once more, for someone who had not looked; if it is held."""
        if self._status is not None and self._status.state in (RunState.PAUSED, RunState.ENDED):
            self.seek(self.position_s)

    def seek_by(self, delta_s: float) -> None:
        """Jump from where the picture is, or will be."""
        self.seek(self.aim_s + delta_s)

    def step_forward(self) -> None:
        """Show the next frame, memory carried, and hold."""
        if self._stream is not None:
            self.moved.emit()
            self._stream.pipeline.pause()
            self._stream.pipeline.step()
            self._refresh_status()

    def step_back(self) -> None:
        """Show the frame before and hold."""
        if self._stream is None or not self._stream.info.seekable:
            return
        self._stream.pipeline.pause()
        frame_s = 1.0 / (self._stream.info.rate_hz or _STEP_FALLBACK_HZ)
        here_s, seen_s = self.aim_s, self._stream.history.previous_time(self.aim_s)
        # Where the rate varies the frame before may be further back: each press that led nowhere
        # makes the next one reach twice as far.
        self._back_reach = self._back_reach * 2 if self._back_from_s == here_s else 1.5
        self._back_from_s = here_s
        if seen_s is not None and here_s - seen_s < 1.5 * frame_s:
            self._go(seen_s - 1e-4, seen_s)
        else:
            self._go(here_s - self._back_reach * frame_s, here_s - frame_s)

    def set_marks(self, in_s: float | None, out_s: float | None) -> None:
        """Set the part to loop and to export; None is the beginning or the end."""
        if in_s is not None and out_s is not None and out_s <= in_s:
            in_s, out_s = (in_s, None) if in_s != self.in_s else (None, out_s)
        self.in_s, self.out_s = in_s, out_s
        self.marks_changed.emit()

    # -- inside ----------------------------------------------------------------------------------

    def _go(self, pts_s: float, aim_s: float) -> None:
        """Show the first frame from `pts_s` on, which is expected at `aim_s`."""
        if self._stream is None:
            return
        last_s = self._stream.info.duration_s or max(pts_s, aim_s)
        self._aim_s, self._aimed_at_s = min(max(aim_s, 0.0), last_s), time.monotonic()
        self.moved.emit()
        self._stream.pipeline.seek(min(max(pts_s, 0.0), last_s))
        self._refresh_status()

    @property
    def _aiming(self) -> bool:
        return time.monotonic() - self._aimed_at_s < _AIM_S

    def _arrive(self, pts_s: float) -> None:
        """Note that a picture is shown: perhaps the one that a jump led to."""
        info = self._stream.info if self._stream is not None else None
        frame_s = 1.0 / ((info.rate_hz if info else None) or _STEP_FALLBACK_HZ)
        # Played fast, the picture of the very moment may have been left out.
        later_s = _LEFT_OUT_S if self.playing else 0.99 * frame_s
        if -0.5 * frame_s <= pts_s - self._aim_s < later_s:
            self._aimed_at_s = float("-inf")

    def _refresh_status(self) -> None:
        if self._stream is None:
            return
        before, self._status = self._status, self._stream.pipeline.status()
        self.status_changed.emit(self._status)
        state = self._status.state
        if before is not None and before.state is state:
            return
        if state is RunState.FAILED:
            self.broke.emit(self._status.error or LongtakeError("The stream stopped."))
        elif state is RunState.ENDED:
            if self._looping:
                self._restart_loop()
            else:
                self.ended.emit()

    def _take_picture(self) -> None:
        if self._stream is None or (frame := self._stream.painter.take()) is None:
            return
        self._frame = frame
        self._arrive(frame.result.pts_s)
        self.frame_ready.emit(frame)
        self._stay_within_marks()

    @property
    def _looping(self) -> bool:
        """Whether there is no end to what is open. The demo has none: it is there to be watched."""
        from engine.sources import DEMO

        if self._stream is None or not self._stream.info.seekable:
            return False
        return self.loop or self._stream.request.address == DEMO

    def _stay_within_marks(self) -> None:
        if self.loop and self.out_s is not None and self.playing and self.position_s >= self.out_s:
            self._restart_loop()

    def _restart_loop(self) -> None:
        if self._stream is not None:
            self._stream.pipeline.seek(self.in_s or 0.0)
            self._stream.pipeline.resume()
