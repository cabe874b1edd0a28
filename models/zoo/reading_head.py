"""The shipped action head as the zoo's trainer sees a network: cached features in, logits out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

from models.heads.actions import SCENE_SIZE, Reading
from models.heads.motion import MOTION_SIZE
from models.zoo.celled_head import action_head
from models.zoo.foresighted import Foresighted

if TYPE_CHECKING:
    from torch import Tensor

    from models.recurrent import TensorState
    from models.spec import TensorSpec

FEATURES = SCENE_SIZE + MOTION_SIZE
"""Of one frame: what the whole scene looks like, then what moved in it."""


class ReadingHead(Foresighted):
    """An `ActionHead` on features of a frozen encoder.

    Parameters
    ----------
    labels, rate_hz, activation, dropout, cell
        See `models.zoo.celled_head.action_head`.
    """

    def __init__(
        self,
        labels: int,
        rate_hz: float,
        activation: Literal["sigmoid", "softmax"],
        dropout: float,
        cell: str | None = None,
    ) -> None:
        super().__init__()
        self.head = action_head(labels, rate_hz, activation, dropout, cell)

    def state_spec(self) -> tuple[TensorSpec, ...]:
        """Return the head's."""
        return self.head.state_spec()

    def step(  # type: ignore[override]
        self, features: Tensor, state: TensorState, dt_s: Tensor
    ) -> tuple[Tensor, TensorState]:
        """Map (B, FEATURES) to (B, L) logits."""
        logits, following = self.forward(features.unsqueeze(1), state, dt_s.unsqueeze(1))
        return logits[:, 0], following

    def forward(  # type: ignore[override]
        self, clip: Tensor, state: TensorState, dt_s: Tensor
    ) -> tuple[Tensor, TensorState]:
        """Map (B, T, FEATURES) to (B, T, L) logits."""
        return self.head.forward_reading(_reading(clip), state, dt_s)

    def recollect(self, clip: Tensor, state: TensorState, dt_s: Tensor) -> tuple[Tensor, Tensor]:
        """See `Foresighted.recollect`; seen is what moved."""
        given: list[Tensor] = []
        # Before dropout, whose last call is for all frames of the upper layer.
        hook = self.head.dropout.register_forward_pre_hook(
            lambda _, inputs: given.append(cast("Tensor", inputs[0]))
        )
        try:
            self.forward(clip, state, dt_s)
        finally:
            hook.remove()
        moved = (clip[..., SCENE_SIZE:] - self.head.mean) * self.head.scale
        return moved.detach(), given[-1]


def _reading(clip: Tensor) -> Reading:
    return Reading(clip[..., :SCENE_SIZE], clip[..., SCENE_SIZE:])
