"""The body reader: places are read from heat, figures do not depend on place or size, it learns."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
import torch

from models.data.body_examples import (
    BodyShard,
    Person,
    acted_people,
    plain,
    show,
    taught_people,
    write_body_shard,
)
from models.data.splits import DataError
from models.heads.body import FIGURE_SIZE, JOINTS, BodyReader, figure, locate
from models.training.body import BodyRecipe, joint_loss, train_body_reader

if TYPE_CHECKING:
    from pathlib import Path

_MAPS = ((40, 36, 48), (112, 18, 24), (320, 9, 12))


def test_a_place_is_finer_than_the_cells() -> None:
    heat = torch.full((1, 1, 36, 48), -20.0)
    heat[0, 0, 10, 20], heat[0, 0, 10, 21] = 5.0, 5.0
    x, y, sure = locate(heat)[0, 0].tolist()
    assert x == pytest.approx(21 / 48, abs=1e-4)
    assert y == pytest.approx(10.5 / 36, abs=1e-4)
    assert sure == pytest.approx(1, abs=1e-3)


def test_what_is_everywhere_is_nowhere() -> None:
    heat = torch.zeros(1, 1, 36, 48)
    heat[0, 0, 3, 3] = 0.01
    assert locate(heat)[0, 0, 2] < 0.05


def _standing() -> torch.Tensor:
    x = [0.5, 0.55, 0.45, 0.57, 0.43, 0.58, 0.42, 0.53, 0.47, 0.53, 0.47, 0.53, 0.47]
    y = [0.15, 0.25, 0.25, 0.37, 0.37, 0.48, 0.48, 0.5, 0.5, 0.7, 0.7, 0.9, 0.9]
    return torch.tensor([x, y, [1.0] * 13]).T.unsqueeze(0)


def test_a_figure_knows_neither_place_nor_size() -> None:
    joints = _standing()
    moved = joints.clone()
    moved[..., :2] = 0.5 * (moved[..., :2] - 0.5) + torch.tensor([0.3, 0.6])
    assert figure(joints).shape == (1, FIGURE_SIZE)
    torch.testing.assert_close(figure(moved), figure(joints), atol=1e-5, rtol=0)
    raised = joints.clone()
    raised[0, 5, 1] = 0.1
    assert (figure(raised) - figure(joints)).abs().max() > 1


def test_a_body_of_no_size_gives_numbers() -> None:
    assert torch.isfinite(figure(torch.zeros(2, 13, 3))).all()


def test_loss_is_least_where_the_joints_are() -> None:
    joints = _standing()
    right, wrong = _blobs(joints), _blobs(joints).roll(12, dims=2)
    assert joint_loss(right, joints) < joint_loss(torch.zeros_like(right), joints) - 2
    assert joint_loss(wrong, joints) > joint_loss(torch.zeros_like(right), joints)


def _blobs(joints: torch.Tensor) -> torch.Tensor:
    x, y = (joints[..., axis, None, None] * size for axis, size in ((0, 48), (1, 36)))
    across = torch.arange(48) + 0.5 - x
    down = (torch.arange(36) + 0.5).unsqueeze(1) - y
    return -0.4 * (across.square() + down.square())


def test_what_the_teacher_does_not_know_is_not_learnt() -> None:
    joints = _standing()
    joints[..., 2] = 0.1
    heat = torch.randn(1, 13, 36, 48, requires_grad=True)
    joint_loss(heat, joints).backward()
    assert heat.grad is not None
    assert heat.grad.abs().max() == 0


def _person(rng: np.random.Generator) -> Person:
    """Draw a figure whose joints are bright squares."""
    joints = _standing()[0].numpy().copy()
    joints[:, :2] *= (120, 90)
    picture = rng.integers(0, 60, (90, 120, 3)).astype(np.uint8)
    for x, y, _ in joints:
        picture[int(y) - 1 : int(y) + 2, int(x) - 1 : int(x) + 2] = 250
    return Person(picture, joints.astype(np.float32))


def test_joints_stay_on_the_body_in_every_variant() -> None:
    rng = np.random.default_rng(0)
    person = _person(rng)
    for _ in range(20):
        shown = show(person, rng)
        assert shown.picture.shape == (288, 384, 3)
        mean = shown.picture.mean()
        inside = [
            shown.picture[int(y), int(x)].mean()
            for x, y, _ in shown.joints
            if 4 < x < 380 and 4 < y < 284
        ]
        assert not inside or np.mean(inside) > mean


def test_whoever_faces_us_does_so_in_every_variant() -> None:
    """Left and right change sides in a mirror, or the body would be turned inside out."""
    person = _person(np.random.default_rng(0))
    for seed in range(12):
        joints = show(person, np.random.default_rng(seed)).joints[:, :2]
        (across_x, across_y), (down_x, down_y) = joints[1] - joints[2], joints[7] - joints[1]
        assert across_x * down_y - across_y * down_x > 0


def _encode(frames: np.ndarray) -> tuple[np.ndarray, ...]:
    """Stand in for the encoder: brightness, at the sizes of its maps."""
    grey = frames.mean(axis=3).astype(np.float32) / 255
    return tuple(
        np.stack([cv2.resize(one, (width, height)) for one in grey])[:, None].repeat(channels, 1)
        for channels, height, width in _MAPS
    )


def test_it_learns_and_training_repeats_itself(tmp_path: Path) -> None:
    people = [_person(np.random.default_rng(seed)) for seed in range(4)]
    shard = write_body_shard(tmp_path / "shard", people, 2, _encode)
    assert len(shard) == 8
    told: list[float] = []
    recipe = BodyRecipe(steps=2, batch=4)
    first, second = (train_body_reader(recipe, [shard]).state_dict() for _ in range(2))
    assert all(torch.equal(first[name], second[name]) for name in first)
    train_body_reader(
        BodyRecipe(steps=100, batch=4, learning_rate=5e-3),
        [BodyShard(tmp_path / "shard")],
        lambda _, __, loss: told.append(loss),
    )
    assert told[-1] < np.log(36 * 48) - 1.5


def test_people_as_they_are(tmp_path: Path) -> None:
    person = _person(np.random.default_rng(0))
    shard = write_body_shard(tmp_path / "plain", [person], 0, _encode)
    joints = shard.take(np.array([0]))[3][0].numpy()
    np.testing.assert_allclose(joints[:, :2], _standing()[0, :, :2].numpy(), atol=1e-3)
    assert plain(person).picture.shape == (288, 384, 3)


def test_the_teachers_answers_are_read(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="body_teacher"):
        list(taught_people(tmp_path, "photos"))
    (tmp_path / "photos").mkdir()
    person = _person(np.random.default_rng(0))
    for name in ("one", "two", "three"):
        cv2.imwrite(str(tmp_path / f"photos/{name}.jpg"), person.picture)
    boxes = {
        "photos/one.jpg": [[0, 0, 10, 10], [0, 0, 100, 90]],
        "photos/two.jpg": [[0, 0, 99, 90], [0, 0, 100, 90]],
        "photos/three.jpg": [[0, 0, 100, 90]],
    }
    joints = person.joints.tolist()
    answers = {
        "photos/one.jpg": [None, joints],
        "photos/two.jpg": [joints, joints],
        "photos/three.jpg": [None],
    }
    (tmp_path / "photos.boxes.json").write_text(json.dumps(boxes))
    (tmp_path / "photos.joints.json").write_text(json.dumps(answers))
    # Nobody could say which of two equals is meant, and one is not found at all.
    (found,) = taught_people(tmp_path, "photos")
    np.testing.assert_allclose(found.joints, person.joints, atol=1e-3)


@torch.inference_mode()
def test_joints_are_fractions_of_the_picture() -> None:
    torch.manual_seed(0)
    joints = BodyReader().eval()(tuple(torch.randn(2, *shape) for shape in _MAPS))
    assert joints.shape == (2, len(JOINTS), 3)
    assert ((joints >= 0) & (joints <= 1)).all()


def test_people_made_by_code_have_joints(tmp_path: Path) -> None:
    from models.actors.dataset import DatasetPlan, write_dataset

    plan = DatasetPlan(
        tmp_path, clips=1, seed=3, seconds=0.4, size=(128, 96), rate_hz=10.0, actions=("standing",)
    )
    list(write_dataset(plan))
    people = list(acted_people(tmp_path))
    assert people
    assert all(person.picture.shape == (96, 128, 3) for person in people)
    head, feet = people[0].joints[0, 1], people[0].joints[11:, 1].mean()
    assert head < feet
