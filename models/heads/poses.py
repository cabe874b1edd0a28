"""Pose head: which of several poses the person on show holds, told from one encoder map.

A pose is where limbs are against the body, wherever in the picture the body is: so convolutions
read the map, several gazes pick the places that matter (attention pooling: Ilse et al.,
"Attention-based Deep Multiple Instance Learning", ICML 2018), and an LSTM weighs the evidence of
frame after frame.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import torch
from torch import Tensor, nn

from models.cells.lstm import LSTMCell
from models.heads.boxes import ENCODER_CHANNELS, conv_norm
from models.recurrent import Recurrent
from models.spec import TensorSpec

if TYPE_CHECKING:
    from models.heads.boxes import Features
    from models.recurrent import TensorState

_SHORTEST_DT_S: Final = 1 / 120
_LONGEST_DT_S: Final = 2.0


class PoseHead(Recurrent):
    """Reads C3 and C4 of the encoder; its labels exclude each other.

    Parameters
    ----------
    labels
        Number of poses.
    rate_hz
        Frame rate at which the time between frames counts as one.
    channels, gazes, hidden
        Width of the convolutions, number of places looked at, size of the memory.
    """

    def __init__(
        self,
        labels: int,
        rate_hz: float,
        *,
        channels: int = 64,
        gazes: int = 4,
        hidden: int = 64,
        dropout: float = 0.5,
    ) -> None:
        super().__init__()
        self.rate_hz, self.hidden = rate_hz, hidden
        fine, middle, _ = ENCODER_CHANNELS
        self.fine = nn.Conv2d(fine, channels, 3, stride=2, padding=1, bias=False)
        self.middle = nn.Conv2d(middle, channels, 1, bias=False)
        self.norm = nn.BatchNorm2d(channels)
        self.around = nn.Sequential(
            conv_norm(channels, channels, 3),
            nn.Conv2d(channels, channels, 3, padding=2, dilation=2, bias=False),
            nn.BatchNorm2d(channels),
            nn.ReLU(inplace=True),
        )
        self.drop_maps = nn.Dropout2d(0.1)
        self.gaze = nn.Conv2d(channels, gazes, 1)
        self.seen = nn.Sequential(
            nn.Dropout(dropout), nn.Linear(gazes * channels, 96), nn.ReLU(inplace=True)
        )
        self.lstm = LSTMCell(96 + 1, hidden)
        self.dropout = nn.Dropout(dropout)
        self.dense = nn.Linear(hidden, labels)

    def state_spec(self) -> tuple[TensorSpec, ...]:
        """Return h and c."""
        return (
            TensorSpec(name="lstm.h", shape=(self.hidden,)),
            TensorSpec(name="lstm.c", shape=(self.hidden,)),
        )

    def step(  # type: ignore[override]
        self, features: Features, state: TensorState, dt_s: Tensor
    ) -> tuple[Tensor, TensorState]:
        """Take one frame's C3, C4, C5; return (B, L) probabilities and the state."""
        c3, c4, _ = features
        logits, following = self.step_seen(self.look(c3, c4), state, dt_s)
        return logits.softmax(dim=-1), following

    def look(self, c3: Tensor, c4: Tensor) -> Tensor:
        """Return (N, 96): what N single frames show, without memory."""
        maps = torch.relu(self.norm(self.fine(c3) + self.middle(c4)))
        maps = self.drop_maps(maps + self.around(maps))
        gazes = self.gaze(maps).flatten(2).softmax(dim=-1)
        picked: Tensor = self.seen((gazes @ maps.flatten(2).transpose(1, 2)).flatten(1))
        return picked

    def step_seen(
        self, seen: Tensor, state: TensorState, dt_s: Tensor
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """Take what `look` saw in one frame of each of B streams; return (B, L) logits."""
        frames = dt_s.clamp(_SHORTEST_DT_S, _LONGEST_DT_S) * self.rate_hz
        x = torch.cat((seen, frames.log().unsqueeze(1)), dim=1)
        h, c = self.lstm(x, state["lstm.h"], state["lstm.c"])
        return self.dense(self.dropout(h)), {"lstm.h": h, "lstm.c": c}
