"""An `ActionHead` behind the last stages of the encoder, which are trained along with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import torch
from torch import Tensor

from models.encoders.parting import TrainedPart
from models.heads.actions import Reading, pool_scene
from models.heads.motion import MotionReader, to_grid
from models.recurrent import Recurrent
from models.spec import SHARED_STATE, TensorSpec
from models.zoo.celled_head import action_head

if TYPE_CHECKING:
    from models.encoders.efficientnet_lite import EfficientNetLite0
    from models.recurrent import TensorState

ENCODER: Final = "encoder"
"""Name of the part that is trained more gently."""


class TrainedEncoderHead(Recurrent):
    """The end of a `LongtakeNetwork` with one action head: rows of `FrozenPart` in, logits out.

    Parameters
    ----------
    encoder
        Copied from; not changed.
    stages
        See `models.encoders.parting.FrozenPart`.
    size
        Width and height of pictures.
    labels, rate_hz, activation, dropout, cell
        See `models.zoo.celled_head.action_head`.
    """

    def __init__(
        self,
        encoder: EfficientNetLite0,
        stages: int,
        size: tuple[int, int],
        labels: int,
        rate_hz: float,
        activation: Literal["sigmoid", "softmax"],
        dropout: float,
        cell: str | None = None,
    ) -> None:
        super().__init__()
        self.encoder = TrainedPart(encoder, stages, size)
        self.motion = MotionReader()
        self.head = action_head(labels, rate_hz, activation, dropout, cell)

    def state_spec(self) -> tuple[TensorSpec, ...]:
        """Return the head's, and what motion is told by."""
        shared = (
            TensorSpec(name=f"{SHARED_STATE}.{spec.name}", shape=spec.shape)
            for spec in self.motion.state_spec()
        )
        return (*self.head.state_spec(), *shared)

    def step(  # type: ignore[override]
        self, features: Tensor, state: TensorState, dt_s: Tensor
    ) -> tuple[Tensor, TensorState]:
        """Map (B, F) to (B, L) logits."""
        logits, following = self.forward(features.unsqueeze(1), state, dt_s.unsqueeze(1))
        return logits[:, 0], following

    def forward(  # type: ignore[override]
        self, clip: Tensor, state: TensorState, dt_s: Tensor
    ) -> tuple[Tensor, TensorState]:
        """Map (B, T, F) to (B, T, L) logits."""
        rows, frames = clip.shape[:2]
        c4, c5 = self.encoder(clip.flatten(0, 1))
        scene = pool_scene(c4, c5).view(rows, frames, -1)
        grid = to_grid(c4, c5)
        if grid.requires_grad:
            # A first frame has not changed at all, and the root of nothing has no slope: what
            # comes back through it is no number, and nothing is to be learnt from it.
            grid.register_hook(torch.nan_to_num)  # type: ignore[no-untyped-call]
        own: TensorState = {
            k.removeprefix(_PREFIX): v for k, v in state.items() if k.startswith(_PREFIX)
        }
        moved = []
        for t, maps in enumerate(grid.view(rows, frames, *grid.shape[1:]).unbind(1)):
            motion, own = self.motion.step(maps, own, dt_s[:, t])
            moved.append(motion)
        reading = Reading(scene, torch.stack(moved, dim=1))
        logits, following = self.head.forward_reading(reading, state, dt_s)
        return logits, {**following, **{_PREFIX + name: value for name, value in own.items()}}


_PREFIX: Final = f"{SHARED_STATE}."
