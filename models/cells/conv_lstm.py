"""LSTM cells whose state is a feature map.

`ConvLSTMCell`: Shi et al., Convolutional LSTM Network (NeurIPS 2015), equation 3, without the
peephole terms. `BottleneckLSTM`: Liu & Zhu, Mobile Video Object Detection with Temporally-Aware
Feature Maps (CVPR 2018), section 3.3: one reduced map b feeds all gates, convolutions are
depthwise-separable, and tanh is replaced by ReLU6, here bounded so that memory cannot grow without
limit over hours of video::

    b = φ(W_b * [x, h])
    i, f, o = σ(W_i * b), σ(W_f * b), σ(W_o * b)
    c' = f ⊙ c + i ⊙ φ(W_c * b)
    h' = o ⊙ φ(c')
"""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional

_FORGET_BIAS: Final = 1.0


class ConvLSTMCell(nn.Module):
    """One step of a convolutional LSTM layer; gates in the order i, f, g, o."""

    def __init__(self, input_channels: int, hidden_channels: int, kernel: int = 3) -> None:
        super().__init__()
        self.hidden_channels = hidden_channels
        self.gates = nn.Conv2d(
            input_channels + hidden_channels, 4 * hidden_channels, kernel, padding=kernel // 2
        )
        bias = self.gates.bias
        assert bias is not None
        nn.init.zeros_(bias)
        bias.data[hidden_channels : 2 * hidden_channels] = _FORGET_BIAS

    def forward(self, x: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
        """Return (h', c') for x (B, input_channels, H, W), h and c (B, hidden_channels, H, W)."""
        i, f, g, o = self.gates(torch.cat((x, h), dim=1)).chunk(4, dim=1)
        following = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        return torch.sigmoid(o) * torch.tanh(following), following


class BottleneckLSTM(nn.Module):
    """One step of a bottleneck convolutional LSTM; about a tenth of `ConvLSTMCell`'s cost."""

    def __init__(self, input_channels: int, hidden_channels: int) -> None:
        super().__init__()
        self.hidden_channels = hidden_channels
        inputs = input_channels + hidden_channels
        self.mix_depthwise = nn.Conv2d(inputs, inputs, 3, padding=1, groups=inputs, bias=False)
        self.mix = nn.Conv2d(inputs, hidden_channels, 1)
        self.gates_depthwise = nn.Conv2d(
            hidden_channels, hidden_channels, 3, padding=1, groups=hidden_channels, bias=False
        )
        self.gates = nn.Conv2d(hidden_channels, 4 * hidden_channels, 1)
        bias = self.gates.bias
        assert bias is not None
        nn.init.zeros_(bias)
        bias.data[hidden_channels : 2 * hidden_channels] = _FORGET_BIAS

    def forward(self, x: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
        """Return (h', c') for x (B, input_channels, H, W), h and c (B, hidden_channels, H, W)."""
        b = functional.relu6(self.mix(self.mix_depthwise(torch.cat((x, h), dim=1))))
        i, f, g, o = self.gates(self.gates_depthwise(b)).chunk(4, dim=1)
        following = torch.sigmoid(f) * c + torch.sigmoid(i) * functional.relu6(g)
        return torch.sigmoid(o) * functional.relu6(following), following
