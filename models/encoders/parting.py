"""The encoder in two parts: what stays as it is, and the last stages, which may be trained."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import torch
from torch import Tensor, nn

from models.encoders.efficientnet_lite import STAGES, TAPS, EfficientNetLite0

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_STAGES: Final = 3
"""From there on, less is saved by encoding once than is spent on keeping it."""


class FrozenPart(nn.Module):
    """All stages but the last ones; pictures in, what `TrainedPart` takes out, in one row.

    Parameters
    ----------
    stages
        How many are left to the other part, up to `MOST_STAGES`.

    Attributes
    ----------
    cut
        Index of the first block of the other part.
    """

    def __init__(self, encoder: EfficientNetLite0, stages: int) -> None:
        super().__init__()
        self._encoder, self.cut = encoder, _first_block(stages)

    def forward(self, frame: Tensor) -> Tensor:
        """Map (B, H, W, 3) uint8 to (B, F): C4 if it is done, then the last map."""
        maps = list(self._encoder.maps(frame, self.cut))
        kept = [maps[tap] for tap in TAPS[1:] if tap < self.cut - 1]
        return torch.cat([one.flatten(1) for one in (*kept, maps[-1])], dim=1)


class TrainedPart(nn.Module):
    """The last stages. Batch normalisation keeps to what it learnt on ImageNet.

    Parameters
    ----------
    stages
        See `FrozenPart`.
    size
        Width and height of pictures.
    """

    def __init__(self, encoder: EfficientNetLite0, stages: int, size: tuple[int, int]) -> None:
        super().__init__()
        self._cut, self._before = _first_block(stages), STAGES[:-stages]
        self.blocks = nn.ModuleList(list(encoder.blocks)[self._cut :])
        self._shapes = [
            (channels, size[1] // stride, size[0] // stride)
            for channels, stride in self._maps_before()
        ]
        for norm in self._norms():
            norm.requires_grad_(False)

    @property
    def features(self) -> int:
        """Length of a row."""
        return sum(c * h * w for c, h, w in self._shapes)

    def train(self, mode: bool = True) -> TrainedPart:
        """Set the mode of everything but batch normalisation."""
        super().train(mode)
        for norm in self._norms():
            norm.eval()
        return self

    def forward(self, row: Tensor) -> tuple[Tensor, Tensor]:
        """Map (B, F), as `FrozenPart` gives it, to the encoder's C4 and C5."""
        parts = torch.split(row, [c * h * w for c, h, w in self._shapes], dim=1)
        maps = [part.view(-1, *shape) for part, shape in zip(parts, self._shapes, strict=True)]
        taps = dict(zip([tap for tap in TAPS[1:] if tap < self._cut], maps, strict=False))
        x = maps[-1]
        for index, block in enumerate(self.blocks, self._cut):
            x = block(x)
            taps[index] = x
        return taps[TAPS[1]], taps[TAPS[2]]

    def put_into(self, encoder: EfficientNetLite0) -> None:
        """Give an encoder what was learnt."""
        for index, block in enumerate(self.blocks, self._cut):
            encoder.blocks[index].load_state_dict(block.state_dict())

    def _maps_before(self) -> Iterator[tuple[int, int]]:
        """Yield channels and strides of the maps in a row."""
        if self._cut - 1 > TAPS[1]:
            yield EfficientNetLite0.channels[1], EfficientNetLite0.strides[1]
        yield self._before[-1].channels, 2 * math.prod(stage.stride for stage in self._before)

    def _norms(self) -> Iterator[nn.BatchNorm2d]:
        return (part for part in self.modules() if isinstance(part, nn.BatchNorm2d))


def _first_block(stages: int) -> int:
    """Return the index of the first block of the last `stages`."""
    if not 1 <= stages <= MOST_STAGES:
        raise ValueError(f"One to {MOST_STAGES} stages of the encoder can be trained, not {stages}")
    return sum(stage.repeats for stage in STAGES[:-stages])
