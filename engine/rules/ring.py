"""The last seconds of a live stream, compressed, and clips that begin before they were wanted."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field
from fractions import Fraction
from queue import Empty, Full, Queue
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from engine.frame import Frame
from engine.picture import ArrayPicture
from engine.results import Detections, FrameResult
from engine.rules.model import RuleError
from engine.sinks.mp4 import Mp4Sink
from engine.sources.base import SourceInfo, SourceKind

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

_QUEUE_FRAMES: Final = 4
_LONGER_SIDE_PX: Final = 1280
_JPEG_QUALITY: Final = 85
_TICKS: Final = Fraction(1, 90_000)
RING_BYTES: Final = 64 << 20
CLIP_BYTES: Final = 192 << 20


@dataclass(frozen=True, slots=True)
class Still:
    """A frame as JPEG."""

    pts_s: float
    jpeg: NDArray[np.uint8]


@dataclass(eq=False)
class Recording:
    """A clip under way: what was in the ring, and what comes until `end_s`."""

    end_s: float
    stills: list[Still]
    complete: threading.Event = field(default_factory=threading.Event)
    nbytes: int = 0

    def add(self, still: Still) -> None:
        """Take the next frame; the first one beyond the end completes it, and so does its size."""
        if still.pts_s > self.end_s or self.nbytes + still.jpeg.nbytes > CLIP_BYTES:
            self.complete.set()
            return
        self.nbytes += still.jpeg.nbytes
        self.stills.append(still)


class FrameRing:
    """Keeps the last seconds, bounded in bytes; compresses in a thread of its own.

    When that thread is behind, frames are left out: the stream never waits.

    Parameters
    ----------
    keep_s
        So many seconds are kept, unless they are more than `most_bytes`.
    """

    def __init__(self, keep_s: float, most_bytes: int = RING_BYTES) -> None:
        self._keep_s, self._most_bytes = keep_s, most_bytes
        self._queue: Queue[Frame | None] = Queue(_QUEUE_FRAMES)
        self._lock = threading.Lock()
        self._stills: deque[Still] = deque()
        self._nbytes = 0
        self._recordings: list[Recording] = []
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="longtake-ring", daemon=True)
        self._thread.start()

    @property
    def nbytes(self) -> int:
        """What is kept now, bytes."""
        return self._nbytes

    def put(self, frame: Frame) -> None:
        """Take a frame; never waits."""
        try:
            self._queue.put_nowait(frame)
        except Full:
            return  # a frame less in a clip

    def record(self, from_s: float, until_s: float) -> Recording:
        """Begin a clip; it is complete when the stream is past `until_s`, or is over."""
        with self._lock:
            stills = [still for still in self._stills if still.pts_s >= from_s]
            recording = Recording(until_s, stills, nbytes=sum(s.jpeg.nbytes for s in stills))
            if self._closed:
                recording.complete.set()
            else:
                self._recordings.append(recording)
        return recording

    def close(self) -> None:
        """End; recordings are complete with what they have."""
        self._closed = True
        try:
            self._queue.put_nowait(None)
        except Full:
            pass  # the thread wakes for what is in the queue, and sees the flag
        self._thread.join(timeout=1.0)
        self._complete_all()

    def _run(self) -> None:
        while not self._closed:
            try:
                frame = self._queue.get(timeout=1.0)
            except Empty:
                continue
            if frame is not None:
                self._keep(Still(frame.pts_s, compress(frame)))

    def _keep(self, still: Still) -> None:
        with self._lock:
            if self._stills and still.pts_s <= self._stills[-1].pts_s:
                self._forget()  # another source, or a jump back: a clip cannot go on over it
            self._stills.append(still)
            self._nbytes += still.jpeg.nbytes
            while self._nbytes > self._most_bytes or (
                self._stills[0].pts_s < still.pts_s - self._keep_s
            ):
                self._nbytes -= self._stills.popleft().jpeg.nbytes
            for recording in self._recordings:
                recording.add(still)
            self._recordings = [one for one in self._recordings if not one.complete.is_set()]

    def _forget(self) -> None:
        self._stills.clear()
        self._nbytes = 0
        for recording in self._recordings:
            recording.complete.set()
        self._recordings.clear()

    def _complete_all(self) -> None:
        with self._lock:
            for recording in self._recordings:
                recording.complete.set()
            self._recordings.clear()


def compress(frame: Frame) -> NDArray[np.uint8]:
    """Return a frame as JPEG, scaled down where its longer side is above 1280 pixels."""
    picture = frame.picture
    scale = min(1.0, _LONGER_SIDE_PX / max(picture.width, picture.height))
    width, height = (
        max(2, round(side * scale / 2) * 2) for side in (picture.width, picture.height)
    )
    bgr = cv2.cvtColor(picture.rgb(width, height), cv2.COLOR_RGB2BGR)
    ok, jpeg = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    assert ok
    return np.asarray(jpeg, np.uint8).ravel()


def write_clip(stills: list[Still], target: Path) -> None:
    """Write frames as MP4.

    Raises
    ------
    RuleError
        When there are none.
    SinkError
        When the file cannot be written.
    """
    sizes = {_size(still) for still in stills[:1]}
    if not sizes:
        raise RuleError("There is no clip: no frame of it was kept.")
    width, height = sizes.pop()
    info = SourceInfo("clip", SourceKind.TEST, width, height)
    sink = Mp4Sink(target, info, draw=None)
    try:
        for index, still in enumerate(stills):
            bgr = np.asarray(cv2.imdecode(still.jpeg, cv2.IMREAD_COLOR), np.uint8)
            frame = Frame(index, round(still.pts_s / _TICKS), _TICKS, 0, ArrayPicture(bgr))
            sink.write(frame, FrameResult(index, still.pts_s, Detections.empty()))
    except BaseException:
        sink.abort()
        raise
    sink.close()


def _size(still: Still) -> tuple[int, int]:
    bgr = np.asarray(cv2.imdecode(still.jpeg, cv2.IMREAD_COLOR), np.uint8)
    return bgr.shape[1], bgr.shape[0]
