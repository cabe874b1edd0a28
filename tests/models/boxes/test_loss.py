"""Assignment and losses of the box head."""

import numpy as np
import pytest
import torch

from models.data.boxes import BoxLabels
from models.data.boxes_batches import pad_labels
from models.heads.boxes import locations
from models.training.box_loss import (
    Targets,
    assign,
    box_losses,
    class_loss,
    pair_giou,
    pair_iou,
)

CENTRES, STRIDE = locations(384, 288)
SCALE = np.array([384, 288, 384, 288], np.float32)


def targets(
    *boxes: tuple[float, float, float, float],
    class_id: list[int] | None = None,
    score: list[float] | None = None,
    ignored: list[bool] | None = None,
) -> Targets:
    """One frame's targets from pixel boxes."""
    count = len(boxes)
    label = BoxLabels(
        np.array(boxes, np.float32).reshape(-1, 4) / SCALE,
        np.array(class_id or [0] * count, np.int64),
        np.array(score or [1.0] * count, np.float32),
        np.array(ignored or [False] * count, bool),
    )
    return pad_labels([label], SCALE)


def perfect(wanted: Targets) -> torch.Tensor:
    """Every location predicts the first box."""
    return wanted.xyxy[:, :1].expand(1, len(CENTRES), 4).clone()


def quiet(classes: int = 3) -> torch.Tensor:
    return torch.full((1, len(CENTRES), classes), -2.0)


def test_giou_of_known_boxes() -> None:
    one = torch.tensor([0.0, 0.0, 2.0, 2.0])
    other = torch.tensor([[1.0, 1.0, 3.0, 3.0], [0.0, 0.0, 2.0, 2.0], [4.0, 0.0, 6.0, 2.0]])
    iou, giou = pair_iou(one, other), pair_giou(one, other)
    torch.testing.assert_close(iou, torch.tensor([1 / 7, 1.0, 0.0]), atol=1e-4, rtol=0)
    expected = torch.tensor([1 / 7 - 2 / 9, 1.0, -1 / 3])
    torch.testing.assert_close(giou, expected, atol=1e-4, rtol=0)


def test_positives_lie_inside_their_box_and_are_at_most_ten() -> None:
    wanted = targets((100, 80, 220, 200))
    plan = assign(quiet(), perfect(wanted), wanted, CENTRES)
    chosen = CENTRES[plan.positive[0]]
    assert 1 <= len(chosen) <= 10
    assert (chosen > torch.tensor([100, 80])).all() and (chosen < torch.tensor([220, 200])).all()
    assert plan.quality.max() == pytest.approx(1.0, abs=1e-3)


def test_a_location_answers_for_the_box_it_overlaps_most() -> None:
    wanted = targets((0, 0, 384, 288), (160, 120, 224, 184), class_id=[0, 1])
    boxes = wanted.xyxy[:, 1:].expand(1, len(CENTRES), 4).clone()
    plan = assign(quiet(), boxes, wanted, CENTRES)
    small = plan.positive[0] & (plan.box[0] == 1)
    assert small.sum() == 10
    assert (plan.quality[0, small] > 0.99).all() and (plan.class_id[0, small] == 1).all()


def test_a_box_that_nothing_overlaps_still_gets_locations() -> None:
    wanted = targets((40, 40, 80, 80))
    nowhere = torch.zeros(1, len(CENTRES), 4)
    assert assign(quiet(), nowhere, wanted, CENTRES).positive.sum() >= 1


def test_ignored_boxes_are_neither_object_nor_background() -> None:
    wanted = targets((100, 80, 220, 200), class_id=[1], ignored=[True])
    plan = assign(quiet(), perfect(wanted), wanted, CENTRES)
    assert not plan.positive.any()
    logits = torch.zeros(1, len(CENTRES), 3, requires_grad=True)
    class_loss(logits, plan, wanted).backward()
    assert logits.grad is not None
    inside = ((CENTRES > torch.tensor([100, 80])) & (CENTRES < torch.tensor([220, 200]))).all(1)
    assert (logits.grad[0, inside, 1] == 0).all()
    assert (logits.grad[0, inside, 0] > 0).all() and (logits.grad[0, ~inside] > 0).all()


def test_class_loss_is_the_quality_focal_loss_written_out() -> None:
    wanted = targets((20, 20, 200, 200), (100, 80, 300, 260), class_id=[1, 2])
    boxes = wanted.xyxy[:, 1:].expand(1, len(CENTRES), 4).clone()
    logits = torch.randn(1, len(CENTRES), 3, generator=torch.Generator().manual_seed(0))
    logits.requires_grad_()
    plan = assign(logits.detach(), boxes, wanted, CENTRES)
    quality = torch.zeros_like(logits)
    where = plan.positive[0].nonzero()[:, 0]
    quality[0, where, plan.class_id[0, where]] = plan.quality[0, where]
    score = logits.sigmoid()
    cross = -(quality * score.log() + (1 - quality) * (1 - score).log())
    expected = ((quality - score).detach().square() * cross).sum()
    got = class_loss(logits, plan, wanted)
    torch.testing.assert_close(got, expected, rtol=1e-4, atol=1e-3)
    (slope,) = torch.autograd.grad(got, logits)
    (wanted_slope,) = torch.autograd.grad(expected, logits)
    torch.testing.assert_close(slope, wanted_slope, rtol=1e-3, atol=1e-5)


def test_an_unsure_teacher_asks_for_less() -> None:
    wanted = targets((100, 80, 220, 200), score=[0.5])
    plan = assign(quiet(), perfect(wanted), wanted, CENTRES)
    assert plan.quality.max() == pytest.approx(0.5, abs=1e-3)


def test_empty_frames_teach_background_only() -> None:
    logits = torch.zeros(1, len(CENTRES), 3, requires_grad=True)
    losses = box_losses(logits, torch.zeros(1, len(CENTRES), 4), targets(), CENTRES)
    losses.total.backward()
    assert losses.sides == 0 and losses.classes > 0
    assert logits.grad is not None and (logits.grad > 0).all()


def test_the_right_answer_costs_less_than_a_wrong_one() -> None:
    wanted = targets((100, 80, 220, 200), class_id=[2])
    right = perfect(wanted)
    plan = assign(quiet(), right, wanted, CENTRES)
    scores = torch.full((1, len(CENTRES), 3), 1e-4)
    scores[0, plan.positive[0], 2] = plan.quality[0, plan.positive[0]].clamp(1e-4, 1 - 1e-4)
    logits = torch.logit(scores)
    good = box_losses(logits, right, wanted, CENTRES)
    shifted = box_losses(logits, right + 30, wanted, CENTRES)
    wrong_class = box_losses(logits.roll(1, 2), right, wanted, CENTRES)
    assert good.total < 0.05
    assert shifted.sides > good.sides + 0.1
    assert wrong_class.classes > good.classes + 0.1


def test_descent_finds_a_box() -> None:
    wanted = targets((96, 64, 192, 224), class_id=[1])
    logits = torch.full((1, len(CENTRES), 3), -4.6, requires_grad=True)
    half = torch.full((1, len(CENTRES), 4), 24.0, requires_grad=True)
    optimizer = torch.optim.Adam([logits, half], lr=1.0)
    for _ in range(80):
        boxes = torch.cat([CENTRES - half[..., :2], CENTRES + half[..., 2:]], -1)
        optimizer.zero_grad()
        box_losses(logits, boxes, wanted, CENTRES).total.backward()
        optimizer.step()
    best = logits[0, :, 1].argmax()
    assert pair_iou(boxes[0, best], wanted.xyxy[0, 0]) > 0.9
