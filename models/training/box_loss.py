"""What the box head learns from: task-aligned assignment, quality focal loss, GIoU.

Assignment: Feng, Zhong, Gao, Scott, Huang, "TOOD: Task-aligned One-stage Object Detection", ICCV
2021, equations 1 and 6. Class loss: Li et al., "Generalized Focal Loss", NeurIPS 2020, equation 3.
Box loss: Rezatofighi et al., "Generalized Intersection over Union", CVPR 2019.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

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
    quality
        (B, N, K): the class score each location should give.
    counted
        (B, N, K) bool: false where a class score is left alone because of an ignored box.
    box
        (B, N): index of the box a positive location answers for.
    positive
        (B, N) bool.
    """

    quality: Tensor
    counted: Tensor
    box: Tensor
    positive: Tensor


@dataclass(frozen=True)
class Losses:
    """Scalars, each a mean over the positive locations, weighted by their quality."""

    classes: Tensor
    sides: Tensor

    @property
    def total(self) -> Tensor:
        """The sum that is minimised."""
        return self.classes + 2.0 * self.sides


def pair_iou(first: Tensor, second: Tensor) -> tuple[Tensor, Tensor]:
    """Return IoU and GIoU, (...), of boxes (..., 4) that broadcast against each other."""
    low = torch.maximum(first[..., :2], second[..., :2])
    high = torch.minimum(first[..., 2:], second[..., 2:])
    shared = (high - low).clamp(min=0).prod(-1)
    union = _area(first) + _area(second) - shared + _TINY
    iou = shared / union
    outer_low = torch.minimum(first[..., :2], second[..., :2])
    outer_high = torch.maximum(first[..., 2:], second[..., 2:])
    hull = (outer_high - outer_low).clamp(min=0).prod(-1) + _TINY
    return iou, iou - (hull - union) / hull


def _area(xyxy: Tensor) -> Tensor:
    return (xyxy[..., 2:] - xyxy[..., :2]).clamp(min=0).prod(-1)


@torch.no_grad()
def assign(
    scores: Tensor,
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
    scores, boxes
        Predictions: (B, N, K) probabilities, (B, N, 4) pixels.
    centres
        (N, 2) pixels: where each location lies.
    candidates
        Locations per box, at most.
    alpha, beta
        Weights of class score and overlap: alignment = score^alpha x IoU^beta.
    """
    inside = _inside(centres, targets.xyxy) & targets.real[..., None]
    overlap = pair_iou(targets.xyxy[:, :, None], boxes[:, None])[0] * inside
    index = targets.class_id[:, None].expand(-1, scores.shape[1], -1)
    alignment = scores.gather(2, index).transpose(1, 2) ** alpha * overlap**beta
    chosen = _best(alignment, inside, candidates)
    # A location that several boxes want answers for the one it overlaps most.
    overlap_chosen = torch.where(chosen, overlap, -1.0)
    best, box = overlap_chosen.max(1)
    positive = best >= 0
    mine = F.one_hot(box, targets.xyxy.shape[1]).transpose(1, 2).bool() & chosen
    quality = _normalised(alignment, overlap, mine) * targets.score[..., None]
    return _spread(quality, mine, box, positive, targets, centres, scores.shape[2])


def _inside(centres: Tensor, xyxy: Tensor) -> Tensor:
    """Return (B, M, N): whether a location lies within a box."""
    low = centres[None, None] - xyxy[:, :, None, :2]
    high = xyxy[:, :, None, 2:] - centres[None, None]
    return torch.cat([low, high], -1).amin(-1) > 0


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


def _spread(
    quality: Tensor,
    mine: Tensor,
    box: Tensor,
    positive: Tensor,
    targets: Targets,
    centres: Tensor,
    classes: int,
) -> Assignment:
    """Lay the boxes' qualities out over locations and classes."""
    batch, boxes, places = mine.shape
    index = targets.class_id[..., None].expand(batch, boxes, places).transpose(1, 2)
    wanted = quality.new_zeros(batch, places, classes)
    wanted.scatter_reduce_(2, index, (quality * mine).transpose(1, 2), "amax")
    hidden = _inside(centres, targets.xyxy) & targets.ignored[..., None]
    left_alone = quality.new_zeros(batch, places, classes)
    left_alone.scatter_reduce_(2, index, hidden.transpose(1, 2).to(quality.dtype), "amax")
    counted = (left_alone == 0) | (wanted > 0)
    return Assignment(wanted, counted, box, positive)


def box_losses(logits: Tensor, boxes: Tensor, targets: Targets, centres: Tensor) -> Losses:
    """Compare predictions with what is known of B frames.

    Parameters
    ----------
    logits, boxes
        (B, N, K) and (B, N, 4), pixels; float32.
    """
    plan = assign(logits.detach().sigmoid(), boxes.detach(), targets, centres)
    weight = plan.quality.sum(-1)[plan.positive]
    total = weight.sum().clamp(min=1.0)
    focus = (logits.detach().sigmoid() - plan.quality).abs().square()
    entropy = F.binary_cross_entropy_with_logits(logits, plan.quality, reduction="none")
    classes = (entropy * focus * plan.counted).sum() / total
    frame, place = plan.positive.nonzero(as_tuple=True)
    wanted = targets.xyxy[frame, plan.box[frame, place]]
    sides = ((1 - pair_iou(boxes[frame, place], wanted)[1]) * weight).sum() / total
    return Losses(classes, sides)
