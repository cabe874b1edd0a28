"""Steps of one graph, in whatever runtime: a frame, rows of a batch, or frames ahead.

The graph is run in halves wherever it can be parted (see `engine.backends.halves`), however a step
is asked for. So the arithmetic is the same live, in a batch and ahead of memory, bit for bit.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol

import numpy as np

from engine.backends.base import split_outputs
from engine.backends.halves import part
from engine.backends.rows import RowByRow
from engine.free_memory import hand_back_free_memory
from models.spec import DT_INPUT, FRAME_INPUT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
        sizes: Mapping[str, Sequence[int]] | None = None,
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
        sizes
            Of inputs whose size the graph does not tell: with it a runtime can plan once.
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
    size
        Width and height of a frame.
    threads
        That one step keeps busy, be it of one row or of many.
    lanes
        Frames that may be encoded ahead at the same time, on a thread each.
    """

    def __init__(
        self,
        graph: str | bytes,
        outputs: Sequence[str],
        size: tuple[int, int],
        runtime: Runtime,
        *,
        threads: int,
        lanes: int,
    ) -> None:
        self._runtime, self._size = runtime, size
        self._threads, self._lanes = threads, lanes
        halves = part(graph)
        hand_back_free_memory()
        self._first_graph, self._first_outputs = graph, tuple(outputs)
        self._ahead: tuple[str, ...] = ()
        if halves is not None:
            self._first_graph, self._first_outputs = halves.first, halves.encoded
            self._ahead = halves.ahead
        self._first = self._load_first(threads)
        self._second: Stage | None = None
        if halves is not None:
            self._second = runtime.load(
                halves.second,
                halves.behind,
                threads=1,
                at_once=max(threads, lanes),
                sizes=self._sizes_between(),
                exact=True,
            )
            del halves
            hand_back_free_memory()
        self._many: Stage | None = None
        self._rows: RowByRow | None = None

    @property
    def lanes(self) -> int:
        """How many threads may call `encode` at the same time."""
        return self._lanes

    def step(self, frame: NDArray[np.uint8], dt_s: NDArray[np.float32], state: State) -> StepOutput:
        """Run one frame of each row; see `engine.backends.base.Backend.step`."""
        if len(frame) == 1:
            return _step(self._first, self._second, self._ahead, frame, dt_s, state)
        if self._rows is None:
            # Not a method: a pool that held its owner would outlive it.
            stage = self._first if self._threads == 1 else self._load_many()
            step = partial(_step, stage, self._second, self._ahead)
            self._rows = RowByRow(step, self._threads)
        return self._rows(frame, dt_s, state)

    def encoder(self) -> Stepper | None:
        """Return itself where something can run ahead of memory, gains by it and changes nothing.

        Some runtimes add up in another order on one thread than on several. Where they do not,
        single frames are stepped on one thread from then on: a model is in memory once.
        """
        if self._second is None or self._lanes == 1:
            return None
        width, height = self._size
        noise = np.random.default_rng(0).integers(0, 256, (1, height, width, 3), np.uint8)
        alone = self._first({FRAME_INPUT: noise})
        del self._first
        self._first = self._load_many()
        many = self._first({FRAME_INPUT: noise})
        if all(np.array_equal(alone[name], many[name]) for name in alone):
            self._first_graph = b""  # all that is ever loaded is
            return self
        self._many = None
        self._first = self._load_first(self._threads)
        return None

    def take_side_by_side(self) -> int:
        """Take single rows from so many threads at once, each run on one; see `lanes`."""
        del self._first  # a model is in memory once
        self._first = self._load_many()
        self._threads = 1
        return max(1, self._lanes)

    def encode(self, frame: NDArray[np.uint8]) -> Tensors:
        """See `engine.backends.base.Encoder.encode`; `encoder` must have been called."""
        return self._load_many()({FRAME_INPUT: frame})

    def advance(self, encoded: Tensors, dt_s: NDArray[np.float32], state: State) -> StepOutput:
        """See `engine.backends.base.Encoder.advance`."""
        if self._second is None:
            raise ValueError("this graph cannot be parted")
        return _advance(self._second, self._ahead, encoded, dt_s, state)

    def close(self) -> None:
        """End the threads."""
        if self._rows is not None:
            self._rows.close()
            self._rows = None

    def _sizes_between(self) -> dict[str, tuple[int, ...]]:
        """Return the sizes of what the first half hands to the second, from a black picture."""
        width, height = self._size
        black = np.zeros((1, height, width, 3), np.uint8)
        return {name: value.shape for name, value in self._first({FRAME_INPUT: black}).items()}

    def _load_many(self) -> Stage:
        """Load the first half a second time: for as many calls as lanes, each on one thread."""
        if self._many is None:
            most = max(self._threads, self._lanes)
            self._many = self._load_first(most, at_once=most)
        return self._many

    def _load_first(self, threads: int, *, at_once: int = 1) -> Stage:
        loaded = self._runtime.load(
            self._first_graph, self._first_outputs, threads=threads, at_once=at_once
        )
        hand_back_free_memory()
        return loaded


def _step(
    first: Stage,
    second: Stage | None,
    ahead: Sequence[str],
    frame: NDArray[np.uint8],
    dt_s: NDArray[np.float32],
    state: State,
) -> StepOutput:
    if second is not None:
        return _advance(second, ahead, first({FRAME_INPUT: frame}), dt_s, state)
    return split_outputs(first({FRAME_INPUT: frame, DT_INPUT: dt_s, **state}))


def _advance(
    second: Stage,
    ahead: Sequence[str],
    encoded: Tensors,
    dt_s: NDArray[np.float32],
    state: State,
) -> StepOutput:
    said = second({**encoded, DT_INPUT: dt_s, **state})
    return split_outputs({**said, **{name: encoded[name] for name in ahead}})
