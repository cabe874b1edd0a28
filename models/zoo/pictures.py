"""Stateless pieces that the architectures share."""

from __future__ import annotations

from typing import Final

from torch import Tensor, nn

_HALF_SCALE: Final = 127.5


class Normalise(nn.Module):
    """uint8 RGB pictures, channels last, to float32 in -1..1, channels first.

    Article 002's mean 0.5 and standard deviation 0.5; mid-grey is nought, so that padding with
    noughts is padding with grey.
    """

    def forward(self, pictures: Tensor) -> Tensor:
        """Map (N, H, W, 3) to (N, 3, H, W)."""
        return pictures.permute(0, 3, 1, 2).float() / _HALF_SCALE - 1.0


class FromBytes(nn.Module):
    """Grey levels 0..255 to 0..1, as articles 001 and 003 have them."""

    def forward(self, grey: Tensor) -> Tensor:
        """Map uint8 of any shape to float32."""
        return grey.float() / 255.0


def conv_pool(inputs: int, outputs: int) -> nn.Sequential:
    """Return 3 x 3 convolution, ReLU and 2 x 2 max pooling: half the size.

    Weights start at the scale that keeps the signal's (He et al., ICCV 2015); torch's own default
    lets it fade over three layers, and what reaches the memory then hardly varies.
    """
    conv = nn.Conv2d(inputs, outputs, 3, padding=1)
    nn.init.kaiming_normal_(conv.weight, nonlinearity="relu")
    return nn.Sequential(conv, nn.ReLU(), nn.MaxPool2d(2))
