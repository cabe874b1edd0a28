"""One loaded model for many streams."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from engine.backends.base import SideBySide
from engine.streams.gate import Gate
from engine.streams.turns import Turns

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from engine.backends.base import Backend, State, StepOutput


class _Steps(Protocol):
    """How the steps of many streams share a model; each comes from its stream's own thread."""

    def step(self, frame: NDArray[np.uint8], dt_s: NDArray[np.float32], state: State) -> StepOutput:
        """Run one row; see `engine.backends.base.Backend.step`."""

    def close(self) -> None:
        """Refuse who waits and release the model."""


class SharedModel:
    """Runs the steps of many `Lane`s: in batches, or side by side where a batch gains nothing.

    A lane has at most one step waiting. One that asks nothing (its source stalled, ended or is
    slow) takes no part and no time. Lanes join and leave at any moment. Whichever way, the results
    of a lane are those it has alone.

    Parameters
    ----------
    backend
        Owned from now on.
    """

    def __init__(self, backend: Backend) -> None:
        self.backend = backend
        places = backend.take_side_by_side() if isinstance(backend, SideBySide) else 1
        self._steps: _Steps = Gate(backend, places) if places > 1 else Turns(backend)

    def lane(self) -> Lane:
        """Return a backend for one stream."""
        return Lane(self)

    def step(self, frame: NDArray[np.uint8], dt_s: NDArray[np.float32], state: State) -> StepOutput:
        """Wait for a turn and run one row; from any thread, one call of each lane at a time.

        Raises
        ------
        BackendError
            When the runtime fails on this row, or the model has been closed.
        """
        return self._steps.step(frame, dt_s, state)

    def close(self) -> None:
        """Refuse who waits, and close the backend. Idempotent."""
        self._steps.close()


class Lane:
    """A `Backend` for one stream of a `SharedModel`; batches of its own are not for it."""

    def __init__(self, model: SharedModel) -> None:
        self._model = model

    @property
    def name(self) -> str:
        """Key of the runtime."""
        return self._model.backend.name

    @property
    def device(self) -> str:
        """What it runs on, for people."""
        return self._model.backend.device

    def step(self, frame: NDArray[np.uint8], dt_s: NDArray[np.float32], state: State) -> StepOutput:
        """Run one row in the next turn; see `SharedModel.step`."""
        return self._model.step(frame, dt_s, state)

    def close(self) -> None:
        """Nothing to release: the model belongs to all."""
