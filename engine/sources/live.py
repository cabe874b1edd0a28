"""Frames that come at their own pace, from something that may go away and come back."""

from __future__ import annotations

import random
import threading
import time
from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from engine.errors import SourceError
from engine.frame import Cause, Discontinuity, Frame, Mark
from engine.sources.base import SourceState, SourceStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from fractions import Fraction

    from engine.frame import Picture
    from engine.sources.base import SourceInfo

_WAITING_FRAMES = 2
_CLOSE_WAIT_S = 0.8
_KNOCK_EVERY_S = 1.5


class ConnectionLostError(Exception):
    """The device or server stopped; `str(error)` is a clause that says why, without an address."""


@dataclass(frozen=True, slots=True)
class Captured:
    """One picture as it came.

    Attributes
    ----------
    device_s
        The device's own time stamp in seconds; None where it has none.
    captured_ns
        `time.monotonic_ns()` of its arrival.
    skipped
        Damaged pictures skipped just before it.
    """

    picture: Picture
    device_s: float | None
    captured_ns: int
    skipped: int = 0


class Connection(Protocol):
    """A camera or stream that is open. Used by one thread at a time."""

    @property
    def ended(self) -> bool:
        """Whether the end of `frames` is the end of everything, not a loss."""

    def frames(self) -> Iterator[Captured]:
        """Yield pictures as they come, until the end.

        Raises
        ------
        ConnectionLostError
            When they stop coming.
        """

    def close(self) -> None:
        """Release the device or socket. Never raises."""


class Clock(Protocol):
    """Turns a device's time stamps into those of the stream."""

    time_base: Fraction

    def stamp(self, device_s: float | None, captured_ns: int) -> tuple[int, bool]:
        """Return the pts in ticks, and whether the device's clock leapt."""

    def reconnect(self) -> None:
        """Expect the device's clock to have been set anew."""


@dataclass(frozen=True, slots=True)
class Backoff:
    """How long to wait before each attempt to reconnect: doubling, with jitter, up to a bound.

    Jitter keeps many viewers of one server from coming back all at the same instant.
    """

    first_s: float = 1.0
    longest_s: float = 10.0
    jitter: float = 0.2

    def delay_s(self, attempt: int) -> float:
        """Return the wait in seconds before `attempt`, counted from 0."""
        delay_s = min(self.longest_s, self.first_s * 2.0 ** min(attempt, 16))
        return delay_s * random.uniform(1 - self.jitter, 1 + self.jitter)


class LiveSource:
    """Captures in a thread of its own, so that nobody waits inside a driver or a socket.

    ``OPEN → (RECONNECTING → OPEN)* → ENDED``. The thread starts with the first `read`. It alone
    touches the connection from then on: one stuck in the system is left to its time-out, while
    `close` and `read` return. With `lossless` it waits for the reader; else the oldest of two
    waiting frames gives way, and the next one carries ``GAP``.

    Parameters
    ----------
    info
        What is known of the source.
    connection
        The first one, open.
    connect
        Makes the next one, or raises `SourceError`.
    clock
        Where time stamps come from.
    backoff
        None to end at the first loss.
    lossless
        For recordings: nothing is dropped.
    knock
        Tells, in no time, whether anybody is there at all. One who was gone and is back is asked
        at once, however long the wait has grown.
    """

    def __init__(
        self,
        info: SourceInfo,
        connection: Connection,
        connect: Callable[[], Connection],
        *,
        clock: Clock,
        backoff: Backoff | None = None,
        lossless: bool = False,
        knock: Callable[[], bool] | None = None,
    ) -> None:
        self._info = info
        self._knock = knock
        self._connection = connection
        self._connect = connect
        self._clock = clock
        self._backoff = backoff
        self._lossless = lossless
        self._changed = threading.Condition()
        self._waiting: deque[Frame] = deque()
        self._status = SourceStatus(SourceState.OPEN)
        self._error: SourceError | None = None
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        # Of the capturing thread alone:
        self._count = 0
        self._size: tuple[int, int] | None = None
        self._mark = Mark(Discontinuity.START)

    @property
    def info(self) -> SourceInfo:
        """What is known of the source."""
        return self._info

    @property
    def status(self) -> SourceStatus:
        """A snapshot of its health."""
        return self._status

    def read(self) -> Frame | None:
        """Wait for the next frame; None at the end or once closed.

        Raises
        ------
        SourceError
            When a recording breaks off before its end.
        """
        with self._changed:
            if self._thread is None and not self._stopping.is_set():
                self._thread = threading.Thread(
                    target=self._run, name=f"capture {self._info.title}", daemon=True
                )
                self._thread.start()
            self._changed.wait_for(self._has_news)
            if self._stopping.is_set():
                return None
            if self._waiting:
                frame = self._waiting.popleft()
                self._changed.notify_all()
                return frame
            if self._error is not None:
                raise self._error
            return None

    def seek(self, pts_s: float) -> None:
        """Raise `SourceError`: what comes at its own pace cannot be sought."""
        raise SourceError(f'"{self._info.title}" cannot go to {pts_s:.1f} s: it is not a file.')

    def close(self) -> None:
        """Stop; returns within one second even while the connection hangs. Idempotent."""
        with self._changed:
            self._stopping.set()
            self._waiting.clear()
            self._status = replace(self._status, state=SourceState.ENDED)
            self._changed.notify_all()
        if self._thread is None:  # nor will it be started any more
            self._connection.close()
        else:
            self._thread.join(_CLOSE_WAIT_S)

    def _has_news(self) -> bool:
        over = self._stopping.is_set() or self._status.state is SourceState.ENDED
        return bool(self._waiting) or over

    def _run(self) -> None:
        connection: Connection | None = self._connection
        try:
            while connection is not None:
                loss = self._capture(connection)
                if loss is not None and self._backoff is not None:
                    # Before closing: a server that has stalled lets that wait, too.
                    trouble = f'"{self._info.title}" was lost: {loss}.'
                    self._set_status(state=SourceState.RECONNECTING, detail=trouble)
                connection.close()
                connection = None if loss is None else self._reconnect(loss)
        finally:
            self._set_status(state=SourceState.ENDED)

    def _capture(self, connection: Connection) -> str | None:
        """Hand on frames until the connection is over; return why it was lost, None for good."""
        loss = "the stream ended"
        try:
            for captured in connection.frames():
                if self._stopping.is_set():
                    return None
                self._offer(self._frame(captured))
        except ConnectionLostError as error:
            loss = str(error)
        else:
            if connection.ended:
                return None
        return loss

    def _frame(self, captured: Captured) -> Frame:
        pts, leapt = self._clock.stamp(captured.device_s, captured.captured_ns)
        if captured.skipped:
            self._set_status(damaged=self._status.damaged + captured.skipped)
        picture = captured.picture
        size = (picture.width, picture.height)
        resized = self._size not in (None, size)
        mark, self._mark, self._size = self._mark, Mark(), size
        if mark == Mark() and resized:
            mark = Mark(Discontinuity.SOURCE, Cause.SIZE)
        if mark == Mark() and (captured.skipped or leapt):
            mark = Mark(Discontinuity.GAP)
        index = self._count + captured.skipped
        self._count = index + 1
        frame = Frame(index, pts, self._clock.time_base, captured.captured_ns, picture)
        return frame.marked(mark)

    def _offer(self, frame: Frame) -> None:
        with self._changed:
            if self._lossless:
                self._changed.wait_for(lambda: self._stopping.is_set() or not self._full())
            elif self._full():
                self._drop_oldest()
            if not self._stopping.is_set():
                self._waiting.append(frame)
                self._changed.notify_all()

    def _full(self) -> bool:
        return len(self._waiting) >= _WAITING_FRAMES

    def _drop_oldest(self) -> None:
        """Drop one frame and mark the one after it, keeping a stronger mark than ``GAP``."""
        dropped, after = self._waiting.popleft(), self._waiting.popleft()
        self._set_status(dropped=self._status.dropped + 1)
        drop = Mark(Discontinuity.GAP, Cause.DROP)
        mark = next(mark for mark in (after.mark, dropped.mark, drop) if mark != Mark())
        self._waiting.appendleft(after.marked(mark))

    def _reconnect(self, loss: str) -> Connection | None:
        """Try until it works; None when stopped or when a loss is final."""
        if self._backoff is None:
            self._error = SourceError(f'"{self._info.title}" broke off: {loss}.', "Open it again.")
            return None
        trouble = f'"{self._info.title}" was lost: {loss}.'
        attempt = 0
        while True:
            delay_s = self._backoff.delay_s(attempt)
            self._set_status(
                state=SourceState.RECONNECTING,
                detail=f"{trouble} Trying again in {delay_s:.0f} s.",
            )
            back = self._wait(delay_s)
            if self._stopping.is_set():
                return None
            attempt = 0 if back else attempt + 1
            try:
                return self._welcome(self._connect())
            except SourceError as error:
                trouble = error.message

    def _wait(self, delay_s: float) -> bool:
        """Wait before the next attempt; True, and sooner, when somebody who was gone is back."""
        until_s = time.monotonic() + delay_s
        gone = False
        while (left_s := until_s - time.monotonic()) > 0 and not self._stopping.is_set():
            self._stopping.wait(min(left_s, _KNOCK_EVERY_S))
            there = self._knock is None or self._knock()
            if gone and there:
                return True
            gone = not there
        return False

    def _welcome(self, connection: Connection) -> Connection:
        self._clock.reconnect()
        self._mark = Mark(Discontinuity.SOURCE, Cause.RECONNECT)
        self._set_status(state=SourceState.OPEN, detail="", reconnects=self._status.reconnects + 1)
        return connection

    def _set_status(self, **changes: object) -> None:
        with self._changed:
            if self._stopping.is_set():
                changes["state"] = SourceState.ENDED
            self._status = replace(self._status, **changes)  # type: ignore[arg-type]
            self._changed.notify_all()
