"""PyTorch on NVIDIA's cards: a step between fixed addresses, captured as a CUDA graph.

Nobody has run this on a card yet (`benchmarks/gpu.md`). All but the capture is the same on
addresses of the host, where tests run it.
"""

from __future__ import annotations

import ctypes
import logging
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from engine.backends.base import first_inputs
from engine.backends.device import EngineTensor
from engine.backends.graph_part import outputs_of
from engine.backends.resident_backend import ResidentBackend
from engine.backends.torch_backend import NAME, network_of
from engine.errors import BackendError
from models.spec import DT_INPUT, FRAME_INPUT, NEXT_PREFIX

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from torch import Tensor

    from engine.backends.device import Device, Run
    from engine.bundle import Bundle
    from models.bundled_network import BundledNetwork
    from models.spec import Manifest

_WARM_UP_STEPS = 3
"""Libraries choose and allocate in the first ones, which no capture may contain."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Way:
    """How the network's step is run on a card.

    Attributes
    ----------
    compiled
        By PyTorch's compiler, which takes a minute and a C++ compiler: to be measured, so far.
    captured
        As a CUDA graph, where that can be.
    """

    compiled: bool = False
    captured: bool = True


class CudaTorchBackend(ResidentBackend):
    """All heads run, whichever are wanted; float32 is computed as such, not as TF32."""

    def __init__(self, bundle: Bundle, device: Device, way: Way | None = None) -> None:
        torch.backends.cudnn.allow_tf32 = False
        torch.backends.cuda.matmul.allow_tf32 = False
        with device.lock:
            network = network_of(bundle).to(device.kind)
        part = bundle.manifest

        def load(rows: int) -> NetworkEngine:
            return NetworkEngine(network, device, part, rows, way or Way())

        super().__init__(NAME, "f32", device, load, part, outputs_of(part, None))


class NetworkEngine:
    """See `engine.backends.device.Engine`: a network, with tensors at the addresses bound."""

    def __init__(
        self, network: BundledNetwork, device: Device, part: Manifest, rows: int, way: Way
    ) -> None:
        self._device, self._way = device, way
        self._step: Callable[[Mapping[str, Tensor]], dict[str, Tensor]] = partial(
            step_of_tensors, network
        )
        inputs = first_inputs(part, rows)
        given = {n: torch.from_numpy(v).to(device.kind) for n, v in inputs.items()}
        with torch.inference_mode():
            made = {n: v.cpu().numpy() for n, v in _checked(self._step, given).items()}
        if way.compiled:
            self._step = torch.compile(self._step, dynamic=False)
        self.tensors = tuple(
            EngineTensor(name, value.shape, value.dtype.name, is_given)
            for values, is_given in ((inputs, True), (made, False))
            for name, value in values.items()
        )

    def bind(self, addresses: Mapping[str, int]) -> Run:
        """See `Engine.bind`."""
        wrap = _on_card if self._device.kind == "cuda" else _on_host
        there = {tensor.name: wrap(tensor, addresses[tensor.name]) for tensor in self.tensors}
        given = {tensor.name: there[tensor.name] for tensor in self.tensors if tensor.given}

        @torch.inference_mode()
        def run() -> None:
            for name, value in _checked(self._step, given).items():
                there[name].copy_(value)

        return run if self._device.kind == "cpu" else self._on_stream(run)

    def _on_stream(self, run: Run) -> Run:
        """Return `run` in the order of the device's stream, captured where that is wanted."""
        stream: Any = torch.cuda.ExternalStream(self._device.stream)  # type: ignore[no-untyped-call]

        def in_order(what: Run) -> None:
            self._device.enter()
            with torch.cuda.stream(stream):
                what()

        for _ in range(_WARM_UP_STEPS):
            in_order(run)
        stream.synchronize()
        graph = self._captured(run, stream) if self._way.captured else None
        return partial(in_order, run if graph is None else graph.replay)

    def _captured(self, run: Run, stream: Any) -> torch.cuda.CUDAGraph | None:
        graph = torch.cuda.CUDAGraph()
        try:
            with torch.cuda.graph(graph, stream=stream, capture_error_mode="thread_local"):
                run()
        except (RuntimeError, BackendError) as error:
            log.warning("PyTorch runs kernel by kernel, for the step cannot be captured: %s", error)
            self._way = Way(self._way.compiled, captured=False)
            return None
        return graph


def step_of_tensors(network: BundledNetwork, given: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Run a step on tensors by their names in a bundle's graph, and return them by such names."""
    state = {name: t for name, t in given.items() if name not in (FRAME_INPUT, DT_INPUT)}
    heads, following = network.step(given[FRAME_INPUT], state, given[DT_INPUT])
    return {**heads, **{NEXT_PREFIX + name: value for name, value in following.items()}}


def _checked(
    step: Callable[[Mapping[str, Tensor]], dict[str, Tensor]], given: Mapping[str, Tensor]
) -> dict[str, Tensor]:
    try:
        return step(given)
    except RuntimeError as error:
        raise BackendError(f"PyTorch failed on a frame: {error}") from error


def _on_card(tensor: EngineTensor, address: int) -> Tensor:
    """Return a tensor of the card's memory at `address`, without a copy."""

    class _Memory:
        __cuda_array_interface__ = {  # noqa: RUF012 # as the interface is defined
            "shape": tensor.shape,
            "typestr": np.dtype(tensor.dtype).str,
            "data": (address, False),
            "version": 3,
        }

    return torch.as_tensor(_Memory(), device="cuda")


def _on_host(tensor: EngineTensor, address: int) -> Tensor:
    """Return a tensor of the host's memory at `address`, without a copy."""
    block = (ctypes.c_uint8 * tensor.size_bytes).from_address(address)
    values = np.ctypeslib.as_array(block).view(tensor.dtype)
    return torch.from_numpy(values.reshape(tensor.shape))
