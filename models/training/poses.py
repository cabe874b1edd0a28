"""Training of a pose head on the joints of people in stills.

What a stream would show is put together from a few stills of one pose at one place, in any order,
at a random rate: the head has to say at once what it sees, and to be surer the longer it looks.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from models.heads.poses import PoseHead
from models.training.fitting import fit, loss_of_both, warm_cosine

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from models.data.poses import PoseStills


@dataclass(frozen=True, slots=True)
class PoseRecipe:
    """Everything that training depends on, but for the data.

    Attributes
    ----------
    length
        Stills shown one after the other.
    fastest_s, slowest_s
        Time from one to the next, drawn evenly on a logarithmic scale.
    tremble
        Standard deviation of the noise on the joints' places, as a fraction of the picture.
    contrast
        Share of what is drawn that is contrast, see `models.data.poses.with_contrast`.
    agreement
        See `models.training.actions.ActionRecipe`.
    """

    labels: int
    rate_hz: float = 25.0
    steps: int = 1500
    batch: int = 96
    length: int = 6
    fastest_s: float = 0.03
    slowest_s: float = 0.6
    tremble: float = 0.004
    contrast: float = 0.2
    agreement: float = 0.0
    learning_rate: float = 2e-3
    weight_decay: float = 0.05
    smoothing: float = 0.1
    clip_norm: float = 2.0
    seed: int = 0


def train_pose_head(
    recipe: PoseRecipe,
    stills: PoseStills,
    chosen: NDArray[np.intp],
    progress: Callable[[int, int, float], None] | None = None,
) -> PoseHead:
    """Train a head from scratch on the `chosen` stills; the same inputs give the same weights.

    Parameters
    ----------
    progress
        Called with step, steps and the running loss.
    """
    torch.manual_seed(recipe.seed)
    head = PoseHead(recipe.labels, recipe.rate_hz)
    sampler = _Sampler(recipe, stills, chosen)
    fit(
        head,
        lambda: _loss(head, recipe, sampler),
        steps=recipe.steps,
        learning_rate=recipe.learning_rate,
        weight_decay=recipe.weight_decay,
        clip_norm=recipe.clip_norm,
        rate=warm_cosine(12),
        progress=progress,
    )
    return head


def _loss(head: PoseHead, recipe: PoseRecipe, sampler: _Sampler) -> Tensor:
    """Cross-entropy after every still of a batch, and how far rough joints lead astray."""
    batch = sampler.batch()
    return loss_of_both(
        lambda joints: _watch(head, recipe, joints, batch),
        batch.joints,
        batch.rough,
        recipe.agreement,
    )


def _watch(
    head: PoseHead, recipe: PoseRecipe, joints: Tensor, batch: _Batch
) -> tuple[Tensor, Tensor]:
    """Return cross-entropy, and (T, B, L) probabilities."""
    state = head.init_state(recipe.batch)
    loss, said = torch.zeros(()), []
    for shown, since_s in zip(joints, batch.dt_s, strict=True):
        logits, state = head.step_joints(shown, state, since_s)
        loss = loss + functional.cross_entropy(logits, batch.pose, label_smoothing=recipe.smoothing)
        said.append(logits.softmax(dim=-1))
    return loss / recipe.length, torch.stack(said)


class _Batch(NamedTuple):
    """What B streams show.

    Attributes
    ----------
    joints, rough
        (T, B, 13, 3), the latter less exactly.
    dt_s
        (T, B) seconds since the still before.
    pose
        (B,) class indices.
    """

    joints: Tensor
    rough: Tensor
    dt_s: Tensor
    pose: Tensor


class _Sampler:
    """Draws poses equally often, places equally often within each pose; contrast apart."""

    def __init__(self, recipe: PoseRecipe, stills: PoseStills, chosen: NDArray[np.intp]) -> None:
        self._recipe, self._stills = recipe, stills
        self._rng = np.random.default_rng(recipe.seed)
        groups: dict[int, dict[int, list[int]]] = {}
        contrast: dict[int, list[int]] = {}
        for index in chosen:
            place = int(stills.place[index])
            places = contrast if place < 0 else groups.setdefault(int(stills.pose[index]), {})
            places.setdefault(place, []).append(int(index))
        self._groups = [_arrays(places) for places in groups.values()]
        self._contrast = _arrays(contrast)

    def batch(self) -> _Batch:
        """Draw one."""
        recipe, rng = self._recipe, self._rng
        picked = np.stack([self._draw() for _ in range(recipe.batch)], axis=1)
        variant = rng.integers(len(self._stills.joints), size=picked.shape)
        joints = self._stills.joints[variant, picked]
        rough = joints if self._stills.rough is None else self._stills.rough[variant, picked]
        tremble = np.zeros_like(joints)
        tremble[..., :2] = rng.normal(0, recipe.tremble, joints[..., :2].shape)
        fast, slow = math.log(recipe.fastest_s), math.log(recipe.slowest_s)
        dt_s = np.exp(rng.uniform(fast, slow, picked.shape)).astype(np.float32)
        return _Batch(
            torch.from_numpy(joints + tremble),
            torch.from_numpy(rough + tremble),
            torch.from_numpy(dt_s),
            torch.from_numpy(self._stills.pose[picked[0]]),
        )

    def _draw(self) -> NDArray[np.intp]:
        places = self._contrast
        if not places or self._rng.random() >= self._recipe.contrast:
            places = self._groups[int(self._rng.integers(len(self._groups)))]
        members = places[int(self._rng.integers(len(places)))]
        return self._rng.choice(members, self._recipe.length)


def _arrays(places: dict[int, list[int]]) -> list[NDArray[np.intp]]:
    return [np.asarray(members) for members in places.values()]
