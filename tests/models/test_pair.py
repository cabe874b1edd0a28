"""Two people told apart: what is found on each side of the cut, and how they are to each other."""

import pytest
import torch
from torch import Tensor

from models.heads.actions import ActionHead, Reading
from models.heads.body import JOINTS, locate
from models.heads.pair import PAIR_SIZE, locate_two, pair_stance

HEIGHT, WIDTH = 36, 48


def heat_of(*people: tuple[float, float, float]) -> Tensor:
    """Logits of people, each a spot (x, y, strength) in cells, that all joints are at."""
    y = torch.arange(HEIGHT).view(-1, 1)
    x = torch.arange(WIDTH).view(1, -1)
    spots = [strength - ((x - left) ** 2 + (y - top) ** 2) / 2.0 for left, top, strength in people]
    # Nowhere flat: equal cells would all be hottest.
    ground = -2.0 + 0.1 * torch.rand(HEIGHT, WIDTH, generator=torch.Generator().manual_seed(0))
    warm = torch.maximum(torch.stack(spots).amax(dim=0), ground)
    return warm.expand(1, len(JOINTS), -1, -1).clone()


def places(joints: Tensor) -> list[tuple[float, float]]:
    """Of the left one and the right one, in cells."""
    x = joints[0, :, 0] * WIDTH - 0.5
    y = joints[0, :, 1] * HEIGHT - 0.5
    return [(float(x[i]), float(y[i])) for i in (0, len(JOINTS))]


@pytest.mark.parametrize("strengths", [(12.0, 11.5), (12.0, 9.0), (9.0, 12.0)])
@pytest.mark.parametrize("left", [3, 12, 20])
def test_two_people_are_found_left_and_right(left: int, strengths: tuple[float, float]) -> None:
    heat = heat_of((left, 10, strengths[0]), (left + 16, 24, strengths[1]))
    found = places(locate_two(heat))
    assert found[0] == pytest.approx((left, 10), abs=0.3)
    assert found[1] == pytest.approx((left + 16, 24), abs=0.3)
    # Whoever reads one person only sees the one who takes up more, not both, and not between.
    (x, _) = locate(heat)[0, 0, :2] * torch.tensor([WIDTH, HEIGHT]) - 0.5
    assert min(abs(float(x) - left), abs(float(x) - left - 16)) < 0.3


def test_of_one_person_a_side_is_sure_and_the_other_is_not() -> None:
    joints = locate_two(heat_of((30, 12, 12.0)))
    (x, y), sure = places(joints)[1], joints[0, :, 2]
    assert (x, y) == pytest.approx((30, 12), abs=0.3)
    assert sure[13:].min() > 0.9
    assert sure[:13].max() < 0.1


def test_the_cut_moves_on_within_a_column() -> None:
    """One that jumped from column to column would make another picture of a rounding."""
    for shift in torch.linspace(0, 1, 9):
        left, right = 10 + float(shift), 30.0
        one, two = (
            locate_two(heat_of((left + by, 10, 9.0), (right, 24, 12.0))) for by in (0, 1e-4)
        )
        assert float((one - two)[:, 13:].abs().max()) < 1e-4  # nobody moved on the right


def test_a_pair_is_read_by_how_each_is_held_and_how_they_are_to_each_other() -> None:
    torch.manual_seed(0)
    joints = torch.rand(2, 5, 26, 3)
    told = pair_stance(joints)
    assert told.shape == (2, 5, PAIR_SIZE)
    assert torch.isfinite(told).all()
    # Both moved alike: only where they are changes, neither posture nor what is between them.
    moved = joints.clone()
    moved[..., 0] += 0.1
    same = (told - pair_stance(moved)).abs().amax(dim=(0, 1)) < 1e-4
    assert same.sum() == PAIR_SIZE - 4  # x of shoulders and of hips, of each
    # One moved away from the other: that is told.
    apart = joints.clone()
    apart[..., 13:, 0] += 0.1
    assert ((told - pair_stance(apart)).abs() > 1e-3).float().mean() > 0.1


def test_a_head_of_two_people_reads_the_other_one_too() -> None:
    torch.manual_seed(1)
    head = ActionHead(2, 25.0, body=True, people=2).eval()
    scene, motion, dt = torch.zeros(1, 6912), torch.zeros(1, 1296), torch.tensor([0.04])
    joints = torch.rand(1, 26, 3)
    head.standardise(torch.rand(9, 1296), torch.rand(9, 26, 3))
    said, after = head.step_reading(Reading(scene, motion, joints), head.init_state(1), dt)
    assert after["stance"].shape == (1, PAIR_SIZE)
    changed = joints.clone()
    changed[:, 20] = 0.5  # somewhere on the right one
    other, _ = head.step_reading(Reading(scene, motion, changed), head.init_state(1), dt)
    assert not torch.allclose(said, other)
