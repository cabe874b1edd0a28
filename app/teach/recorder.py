"""Keeps small pictures of a live stream while a take is recorded."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from engine.frame import Frame
    from engine.lessons.viewing import Moment
    from engine.results import FrameResult
    from models.spec import InputSpec

_MOST_HZ: Final = 16.0
_MOST_S: Final = 20.0
_MOST_FRAMES: Final = round(_MOST_HZ * _MOST_S)


class TakeRecorder:
    """A `Sink` that costs nothing until `begin`, and at most some 100 MB then."""

    def __init__(self, size: InputSpec) -> None:
        self._size = size
        self._lock = threading.Lock()
        self._recording = False
        self._moments: deque[Moment] = deque(maxlen=_MOST_FRAMES)

    def begin(self) -> None:
        """Keep pictures from the next frame on."""
        with self._lock:
            self._moments.clear()
            self._recording = True

    @property
    def last_s(self) -> float | None:
        """Time of the picture kept last."""
        with self._lock:
            return self._moments[-1][0] if self._moments else None

    def end(self) -> list[Moment]:
        """Stop, and return what was kept."""
        with self._lock:
            self._recording = False
            moments = list(self._moments)
            self._moments.clear()
        return moments

    # -- in the pipeline's thread ----------------------------------------------------------------

    def write(self, frame: Frame, result: FrameResult) -> None:
        """Keep a picture, if wanted and due."""
        with self._lock:
            if not self._recording:
                return
            last_s = self._moments[-1][0] if self._moments else None
            if last_s is not None and result.pts_s < last_s:
                self._moments.clear()  # a jump back: what was before does not belong to it
            elif last_s is not None and result.pts_s - last_s < 1 / _MOST_HZ:
                return
            picture = frame.picture.rgb(self._size.width, self._size.height)
            self._moments.append((result.pts_s, picture.copy()))

    def close(self) -> None:
        """Nothing to finish."""

    def abort(self) -> None:
        """Nothing to give up."""
