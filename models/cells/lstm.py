"""The standard LSTM cell.

Hochreiter & Schmidhuber, Long Short-Term Memory (Neural Computation 9(8), 1997), with the forget
gate of Gers, Schmidhuber & Cummins, Learning to Forget (Neural Computation 12(10), 2000)::

    i = σ(W_xi x + W_hi h + b_i)        input gate
    f = σ(W_xf x + W_hf h + b_f)        forget gate
    g = tanh(W_xg x + W_hg h + b_g)     candidate
    o = σ(W_xo x + W_ho h + b_o)        output gate
    c' = f ⊙ c + i ⊙ g
    h' = o ⊙ tanh(c')

The articles this project grew from give the same equations with slips: article 000 (section 3.2.2)
computes the cell state as σ(W_xc x + W_hc h + b_c), which is a gate and remembers nothing; article
001 (section 3.1.3) states h' = tanh(c') without the output gate before giving the right form in
section 3.1.4. The form above is what is implemented.
"""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor, nn

_FORGET_BIAS: Final = 1.0


class LSTMCell(nn.Module):
    """One step of an LSTM layer; gates are stored in the order i, f, g, o, as torch's own.

    The forget gate starts open (bias 1; Jozefowicz et al., ICML 2015), so that memory lasts from
    the first training step on.
    """

    def __init__(self, input_size: int, hidden_size: int) -> None:
        super().__init__()
        self.input_size, self.hidden_size = input_size, hidden_size
        self.from_input = nn.Linear(input_size, 4 * hidden_size)
        self.from_hidden = nn.Linear(hidden_size, 4 * hidden_size, bias=False)
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
        following = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        return torch.sigmoid(o) * torch.tanh(following), following
