"""Memory that stays on a device from step to step: two places in turns, one read, one written.

A state handed out is a mapping like any other. Its values are copied to the host when somebody
looks at them, or at the last moment before their place is written again. Usually the next step is
all that wants them, and nothing is copied.
"""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from engine.errors import BackendError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from threading import RLock

    from numpy.typing import NDArray

    from engine.backends.base import State, Tensors
    from engine.backends.device import Device

    Shapes = Mapping[str, tuple[int, ...]]


class Place:
    """Memory on the device for one state.

    Attributes
    ----------
    addresses
        By name of the tensor.
    """

    def __init__(self, device: Device, shapes: Shapes) -> None:
        self._device, self._shapes = device, shapes
        self.addresses = {n: device.allocate(_size_bytes(s)) for n, s in shapes.items()}
        self._holder: weakref.ref[ResidentState] | None = None

    def holds(self, state: State) -> bool:
        """Whether `state` lies here, and nowhere else."""
        return self._holder is not None and self._holder() is state

    def vacate(self) -> None:
        """Let whoever still wants what lies here copy it."""
        with self._device.lock:
            if self._holder is not None and (state := self._holder()) is not None:
                state.leave()
            self._holder = None

    def occupy(self) -> ResidentState:
        """Hand out what a step has written here; the place must have been vacated."""
        state = ResidentState(self, self._shapes, self._device.lock)
        self._holder = weakref.ref(state)
        return state

    def write(self, state: Tensors) -> None:
        """Copy a state of the host here; the place must have been vacated.

        Raises
        ------
        BackendError
            When the state is of another model, or of other rows.
        """
        for name, shape in self._shapes.items():
            values = np.asarray(state[name], np.float32)
            if values.shape != shape:
                raise BackendError(
                    f"The memory {name!r} has the shape {values.shape} instead of {shape}."
                )
            self._device.upload(self.addresses[name], values)

    def read(self) -> dict[str, NDArray[np.float32]]:
        """Copy what lies here to the host."""
        found = {name: np.empty(shape, np.float32) for name, shape in self._shapes.items()}
        self._device.download({self.addresses[name]: found[name] for name in found})
        return found

    def free(self) -> None:
        """Give the memory back, after everybody has copied what they want."""
        self.vacate()
        for address in self.addresses.values():
            self._device.free(address)
        self.addresses = {}


class ResidentState(Mapping[str, "NDArray[np.float32]"]):
    """A state on the device. Immutable like every state; may be read from any thread."""

    def __init__(self, place: Place, shapes: Shapes, lock: RLock) -> None:
        self._place: Place | None = place
        self._names, self._lock = tuple(shapes), lock
        self._values: dict[str, NDArray[np.float32]] = {}

    def __getitem__(self, name: str) -> NDArray[np.float32]:
        with self._lock:
            if not self._values and self._place is not None:
                self._values = self._place.read()
            return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def leave(self) -> None:
        """Copy the values, if that was not done before, and give up the place."""
        if not self._values and self._place is not None:
            self._values = self._place.read()
        self._place = None


class PingPong:
    """Two places, and which of them a step reads and writes.

    Parameters
    ----------
    shapes
        Of each tensor, rows included.
    """

    def __init__(self, device: Device, shapes: Shapes) -> None:
        self._places = Place(device, shapes), Place(device, shapes)

    @property
    def directions(self) -> tuple[tuple[Place, Place], ...]:
        """Both ways in which a step may go: from where to where."""
        first, second = self._places
        return (first, second), (second, first)

    def enter(self, state: State) -> tuple[Place, Place]:
        """Return where `state` lies, put there if need be, and where the next one goes."""
        first, second = self._places
        if second.holds(state):
            first.vacate()
            return second, first
        if not first.holds(state):
            # Read before anything is overwritten: it may be one that lies in either place.
            first.vacate()
            first.write(state)
        second.vacate()
        return first, second

    def free(self) -> None:
        """Give the memory back."""
        for place in self._places:
            place.free()


def _size_bytes(shape: tuple[int, ...]) -> int:
    return int(np.prod(shape)) * np.dtype(np.float32).itemsize
