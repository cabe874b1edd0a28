"""Convolution and pooling over time that look back only, with the past they need as state.

A filter of extent K sees the present frame and the K - 1 before it; before the first frame lie
noughts. Where the articles pool over time they also keep only every second frame, so an answer
would come at half the rate and depend on whether a stream began on an even frame. Here pooling
looks at the same frames and keeps all of them: every frame has an answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.spec import TensorSpec
from models.zoo.stages import Stage

if TYPE_CHECKING:
    from models.recurrent import TensorState


class _LooksBack(Stage):
    """Holds the last K - 1 frames of its input."""

    def __init__(self, name: str, past: int, shape: tuple[int, ...]) -> None:
        super().__init__()
        self._name, self._past, self._shape = f"{name}.past", past, shape

    def state_spec(self) -> tuple[TensorSpec, ...]:
        """Return the past frames, oldest first: (K - 1, ...)."""
        return (TensorSpec(name=self._name, shape=(self._past, *self._shape)),)

    def _with_past(self, clip: Tensor, state: TensorState) -> tuple[Tensor, TensorState]:
        """Return (B, K - 1 + T, ...), and what will be the past of the next clip."""
        joined = torch.cat((state[self._name], clip), dim=1)
        return joined, {self._name: joined[:, -self._past :]}


class CausalConv3d(_LooksBack):
    """3-D convolution, causal in time and padded in space, then ReLU.

    Parameters
    ----------
    size
        Height and width of the maps.
    kernel
        Extent along every axis, at least 2.
    """

    def __init__(
        self, name: str, inputs: int, outputs: int, size: tuple[int, int], kernel: int = 3
    ) -> None:
        super().__init__(name, kernel - 1, (inputs, *size))
        self.conv = nn.Conv3d(inputs, outputs, kernel, padding=(0, kernel // 2, kernel // 2))

    def forward(self, clip: Tensor, state: TensorState, dt_s: Tensor) -> tuple[Tensor, TensorState]:
        """Map (B, T, inputs, H, W) to (B, T, outputs, H, W)."""
        joined, following = self._with_past(clip, state)
        return torch.relu(self.conv(joined.transpose(1, 2))).transpose(1, 2), following


class CausalMaxPool3d(_LooksBack):
    """Maximum over 2 x 2 places and this frame and the one before; half the size, the same rate.

    Takes values ≥ 0, for which the noughts before the first frame change nothing. The maximum over
    places is taken first, so that the past kept is a quarter of the input.

    Parameters
    ----------
    size
        Height and width of the input maps.
    """

    def __init__(self, name: str, channels: int, size: tuple[int, int]) -> None:
        super().__init__(name, 1, (channels, size[0] // 2, size[1] // 2))

    def forward(self, clip: Tensor, state: TensorState, dt_s: Tensor) -> tuple[Tensor, TensorState]:
        """Map (B, T, C, H, W) to (B, T, C, H / 2, W / 2)."""
        frames = clip.shape[1]
        pooled = functional.max_pool2d(clip.flatten(0, 1), 2)
        pooled = pooled.reshape(-1, frames, *pooled.shape[1:])
        joined, following = self._with_past(pooled, state)
        return torch.maximum(joined[:, :-1], joined[:, 1:]), following


class CausalConv1d(_LooksBack):
    """1-D convolution along a sequence of vectors, causal, then ReLU."""

    def __init__(self, name: str, inputs: int, outputs: int, kernel: int = 3) -> None:
        super().__init__(name, kernel - 1, (inputs,))
        self.conv = nn.Conv1d(inputs, outputs, kernel)

    def forward(self, clip: Tensor, state: TensorState, dt_s: Tensor) -> tuple[Tensor, TensorState]:
        """Map (B, T, inputs) to (B, T, outputs)."""
        joined, following = self._with_past(clip, state)
        return torch.relu(self.conv(joined.transpose(1, 2))).transpose(1, 2), following
