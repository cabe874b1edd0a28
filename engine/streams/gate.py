"""Steps in the threads that ask for them, so many at a time: for processors."""

from __future__ import annotations

import threading
from collections import deque
from contextlib import contextmanager
from typing import TYPE_CHECKING

from engine.errors import BackendError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from engine.backends.base import Backend, State, StepOutput


class Gate:
    """Lets so many steps through at a time, in the order of asking.

    Nothing is handed from thread to thread, and no row waits for another to end: while one stream
    is at its boxes and tracks, which hold Python's lock, another is in the model, which does not.

    Parameters
    ----------
    backend
        Owned from now on; takes `places` calls at once.
    """

    def __init__(self, backend: Backend, places: int) -> None:
        self._backend = backend
        self._left = threading.Condition()
        self._inside = 0
        self._places = places
        self._waiting: deque[_Ticket] = deque()
        self._closed = False

    def step(self, frame: NDArray[np.uint8], dt_s: NDArray[np.float32], state: State) -> StepOutput:
        """Wait for a place and run one row; from any thread.

        Raises
        ------
        BackendError
            When the runtime fails, or the model has been closed.
        """
        with self._place():
            return self._backend.step(frame, dt_s, state)

    def close(self) -> None:
        """Refuse who waits, wait for who is at it, and close the backend. Idempotent."""
        with self._left:
            if self._closed:
                return
            self._closed = True
            while self._waiting:
                self._waiting.popleft().called.set()
            self._left.wait_for(lambda: self._inside == 0)
        self._backend.close()

    @contextmanager
    def _place(self) -> Iterator[None]:
        ticket = _Ticket()
        with self._left:
            if self._closed:
                raise closed_error()
            if self._inside < self._places:
                self._inside += 1
                ticket.admitted = True
            else:
                self._waiting.append(ticket)
        if not ticket.admitted:
            ticket.called.wait()
            if not ticket.admitted:
                raise closed_error()
        try:
            yield
        finally:
            self._leave()

    def _leave(self) -> None:
        """Give the place to who has waited longest: whoever comes just now must not be first."""
        with self._left:
            if self._waiting:
                heir = self._waiting.popleft()
                heir.admitted = True
                heir.called.set()
                return
            self._inside -= 1
            self._left.notify_all()


class _Ticket:
    """A place in the queue; `admitted` is set before `called`."""

    def __init__(self) -> None:
        self.called = threading.Event()
        self.admitted = False


def closed_error() -> BackendError:
    """Return what a stream is told whose model was closed under it."""
    return BackendError("The model was closed while a stream waited for it.")
