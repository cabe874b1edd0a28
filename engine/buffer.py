"""Frames between the source's thread and the model's: bounded, and honest about what it loses."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from engine.frame import Cause, Discontinuity, Mark

if TYPE_CHECKING:
    from engine.frame import Frame

# A dropped frame's own discontinuity passes to the next one, unless that has a graver one.
_GRAVITY: Final = (
    None,
    Discontinuity.GAP,
    Discontinuity.SCENE_CUT,
    Discontinuity.SEEK,
    Discontinuity.SOURCE,
    Discontinuity.START,
)


def graver(a: Discontinuity | None, b: Discontinuity | None) -> Discontinuity | None:
    """Return the one of two discontinuities that says more."""
    return max(a, b, key=_GRAVITY.index)


def graver_mark(a: Mark, b: Mark) -> Mark:
    """Return the one of two marks whose discontinuity says more; the first of equals."""
    return max(a, b, key=lambda mark: _GRAVITY.index(mark.discontinuity))


@dataclass(frozen=True, slots=True)
class EndOfStream:
    """Taken from a `FrameBuffer` when the source has no more frames."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What `FrameBuffer.take` returns, and the generation it belongs to."""

    item: Frame | EndOfStream
    generation: int


class FrameBuffer:
    """A bounded queue for one producer and one consumer.

    Lossless: `put` waits for room. Otherwise `put` drops the oldest frame, counts it, and the next
    frame taken carries the discontinuity.

    A seek empties the buffer and begins a new *generation*; what the producer was still holding
    from the old one is refused, so that no frame from before a seek comes out after it.
    """

    def __init__(self, capacity: int, *, lossless: bool) -> None:
        self._capacity = capacity
        self._lossless = lossless
        self._changed = threading.Condition()
        self._items: deque[Taken] = deque()
        self._pending = Mark()
        self._generation = 0
        self._closed = False
        self._dropped = 0
        self._discarded = 0

    @property
    def dropped(self) -> int:
        """Frames lost because the consumer was too slow."""
        return self._dropped

    @property
    def discarded(self) -> int:
        """Frames thrown away because a seek or the end of the run made them moot."""
        return self._discarded

    @property
    def generation(self) -> int:
        """Number of the current generation; a producer notes it before it reads a frame."""
        return self._generation

    def __len__(self) -> int:
        return len(self._items)

    def put(self, frame: Frame, generation: int) -> None:
        """Add a frame read in `generation`; waits for room when lossless."""
        with self._changed:
            if self._lossless:
                self._changed.wait_for(
                    lambda: len(self._items) < self._capacity or self._stale(generation)
                )
            if self._stale(generation):
                self._discarded += 1
                return
            if len(self._items) >= self._capacity:
                self._drop_oldest()
            self._items.append(Taken(frame, generation))
            self._changed.notify_all()

    def end(self, generation: int) -> None:
        """Say that no frame follows those of `generation`."""
        with self._changed:
            if not self._stale(generation):
                self._items.append(Taken(EndOfStream(), generation))
                self._changed.notify_all()

    def take(self, timeout_s: float) -> Taken | None:
        """Return the oldest item; None when none comes within `timeout_s` or it is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._items or self._closed, timeout_s)
            if not self._items or self._closed:
                return None
            taken = self._items.popleft()
            self._changed.notify_all()
            if isinstance(taken.item, EndOfStream) or self._pending == Mark():
                return taken
            pending, self._pending = self._pending, Mark()
            mark = graver_mark(taken.item.mark, pending)
            return Taken(taken.item.marked(mark), taken.generation)

    def new_generation(self) -> None:
        """Throw away what is inside and what the producer still holds."""
        with self._changed:
            self._generation += 1
            self._discarded += self._frames_inside()
            self._items.clear()
            self._pending = Mark()
            self._changed.notify_all()

    def close(self) -> None:
        """Wake everyone; nothing goes in or out any more."""
        with self._changed:
            self._closed = True
            self._discarded += self._frames_inside()
            self._items.clear()
            self._changed.notify_all()

    def _frames_inside(self) -> int:
        return sum(not isinstance(taken.item, EndOfStream) for taken in self._items)

    def _stale(self, generation: int) -> bool:
        return self._closed or generation != self._generation

    def _drop_oldest(self) -> None:
        oldest = self._items.popleft().item
        if isinstance(oldest, EndOfStream):
            return
        self._dropped += 1
        drop = Mark(Discontinuity.GAP, Cause.DROP)
        self._pending = graver_mark(self._pending, graver_mark(oldest.mark, drop))
