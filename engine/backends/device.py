"""A graphics card, as far as steps need one: memory, copies, and graphs that run on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from threading import RLock

    from numpy.typing import NDArray

    Run = Callable[[], None]
    """Begins a run; raises `engine.errors.BackendError`."""


@dataclass(frozen=True, slots=True)
class EngineTensor:
    """An input or output: `shape` has the rows in it, `dtype` is as NumPy calls it."""

    name: str
    shape: tuple[int, ...]
    dtype: str
    given: bool

    @property
    def size_bytes(self) -> int:
        """What it takes of memory."""
        return int(np.prod(self.shape)) * np.dtype(self.dtype).itemsize


class Engine(Protocol):
    """A graph loaded onto a device, for a number of rows."""

    @property
    def tensors(self) -> tuple[EngineTensor, ...]:
        """Its inputs and outputs."""

    def bind(self, addresses: Mapping[str, int]) -> Run:
        """Return what begins a run with each of `tensors` where `addresses` says.

        It may run once or a few times meanwhile, so what it reads has to make sense already.

        Raises
        ------
        engine.errors.BackendError
            When the runtime fails.
        """


class Device(Protocol):
    """Memory beside a processor's own. Work is done in the order in which it was asked for.

    Called from any thread that holds `lock`.
    """

    @property
    def lock(self) -> RLock:
        """Held through every step on this device: nobody reads what is half written."""

    @property
    def name(self) -> str:
        """Of the card, for people."""

    @property
    def generation(self) -> str:
        """Of the card, such as ``SM89``."""

    @property
    def kind(self) -> Literal["cuda", "cpu"]:
        """Whose addresses these are: NVIDIA's, or the host's own."""

    @property
    def stream(self) -> int:
        """Handle of the queue that keeps the order; 0 where calls are done when they return."""

    def enter(self) -> None:
        """Make the device this thread's: runtimes that share it expect that."""

    def allocate(self, size_bytes: int) -> int:
        """Return the address of new memory; raises `BackendError` when there is too little."""

    def free(self, address: int) -> None:
        """Give memory back."""

    def upload(self, address: int, values: NDArray[np.generic]) -> None:
        """Copy there, perhaps after returning; `values` may be changed at once all the same."""

    def download(self, wanted: Mapping[int, NDArray[np.generic]]) -> None:
        """Wait for all that was begun, and fill arrays, each contiguous, by address."""

    def capture(self, run: Run) -> Run:
        """Return what does all that `run` asks of the device at one request, or `run` itself.

        `run` is called here, once or twice. What it allocates has to be there from its first call.
        """
