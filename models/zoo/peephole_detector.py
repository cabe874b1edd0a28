"""Article 004: a peephole LSTM that detects objects, with boxes.

The article names detection as its task but feeds whole pictures to one LSTM and puts out one class.
Here the peephole LSTM runs at every place of a feature map, and each place answers for the objects
centred there: class scores and the four sides of a box (FCOS: Tian et al., ICCV 2019).
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

import torch
from torch import Tensor, nn

from models.zoo.pictures import Normalise, conv_pool
from models.zoo.stages import Chain, MapLayer, PerFrame

if TYPE_CHECKING:
    from models.zoo.config import ZooConfig

STRIDE: Final = 16
_SIDES: Final = 4
_RARE_LOGIT: Final = -4.6
_MAX_LOG_SIDE: Final = 5.0


def peephole_detector(config: ZooConfig) -> Chain:
    """CNN → peephole LSTM(128) over the map → Dense 1024 → Dense 512 → answers, dropout between.

    A frame is (B, H, W, 3) uint8 RGB, both sides multiples of 16. The output, (B, N, classes + 4),
    has a row for each of the N = H/16 · W/16 places in reading order: class logits, then the
    logarithms of how far the left, top, right and bottom sides lie from the centre of the place, in
    strides of 16 pixels. `decode_places` turns it into boxes.
    """
    config.require_multiple(STRIDE)
    widths = [config.scaled(width) for width in (32, 64, 128, 128)]
    hidden, dense1, dense2 = (config.scaled(width) for width in (128, 1024, 512))
    size = (config.height // STRIDE, config.width // STRIDE)
    return Chain(
        {
            "cnn": PerFrame(
                Normalise(),
                conv_pool(3, widths[0]),
                *(conv_pool(a, b) for a, b in pairwise(widths)),
            ),
            "memory": MapLayer("memory", config.cell or "peephole", widths[-1], hidden, size),
            "dense": PerFrame(
                nn.Flatten(2),
                _PlacesFirst(),
                nn.Dropout(config.dropout),
                nn.Linear(hidden, dense1),
                nn.ReLU(),
                nn.Dropout(config.dropout),
                nn.Linear(dense1, dense2),
                nn.ReLU(),
                nn.Dropout(config.dropout),
                _answer_layer(dense2, config.classes),
            ),
        }
    )


def place_centres(config: ZooConfig) -> Tensor:
    """Return the centres of the places, x and y in pixels: (N, 2) float32, in reading order."""
    y = (torch.arange(config.height // STRIDE) + 0.5) * STRIDE
    x = (torch.arange(config.width // STRIDE) + 0.5) * STRIDE
    rows, columns = torch.meshgrid(y, x, indexing="ij")
    return torch.stack((columns, rows), -1).reshape(-1, 2)


def decode_places(answer: Tensor, centres: Tensor) -> tuple[Tensor, Tensor]:
    """Split what the detector puts out.

    Parameters
    ----------
    answer
        (..., N, classes + 4).
    centres
        `place_centres`.

    Returns
    -------
    logits, xyxy
        (..., N, classes), and boxes (..., N, 4) in pixels.
    """
    logits, log_sides = answer[..., :-_SIDES], answer[..., -_SIDES:]
    reach = log_sides.clamp(max=_MAX_LOG_SIDE).exp() * STRIDE
    return logits, torch.cat((centres - reach[..., :2], centres + reach[..., 2:]), -1)


class _PlacesFirst(nn.Module):
    def forward(self, maps: Tensor) -> Tensor:
        """Turn (N, C, places) into (N, places, C)."""
        return maps.transpose(1, 2)


def _answer_layer(inputs: int, classes: int) -> nn.Linear:
    """Return the last layer; untrained, it finds nothing anywhere (focal loss, section 3.3)."""
    layer = nn.Linear(inputs, classes + _SIDES)
    nn.init.normal_(layer.weight, std=0.01)
    nn.init.zeros_(layer.bias)
    layer.bias.data[:classes] = _RARE_LOGIT
    return layer
