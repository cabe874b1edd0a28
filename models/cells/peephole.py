"""LSTM whose gates see the cell state.

Gers & Schmidhuber, Recurrent Nets that Time and Count (IJCNN 2000); each peephole is one weight per
cell (w ⊙ c), as there and in Gers, Schraudolph & Schmidhuber (JMLR 3, 2002)::

    i = σ(W_xi x + W_hi h + w_ci ⊙ c + b_i)     input gate
    f = σ(W_xf x + W_hf h + w_cf ⊙ c + b_f)     forget gate
    g = tanh(W_xg x + W_hg h + b_g)             candidate
    c' = f ⊙ c + i ⊙ g
    o = σ(W_xo x + W_ho h + w_co ⊙ c' + b_o)    output gate
    h' = o ⊙ tanh(c')

Article 004 (section 3.1.3) lets the output gate see the old cell state, c. The paper lets it see
the new one, c', so that what is put out can depend on what has just been stored; that is what is
implemented. The article also writes the peepholes as matrices; the paper's are diagonal.
"""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor, nn

_FORGET_BIAS: Final = 1.0


class PeepholeLSTMCell(nn.Module):
    """One step of a peephole LSTM layer; gates are stored in the order i, f, g, o.

    Peepholes start at zero, so that an untrained cell is an ordinary LSTM.
    """

    def __init__(self, input_size: int, hidden_size: int) -> None:
        super().__init__()
        self.input_size, self.hidden_size = input_size, hidden_size
        self.from_input = nn.Linear(input_size, 4 * hidden_size)
        self.from_hidden = nn.Linear(hidden_size, 4 * hidden_size, bias=False)
        self.peep_input = nn.Parameter(torch.zeros(hidden_size))
        self.peep_forget = nn.Parameter(torch.zeros(hidden_size))
        self.peep_output = nn.Parameter(torch.zeros(hidden_size))
        nn.init.xavier_uniform_(self.from_input.weight)
        for gate in self.from_hidden.weight.data.chunk(4):
            nn.init.orthogonal_(gate)
        nn.init.zeros_(self.from_input.bias)
        self.from_input.bias.data[hidden_size : 2 * hidden_size] = _FORGET_BIAS

    def forward(self, x: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
        """Return (h', c') for x (B, input_size), h and c (B, hidden_size)."""
        return self.advance(self.from_input(x), h, c)

    def advance(self, projected: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
        """Return (h', c') given `from_input` of x, which a clip computes for all frames at once."""
        i, f, g, o = (projected + self.from_hidden(h)).chunk(4, dim=-1)
        admitted = torch.sigmoid(i + self.peep_input * c) * torch.tanh(g)
        following = torch.sigmoid(f + self.peep_forget * c) * c + admitted
        return torch.sigmoid(o + self.peep_output * following) * torch.tanh(following), following
