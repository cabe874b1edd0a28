"""The pose head: its memory is explicit, it learns, and places are kept apart."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
import torch

from models.data.poses import Looker, PoseStills, load_poses, with_contrast
from models.evaluation.poses import cross_validate_poses, score
from models.heads.poses import PoseHead
from models.training.poses import PoseRecipe, train_pose_head

if TYPE_CHECKING:
    from pathlib import Path

_RECIPE = PoseRecipe(labels=2, steps=30, batch=6, length=2, learning_rate=5e-3)


def _joints(frames: int) -> torch.Tensor:
    return torch.rand(frames, 13, 3, generator=torch.Generator().manual_seed(3))


@torch.inference_mode()
def test_a_clip_is_its_frames_one_after_the_other() -> None:
    torch.manual_seed(0)
    head, joints, dt_s = PoseHead(5, 25.0).eval(), _joints(6), torch.rand(1, 6)
    whole, last = head.forward(joints[None], head.init_state(1), dt_s)
    state = head.init_state(1)
    for t in range(6):
        said, state = head.step(joints[t : t + 1], state, dt_s[:, t])
        torch.testing.assert_close(said, whole[:, t], atol=1e-5, rtol=0)
        assert said.sum().item() == pytest.approx(1.0, abs=1e-5)
    assert {name: value.shape[1:] for name, value in last.items()} == {
        spec.name: spec.shape for spec in head.state_spec()
    }
    for name, value in state.items():
        torch.testing.assert_close(value, last[name])


@torch.inference_mode()
def test_what_was_seen_before_counts() -> None:
    torch.manual_seed(0)
    head, joints = PoseHead(5, 25.0).eval(), _joints(2)
    dt_s = torch.tensor([0.04])
    _, state = head.step(joints[:1], head.init_state(1), dt_s)
    assert not torch.allclose(
        head.step(joints[1:], state, dt_s)[0], head.step(joints[1:], head.init_state(1), dt_s)[0]
    )


def _stills(per_place: int = 10) -> PoseStills:
    """Two poses told by where a hand is; two places, with people of another size at each."""
    rng = np.random.default_rng(1)
    pose = np.tile([0, 1], per_place)
    place = np.repeat([1, 4], per_place)
    joints = np.tile(np.float32([0.5, 0.5, 0.9]), (1, len(pose), 13, 1))
    joints[0, :, 1:3, :2] = [[0.55, 0.3], [0.45, 0.3]]
    joints[0, :, 7:9, :2] = [[0.53, 0.6], [0.47, 0.6]]
    joints[0, :, 5, 1] = np.where(pose == 1, 0.15, 0.6)
    size = np.where(place == 1, 0.4, 0.9)[:, None, None] * rng.uniform(0.9, 1.1, (len(pose), 1, 1))
    joints[0, ..., :2] = (joints[0, ..., :2] - 0.5) * size + rng.uniform(
        0.4, 0.6, (len(pose), 1, 2)
    )
    return PoseStills(("left", "right"), pose, place, joints.astype(np.float32))


def test_it_learns_poses_and_not_places(tmp_path: Path) -> None:
    stills, memo = _stills(), tmp_path / "folds.json"
    figures = cross_validate_poses(_RECIPE, stills, memo)
    assert figures["gestures.frame_accuracy.memory"] >= 0.9
    assert figures["gestures.worst_place_accuracy.no_memory"] > 0.6
    # The second time nothing is trained: the memo holds every place.
    assert cross_validate_poses(_RECIPE, stills, memo) == figures


def test_training_repeats_itself_exactly() -> None:
    stills, recipe = _stills(), PoseRecipe(labels=2, steps=2, batch=4)
    chosen = np.arange(len(stills.pose))
    first, second = (train_pose_head(recipe, stills, chosen).state_dict() for _ in range(2))
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_a_head_that_knows_nothing_scores_as_chance() -> None:
    stills = _stills()
    torch.manual_seed(5)
    carried, alone = score(PoseHead(2, 25.0).eval(), stills, np.arange(len(stills.pose)))
    assert carried.shape == alone.shape == stills.pose.shape
    assert 0.2 <= alone.mean() <= 0.8


def _look(pictures: np.ndarray) -> np.ndarray:
    """See a person wherever it is bright, all joints in one place."""
    grey = pictures.mean(axis=(1, 2, 3), dtype=np.float32)[:, None, None]
    return np.ones((len(pictures), 13, 3), np.float32) * grey


def test_stills_are_read_by_pose_and_place(tmp_path: Path) -> None:
    for pose, name, grey in (
        ("up", "a_place0", 10),
        ("up", "b_place7", 20),
        ("down", "c_place7", 30),
    ):
        (tmp_path / "stills" / pose).mkdir(parents=True, exist_ok=True)
        cv2.imwrite(
            str(tmp_path / "stills" / pose / f"{name}.webp"), np.full((60, 80, 3), grey, np.uint8)
        )
    looked: list[int] = []

    def look(pictures: np.ndarray) -> np.ndarray:
        looked.append(len(pictures))
        return _look(pictures)

    looker = Looker(look, "eye", tmp_path / "cache", variants=2)
    stills = load_poses(tmp_path / "stills", looker)
    assert stills.labels == ("down", "up")
    assert stills.pose.tolist() == [0, 1, 1]
    assert stills.place.tolist() == [7, 0, 7]
    assert stills.joints.shape == (2, 3, 13, 3)
    assert stills.joints[0, :, 0, 0].tolist() == pytest.approx([30, 10, 20], abs=2)
    again = load_poses(tmp_path / "stills", looker)
    assert np.array_equal(again.joints, stills.joints)
    assert looked == [2, 2, 2]  # the second time it recalls
    load_poses(tmp_path / "stills", replace(looker, name="another eye"))
    assert looked == [2] * 6


def test_a_still_without_its_place_is_refused(tmp_path: Path) -> None:
    looker = Looker(_look, "eye", tmp_path / "cache", variants=1)
    (tmp_path / "up").mkdir()
    cv2.imwrite(str(tmp_path / "up/one.webp"), np.zeros((8, 8, 3), np.uint8))
    with pytest.raises(ValueError, match=r"one\.webp does not end in _place"):
        load_poses(tmp_path, looker)
    with pytest.raises(ValueError, match="holds no stills"):
        load_poses(tmp_path / "nowhere", looker)


def test_contrast_is_learnt_from_and_never_measured_on(tmp_path: Path) -> None:
    own = _stills(4)
    clips = [np.full((2, frames, 13, 3), frames, np.float16) for frames in (9, 40)]
    stills = with_contrast(own, clips, "right")
    assert stills.place[len(own.place) :].tolist() == [-1] * 10 + [-2] * 10
    assert (stills.pose[len(own.pose) :] == 1).all()
    assert (stills.joints[:, len(own.pose) :, 0, 0] == [9] * 10 + [40] * 10).all()
    recipe = PoseRecipe(labels=2, steps=1, batch=2, length=1)
    cross_validate_poses(recipe, stills, tmp_path / "folds.json")
    (folds,) = json.loads((tmp_path / "folds.json").read_text()).values()
    assert set(folds) == {"1", "4"}
