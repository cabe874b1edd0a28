"""Article 000: a CNN looks at every frame, LSTMs remember."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torch import nn

from models.zoo.pictures import Normalise, conv_pool
from models.zoo.stages import Chain, PerFrame, RecurrentLayer, clock_stage

if TYPE_CHECKING:
    from models.zoo.config import ZooConfig

_GRID: Final = 4
_REDUCTION: Final = 8


def cnn_lstm(config: ZooConfig) -> Chain:
    """Convolutions 64-128-256 with pooling → LSTM(128) → Dropout → LSTM(64) → Dense.

    A frame is (B, H, W, 3) uint8 RGB, both sides multiples of 32; the output (B, classes), logits.

    The article flattens its last maps, 26 x 26 x 256 numbers, but declares an LSTM of 256 inputs.
    Here the maps are averaged over a grid of 4 x 4 cells, which keeps roughly where things are.
    """
    config.require_multiple(_GRID * _REDUCTION)
    cell = config.cell or "lstm"
    widths = [config.scaled(width) for width in (64, 128, 256)]
    first, second = config.scaled(128), config.scaled(64)
    window = (config.height // _REDUCTION // _GRID, config.width // _REDUCTION // _GRID)
    clock = clock_stage(config)
    return Chain(
        {
            "cnn": PerFrame(
                Normalise(),
                conv_pool(3, widths[0]),
                conv_pool(widths[0], widths[1]),
                conv_pool(widths[1], widths[2]),
                nn.AvgPool2d(window),
                nn.Flatten(),
            ),
            **clock,
            "lstm1": RecurrentLayer("lstm1", cell, widths[2] * _GRID**2 + len(clock), first),
            "dropout": PerFrame(nn.Dropout(config.dropout)),
            "lstm2": RecurrentLayer("lstm2", cell, first, second),
            "dense": PerFrame(nn.Linear(second, config.classes)),
        }
    )
