"""Rows of a batch side by side on a CPU, each on one thread.

A CPU gains nothing by a larger batch: its caches hold the pictures between two layers of one row
better than of many (the default bundle, one thread: 14.3 ms a row alone, 16.5 ms in a batch of
eight). Several threads on one row wait for each other at the end of each layer. Rows on threads of
their own do neither, and each row's result is the one it has alone.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from engine.backends.base import StepOutput

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from engine.backends.base import State

    RowStep = Callable[[NDArray[np.uint8], NDArray[np.float32], State], StepOutput]


class RowByRow:
    """Runs a step of one row for each row of a batch.

    Parameters
    ----------
    step
        Of one row; called from `threads` threads at once.
    threads
        With one, rows run one after the other in the calling thread.
    """

    def __init__(self, step: RowStep, threads: int) -> None:
        self._step = step
        self._pool = ThreadPoolExecutor(threads, "longtake-row") if threads > 1 else None

    def __call__(
        self, frame: NDArray[np.uint8], dt_s: NDArray[np.float32], state: State
    ) -> StepOutput:
        """Run a batch; raises what `step` raises for the first row that fails."""

        def run(row: int) -> StepOutput:
            one = slice(row, row + 1)
            return self._step(frame[one], dt_s[one], {k: v[one] for k, v in state.items()})

        rows = range(len(frame))
        return join_rows(list(self._pool.map(run, rows) if self._pool else map(run, rows)))

    def close(self) -> None:
        """End the threads."""
        if self._pool is not None:
            self._pool.shutdown()


def join_rows(rows: Sequence[StepOutput]) -> StepOutput:
    """Put the results of single rows into one of a batch, in their order."""
    first = rows[0]
    return StepOutput(
        {name: np.concatenate([row.heads[name] for row in rows]) for name in first.heads},
        {name: np.concatenate([row.state[name] for row in rows]) for name in first.state},
    )


def take_row(batch: StepOutput, row: int) -> StepOutput:
    """Return one row of a batch, as a batch of one that keeps nothing of the others alive."""
    one = slice(row, row + 1)
    return StepOutput(
        {name: value[one].copy() for name, value in batch.heads.items()},
        {name: value[one].copy() for name, value in batch.state.items()},
    )
