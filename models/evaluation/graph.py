"""A bundle's graph in the place of its network: measured is what ships and runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import onnxruntime as ort
import torch
from numpy.typing import NDArray
from torch import Tensor

from models.bundled_network import BundledNetwork
from models.spec import DT_INPUT, FRAME_INPUT, NEXT_PREFIX

if TYPE_CHECKING:
    from pathlib import Path

    from models.recurrent import TensorState
    from models.spec import Manifest, TensorSpec

Arrays = Mapping[str, NDArray[Any]]
"""Tensors by name."""

Run = Callable[[NDArray[np.uint8], NDArray[np.float32], Arrays], tuple[Arrays, Arrays]]
"""Maps frames (B, H, W, 3), ``dt_s`` (B,) and the state to what the heads say and the next state.
"""


class RunNetwork(BundledNetwork):
    """A bundle in whatever runs it.

    Parameters
    ----------
    run
        May be called from one thread at a time.
    """

    def __init__(self, manifest: Manifest, run: Run) -> None:
        super().__init__()
        self._manifest, self._run = manifest, run

    def state_spec(self) -> tuple[TensorSpec, ...]:
        """Return names and shapes (without batch) of all state tensors."""
        return self._manifest.state

    def init_state(self, batch: int) -> TensorState:
        """Return the state a stream starts from."""
        return {spec.name: torch.zeros(batch, *spec.shape) for spec in self._manifest.state}

    def step(
        self, frame: Tensor, state: TensorState, dt_s: Tensor
    ) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
        """See `BundledNetwork.step`."""
        given = {name: tensor.numpy() for name, tensor in state.items()}
        found, following = self._run(frame.numpy(), dt_s.numpy(), given)
        return _tensors(found), _tensors(following)

    def look(
        self, frame: NDArray[np.uint8], state: TensorState, dt_s: float
    ) -> tuple[dict[str, NDArray[np.float32]], TensorState]:
        """Take one frame, (H, W, 3) RGB; return what the heads say of it, as arrays, and the state.

        Parameters
        ----------
        dt_s
            Seconds since the frame before.
        """
        picture = torch.from_numpy(frame[None])
        found, following = self.step(picture, state, torch.tensor([dt_s], dtype=torch.float32))
        return {name: tensor.numpy() for name, tensor in found.items()}, following

    def metadata(self) -> dict[str, str]:
        """Return nothing: a graph needs no rebuilding."""
        return {}


class GraphNetwork(RunNetwork):
    """Runs ``model.onnx`` in ONNX Runtime on the processor.

    Parameters
    ----------
    threads
        Of one step.
    """

    def __init__(self, model: Path, manifest: Manifest, threads: int = 1) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        # Waiting threads would burn a core that something else could use.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        session = ort.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        super().__init__(manifest, partial(_run, session))


def _run(
    session: ort.InferenceSession,
    frame: NDArray[np.uint8],
    dt_s: NDArray[np.float32],
    state: Arrays,
) -> tuple[Arrays, Arrays]:
    names = [output.name for output in session.get_outputs()]
    values = session.run(names, {FRAME_INPUT: frame, DT_INPUT: dt_s, **state})
    found = dict(zip(names, values, strict=True))
    return found, {name: found.pop(NEXT_PREFIX + name) for name in state}


def _tensors(arrays: Arrays) -> dict[str, Tensor]:
    return {name: torch.from_numpy(value) for name, value in arrays.items()}
