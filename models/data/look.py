"""Encoder and body reader for pictures: where the joints of the person on show are."""

from __future__ import annotations

import hashlib
import warnings
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from models.heads.body import BodyReader

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from models.encoders.efficientnet_lite import EfficientNetLite0

SIZE: Final = (384, 288)
_BATCH: Final = 8


class Look:
    """Run by OpenVINO in float32: several times faster than torch on a CPU.

    Parameters
    ----------
    weights
        Of a trained `models.heads.body.BodyReader`.
    folder
        Where the ONNX file is kept.

    Attributes
    ----------
    name
        Changes with the weights.
    """

    def __init__(
        self, encoder: EfficientNetLite0, weights: Path, folder: Path, *, threads: int = 1
    ) -> None:
        import openvino as ov

        self.name = hashlib.sha256(weights.read_bytes()).hexdigest()[:10]
        reader = BodyReader()
        reader.load_state_dict(load_file(weights))
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"look-{self.name}.onnx"
        if not path.exists():
            _export(_Looking(encoder, reader).eval(), path)
        options = {
            "INFERENCE_PRECISION_HINT": "f32",
            "INFERENCE_NUM_THREADS": threads,
            "ENABLE_CPU_PINNING": False,  # else all who look at the same time share the first core
        }
        self._model: Any = ov.Core().compile_model(str(path), "CPU", options)

    def __call__(self, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return (T, 13, 3) joints of (T, 288, 384, 3) uint8 RGB, see `models.heads.body`."""
        seen = [
            np.array(self._model(pictures[start : start + _BATCH])[0])
            for start in range(0, len(pictures), _BATCH)
        ]
        return np.concatenate(seen)


class _Looking(nn.Module):
    def __init__(self, encoder: EfficientNetLite0, reader: BodyReader) -> None:
        super().__init__()
        self.encoder, self.reader = encoder, reader

    def forward(self, pictures: Tensor) -> Tensor:
        joints: Tensor = self.reader(self.encoder(pictures))
        return joints


def _export(network: nn.Module, path: Path) -> None:
    partial = path.with_suffix(".part.onnx")
    example = torch.zeros(2, SIZE[1], SIZE[0], 3, dtype=torch.uint8)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its age, and of what it does not fold
        torch.onnx.export(
            network,
            (example,),
            str(partial),
            input_names=["pictures"],
            output_names=["joints"],
            dynamic_axes={name: {0: "T"} for name in ("pictures", "joints")},
            opset_version=17,
            dynamo=False,
        )
    partial.rename(path)
