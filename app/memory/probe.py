"""Looks into the predictor's memory while somebody wants to see it."""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from app.memory.measures import carried_share, output_gate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from engine.backends.base import State
    from engine.frame import Frame
    from engine.predictor import Predictor
    from engine.results import FrameResult

WINDOW_FRAMES: Final = 240
_COMPARE_SHARE: Final = 0.15
_COMPARE_LEAST_S: Final = 0.08
_UNITS_LIMIT: Final = 256


@dataclass(frozen=True, slots=True)
class LayerMemory:
    """One LSTM layer over the frames seen last.

    Attributes
    ----------
    name
        ``<head>.<layer>``, as in the bundle's state tensors.
    hidden, cell
        (N, units) float32; layers over a picture are averaged over it.
    output_gate, carried
        (N,) float32, 0..1, see `app.memory.measures`; NaN where there is none.
    """

    name: str
    hidden: NDArray[np.float32]
    cell: NDArray[np.float32]
    output_gate: NDArray[np.float32]
    carried: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class MemoryView:
    """Snapshot for the inspector.

    Attributes
    ----------
    times_s
        (N,) of the frames seen last without a jump.
    with_memory, without_memory
        Probabilities by head of the frame compared last; empty before one was.
    """

    times_s: NDArray[np.float64]
    layers: tuple[LayerMemory, ...]
    with_memory: Mapping[str, NDArray[np.float32]]
    without_memory: Mapping[str, NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class _Sample:
    pts_s: float
    hidden: NDArray[np.float32]
    cell: NDArray[np.float32]
    output_gate: float
    carried: float


class MemoryProbe:
    """A `Sink` that costs nothing until something is wanted of it.

    Comparing runs every frame shown a second time with empty memory, in the pipeline's own thread;
    it is left out as often as is needed to take no more than some 15 % of the time.

    Parameters
    ----------
    predictor
        Whose memory is looked at; read in the thread that runs it.
    make_shadow
        Makes the predictor that forgets after each frame; called when it is first wanted.
    """

    def __init__(self, predictor: Predictor, make_shadow: Callable[[], Predictor]) -> None:
        self._predictor, self._make_shadow = predictor, make_shadow
        self._shadow: Predictor | None = None
        self._lock = threading.Lock()
        self._watching = self._comparing = False
        self._samples: dict[str, deque[_Sample]] = {}
        self._compared: tuple[Mapping[str, NDArray[np.float32]], ...] = ({}, {})
        self._next_index: int | None = None
        self._due_s = 0.0

    def want(self, *, watching: bool, comparing: bool) -> None:
        """Say what is wanted from the next frame on."""
        with self._lock:
            if (watching, comparing) == (self._watching, self._comparing):
                return
            if not watching:
                self._samples.clear()
            if not comparing:
                self._compared = ({}, {})
            self._watching, self._comparing = watching, comparing
            self._due_s = 0.0

    def view(self) -> MemoryView:
        """Return what was seen lately."""
        with self._lock:
            samples = {name: list(kept) for name, kept in self._samples.items()}
            compared = self._compared
        times = next(iter(samples.values()), [])
        return MemoryView(
            np.array([sample.pts_s for sample in times]),
            tuple(_layer(name, kept) for name, kept in samples.items() if kept),
            *compared,
        )

    # -- in the pipeline's thread ----------------------------------------------------------------

    def write(self, frame: Frame, result: FrameResult) -> None:
        """Look, if wanted."""
        with self._lock:
            watching, comparing = self._watching, self._comparing
        if watching:
            self._look(frame, result)
        if comparing and time.monotonic() >= self._due_s:
            self._compare(frame, result)

    def settle(self, frame: Frame, result: FrameResult) -> None:
        """Look once memory has caught up with the frame written last."""
        with self._lock:
            watching = self._watching
        if watching:
            self._look(frame, result)

    def close(self) -> None:
        """Nothing to finish."""

    def abort(self) -> None:
        """Nothing to give up."""

    def _look(self, frame: Frame, result: FrameResult) -> None:
        carry = self._predictor.snapshot(frame).carry
        if carry is None or carry.pts_s != result.pts_s:
            return  # memory of another moment: it has yet to catch up
        follows = result.index == self._next_index and result.memory_s > 0
        self._next_index = result.index + 1
        with self._lock:
            if not follows:
                self._samples.clear()
            for name, (hidden, cell) in _layers(carry.state).items():
                kept = self._samples.setdefault(name, deque(maxlen=WINDOW_FRAMES))
                gate = output_gate(hidden, cell)
                kept.append(
                    _Sample(
                        result.pts_s,
                        hidden,
                        cell,
                        np.nan if gate is None else gate,
                        carried_share(kept[-1].cell, cell) if kept else np.nan,
                    )
                )

    def _compare(self, frame: Frame, result: FrameResult) -> None:
        begun_s = time.monotonic()
        if self._shadow is None:
            self._shadow = self._make_shadow()
        self._shadow.reset()
        forgetful = self._shadow.process(frame)
        now_s = time.monotonic()
        self._due_s = now_s + max(_COMPARE_LEAST_S, (now_s - begun_s) / _COMPARE_SHARE)
        with self._lock:
            if self._comparing:
                self._compared = (result.actions, forgetful.actions)


def _layers(state: State) -> dict[str, tuple[NDArray[np.float32], NDArray[np.float32]]]:
    """Return (units,) h and c of the first stream, of every layer that has both."""
    pairs = {}
    for name, hidden in state.items():
        layer, _, part = name.rpartition(".")
        if part == "h" and (cell := state.get(f"{layer}.c")) is not None:
            pairs[layer] = (_units(hidden), _units(cell))
    return pairs


def _units(tensor: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return one value per unit; those over a picture are averaged."""
    first = tensor[0]
    flat = first if first.ndim == 1 else first.mean(axis=tuple(range(1, first.ndim)))
    return np.array(flat[:_UNITS_LIMIT], np.float32)


def _layer(name: str, samples: list[_Sample]) -> LayerMemory:
    return LayerMemory(
        name,
        np.stack([sample.hidden for sample in samples]),
        np.stack([sample.cell for sample in samples]),
        np.array([sample.output_gate for sample in samples], np.float32),
        np.array([sample.carried for sample in samples], np.float32),
    )
