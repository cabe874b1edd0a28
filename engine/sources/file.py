"""Frames of a video file, every one of them, at their own times."""

from __future__ import annotations

import math
import threading
import time
from fractions import Fraction
from typing import TYPE_CHECKING

import av

from engine.errors import SourceError
from engine.frame import Cause, Discontinuity, Frame, Mark
from engine.sources.base import SourceInfo, SourceKind, SourceState, SourceStatus
from engine.sources.cursor import Cursor, Decoded
from engine.sources.decoding import Geometry, Undecodable, nominal_rate_hz
from engine.sources.frame_table import FrameTable, load_frame_table
from engine.sources.opening import open_media, pick_video

if TYPE_CHECKING:
    from pathlib import Path

    from av.container import InputContainer
    from av.video.stream import VideoStream


class FileSource:
    """A video file, read without loss and sought exactly.

    ``OPEN → ENDED``; `seek` opens it again. The constructor decodes the first frame, so that a
    file without one fails at once and the size is what will be seen.

    Parameters
    ----------
    path
        A file that FFmpeg can read.
    title
        What to call it; the file's name if None.
    """

    def __init__(self, path: Path, title: str | None = None) -> None:
        self._path = path
        self._title = title or path.name
        self._lock = threading.Lock()  # a container must not be closed under a running decoder
        self._closed = self._ended = False
        self._index = -1
        self._damaged = 0
        self._furthest = -math.inf
        self._mark: Discontinuity | None = Discontinuity.START
        self._target: int | None = None
        self._table: FrameTable | None = None
        self._table_wanted = True
        self._container = _open(path, self._title)
        try:
            self._stream = pick_video(self._container, self._title)
            self._cursor = Cursor(self._container, self._stream)
            first = self._decode_first()
            self._geometry: Geometry = self._cursor.decoder.geometry(first.frame)
            self._info = self._describe(has_times=first.stored is not None)
        except SourceError:
            self._container.close()
            raise
        self._first: Decoded | None = first

    @property
    def info(self) -> SourceInfo:
        """What is known of the file."""
        return self._info

    @property
    def status(self) -> SourceStatus:
        """A snapshot of its health."""
        state = SourceState.ENDED if self._closed or self._ended else SourceState.OPEN
        detail = f"{self._damaged} damaged frames were skipped." if self._damaged else ""
        return SourceStatus(state, detail, damaged=self._damaged)

    def read(self) -> Frame | None:
        """Return the next frame; None at the end or once closed.

        Raises
        ------
        SourceError
            When hundreds of packets in a row cannot be decoded.
        """
        with self._lock:
            if self._closed:
                return None
            try:
                decoded = self._decode_next()
            except Undecodable as error:
                why = str(error)
            else:
                if decoded is not None and not self._closed:
                    return self._frame(decoded)
                self._finish()
                return None
        raise SourceError(
            f'"{self._title}" is damaged beyond reading: {why}.', "Copy it again from its origin."
        )

    def seek(self, pts_s: float) -> None:
        """Make `read` go on with the first frame whose pts_s is ≥ `pts_s` (or the last frame).

        Raises
        ------
        SourceError
            When the file has no times to go by.
        """
        if not self._info.seekable:
            raise SourceError(f'"{self._title}" has no time stamps to go by.', "Play it instead.")
        # A thousandth of a tick forgives the rounding of pts_s to a float.
        ticks = Fraction(pts_s) / self._cursor.time_base
        self._target = math.ceil(ticks - Fraction(1, 1000))
        self._ended = False

    def close(self) -> None:
        """Release the file, once a frame being decoded is done. Idempotent."""
        self._closed = True
        with self._lock:
            self._first = None
            self._container.close()

    def _decode_first(self) -> Decoded:
        why = "it may be encrypted, damaged or cut short"
        try:
            first = self._cursor.next()
        except Undecodable as error:
            first, why = None, f"{why} ({error})"
        if first is None:
            raise SourceError(f'"{self._title}" has no picture that can be decoded: {why}.')
        return first

    def _decode_next(self) -> Decoded | None:
        first, self._first = self._first, None
        if self._target is None:
            return first or self._cursor.next()
        target, self._target = self._target, None
        self._mark = Discontinuity.SEEK
        return self._cursor.jump(target, stopped=lambda: self._closed)

    def _finish(self) -> None:
        if not self._ended:
            self._count_damage(math.inf, self._cursor.decoder.skipped)
            self._ended = True

    def _frame(self, decoded: Decoded) -> Frame:
        self._count_damage(decoded.pts, decoded.skipped)
        decoder = self._cursor.decoder
        geometry = decoder.geometry(decoded.frame)
        self._index = self._number(decoded)
        return Frame(
            index=self._index,
            pts=decoded.pts,
            time_base=self._cursor.time_base,
            captured_ns=time.monotonic_ns(),
            picture=decoder.picture(decoded.frame, geometry),
        ).marked(self._follow(decoded, geometry))

    def _count_damage(self, pts: float, skipped: int) -> None:
        """Count what was skipped just before `pts`, once however often it is played."""
        if pts > self._furthest:
            self._furthest = pts
            self._damaged += skipped

    def _number(self, decoded: Decoded) -> int:
        """Return the frame's number: counted while playing, looked up once that is in doubt."""
        sought = self._mark is Discontinuity.SEEK
        if self._table_wanted and (sought or decoded.skipped):
            self._table_wanted = False
            self._table = load_frame_table(
                self._path, self._stream.index, by_dts=self._cursor.by_dts
            )
        least = 0 if sought else self._index + 1
        if self._table is not None and decoded.stored is not None:
            return max(least, self._table.index(decoded.stored))
        if sought:
            return round(float(decoded.pts * self._cursor.time_base) * self._cursor.rate_hz)
        return least + decoded.skipped

    def _follow(self, decoded: Decoded, geometry: Geometry) -> Mark:
        mark, self._mark = self._mark, None
        resized, self._geometry = geometry != self._geometry, geometry
        if mark is not None:
            return Mark(mark)
        if resized:
            return Mark(Discontinuity.SOURCE, Cause.SIZE)
        return Mark(Discontinuity.GAP) if decoded.skipped or decoded.leapt else Mark()

    def _describe(self, *, has_times: bool) -> SourceInfo:
        duration_s = _duration_s(self._container, self._stream)
        rate_hz = nominal_rate_hz(self._stream)
        count = self._stream.frames or None
        if self._cursor.timeless:
            duration_s = self._stream.frames / self._cursor.rate_hz
        if count is None and duration_s and rate_hz:
            count = round(duration_s * rate_hz)
        return SourceInfo(
            title=self._title,
            kind=SourceKind.FILE,
            width=self._geometry.width,
            height=self._geometry.height,
            rate_hz=rate_hz,
            duration_s=duration_s,
            frame_count=count,
            seekable=has_times,
            audio_path=self._path if self._container.streams.audio else None,
        )


def _open(path: Path, title: str) -> InputContainer:
    try:
        with path.open("rb") as file:
            head = file.read(12)
    except FileNotFoundError:
        raise SourceError(f'There is no file "{path}".', "Check the name.") from None
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        why = (getattr(error, "strerror", None) or "it is not readable").lower()
        raise SourceError(f'"{path}" cannot be read: {why}.') from None
    if not head:
        raise SourceError(f'"{title}" is empty (0 bytes).', "Copy it again from its origin.")
    hint = "Choose a video file."
    if head[4:8] == b"ftyp":
        hint = "The recording seems to be cut short or damaged; copy it again from its origin."
    return open_media(str(path), title=title, hint=hint)


def _duration_s(container: InputContainer, stream: VideoStream) -> float | None:
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    return container.duration / av.time_base if container.duration else None
