"""Steps on a device that keeps the memory: what backends for graphics cards have in common.

All memory is there, and bound, before the first step of so many rows. A step copies the frame and
the seconds up, and what the heads say down; state goes back and forth between two places that stay
on the device. See `engine.backends.resident_state`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from engine.backends.base import StepOutput, first_inputs
from engine.backends.resident_state import PingPong
from engine.errors import BackendError
from models.spec import DT_INPUT, FRAME_INPUT, NEXT_PREFIX

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from engine.backends.base import State, Tensors
    from engine.backends.device import Device, Engine
    from engine.backends.resident_state import Place
    from models.spec import Manifest

_MOST_SIZES: Final = 8
"""Numbers of rows that memory is kept for; more would be streams that come and go."""


class ResidentBackend:
    """See `engine.backends.base.Backend`; steps of any number of rows.

    Parameters
    ----------
    name
        Key of the runtime.
    exactness
        What it computes in, for people.
    load
        Returns an engine for so many rows; raises `BackendError`.
    part
        The manifest, with the heads that run and their state.
    outputs
        Those wanted, state included.
    """

    def __init__(
        self,
        name: str,
        exactness: str,
        device: Device,
        load: Callable[[int], Engine],
        part: Manifest,
        outputs: Sequence[str],
    ) -> None:
        self._name, self._exactness = name, exactness
        self._device, self._load, self._part = device, load, part
        self._said = tuple(name for name in outputs if not name.startswith(NEXT_PREFIX))
        self._by_rows: dict[int, _Rows] = {}
        self._closed = False
        with device.lock:
            self._for(1)

    @property
    def name(self) -> str:
        """Key of the runtime."""
        return self._name

    @property
    def device(self) -> str:
        """What it runs on, for people."""
        return f"{self._device.name}, {self._exactness}"

    def step(self, frame: NDArray[np.uint8], dt_s: NDArray[np.float32], state: State) -> StepOutput:
        """Run one frame of each row; see `engine.backends.base.Backend.step`."""
        with self._device.lock:
            if self._closed:
                raise BackendError("The model was released.")
            return self._for(len(frame)).step(frame, dt_s, state)

    def encoder(self) -> None:
        """Nothing runs ahead: the card waits for nothing, and halves would cost a copy."""

    def close(self) -> None:
        """Give the memory back; states that were handed out keep their values. Idempotent."""
        with self._device.lock:
            self._closed = True
            for rows in self._by_rows.values():
                rows.free()
            self._by_rows = {}

    def _for(self, count: int) -> _Rows:
        """Return what steps so many rows; it is now the one used last."""
        if (rows := self._by_rows.pop(count, None)) is None:
            if len(self._by_rows) >= _MOST_SIZES:
                self._by_rows.pop(next(iter(self._by_rows))).free()
            rows = _Rows(self._device, self._load(count), self._part, self._said, count)
        self._by_rows[count] = rows
        return rows


class _Rows:
    """Memory for a number of rows, and the engine bound to it in both directions of the state."""

    def __init__(
        self, device: Device, engine: Engine, part: Manifest, said: Sequence[str], rows: int
    ) -> None:
        self._device = device
        tensors = {tensor.name: tensor for tensor in engine.tensors}
        self._said = {name: tensors[name] for name in said}
        self._memory = PingPong(device, {spec.name: (rows, *spec.shape) for spec in part.state})
        self._buffers: dict[str, int] = {}
        try:
            for name in tensors.keys() - _resident(part):
                self._buffers[name] = device.allocate(tensors[name].size_bytes)
            self._begin(first_inputs(part, rows))
            self._runs = {
                now: engine.bind(self._addresses(tensors, now, following))
                for now, following in self._memory.directions
            }
        except BackendError:
            self.free()
            raise

    def step(self, frame: NDArray[np.uint8], dt_s: NDArray[np.float32], state: State) -> StepOutput:
        """Run one frame of each row."""
        now, following = self._memory.enter(state)
        self._give({FRAME_INPUT: frame, DT_INPUT: dt_s})
        self._runs[now]()
        heads = {name: np.empty(t.shape, t.dtype) for name, t in self._said.items()}
        self._device.download({self._buffers[name]: heads[name] for name in heads})
        return StepOutput(heads, following.occupy())

    def free(self) -> None:
        """Give the memory back."""
        self._memory.free()
        for address in self._buffers.values():
            self._device.free(address)
        self._buffers, self._runs = {}, {}

    def _begin(self, inputs: Tensors) -> None:
        """Let memory hold what a stream begins with: binding may run the engine on it."""
        for place, _ in self._memory.directions:
            place.write(inputs)
        self._give(inputs)

    def _give(self, inputs: Tensors) -> None:
        for name in (FRAME_INPUT, DT_INPUT):
            if name in self._buffers:  # what nothing reads is not in the graph
                self._device.upload(self._buffers[name], inputs[name])

    def _addresses(self, tensors: Iterable[str], now: Place, following: Place) -> dict[str, int]:
        nexts = {NEXT_PREFIX + name: at for name, at in following.addresses.items()}
        known = {**self._buffers, **now.addresses, **nexts}
        return {name: known[name] for name in tensors}


def _resident(part: Manifest) -> set[str]:
    """Return the names of what is carried, as it goes in and as it comes out."""
    names = {spec.name for spec in part.state}
    return names | {NEXT_PREFIX + name for name in names}
