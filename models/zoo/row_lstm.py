"""Article 001: a picture read row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import nn

from models.zoo.pictures import FromBytes
from models.zoo.stages import Chain, PerFrame, RecurrentLayer

if TYPE_CHECKING:
    from models.zoo.config import ZooConfig


def row_lstm(config: ZooConfig) -> Chain:
    """LSTM(128) → LSTM(128) → Dense, over the rows of a grey picture from top to bottom.

    A frame of the recurrence is one row, (B, width) uint8; the output (B, classes), logits, is the
    answer after the rows read so far. The article declares an input of 28 x 28 x 1, which an LSTM
    cannot take, and trains without dropout; here dropout stands between the layers.
    """
    cell, hidden = config.cell or "lstm", config.scaled(128)
    return Chain(
        {
            "pixels": PerFrame(FromBytes()),
            "lstm1": RecurrentLayer("lstm1", cell, config.width, hidden),
            "dropout1": PerFrame(nn.Dropout(config.dropout)),
            "lstm2": RecurrentLayer("lstm2", cell, hidden, hidden),
            "dropout2": PerFrame(nn.Dropout(config.dropout)),
            "dense": PerFrame(nn.Linear(hidden, config.classes)),
        }
    )
