"""What the box head learns from: task-aligned assignment, quality focal loss, GIoU.

Assignment: Feng, Zhong, Gao, Scott, Huang, "TOOD: Task-aligned One-stage Object Detection", ICCV
2021, equations 1 and 6. Class loss: Li et al., "Generalized Focal Loss", NeurIPS 2020, equation 3.
Box loss: Rezatofighi et al., "Generalized Intersection over Union", CVPR 2019.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import torch
import torch.nn.functional as F

if TYPE_CHECKING:
    from torch import Tensor

_TINY: Final = 1e-7


@dataclass(frozen=True)
class Targets:
    """Boxes of B frames, padded to the same number M.

    Attributes
    ----------
    xyxy
        (B, M, 4) float32, pixels.
    class_id
        (B, M) int64.
    score
        (B, M) float32: how sure the labeller was, in (0, 1].
    real
        (B, M) bool: an object; false for padding and for ignored boxes.
    ignored
        (B, M) bool: neither an object nor background.
    """

    xyxy: Tensor
    class_id: Tensor
    score: Tensor
    real: Tensor
    ignored: Tensor


@dataclass(frozen=True)
class Assignment:
    """Which locations answer for which boxes.

    Attributes
    ----------
    positive
        (B, N) bool.
    box
        (B, N): index of the box that a positive location answers for.
    quality
        (B, N): the score that a positive location should give to its box's class.
    class_id
        (B, N): that class.
    hidden
        (B, M, N) bool: locations within an ignored box; its class is left alone there.
    """

    positive: Tensor
    box: Tensor
    quality: Tensor
    class_id: Tensor
    hidden: Tensor


@dataclass(frozen=True)
class Losses:
    """Scalars, each a mean over the positive locations, weighted by their quality."""

    classes: Tensor
    sides: Tensor

    @property
    def total(self) -> Tensor:
        """The sum that is minimised."""
        return self.classes + 2.0 * self.sides


def pair_iou(first: Tensor, second: Tensor) -> Tensor:
    """Return IoU, (...), of boxes (..., 4) that broadcast against each other."""
    shared, union, _ = _overlap(first, second)
    return shared / union


def pair_giou(first: Tensor, second: Tensor) -> Tensor:
    """Return generalized IoU, (...), from -1 to 1, of boxes (..., 4)."""
    shared, union, hull = _overlap(first, second, hull=True)
    return shared / union - (hull - union) / hull


def _overlap(first: Tensor, second: Tensor, *, hull: bool = False) -> tuple[Tensor, Tensor, Tensor]:
    """Return the areas of intersection, union and, if asked for, of the box around both."""
    # Side by side, not stacked: reducing over a last axis of two is slow.
    left, top, right, bottom = first.unbind(-1)
    left2, top2, right2, bottom2 = second.unbind(-1)
    width = (torch.minimum(right, right2) - torch.maximum(left, left2)).clamp_(min=0)
    height = (torch.minimum(bottom, bottom2) - torch.maximum(top, top2)).clamp_(min=0)
    shared = width * height
    own = (right - left).clamp(min=0) * (bottom - top).clamp(min=0)
    other = (right2 - left2).clamp(min=0) * (bottom2 - top2).clamp(min=0)
    union = own + other - shared + _TINY
    if not hull:
        return shared, union, union
    outer_width = torch.maximum(right, right2) - torch.minimum(left, left2)
    outer_height = torch.maximum(bottom, bottom2) - torch.minimum(top, top2)
    return shared, union, outer_width * outer_height + _TINY


@torch.no_grad()
def assign(
    logits: Tensor,
    boxes: Tensor,
    targets: Targets,
    centres: Tensor,
    *,
    candidates: int = 10,
    alpha: float = 0.5,
    beta: float = 4.0,
) -> Assignment:
    """Give each box the locations that class and outline agree on best (TOOD).

    Parameters
    ----------
    logits, boxes
        Predictions: (B, N, K), and (B, N, 4) pixels.
    centres
        (N, 2) pixels: where each location lies.
    candidates
        Locations per box, at most.
    alpha, beta
        Weights of class score and overlap: alignment = score^alpha x IoU^beta.
    """
    within = _inside(centres, targets.xyxy)
    inside = within & targets.real[..., None]
    overlap = pair_iou(targets.xyxy[:, :, None], boxes[:, None]) * inside
    index = targets.class_id[:, None].expand(-1, logits.shape[1], -1)
    score = logits.gather(2, index).transpose(1, 2).sigmoid()
    alignment = score**alpha * overlap**beta
    chosen = _best(alignment, inside, candidates)
    # A location that several boxes want answers for the one it overlaps most.
    best, box = torch.where(chosen, overlap, -1.0).max(1)
    mine = chosen & (torch.arange(chosen.shape[1])[:, None] == box[:, None])
    quality = _normalised(alignment, overlap, mine) * targets.score[..., None]
    return Assignment(
        positive=best >= 0,
        box=box,
        quality=quality.gather(1, box[:, None])[:, 0],
        class_id=targets.class_id.gather(1, box),
        hidden=within & targets.ignored[..., None],
    )


def _inside(centres: Tensor, xyxy: Tensor) -> Tensor:
    """Return (B, M, N): whether a location lies within a box."""
    x, y = centres.unbind(-1)
    left, top, right, bottom = (side[..., None] for side in xyxy.unbind(-1))
    return (x > left) & (x < right) & (y > top) & (y < bottom)


def _best(alignment: Tensor, inside: Tensor, candidates: int) -> Tensor:
    """Return (B, M, N): the best aligned locations of each box."""
    # Any location inside beats one outside, even where nothing overlaps yet.
    ranked = torch.where(inside, alignment + _TINY, 0.0)
    top = ranked.topk(min(candidates, ranked.shape[2]), dim=2)
    chosen = torch.zeros_like(inside)
    chosen.scatter_(2, top.indices, top.values > 0)
    return chosen


def _normalised(alignment: Tensor, overlap: Tensor, mine: Tensor) -> Tensor:
    """Scale each box's alignments so that the best equals its best overlap (TOOD, section 3.3)."""
    alignment, overlap = alignment * mine, overlap * mine
    peak = alignment.amax(2, keepdim=True) + _TINY
    return alignment / peak * overlap.amax(2, keepdim=True)


class _Background(torch.autograd.Function):
    """Quality focal loss of scores that should be zero, summed.

    By hand, for it is taken of every score, a hundred times more than there are objects:
    sigma^2 softplus(x), the first factor held fixed, has the derivative sigma^3.
    """

    @staticmethod
    def forward(ctx: Any, logits: Tensor) -> Tensor:
        score = logits.sigmoid()
        ctx.save_for_backward(score)
        return (score.square() * F.softplus(logits)).sum()

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        (score,) = ctx.saved_tensors
        slope: Tensor = score.pow(3) * gradients[0]
        return slope


def _quality_focal(logits: Tensor, quality: Tensor) -> Tensor:
    """Return the sum of |quality - score|^2 x cross entropy, the first factor held fixed."""
    focus = (logits.detach().sigmoid() - quality).square()
    entropy = F.binary_cross_entropy_with_logits(logits, quality, reduction="none")
    return (entropy * focus).sum()


def class_loss(logits: Tensor, plan: Assignment, targets: Targets) -> Tensor:
    """Return the quality focal loss of all scores (B, N, K), summed, ignored ones left out."""
    _, places, classes = logits.shape
    frame, place = plan.positive.nonzero(as_tuple=True)
    mine = (frame * places + place) * classes + plan.class_id[frame, place]
    frame2, box2, place2 = plan.hidden.nonzero(as_tuple=True)
    left_alone = (frame2 * places + place2) * classes + targets.class_id[frame2, box2]
    flat = logits.reshape(-1)
    not_background = flat[torch.unique(torch.cat([mine, left_alone]))]
    everywhere: Tensor = _Background.apply(flat)  # type: ignore[no-untyped-call]
    too_much = _quality_focal(not_background, torch.zeros_like(not_background))
    return everywhere - too_much + _quality_focal(flat[mine], plan.quality[frame, place])


def box_losses(logits: Tensor, boxes: Tensor, targets: Targets, centres: Tensor) -> Losses:
    """Compare predictions with what is known of B frames.

    Parameters
    ----------
    logits, boxes
        (B, N, K) and (B, N, 4), pixels; float32.
    """
    plan = assign(logits.detach(), boxes.detach(), targets, centres)
    frame, place = plan.positive.nonzero(as_tuple=True)
    weight = plan.quality[frame, place]
    total = weight.sum().clamp(min=1.0)
    wanted = targets.xyxy[frame, plan.box[frame, place]]
    sides = ((1 - pair_giou(boxes[frame, place], wanted)) * weight).sum() / total
    return Losses(class_loss(logits, plan, targets) / total, sides)
