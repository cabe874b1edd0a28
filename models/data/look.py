"""Encoder and body reader for pictures: where the joints of the person on show are."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

import numpy as np
from safetensors.torch import load_file
from torch import Tensor, nn

from models.data.compiled import F32, compile_graph, export_graph
from models.heads.body import BodyReader, locate
from models.heads.pair import locate_two

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from models.data.compiled import Arithmetic
    from models.encoders.efficientnet_lite import EfficientNetLite0

SIZE: Final = (384, 288)
_BATCH: Final = 8


class Look:
    """Both as one graph, see `models.data.compiled`.

    Parameters
    ----------
    weights
        Of a trained `models.heads.body.BodyReader`.
    folder
        Where the ONNX file is kept.
    people
        1 for the joints of who takes up most of the picture, 2 for those of two side by side.

    Attributes
    ----------
    name
        Changes with the weights, with what they are computed in, and with whose joints are told.
    """

    def __init__(
        self,
        encoder: EfficientNetLite0,
        weights: Path,
        folder: Path,
        *,
        people: int = 1,
        threads: int = 1,
        arithmetic: Arithmetic = F32,
    ) -> None:
        digest = hashlib.sha256(weights.read_bytes()).hexdigest()[:10]
        if people == 2:
            digest = f"{digest}-two"
        self.name = digest if arithmetic == F32 else f"{digest}-{arithmetic}"
        reader = BodyReader()
        reader.load_state_dict(load_file(weights))
        path = folder / f"look-{digest}.onnx"
        if not path.exists():
            export_graph(_Looking(encoder, reader, people), path, SIZE, ["joints"])
        self._model = compile_graph(path, threads, arithmetic)

    def __call__(self, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return (T, 13, 3) joints of (T, 288, 384, 3) uint8 RGB, see `models.heads.body`.

        Of two people (T, 26, 3), see `models.heads.pair`.
        """
        seen = [
            np.array(self._model(pictures[start : start + _BATCH])[0])
            for start in range(0, len(pictures), _BATCH)
        ]
        return np.concatenate(seen)


class _Looking(nn.Module):
    def __init__(self, encoder: EfficientNetLite0, reader: BodyReader, people: int) -> None:
        super().__init__()
        self.encoder, self.reader = encoder, reader
        self._locate = locate if people == 1 else locate_two

    def forward(self, pictures: Tensor) -> Tensor:
        return self._locate(self.reader.heat(self.encoder(pictures)))
