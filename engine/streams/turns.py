"""Batched steps: each turn is one step over all who wait, for devices that gain by a batch."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING, Final

import numpy as np

from engine.backends.rows import take_row
from engine.errors import BackendError
from engine.streams.gate import closed_error

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from engine.backends.base import Backend, State, StepOutput

_MOST_ROWS: Final = 8


class Turns:
    """Runs the steps of many streams in batches, in a thread of its own.

    A turn takes whoever waits, in the order of asking, at most `most_rows` of them; their state
    rows are gathered, stepped at once and scattered. A stream has at most one step waiting, so in
    the worst case it waits for the others once.

    Parameters
    ----------
    backend
        Owned from now on. Only this object's thread calls it.
    most_rows
        Bounds how long a turn takes, and with it how long a newcomer waits.
    """

    def __init__(self, backend: Backend, *, most_rows: int = _MOST_ROWS) -> None:
        self.backend = backend
        self._most_rows = most_rows
        self._changed = threading.Condition()
        self._waiting: deque[_Request] = deque()
        self._closed = False
        self._turns = 0
        self._steps = 0
        self._thread = threading.Thread(target=self._run, name="longtake-batch", daemon=True)
        self._thread.start()

    @property
    def rows_per_turn(self) -> float:
        """Streams stepped at once, on average so far; 0 before the first turn."""
        return self._steps / self._turns if self._turns else 0.0

    def step(self, frame: NDArray[np.uint8], dt_s: NDArray[np.float32], state: State) -> StepOutput:
        """Wait for a turn and run one row; from any thread.

        Raises
        ------
        BackendError
            When the runtime fails on this row, or the model has been closed.
        """
        request = _Request(frame, dt_s, state)
        with self._changed:
            if self._closed:
                raise closed_error()
            self._waiting.append(request)
            self._changed.notify_all()
        return request.result()

    def close(self) -> None:
        """Refuse who waits, end the thread and close the backend. Idempotent."""
        with self._changed:
            if self._closed:
                return
            self._closed = True
            self._changed.notify_all()
        self._thread.join()
        self.backend.close()

    def _run(self) -> None:
        while (requests := self._next_turn()) is not None:
            self._turns += 1
            self._steps += len(requests)
            run_turn(self.backend, requests)

    def _next_turn(self) -> list[_Request] | None:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closed)
            if self._closed:
                for request in self._waiting:
                    request.fail(closed_error())
                self._waiting.clear()
                return None
            rows = min(len(self._waiting), self._most_rows)
            return [self._waiting.popleft() for _ in range(rows)]


class _Request:
    """One row that waits for its turn."""

    def __init__(self, frame: NDArray[np.uint8], dt_s: NDArray[np.float32], state: State) -> None:
        self.frame, self.dt_s, self.state = frame, dt_s, state
        self._done = threading.Event()
        self._output: StepOutput | None = None
        self._error: BackendError | None = None

    def give(self, output: StepOutput) -> None:
        self._output = output
        self._done.set()

    def fail(self, error: BackendError) -> None:
        self._error = error
        self._done.set()

    def result(self) -> StepOutput:
        self._done.wait()
        if self._error is not None:
            raise self._error
        assert self._output is not None
        return self._output


def run_turn(backend: Backend, requests: Sequence[_Request]) -> None:
    """Step all at once; where that fails one by one, so that only who is at fault fails."""
    try:
        if len(requests) == 1:
            only = requests[0]
            only.give(backend.step(only.frame, only.dt_s, only.state))
            return
        output = backend.step(*_gather(requests))
    except BackendError as error:
        if len(requests) == 1:
            requests[0].fail(error)
            return
        for request in requests:
            run_turn(backend, [request])
        return
    for row, request in enumerate(requests):
        request.give(take_row(output, row))


def _gather(
    requests: Sequence[_Request],
) -> tuple[NDArray[np.uint8], NDArray[np.float32], State]:
    names = requests[0].state
    return (
        np.concatenate([request.frame for request in requests]),
        np.concatenate([request.dt_s for request in requests]),
        {name: np.concatenate([request.state[name] for request in requests]) for name in names},
    )
