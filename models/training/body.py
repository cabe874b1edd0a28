"""Training of the body reader on encoded pictures of people.

The cross-entropy between each joint's heat map and a small blob at its place; where a joint is
out of the picture, the map is to be flat.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import torch
from torch import Tensor

from models.heads.body import BodyReader
from models.training.fitting import fit, warm_cosine

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from models.data.body_examples import BodyShard

_BLOB_CELLS: Final = 1.1
_ABSENT_WEIGHT: Final = 0.15
_ARMS: Final = (3, 4, 5, 6)
_ARMS_WEIGHT: Final = 2.0
"""Elbows and wrists are the hardest to find, and tell most poses apart."""
_SEEN: Final = 0.2
"""A joint that its teacher is less sure of than this is not learnt from."""


@dataclass(frozen=True, slots=True)
class BodyRecipe:
    """Everything that training depends on, but for the data."""

    steps: int = 3500
    batch: int = 24
    learning_rate: float = 2e-3
    weight_decay: float = 0.02
    clip_norm: float = 2.0
    seed: int = 0


def train_body_reader(
    recipe: BodyRecipe,
    shards: Sequence[BodyShard],
    progress: Callable[[int, int, float], None] | None = None,
) -> BodyReader:
    """Train from scratch; the same inputs give the same weights on the same machine.

    Parameters
    ----------
    shards
        Drawn from in proportion to the square root of their size: neither the largest nor the
        smallest has its way.
    progress
        Called with step, steps and the running loss.
    """
    torch.manual_seed(recipe.seed)
    rng = np.random.default_rng(recipe.seed)
    reader = BodyReader()
    reader.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    size = np.sqrt([len(shard) for shard in shards])

    def loss() -> Tensor:
        drawn = rng.multinomial(recipe.batch, size / size.sum())
        batches = [
            shard.take(np.sort(rng.integers(0, len(shard), int(count))))
            for shard, count in zip(shards, drawn, strict=True)
            if count
        ]
        c3, c4, c5, joints = (torch.cat(parts) for parts in zip(*batches, strict=True))
        with torch.autocast("cpu", torch.bfloat16):
            heat = reader.heat((c3, c4, c5))
        return joint_loss(heat.float(), joints)

    fit(
        reader,
        loss,
        steps=recipe.steps,
        learning_rate=recipe.learning_rate,
        weight_decay=recipe.weight_decay,
        clip_norm=recipe.clip_norm,
        rate=warm_cosine(60),
        progress=progress,
    )
    return reader


def joint_loss(heat: Tensor, joints: Tensor) -> Tensor:
    """Return the mean cross-entropy of (B, J, H, W) logits against (B, J, 3) joints.

    Parameters
    ----------
    joints
        x and y as fractions of the picture, and how sure that is; out of 0 to 1 is out of it.
    """
    height, width = heat.shape[2:]
    x, y, sure = joints.unbind(dim=2)
    inside = (x > 0) & (x < 1) & (y > 0) & (y < 1)
    blob = _bell(y * height, height).unsqueeze(3) * _bell(x * width, width).unsqueeze(2)
    blob = blob.flatten(2)
    flat = torch.full_like(blob, 1 / (height * width))
    truth = torch.where(inside.unsqueeze(2), blob / blob.sum(dim=2, keepdim=True), flat)
    losses = -(truth * heat.flatten(2).log_softmax(dim=2)).sum(dim=2)
    known = ((sure - _SEEN) / (1 - _SEEN)).clamp_min(0)
    weight = torch.where(inside, known, torch.full_like(known, _ABSENT_WEIGHT))
    weight[:, _ARMS] *= _ARMS_WEIGHT
    return (losses * weight).sum() / weight.sum().clamp_min(1e-6)


def _bell(centre: Tensor, cells: int) -> Tensor:
    places = torch.arange(cells, dtype=centre.dtype) + 0.5
    away = (places - centre.clamp(0, cells).unsqueeze(2)) / _BLOB_CELLS
    return torch.exp(-0.5 * away.square())
