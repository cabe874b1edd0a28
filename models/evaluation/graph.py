"""A bundle's graph in the place of its network: measured is what ships and runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import onnxruntime as ort
import torch
from torch import Tensor

from models.bundled_network import BundledNetwork
from models.spec import DT_INPUT, FRAME_INPUT, NEXT_PREFIX

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from models.recurrent import TensorState
    from models.spec import Manifest, TensorSpec


class GraphNetwork(BundledNetwork):
    """Runs ``model.onnx`` on the processor.

    Parameters
    ----------
    threads
        Of one step.
    """

    def __init__(self, model: Path, manifest: Manifest, threads: int = 1) -> None:
        super().__init__()
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        # Waiting threads would burn a core that something else could use.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = ort.InferenceSession(
            str(model), options, providers=["CPUExecutionProvider"]
        )
        self._outputs = [output.name for output in self._session.get_outputs()]
        self._manifest = manifest

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
        given = {FRAME_INPUT: frame, DT_INPUT: dt_s, **state}
        values = self._session.run(
            self._outputs, {name: tensor.numpy() for name, tensor in given.items()}
        )
        found = dict(zip(self._outputs, map(torch.from_numpy, values), strict=True))
        following = {spec.name: found.pop(NEXT_PREFIX + spec.name) for spec in self._manifest.state}
        return found, following

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
