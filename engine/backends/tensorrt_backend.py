"""TensorRT-RTX or TensorRT: one plan of the whole graph, and memory that stays on the card."""

from __future__ import annotations

import hashlib
import logging
from threading import RLock
from typing import TYPE_CHECKING, Final

import numpy as np

from engine.backends.base import StepOutput
from engine.backends.graph_part import outputs_of, part_of
from engine.backends.precision import Precision
from engine.backends.rows import join_rows
from engine.backends.tensorrt_builder import CURRENT, build_plan
from engine.backends.tensorrt_cache import PlanCache, PlanKey
from engine.backends.tensorrt_device import open_card
from engine.backends.tensorrt_graph import plan_graph
from engine.backends.tensorrt_library import load_library
from engine.backends.tensorrt_state import PingPong
from engine.errors import BackendError
from models.spec import DT_INPUT, FRAME_INPUT, NEXT_PREFIX

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from engine.backends.base import State
    from engine.backends.tensorrt_builder import OnProgress, PlanTensor
    from engine.backends.tensorrt_device import Device
    from engine.backends.tensorrt_library import Library
    from engine.bundle import Bundle
    from models.spec import HeadSpec

NAME: Final = "tensorrt"

log = logging.getLogger(__name__)


def probe() -> str:
    """Return version and card; raises `ImportError` where either is missing."""
    library = load_library()
    return f"{library.name} {library.version}, {open_card().name}"


class TensorRtBackend:
    """One row at a time. `threads` means nothing here."""

    def __init__(
        self,
        bundle: Bundle,
        threads: int,
        heads: Sequence[HeadSpec] | None = None,
        precision: Precision = Precision.F32,
        device: Device | None = None,
    ) -> None:
        library = load_library()
        self._device: Device = device or open_card()
        self._precision = precision
        graph = plan_graph(bundle, precision, heads)
        plan = cached_plan(graph, precision, library, self._target(library), self._device.name)
        self._engine = self._device.load(plan, library)
        self._lock = RLock()
        part = bundle.manifest if heads is None else part_of(bundle.manifest, heads)
        shapes = {spec.name: (1, *spec.shape) for spec in part.state}
        self._memory = PingPong(self._device, shapes, self._lock)
        tensors = {tensor.name: tensor for tensor in self._engine.tensors}
        wanted = outputs_of(bundle.manifest, heads)
        self._said = {n: tensors[n] for n in wanted if not n.startswith(NEXT_PREFIX)}
        resident = {*shapes, *(NEXT_PREFIX + name for name in shapes)}
        self._buffers = {
            name: self._device.allocate(_size_bytes(tensor))
            for name, tensor in tensors.items()
            if name not in resident
        }

    @property
    def name(self) -> str:
        """Key of the runtime."""
        return NAME

    @property
    def device(self) -> str:
        """What it runs on, for people."""
        return f"{self._device.name}, {self._precision}"

    def step(self, frame: NDArray[np.uint8], dt_s: NDArray[np.float32], state: State) -> StepOutput:
        """Run one frame of each row; see `engine.backends.base.Backend.step`.

        With one row the state stays on the card; with several it goes through the host.
        """
        with self._lock:
            if len(frame) == 1:
                return self._step(frame, dt_s, state)
            rows = [slice(row, row + 1) for row in range(len(frame))]
            return join_rows(
                [
                    self._step(frame[row], dt_s[row], {n: v[row] for n, v in state.items()})
                    for row in rows
                ]
            )

    def encoder(self) -> None:
        """Nothing runs ahead: the card waits for nothing, and halves would cost a copy."""

    def close(self) -> None:
        """Release the plan; states that were handed out keep their values."""
        with self._lock:
            self._memory.free()
            for address in self._buffers.values():
                self._device.free(address)
            self._buffers = {}

    def _step(
        self, frame: NDArray[np.uint8], dt_s: NDArray[np.float32], state: State
    ) -> StepOutput:
        if not self._buffers:
            raise BackendError("The plan was released.")
        now, following = self._memory.enter(state)
        for name, values in ((FRAME_INPUT, frame), (DT_INPUT, dt_s)):
            if name in self._buffers:  # what nothing reads is not in the plan
                self._device.upload(self._buffers[name], values)
        nexts = {NEXT_PREFIX + name: at for name, at in following.addresses.items()}
        self._engine.run({**self._buffers, **now.addresses, **nexts})
        heads = {}
        for name, tensor in self._said.items():
            heads[name] = np.empty(tensor.shape, tensor.dtype)
            self._device.download(self._buffers[name], heads[name])
        return StepOutput(heads, following.occupy())

    def _target(self, library: Library) -> str:
        """Return the kind of plan for this card: a generation, or what fits it alone."""
        generation = self._device.generation
        return generation if generation in library.targets else CURRENT


def cached_plan(
    graph: bytes,
    precision: Precision,
    library: Library,
    target: str,
    card: str,
    on_progress: OnProgress = lambda phase, done, steps: None,
) -> bytes:
    """Return the plan of a graph, built where the cache has none that is whole.

    Parameters
    ----------
    card
        Name of the card, which a plan for ``current`` is kept for.

    Raises
    ------
    BackendError
        When it cannot be built or kept.
    """
    cache = PlanCache()
    key = PlanKey(
        hashlib.sha256(graph).hexdigest(),
        card if target == CURRENT else target,
        library.name,
        library.version,
        precision.value,
    )
    if (plan := cache.read(key)) is not None:
        return plan
    log.info("Building a plan for %s", key.gpu)
    built = build_plan(library, graph, target, on_progress)
    cache.write(key, built.data)
    return built.data


def _size_bytes(tensor: PlanTensor) -> int:
    return int(np.prod(tensor.shape)) * np.dtype(tensor.dtype).itemsize
