"""Article 002: convolutions over space and time, then LSTMs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torch import nn

from models.zoo.causal import CausalConv3d, CausalMaxPool3d
from models.zoo.pictures import Normalise
from models.zoo.stages import Chain, PerFrame, RecurrentLayer, clock_stage

if TYPE_CHECKING:
    from models.zoo.config import ZooConfig

_GRID: Final = 7
_REDUCTION: Final = 4


def conv3d_lstm(config: ZooConfig) -> Chain:
    """Conv3D(32) → MaxPool3D → Conv3D(64) → MaxPool3D → LSTM(128) twice → Linear, made causal.

    A frame is (B, H, W, 3) uint8 RGB, both sides multiples of 28; the output (B, classes), logits.

    The convolutions of the article see one frame ahead; here they see the present one and two
    before it, kept in the state, and pooling keeps every frame (see `models.zoo.causal`). Each
    answer so rests on the last seven frames and on what the LSTMs remember. The article flattens
    channels as if they were time, and declares 64 x 7 x 7 LSTM inputs where 224-pixel pictures give
    64 x 56 x 56; here time stays time, and maps are averaged over a 7 x 7 grid.
    """
    config.require_multiple(_GRID * _REDUCTION)
    cell, hidden = config.cell or "lstm", config.scaled(128)
    first, second = config.scaled(32), config.scaled(64)
    size = (config.height, config.width)
    half = (size[0] // 2, size[1] // 2)
    window = (config.height // _REDUCTION // _GRID, config.width // _REDUCTION // _GRID)
    clock = clock_stage(config)
    return Chain(
        {
            "pixels": PerFrame(Normalise()),
            "conv1": CausalConv3d("conv1", 3, first, size),
            "pool1": CausalMaxPool3d("pool1", first, size),
            "conv2": CausalConv3d("conv2", first, second, half),
            "pool2": CausalMaxPool3d("pool2", second, half),
            "grid": PerFrame(nn.AvgPool2d(window), nn.Flatten()),
            **clock,
            "lstm1": RecurrentLayer("lstm1", cell, second * _GRID**2 + len(clock), hidden),
            "lstm2": RecurrentLayer("lstm2", cell, hidden, hidden),
            "dense": PerFrame(nn.Linear(hidden, config.classes)),
        }
    )
