from __future__ import annotations

import numpy as np
import pytest

from models.data.figures import ACTIONS, Part, Role, render_clip
from models.data.figures.body import Look, joints
from models.data.figures.poses import LIMBS, MOTIONS

SIZE = (160, 96)


def _clip(role: Role, *, seed: int = 1, duration_s: float = 1.0, place: str = "room") -> list:
    return list(
        render_clip(seed, [role], duration_s=duration_s, size=SIZE, rate_hz=10.0, place=place)
    )


def _facing(action: str, heading: float = 0.0) -> Role:
    return Role((Part(action, 1.0, heading),), start=(0.0, 4.5))


def test_the_same_arguments_draw_the_same_frames():
    first, second = _clip(_facing("walking")), _clip(_facing("walking"))
    assert all(np.array_equal(a, b) for (a, _), (b, _) in zip(first, second, strict=True))
    assert not np.array_equal(first[0][0], _clip(_facing("walking"), seed=2)[0][0])


@pytest.mark.parametrize("place", ["plain", "room", "street"])
def test_a_frame_is_a_picture_with_the_person_where_the_truth_says(place: str):
    person = _clip(_facing("standing"), place=place)
    empty = _clip(Role((Part("standing", 1.0),), start=(90.0, 4.5)), place=place)
    image, truth = person[0]
    assert image.shape == (SIZE[1], SIZE[0], 3)
    assert image.dtype == np.uint8
    x1, y1, x2, y2 = truth.boxes[0].round().astype(int)
    changed = np.abs(image.astype(int) - empty[0][0]).max(axis=2) > 40
    assert changed[y1:y2, x1:x2].mean() > 0.3
    changed[max(0, y1 - 3) : y2 + 12, max(0, x1 - 12) : x2 + 12] = False
    assert changed.mean() < 0.01, "outside the box and its shadow the place is as it was"


@pytest.mark.parametrize("action", ACTIONS)
def test_every_action_is_named_and_within_the_picture(action: str):
    _, truth = _clip(_facing(action), duration_s=0.3)[-1]
    assert truth.actions == (action,)
    assert truth.ids.tolist() == [0]
    x1, y1, x2, y2 = truth.boxes[0]
    assert 0 <= x1 < x2 <= SIZE[0]
    assert 0 <= y1 < y2 <= SIZE[1]


def test_walking_to_the_right_moves_the_box_to_the_right_and_out_of_the_picture():
    frames = _clip(_facing("walking", np.pi / 2), duration_s=5.0)
    lefts = [truth.boxes[0, 0] for _, truth in frames if len(truth.boxes)]
    assert 5 < len(lefts) < len(frames)
    assert np.all(np.subtract(lefts[10:], lefts[:-10]) > 20)  # a whole stride later


def test_lying_is_wide_and_standing_is_tall():
    lying = _clip(_facing("lying", np.pi / 2))[0][1].boxes[0]
    standing = _clip(_facing("standing", np.pi / 2))[0][1].boxes[0]
    assert lying[2] - lying[0] > 2 * (lying[3] - lying[1])
    assert standing[3] - standing[1] > 2 * (standing[2] - standing[0])


def test_a_script_goes_through_its_parts_and_stays_with_the_last():
    role = Role((Part("sitting", 0.5, 0.0), Part("waving both hands", 0.5)), start=(0.0, 4.5))
    frames = _clip(role, duration_s=2.0)
    names = [truth.actions[0] for _, truth in frames]
    assert names == ["sitting"] * 5 + ["waving both hands"] * 15


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("t", [0.0, 0.37, 1.1, 2.9])
def test_limbs_keep_their_length_and_feet_stay_out_of_the_ground(action: str, t: float):
    look = Look.draw(np.random.default_rng(3))
    pose = MOTIONS[action].pose(t)
    assert pose.limbs.shape == (len(LIMBS), 2)
    body = joints(pose, look, np.array([0.0, 4.0]), 0.4)
    for side in ("left", "right"):
        shin = np.linalg.norm(body[f"{side} knee"] - body[f"{side} ankle"])
        assert shin == pytest.approx(0.44 * look.stature)
    assert min(point[1] for point in body.values()) >= 0.05


def test_motion_is_continuous_across_parts():
    role = Role((Part("lying", 0.5, 0.0), Part("jumping jack", 2.0)), start=(0.0, 4.5))
    clip = list(render_clip(1, [role], duration_s=2.0, size=SIZE, rate_hz=30.0, place="plain"))
    boxes = np.stack([truth.boxes[0] for _, truth in clip])
    assert np.abs(np.diff(boxes, axis=0)).max() < 12
