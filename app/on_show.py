"""The stream on show: what is known of it, and how it is played."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from engine.errors import LongtakeError
from engine.status import PipelineStatus, RunState

if TYPE_CHECKING:
    from app.live_painter import RenderedFrame
    from app.stream import Stream

_STEP_FALLBACK_HZ: Final = 25.0


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

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stream: Stream | None = None
        self._status: PipelineStatus | None = None
        self._frame: RenderedFrame | None = None
        self.in_s: float | None = None
        self.out_s: float | None = None
        self.loop = False
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
        duration_s = self._stream.info.duration_s
        self._stream.pipeline.seek(max(0.0, min(pts_s, duration_s or pts_s)))
        self._refresh_status()

    def show_again(self) -> None:
        """Process the picture on show once more, for someone who had not looked; if it is held."""
        if self._status is not None and self._status.state in (RunState.PAUSED, RunState.ENDED):
            self.seek(self.position_s)

    def seek_by(self, delta_s: float) -> None:
        """Jump from where the picture is."""
        self.seek(self.position_s + delta_s)

    def step_forward(self) -> None:
        """Show the next frame, memory carried, and hold."""
        if self._stream is not None:
            self._stream.pipeline.pause()
            self._stream.pipeline.step()
            self._refresh_status()

    def step_back(self) -> None:
        """Show the frame before and hold."""
        if self._stream is None or not self._stream.info.seekable:
            return
        self._stream.pipeline.pause()
        frame_s = 1.0 / (self._stream.info.rate_hz or _STEP_FALLBACK_HZ)
        here_s, seen_s = self.position_s, self._stream.history.previous_time(self.position_s)
        # Where the rate varies the frame before may be further back: each press that led nowhere
        # makes the next one reach twice as far.
        self._back_reach = self._back_reach * 2 if self._back_from_s == here_s else 1.5
        self._back_from_s = here_s
        if seen_s is not None and here_s - seen_s < 1.5 * frame_s:
            self.seek(seen_s - 1e-4)
        else:
            self.seek(here_s - self._back_reach * frame_s)

    def set_marks(self, in_s: float | None, out_s: float | None) -> None:
        """Set the part to loop and to export; None is the beginning or the end."""
        if in_s is not None and out_s is not None and out_s <= in_s:
            in_s, out_s = (in_s, None) if in_s != self.in_s else (None, out_s)
        self.in_s, self.out_s = in_s, out_s
        self.marks_changed.emit()

    # -- inside ----------------------------------------------------------------------------------

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
