"""Pose head: which of several poses the person on show holds, told from where their joints are.

A pose is where limbs are against the body, wherever in the picture the body is, whoever it is and
whatever is behind it: so nothing but the joints is read. An LSTM weighs the evidence of frame
after frame.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import torch
from torch import Tensor, nn

from models.cells.lstm import LSTMCell
from models.heads.body import FIGURE_SIZE, figure
from models.recurrent import Recurrent
from models.spec import TensorSpec

if TYPE_CHECKING:
    from models.recurrent import TensorState

_SHORTEST_DT_S: Final = 1 / 120
_LONGEST_DT_S: Final = 2.0


class PoseHead(Recurrent):
    """Reads `models.heads.body.BodyReader`; its labels exclude each other.

    Parameters
    ----------
    labels
        Number of poses.
    rate_hz
        Frame rate at which the time between frames counts as one.
    width, hidden
        Of what is made of the joints, and of the memory.
    """

    def __init__(
        self,
        labels: int,
        rate_hz: float,
        *,
        width: int = 64,
        hidden: int = 48,
        dropout: float = 0.3,
    ) -> None:
        super().__init__()
        self.rate_hz, self.hidden = rate_hz, hidden
        self.seen = nn.Sequential(
            nn.Linear(FIGURE_SIZE, 128),
            nn.ReLU(inplace=True),
            nn.Dropout(dropout),
            nn.Linear(128, width),
            nn.ReLU(inplace=True),
        )
        self.lstm = LSTMCell(width + 1, hidden)
        self.dropout = nn.Dropout(dropout)
        self.dense = nn.Linear(hidden, labels)

    def state_spec(self) -> tuple[TensorSpec, ...]:
        """Return h and c."""
        return (
            TensorSpec(name="lstm.h", shape=(self.hidden,)),
            TensorSpec(name="lstm.c", shape=(self.hidden,)),
        )

    def step(  # type: ignore[override]
        self, joints: Tensor, state: TensorState, dt_s: Tensor
    ) -> tuple[Tensor, TensorState]:
        """Take one frame's joints, (B, 13, 3); return (B, L) probabilities and the state."""
        logits, following = self.step_joints(joints, state, dt_s)
        return logits.softmax(dim=-1), following

    def step_joints(
        self, joints: Tensor, state: TensorState, dt_s: Tensor
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """Take one frame's joints of each of B streams; return (B, L) logits and the state."""
        frames = dt_s.clamp(_SHORTEST_DT_S, _LONGEST_DT_S) * self.rate_hz
        x = torch.cat((self.seen(figure(joints)), frames.log().unsqueeze(1)), dim=1)
        h, c = self.lstm(x, state["lstm.h"], state["lstm.c"])
        return self.dense(self.dropout(h)), {"lstm.h": h, "lstm.c": c}
