"""A runtime with taught heads on top: to the rest of the engine one model like any other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.backends.base import Divisible, SideBySide, StepOutput
from models.teaching.head import see, state_spec

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from engine.backends.base import Backend, Encoder, State, Tensors
    from models.teaching.head import TaughtHead
    from models.teaching.reading import Reader


@dataclass(frozen=True, slots=True)
class TaughtHeads:
    """What lessons add to a step.

    Attributes
    ----------
    heads
        By name.
    """

    reader: Reader
    heads: Mapping[str, TaughtHead]

    def add(self, before: State, output: StepOutput, dt_s: NDArray[np.float32]) -> StepOutput:
        """Return `output` with what the taught heads say, and their state."""
        seen = see(self.reader, before, output.state, output.heads, dt_s)
        said = {
            f"{name}.probability": head.probability(seen.average)
            for name, head in self.heads.items()
        }
        return StepOutput({**output.heads, **said}, {**output.state, **seen.state})


_OWN = frozenset(spec.name for spec in state_spec())


def without_own(state: State) -> State:
    """Return the state of the bundle's graph alone."""
    return {name: value for name, value in state.items() if name not in _OWN}


class TaughtBackend:
    """Runs `backend`, then the taught heads, in NumPy: a twentieth of a millisecond or so."""

    def __init__(self, backend: Backend, taught: TaughtHeads) -> None:
        self._backend, self._taught = backend, taught

    @property
    def name(self) -> str:
        """Key of the runtime."""
        return self._backend.name

    @property
    def device(self) -> str:
        """What it runs on, for people."""
        return self._backend.device

    def step(self, frame: NDArray[np.uint8], dt_s: NDArray[np.float32], state: State) -> StepOutput:
        """See `engine.backends.base.Backend.step`."""
        output = self._backend.step(frame, dt_s, without_own(state))
        return self._taught.add(state, output, dt_s)

    def encoder(self) -> Encoder | None:
        """See `engine.backends.base.Divisible.encoder`."""
        encoder = self._backend.encoder() if isinstance(self._backend, Divisible) else None
        return None if encoder is None else _TaughtEncoder(encoder, self._taught)

    def take_side_by_side(self) -> int:
        """See `engine.backends.base.SideBySide.take_side_by_side`; one: as the runtime has it."""
        below = self._backend
        return below.take_side_by_side() if isinstance(below, SideBySide) else 1

    def close(self) -> None:
        """Release the model."""
        self._backend.close()


class _TaughtEncoder:
    """Encodes as the runtime below does; the taught heads come with the rest of the step."""

    def __init__(self, encoder: Encoder, taught: TaughtHeads) -> None:
        self._encoder, self._taught = encoder, taught

    @property
    def lanes(self) -> int:
        """See `engine.backends.base.Encoder.lanes`."""
        return self._encoder.lanes

    def encode(self, frame: NDArray[np.uint8]) -> Tensors:
        """See `engine.backends.base.Encoder.encode`."""
        return self._encoder.encode(frame)

    def advance(self, encoded: Tensors, dt_s: NDArray[np.float32], state: State) -> StepOutput:
        """See `engine.backends.base.Encoder.advance`."""
        output = self._encoder.advance(encoded, dt_s, without_own(state))
        return self._taught.add(state, output, dt_s)
