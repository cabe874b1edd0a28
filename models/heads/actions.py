"""Action head: pooled features, their change, two LSTM layers, one probability per label.

The structure of article 000 (LSTM(128) → Dropout 0.5 → LSTM(64) → Dense) on top of a shared
encoder instead of a CNN of its own.
"""

from __future__ import annotations

from typing import Final, Literal, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.cells.lstm import LSTMCell
from models.recurrent import Recurrent, TensorState
from models.spec import TensorSpec

C4_CHANNELS: Final = 112
C5_CHANNELS: Final = 320
_POOL: Final = (3, 4)
_C4_CELLS: Final = (6, 6)
_C5_CELLS: Final = (3, 3)
_SHORTEST_DT_S: Final = 1 / 120
_LONGEST_DT_S: Final = 2.0

Features = tuple[Tensor, Tensor, Tensor]


def pool_features(features: Features) -> Tensor:
    """Average the encoder's maps over cells that keep some space.

    Parameters
    ----------
    features
        C3, C4 and C5 of a 384 x 288 picture; C3 is not read.

    Returns
    -------
    Tensor
        (B, 6912): C4 on 6 x 6 cells, then C5 on 3 x 3 cells, channel-major.
    """
    _, c4, c5 = features
    cells4 = functional.avg_pool2d(c4, _POOL)
    cells5 = functional.avg_pool2d(c5, _POOL)
    return torch.cat((cells4.flatten(1), cells5.flatten(1)), dim=1)


POOLED_SIZE: Final = C4_CHANNELS * 36 + C5_CHANNELS * 9


class ActionHead(Recurrent):
    """Reads pooled features of one frame; remembers through two LSTM layers.

    What the LSTM sees is the embedding of the frame, its change per 1 / `rate_hz` second since
    the frame before (nought on the first), and how long ago that was. The previous embedding is
    part of the state.

    Parameters
    ----------
    labels
        Number of classes.
    rate_hz
        Frame rate at which a change counts as it is.
    activation
        ``"sigmoid"`` for labels that may hold together, ``"softmax"`` for exclusive ones.
    """

    def __init__(
        self,
        labels: int,
        rate_hz: float,
        activation: Literal["sigmoid", "softmax"] = "sigmoid",
        *,
        embedding: int = 160,
        hidden: tuple[int, int] = (128, 64),
        dropout: float = 0.5,
    ) -> None:
        super().__init__()
        self.rate_hz, self.activation, self.embedding, self.hidden = (
            rate_hz,
            activation,
            embedding,
            hidden,
        )
        self.reduce4 = nn.Conv2d(C4_CHANNELS, 16, 1)
        self.reduce5 = nn.Conv2d(C5_CHANNELS, 40, 1)
        self.embed = nn.Linear(16 * 36 + 40 * 9, embedding)
        self.norm = nn.LayerNorm(embedding)
        self.norm_change = nn.LayerNorm(embedding)
        self.lstm1 = LSTMCell(2 * embedding + 1, hidden[0])
        self.lstm2 = LSTMCell(hidden[0], hidden[1])
        self.dropout = nn.Dropout(dropout)
        self.input_dropout = nn.Dropout(0.2)
        self.dense = nn.Linear(hidden[1], labels)

    def state_spec(self) -> tuple[TensorSpec, ...]:
        """Return h and c of both layers, the previous embedding, and whether there is one."""
        first, second = self.hidden
        return (
            TensorSpec(name="lstm1.h", shape=(first,)),
            TensorSpec(name="lstm1.c", shape=(first,)),
            TensorSpec(name="lstm2.h", shape=(second,)),
            TensorSpec(name="lstm2.c", shape=(second,)),
            TensorSpec(name="previous", shape=(self.embedding,)),
            TensorSpec(name="seen", shape=(1,)),
        )

    def step(  # type: ignore[override]
        self, features: Features, state: TensorState, dt_s: Tensor
    ) -> tuple[Tensor, TensorState]:
        """Take the encoder's maps of one frame; return (B, L) probabilities and the state."""
        logits, state = self.step_pooled(pool_features(features), state, dt_s)
        return self.probability(logits), state

    def probability(self, logits: Tensor) -> Tensor:
        """Turn (..., L) logits into probabilities."""
        return torch.sigmoid(logits) if self.activation == "sigmoid" else logits.softmax(dim=-1)

    def step_pooled(
        self, pooled: Tensor, state: TensorState, dt_s: Tensor
    ) -> tuple[Tensor, TensorState]:
        """Take `pool_features` of one frame, (B, 6912); return (B, L) logits and the state."""
        return self._remember(self._embed(pooled), state, dt_s)

    def forward_pooled(
        self, clip: Tensor, state: TensorState, dt_s: Tensor
    ) -> tuple[Tensor, TensorState]:
        """Take `pool_features` of T frames, (B, T, 6912); return (B, T, L) logits and the state."""
        embedded = self._embed(clip.flatten(0, 1)).view(*clip.shape[:2], self.embedding)
        logits = []
        for t in range(clip.shape[1]):
            frame_logits, state = self._remember(embedded[:, t], state, dt_s[:, t])
            logits.append(frame_logits)
        return torch.stack(logits, dim=1), state

    def _embed(self, pooled: Tensor) -> Tensor:
        cells4, cells5 = pooled[:, : C4_CHANNELS * 36], pooled[:, C4_CHANNELS * 36 :]
        reduced = torch.cat(
            (
                self.reduce4(cells4.reshape(-1, C4_CHANNELS, *_C4_CELLS)).flatten(1),
                self.reduce5(cells5.reshape(-1, C5_CHANNELS, *_C5_CELLS)).flatten(1),
            ),
            dim=1,
        )
        return cast("Tensor", self.embed(self.input_dropout(reduced)))

    def _remember(
        self, embedded: Tensor, state: TensorState, dt_s: Tensor
    ) -> tuple[Tensor, TensorState]:
        frames = dt_s.clamp(_SHORTEST_DT_S, _LONGEST_DT_S).unsqueeze(1) * self.rate_hz
        change = (embedded - state["previous"]) * state["seen"] / frames
        x = torch.cat((self.norm(embedded), self.norm_change(change), frames.log()), dim=1)
        h1, c1 = self.lstm1(x, state["lstm1.h"], state["lstm1.c"])
        h2, c2 = self.lstm2(self.dropout(h1), state["lstm2.h"], state["lstm2.c"])
        following = {
            "lstm1.h": h1,
            "lstm1.c": c1,
            "lstm2.h": h2,
            "lstm2.c": c2,
            "previous": embedded,
            "seen": torch.ones_like(state["seen"]),
        }
        return self.dense(self.dropout(h2)), following
