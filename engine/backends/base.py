"""What every runtime promises: frame in, result out, state in, state out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from models.spec import DT_INPUT, FRAME_INPUT, NEXT_PREFIX

if TYPE_CHECKING:
    from models.spec import Manifest

Tensors = Mapping[str, NDArray[np.generic]]
State = Mapping[str, NDArray[np.float32]]
"""Named state tensors, each of shape (B, ...); treated as immutable once handed out."""


@dataclass(frozen=True, slots=True)
class StepOutput:
    """Result of one step.

    Attributes
    ----------
    heads
        The graph outputs named by `models.spec.HeadSpec.output_names`.
    state
        To be passed in with the next frame.
    """

    heads: Tensors
    state: State


@dataclass(frozen=True, slots=True)
class Sight:
    """A frame as the model sees it, before it remembers anything.

    Attributes
    ----------
    rgb
        (H, W, 3) uint8 at the manifest's input size.
    step
        The rest of the step: takes ``dt_s`` and ``state`` as `Backend.step` does.
    spent_ns
        Time taken so far.
    """

    rgb: NDArray[np.uint8]
    step: Callable[[NDArray[np.float32], State], StepOutput]
    spent_ns: int = 0


class Encoder(Protocol):
    """The part of a step that needs no memory, for several frames at once.

    `advance` of what `encode` returned is `Backend.step`, bit for bit.
    """

    @property
    def lanes(self) -> int:
        """How many threads may call `encode` at the same time."""

    def encode(self, frame: NDArray[np.uint8]) -> Tensors:
        """Take (1, H, W, 3) uint8 RGB; return what `advance` asks for.

        Raises
        ------
        engine.errors.BackendError
            When the runtime fails.
        """

    def advance(self, encoded: Tensors, dt_s: NDArray[np.float32], state: State) -> StepOutput:
        """Do the rest of the step; one thread at a time. See `Backend.step`."""


class Backend(Protocol):
    """A model loaded into a runtime. Holds no state of the stream; one thread at a time."""

    @property
    def name(self) -> str:
        """Key of the runtime, such as ``"openvino"``."""

    @property
    def device(self) -> str:
        """For people: what it runs on, and how, such as ``"CPU, f32, 2 threads"``."""

    def step(self, frame: NDArray[np.uint8], dt_s: NDArray[np.float32], state: State) -> StepOutput:
        """Run one frame of each of B streams.

        Parameters
        ----------
        frame
            (B, H, W, 3) uint8 RGB at the manifest's input size.
        dt_s
            (B,) float32, seconds since the previous step of the same stream.
        state
            As returned by the previous step, or `initial_state`.

        Raises
        ------
        engine.errors.BackendError
            When the runtime fails.
        """

    def close(self) -> None:
        """Release the model. Idempotent."""


@runtime_checkable
class Divisible(Protocol):
    """A `Backend` that can part a step into what needs memory and what does not."""

    def encoder(self) -> Encoder | None:
        """Return what can run ahead of memory; None where nothing can, or nothing is gained.

        Raises
        ------
        engine.errors.BackendError
            When the runtime fails.
        """


@runtime_checkable
class SideBySide(Protocol):
    """A `Backend` that gains nothing by a batch: single rows may be stepped from several threads.

    That is how a processor is: see `engine.backends.rows`.
    """

    def take_side_by_side(self) -> int:
        """From now on take steps of one row from so many threads at once, each run in one of them.

        Raises
        ------
        engine.errors.BackendError
            When the runtime fails.
        """


def initial_state(manifest: Manifest, batch: int = 1) -> State:
    """Return the all-zero state a stream starts from."""
    return {spec.name: np.zeros((batch, *spec.shape), np.float32) for spec in manifest.state}


def first_inputs(manifest: Manifest, batch: int = 1) -> dict[str, NDArray[np.generic]]:
    """Return what the first step of `batch` streams might take: black pictures, no memory."""
    spec = manifest.input
    return {
        FRAME_INPUT: np.zeros((batch, spec.height, spec.width, 3), np.uint8),
        DT_INPUT: np.full(batch, 1 / spec.rate_hz, np.float32),
        **initial_state(manifest, batch),
    }


def split_outputs(outputs: Mapping[str, NDArray[Any]]) -> StepOutput:
    """Part graph outputs into what the heads say and the state of the next step."""
    heads = {name: value for name, value in outputs.items() if not name.startswith(NEXT_PREFIX)}
    state = {
        name.removeprefix(NEXT_PREFIX): value
        for name, value in outputs.items()
        if name.startswith(NEXT_PREFIX)
    }
    return StepOutput(heads, state)
