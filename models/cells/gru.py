"""The gated recurrent unit: memory without a cell state.

Cho et al., Learning Phrase Representations using RNN Encoder-Decoder (EMNLP 2014)::

    r = σ(W_xr x + W_hr h + b_r)                reset gate
    z = σ(W_xz x + W_hz h + b_z)                update gate
    n = tanh(W_xn x + b_n + r ⊙ (W_hn h + b_hn))    candidate
    h' = z ⊙ h + (1 - z) ⊙ n

The published paper resets h before its matrix, W_hn (r ⊙ h); its first preprint resets after it, as
here and in torch's own, which does with one product of h for all gates.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


class GRUCell(nn.Module):
    """One step of a GRU layer; gates are stored in the order r, z, n, as torch's own."""

    def __init__(self, input_size: int, hidden_size: int) -> None:
        super().__init__()
        self.input_size, self.hidden_size = input_size, hidden_size
        self.from_input = nn.Linear(input_size, 3 * hidden_size)
        self.from_hidden = nn.Linear(hidden_size, 3 * hidden_size, bias=False)
        self.candidate_bias = nn.Parameter(torch.zeros(hidden_size))
        nn.init.xavier_uniform_(self.from_input.weight)
        for gate in self.from_hidden.weight.data.chunk(3):
            nn.init.orthogonal_(gate)
        nn.init.zeros_(self.from_input.bias)

    def forward(self, x: Tensor, h: Tensor) -> tuple[Tensor]:
        """Return (h',) for x (B, input_size) and h (B, hidden_size)."""
        return self.advance(self.from_input(x), h)

    def advance(self, projected: Tensor, h: Tensor) -> tuple[Tensor]:
        """Return (h',) given `from_input` of x, which a clip computes for all frames at once."""
        reset, update, candidate = projected.chunk(3, dim=-1)
        h_reset, h_update, h_candidate = self.from_hidden(h).chunk(3, dim=-1)
        r = torch.sigmoid(reset + h_reset)
        z = torch.sigmoid(update + h_update)
        n = torch.tanh(candidate + r * (h_candidate + self.candidate_bias))
        return (n + z * (h - n),)
