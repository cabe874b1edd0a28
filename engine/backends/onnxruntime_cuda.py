"""ONNX Runtime on NVIDIA's cards: bound once to memory that stays there, replayed as CUDA graphs.

Nobody has run this on a card yet (`benchmarks/gpu.md`). All but the provider's options is the same
on addresses of the host, where tests run it.
"""

from __future__ import annotations

import contextlib
import io
import itertools
import logging
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from engine.backends.base import first_inputs
from engine.backends.device import EngineTensor
from engine.backends.graph_part import outputs_of, part_of
from engine.backends.nvidia_card import open_card
from engine.backends.onnxruntime_accelerators import Accelerator, open_session
from engine.backends.resident_backend import ResidentBackend
from engine.errors import BackendError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from engine.backends.device import Device, Run
    from engine.bundle import Bundle
    from models.spec import HeadSpec, Manifest

CUDA: Final = Accelerator(
    "onnxruntime-cuda",
    "CUDAExecutionProvider",
    "onnxruntime-gpu[cuda,cudnn]",
    # Trying all algorithms would take seconds at every number of rows that was not seen before.
    {"use_tf32": "0", "cudnn_conv_algo_search": "HEURISTIC"},
)
NAME: Final = CUDA.name
_PROVIDERS: Final = {"cuda": CUDA.provider, "cpu": "CPUExecutionProvider"}
_GRAPH_ID: Final = "gpu_graph_id"
_NO_GRAPH: Final = "-1"
_MOST_GRAPHS: Final = 64
"""A session keeps every graph that it captured for good; later bindings run without."""

log = logging.getLogger(__name__)


def probe() -> str:
    """Return version and card; raises `ImportError` where either is missing."""
    return f"{CUDA.probe()}, {open_card().name}"


def create(
    bundle: Bundle, threads: int, heads: Sequence[HeadSpec] | None = None
) -> CudaOnnxRuntimeBackend:
    """Load a bundle; see `engine.backends.choice.Provider`. `threads` means nothing here.

    Raises
    ------
    BackendError
        When ONNX Runtime cannot load it on the card.
    """
    card = open_card()
    _load_libraries()
    try:
        return CudaOnnxRuntimeBackend(bundle, heads, card)
    except BackendError as error:
        # It takes no graph with a node that it knows on a processor only.
        log.warning("ONNX Runtime runs node by node, without a CUDA graph: %s", error)
        return CudaOnnxRuntimeBackend(bundle, heads, card, captured=False)


class CudaOnnxRuntimeBackend(ResidentBackend):
    """One session for single rows, whose shapes it knows, and one for any other number.

    Parameters
    ----------
    captured
        As a CUDA graph for each number of rows and direction of the state.
    """

    def __init__(
        self,
        bundle: Bundle,
        heads: Sequence[HeadSpec] | None,
        device: Device,
        *,
        captured: bool = True,
    ) -> None:
        part = bundle.manifest if heads is None else part_of(bundle.manifest, heads)
        outputs = outputs_of(bundle.manifest, heads)
        options = _options(device, captured)
        sessions: dict[int | None, Any] = {}
        numbers = map(str, range(1, _MOST_GRAPHS + 1))
        graph_ids = itertools.chain(numbers, itertools.repeat(_NO_GRAPH))

        def load(rows: int) -> BoundSession:
            known = rows if rows == 1 else None
            if known not in sessions:
                provider = _PROVIDERS[device.kind]
                sessions[known] = open_session(bundle, heads, provider, options, known)
            return BoundSession(sessions[known], device, part, outputs, rows, graph_ids)

        super().__init__(NAME, "f32", device, load, part, outputs)


class BoundSession:
    """See `engine.backends.device.Engine`: a session, with a binding for each set of addresses."""

    def __init__(
        self,
        session: Any,
        device: Device,
        part: Manifest,
        outputs: Sequence[str],
        rows: int,
        graph_ids: Iterator[str],
    ) -> None:
        self._session, self._device, self._graph_ids = session, device, graph_ids
        taken = {value.name for value in session.get_inputs()}
        feed = {name: value for name, value in first_inputs(part, rows).items() if name in taken}
        self.tensors = (
            *(EngineTensor(n, v.shape, v.dtype.name, True) for n, v in feed.items()),
            *(
                EngineTensor(n, v.shape, v.dtype.name, False)
                for n, v in zip(outputs, self._say(outputs, feed), strict=True)
            ),
        )

    def bind(self, addresses: Mapping[str, int]) -> Run:
        """See `Engine.bind`; the first run, here, is the one that captures."""
        binding = self._session.io_binding()
        for tensor in self.tensors:
            bind = binding.bind_input if tensor.given else binding.bind_output
            dtype, address = np.dtype(tensor.dtype).type, addresses[tensor.name]
            bind(tensor.name, self._device.kind, 0, dtype, tensor.shape, address)
        options = _run_options(next(self._graph_ids))

        def run() -> None:
            self._device.enter()
            try:
                self._session.run_with_iobinding(binding, options)
            except Exception as error:  # its errors share no base class but Exception
                raise BackendError(f"ONNX Runtime failed on a frame: {error}") from error

        run()
        return run

    def _say(
        self, outputs: Sequence[str], feed: Mapping[str, NDArray[np.generic]]
    ) -> Sequence[NDArray[np.generic]]:
        """Run a step through the host: the graph does not tell the sizes of all its outputs."""
        try:
            found: Sequence[NDArray[np.generic]] = self._session.run(
                outputs, feed, _run_options(_NO_GRAPH)
            )
        except Exception as error:  # as above
            raise BackendError(f"ONNX Runtime failed on a frame: {error}") from error
        return found


def _options(device: Device, captured: bool) -> Mapping[str, str]:
    """Return the provider's options: on the device's own stream, so that copies keep the order."""
    if device.kind == "cpu":
        return {}
    stream = {"user_compute_stream": str(device.stream)}
    return {**CUDA.options, **stream, "enable_cuda_graph": str(int(captured))}


def _run_options(graph_id: str) -> Any:
    import onnxruntime as ort

    options = ort.RunOptions()
    options.add_run_config_entry(_GRAPH_ID, graph_id)
    return options


def _load_libraries() -> None:
    """Load CUDA's libraries from the packages that `onnxruntime-gpu` names; else the system's."""
    import onnxruntime as ort

    if not hasattr(ort, "preload_dlls"):  # before 1.21
        return
    with contextlib.redirect_stdout(io.StringIO()) as said:  # it prints what is missing
        ort.preload_dlls()
    if said.getvalue():
        log.info("ONNX Runtime: %s", said.getvalue().strip())
