"""Two people side by side, told apart by where the joints' heat is; carries no state.

The picture is cut between them from top to bottom, and each side is read as if nobody were on the
other.
"""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor

from models.heads.body import FARTHEST, JOINTS, STANCE_SIZE, build_of, locate, stance

PAIR_SIZE: Final = 2 * STANCE_SIZE + 4 * len(JOINTS)

_SPREAD: Final = 2.0
_ROUNDS: Final = 3
_LEAST_SHARE: Final = 1e-4
_OUT: Final = 30.0


def locate_two(heat: Tensor) -> Tensor:
    """Read (B, 13, H, W) logits as (B, 26, 3): joints of who is on the left, then on the right.

    See `models.heads.body.locate`; how sure is told of the side alone. With one person in the
    picture one side is empty and unsure, or both are of parts of that person.
    """
    columns = torch.arange(heat.shape[3], dtype=heat.dtype, device=heat.device)
    left = (_cut(heat, columns) - columns + 0.5).clamp(0, 1)[:, None, None, :]
    return torch.cat((locate(heat - _OUT * (1 - left)), locate(heat - _OUT * left)), dim=1)


def _cut(heat: Tensor, columns: Tensor) -> Tensor:
    """Return (B, 1): the column halfway between two people, by two means of the columns' heat.

    Lloyd's algorithm (Lloyd, "Least Squares Quantization in PCM", IEEE Transactions on Information
    Theory 1982), begun at the mean, with a cut that moves on within a column: a hard one would
    jump where two runtimes differ by a rounding.
    """
    # Twice as flat as a probability: of two people the fainter must not vanish.
    share = (heat / _SPREAD).flatten(2).softmax(dim=2).view_as(heat).sum(dim=(1, 2))
    share = share / share.sum(dim=1, keepdim=True)
    cut = (share * columns).sum(dim=1, keepdim=True)
    for _ in range(_ROUNDS):
        left = share * (cut - columns + 0.5).clamp(0, 1)
        right = share - left
        cut = (_mean(left, columns) + _mean(right, columns)) / 2
    return cut


def _mean(share: Tensor, columns: Tensor) -> Tensor:
    total = share.sum(dim=1, keepdim=True).clamp_min(_LEAST_SHARE)
    return (share * columns).sum(dim=1, keepdim=True) / total


def pair_stance(joints: Tensor) -> Tensor:
    """Say how two people hold themselves, and how they are to each other.

    Parameters
    ----------
    joints
        (..., 26, 3), see `locate_two`.

    Returns
    -------
    Tensor
        (..., 148): `models.heads.body.stance` of the left one and of the right one; then x and y
        of all joints from the middle between the two, in mean sizes of their bodies, none farther
        than four.
    """
    left, right = joints[..., : len(JOINTS), :], joints[..., len(JOINTS) :, :]
    one, other = build_of(left), build_of(right)
    middle = (one.shoulders + other.shoulders) / 2
    place = torch.cat((one.place, other.place), dim=-2) - middle.unsqueeze(-2)
    apart = place / ((one.size + other.size) / 2).unsqueeze(-1)
    return torch.cat(
        (stance(left), stance(right), apart.flatten(-2).clamp(-FARTHEST, FARTHEST)), dim=-1
    )
