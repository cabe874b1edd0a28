"""Article 003: a picture read patch by patch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torch import nn

from models.zoo.causal import CausalConv1d
from models.zoo.pictures import FromBytes
from models.zoo.stages import Chain, PerFrame, RecurrentLayer

if TYPE_CHECKING:
    from models.zoo.config import ZooConfig

PATCH_SIDE: Final = 4
"""Pixels; `models.data.patches.cut_patches` cuts them."""


def patch_conv1d_lstm(config: ZooConfig) -> Chain:
    """Conv1D(32) → Dropout → LSTM(128) → Dropout → LSTM(64) → Dense, over patches in reading order.

    A frame of the recurrence is one patch of a grey picture, (B, 16) uint8; the output (B,
    classes), logits, is the answer after the patches read so far. Conv1D has the article's extent
    of three patches: the present one and the two before it, kept in the state.
    """
    config.require_multiple(PATCH_SIDE)
    cell = config.cell or "lstm"
    width, first, second = config.scaled(32), config.scaled(128), config.scaled(64)
    return Chain(
        {
            "pixels": PerFrame(FromBytes()),
            "conv": CausalConv1d("conv", PATCH_SIDE**2, width),
            "dropout1": PerFrame(nn.Dropout(config.dropout)),
            "lstm1": RecurrentLayer("lstm1", cell, width, first),
            "dropout2": PerFrame(nn.Dropout(config.dropout)),
            "lstm2": RecurrentLayer("lstm2", cell, first, second),
            "dense": PerFrame(nn.Linear(second, config.classes)),
        }
    )
