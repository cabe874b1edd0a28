from __future__ import annotations

import threading
import time
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest

from engine.errors import SourceError
from engine.frame import Discontinuity, Frame
from engine.picture import ArrayPicture
from engine.sources.base import SourceInfo, SourceKind, SourceState
from engine.sources.clocks import LiveClock
from engine.sources.live import Backoff, Captured, ConnectionLostError, LiveSource

if TYPE_CHECKING:
    from collections.abc import Iterator

INFO = SourceInfo(title="cam", kind=SourceKind.CAMERA, width=8, height=8, live=True)
QUICK = Backoff(first_s=0.02, longest_s=0.05, jitter=0.0)


def captured(device_s: float | None = None, *, size: int = 8, skipped: int = 0) -> Captured:
    image = ArrayPicture(np.zeros((size, size, 3), np.uint8))
    return Captured(image, device_s, time.monotonic_ns(), skipped)


class FakeConnection:
    """Gives what it was told to, then hangs, ends or breaks."""

    def __init__(
        self,
        *items: Captured,
        then: str = "break",
        ended: bool = False,
        waits_after: int | None = None,
    ) -> None:
        self.items = items
        self.then = then
        self.ended = ended
        self.closed = threading.Event()
        self.given = threading.Event()
        self.hang = threading.Event()
        self.go = threading.Event()
        self.waits_after = len(items) if waits_after is None else waits_after

    def frames(self) -> Iterator[Captured]:
        yield from self.items[: self.waits_after]
        if self.waits_after < len(self.items):
            self.go.wait(10)
        yield from self.items[self.waits_after :]
        self.given.set()
        if self.then == "hang":
            self.hang.wait(10)
        if self.then == "break":
            raise ConnectionLostError("the plug was pulled")

    def close(self) -> None:
        self.closed.set()


def live(
    *connections: FakeConnection | SourceError,
    lossless: bool = False,
    backoff: Backoff | None = QUICK,
) -> LiveSource:
    waiting = list(connections)

    def connect() -> FakeConnection:
        following = waiting.pop(0)
        if isinstance(following, SourceError):
            raise following
        return following

    return LiveSource(
        INFO,
        connect(),
        connect,
        clock=LiveClock(),
        backoff=backoff,
        lossless=lossless,
    )


def read_some(source: LiveSource, count: int) -> list[Frame]:
    frames = [source.read() for _ in range(count)]
    assert None not in frames
    return [frame for frame in frames if frame is not None]


def test_comes_back_and_marks_it() -> None:
    first = FakeConnection(captured(1.0), captured(1.1))
    second = FakeConnection(captured(500.0), captured(500.1), then="hang")
    source = live(first, SourceError("not yet."), SourceError("still not."), second)
    frames = read_some(source, 4)
    assert [frame.discontinuity for frame in frames] == [
        Discontinuity.START,
        None,
        Discontinuity.SOURCE,
        None,
    ]
    assert [frame.index for frame in frames] == [0, 1, 2, 3]
    assert all(a.pts < b.pts for a, b in pairwise(frames))
    assert source.status.reconnects == 1
    assert source.status.state is SourceState.OPEN
    assert first.closed.is_set()
    second.hang.set()
    source.close()


def test_tells_why_it_waits() -> None:
    refusal = SourceError('"cam" cannot be opened: it is busy.')
    source = live(FakeConnection(captured()), *[refusal] * 1000, backoff=Backoff(0.2, 0.2, 0.0))
    read_some(source, 1)
    reader = threading.Thread(target=source.read)
    reader.start()
    details = set()
    deadline = time.monotonic() + 10
    while len(details) < 2 and time.monotonic() < deadline:
        if source.status.state is SourceState.RECONNECTING:
            details.add(source.status.detail)
        time.sleep(0.01)
    source.close()
    reader.join()
    assert details == {
        '"cam" was lost: the plug was pulled. Trying again in 0 s.',
        '"cam" cannot be opened: it is busy. Trying again in 0 s.',
    }


def test_ends_for_good() -> None:
    source = live(FakeConnection(captured(), then="end", ended=True))
    read_some(source, 1)
    assert source.read() is None
    assert source.status.state is SourceState.ENDED
    assert source.status.reconnects == 0


def test_an_end_that_is_none_is_a_loss() -> None:
    back = FakeConnection(captured(), then="hang")
    source = live(FakeConnection(captured(), then="end"), back)
    assert read_some(source, 2)[1].discontinuity is Discontinuity.SOURCE
    back.hang.set()
    source.close()


def test_without_backoff_a_loss_is_an_error() -> None:
    source = live(FakeConnection(captured()), backoff=None)
    read_some(source, 1)
    with pytest.raises(SourceError, match='"cam" broke off: the plug was pulled'):
        source.read()


def test_slow_readers_get_the_latest() -> None:
    items = [captured(index / 10) for index in range(10)]
    connection = FakeConnection(*items, then="hang", waits_after=1)
    source = live(connection)
    first = read_some(source, 1)[0]
    connection.go.set()
    assert connection.given.wait(2)
    frames = read_some(source, 2)
    assert first.discontinuity is Discontinuity.START
    assert [frame.index for frame in frames] == [8, 9]
    assert [frame.discontinuity for frame in frames] == [Discontinuity.GAP, None]
    connection.hang.set()
    source.close()


def test_a_mark_is_not_dropped_with_its_frame() -> None:
    items = [captured(index / 10, size=8 if index < 2 else 16) for index in range(6)]
    connection = FakeConnection(*items, then="hang", waits_after=1)
    source = live(connection)
    read_some(source, 1)
    connection.go.set()
    assert connection.given.wait(2)
    frames = read_some(source, 2)
    assert [frame.index for frame in frames] == [4, 5]
    assert [frame.discontinuity for frame in frames] == [Discontinuity.SOURCE, None]
    connection.hang.set()
    source.close()


def test_recordings_lose_nothing_to_slow_readers() -> None:
    items = [captured(index / 10) for index in range(20)]
    source = live(FakeConnection(*items, then="end", ended=True), lossless=True)
    numbers = []
    while (frame := source.read()) is not None:
        numbers.append(frame.index)
        time.sleep(0.001)
    assert numbers == list(range(20))


def test_damage_and_change_of_size_are_marked() -> None:
    items = (captured(), captured(skipped=3), captured(size=16), captured(size=16))
    source = live(FakeConnection(*items, then="end", ended=True), lossless=True)
    frames = read_some(source, 4)
    assert [(frame.index, frame.discontinuity) for frame in frames] == [
        (0, Discontinuity.START),
        (4, Discontinuity.GAP),
        (5, Discontinuity.SOURCE),
        (6, None),
    ]
    assert source.status.damaged == 3


@pytest.mark.parametrize("state", ["hanging", "reconnecting"])
def test_close_ends_a_read_within_a_second(state: str) -> None:
    connection = FakeConnection(captured(), then="hang" if state == "hanging" else "break")
    source = live(connection, *[SourceError("gone.")] * 1000)
    read_some(source, 1)
    result: list[Frame | None] = []
    reader = threading.Thread(target=lambda: result.append(source.read()))
    reader.start()
    time.sleep(0.1)
    started = time.monotonic()
    source.close()
    reader.join(1.0)
    assert time.monotonic() - started < 1.0
    assert result == [None]
    assert source.status.state is SourceState.ENDED
    assert source.read() is None
    source.close()
    connection.hang.set()
    assert connection.closed.wait(1.0)  # by the thread that used it, once it could


def test_close_before_the_first_read_releases_the_device() -> None:
    connection = FakeConnection(captured())
    source = live(connection)
    source.close()
    assert connection.closed.is_set()
    assert source.read() is None


def test_cannot_be_sought() -> None:
    source = live(FakeConnection(captured()))
    with pytest.raises(SourceError, match="cam"):
        source.seek(1.0)
    source.close()


def test_backoff_doubles_up_to_its_bound() -> None:
    backoff = Backoff(first_s=1.0, longest_s=10.0, jitter=0.0)
    assert [backoff.delay_s(attempt) for attempt in range(6)] == [1, 2, 4, 8, 10, 10]
    assert backoff.delay_s(10**6) == 10
    delays = {Backoff(jitter=0.2).delay_s(0) for _ in range(50)}
    assert len(delays) > 1
    assert all(0.8 <= delay_s <= 1.2 for delay_s in delays)
