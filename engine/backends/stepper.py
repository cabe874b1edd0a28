"""Steps of one graph, in whatever runtime: a frame, rows of a batch, or frames ahead.

The graph is run in halves wherever it can be parted (see `engine.backends.halves`), however a step
is asked for. So the arithmetic is the same live, in a batch and ahead of memory, bit for bit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from engine.backends.base import split_outputs
from engine.backends.halves import part
from engine.backends.side_by_side import SideBySide
from models.spec import DT_INPUT, FRAME_INPUT

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from engine.backends.base import State, StepOutput, Tensors


class Stage(Protocol):
    """A graph loaded into a runtime for one row; takes what it needs of what it is given.

    Several threads may call it, as many as it was loaded for. What it returns is the caller's own.
    """

    def __call__(self, given: Tensors) -> dict[str, NDArray[np.generic]]:
        """Run it; raises `engine.errors.BackendError` when the runtime fails."""


class Runtime(Protocol):
    """Loads graphs."""

    def load(
        self,
        graph: str | bytes,
        outputs: Sequence[str],
        *,
        threads: int,
        at_once: int,
        exact: bool = False,
    ) -> Stage:
        """Load a graph, given by its path or as it is.

        Parameters
        ----------
        outputs
            Names of those wanted.
        threads
            That share the work of all calls under way.
        at_once
            Calls that may be under way.
        exact
            In float32, whatever is asked for otherwise: errors of what is carried add up.

        Raises
        ------
        engine.errors.BackendError
            When the runtime cannot.
        """


class Stepper:
    """Steps of one graph.

    Parameters
    ----------
    graph, outputs
        Its path or its bytes, and the names of its outputs.
    threads
        All that may be busy at a time.
    """

    def __init__(
        self, graph: str | bytes, outputs: Sequence[str], threads: int, runtime: Runtime
    ) -> None:
        self._runtime, self._threads = runtime, threads
        self._halves = part(graph)
        self._first_graph, self._first_outputs = graph, tuple(outputs)
        self._second: Stage | None = None
        if self._halves is not None:
            self._first_graph, self._first_outputs = self._halves.first, self._halves.encoded
            self._second = runtime.load(
                self._halves.second, self._halves.behind, threads=1, at_once=threads, exact=True
            )
        self._first = self._load_first(at_once=1)
        self._many: Stage | None = None
        self._rows: SideBySide | None = None

    @property
    def lanes(self) -> int:
        """How many threads may call `encode` at the same time."""
        return self._threads

    def step(self, frame: NDArray[np.uint8], dt_s: NDArray[np.float32], state: State) -> StepOutput:
        """Run one frame of each row; see `engine.backends.base.Backend.step`."""
        if len(frame) == 1:
            return self._step(self._first, frame, dt_s, state)
        if self._rows is None:
            many = self._load_many()
            self._rows = SideBySide(
                lambda frame, dt_s, state: self._step(many, frame, dt_s, state), self._threads
            )
        return self._rows(frame, dt_s, state)

    def encoder(self) -> Stepper | None:
        """Return itself where something can run ahead of memory and gains by it."""
        if self._second is None or self._threads == 1:
            return None
        self._load_many()
        return self

    def encode(self, frame: NDArray[np.uint8]) -> Tensors:
        """See `engine.backends.base.Encoder.encode`; `encoder` must have been called."""
        return self._load_many()({FRAME_INPUT: frame})

    def advance(self, encoded: Tensors, dt_s: NDArray[np.float32], state: State) -> StepOutput:
        """See `engine.backends.base.Encoder.advance`."""
        if self._second is None or self._halves is None:
            raise ValueError("this graph cannot be parted")
        said = self._second({**encoded, DT_INPUT: dt_s, **state})
        return split_outputs({**said, **{name: encoded[name] for name in self._halves.ahead}})

    def close(self) -> None:
        """End the threads."""
        if self._rows is not None:
            self._rows.close()
            self._rows = None

    def _step(
        self, first: Stage, frame: NDArray[np.uint8], dt_s: NDArray[np.float32], state: State
    ) -> StepOutput:
        if self._second is not None:
            return self.advance(first({FRAME_INPUT: frame}), dt_s, state)
        return split_outputs(first({FRAME_INPUT: frame, DT_INPUT: dt_s, **state}))

    def _load_many(self) -> Stage:
        """Load the first half a second time: for as many calls as threads, each on one."""
        if self._many is None:
            self._many = (
                self._first if self._threads == 1 else self._load_first(at_once=self._threads)
            )
        return self._many

    def _load_first(self, *, at_once: int) -> Stage:
        return self._runtime.load(
            self._first_graph, self._first_outputs, threads=self._threads, at_once=at_once
        )
