"""Labels are true: boxes and joints where the pictures show people, the same for the same seed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.actors import VERSION, ActorsClip, Renderer, sample_clip
from models.actors.body import template
from models.actors.camera import VIEWS, project
from models.actors.effects import Effects
from models.actors.language import RATE_HZ
from models.actors.motions import ACTIONS
from models.actors.truth import keypoint_flags, mask_bounds
from tests.models.actors.conftest import SIZE

_EMPTY_ROOM = 36  # vertices of floor, ceiling and four walls
SEEDS = st.integers(0, 5_000)


def _clip(seed: int, **options) -> ActorsClip:
    return sample_clip(seed, seconds=1.0, size=SIZE, rate_hz=4, **options)


@settings(max_examples=25, deadline=None)
@given(
    left=st.integers(0, 30), top=st.integers(0, 20), wide=st.integers(1, 10), tall=st.integers(1, 9)
)
def test_bounds_of_a_mask(left: int, top: int, wide: int, tall: int):
    mask = np.zeros((30, 41), bool)
    mask[top, left : left + wide] = True
    mask[top : top + tall, left] = True
    assert mask_bounds(mask).tolist() == [left, top, left + wide, top + tall]
    assert mask_bounds(np.zeros((3, 3), bool)) is None


@pytest.mark.parametrize("action", ["walking", "falling backward", "waving both hands", "sitting"])
def test_boxes_are_the_bounds_of_the_skin(renderer: Renderer, action: str):
    compared = sum(
        _compare_boxes(_clip(seed, effects=Effects(), actions=[action], view="level"), renderer)
        for seed in range(6)
    )
    assert compared >= 4


def _compare_boxes(clip: ActorsClip, renderer: Renderer) -> int:
    """Hold boxes in an empty room against the projected skin; return how many were compared."""
    backdrop = replace(clip.scene.backdrop, vertices=clip.scene.backdrop.vertices[:_EMPTY_ROOM])
    clip = replace(clip, scene=replace(clip.scene, backdrop=backdrop), cast=clip.cast[:1])
    body = np.unique(template().triangles["body"])
    whole = 0
    for _, truth in clip.frames(renderer):
        matrix = clip.scene.camera.matrix(SIZE[0] / SIZE[1], truth.pts_s)
        sample = truth.pts_s * RATE_HZ
        for person, player in zip(truth.people, clip.cast, strict=True):
            if player.look.skirt or player.look.long_hair:
                continue
            motion = player.performance.motion
            at = slice(int(sample), int(sample) + 1)
            now = type(motion)(motion.turns[at], motion.joints[at])
            skin = project(matrix, now.skinned(player.body, body)[0], SIZE)[:, :2]
            expected = [*skin.min(0), *skin.max(0)]
            if min(expected) > 0 and expected[2] < SIZE[0] and expected[3] < SIZE[1]:
                np.testing.assert_allclose(person.xyxy, expected, atol=2.5)
                assert person.visible > 0.85
                whole += 1
    return whole


@settings(max_examples=10, deadline=None)
@given(seed=SEEDS)
def test_joints_lie_inside_boxes_and_what_is_seen_is_inside_the_picture(
    renderer: Renderer, seed: int
):
    for image, truth in _clip(seed).frames(renderer):
        assert image.shape == (SIZE[1], SIZE[0], 3)
        assert image.dtype == np.uint8
        for person in truth.people:
            assert 0 <= person.visible <= 1
            if person.xyxy is None:
                assert person.visible < 0.01
                continue
            x1, y1, x2, y2 = person.xyxy
            assert 0 <= x1 < x2 <= SIZE[0]
            assert 0 <= y1 < y2 <= SIZE[1]
            slack = 1.0 if person.visible > 0.99 else 1e6
            joints = person.keypoints[person.keypoints[:, 2] > 0]
            seen = person.keypoints[person.keypoints[:, 2] == 2]
            for points, margin in ((joints, slack), (seen, 0.0)):
                assert (points[:, 0] >= x1 - margin).all()
                assert (points[:, 0] <= x2 + margin).all()
                assert (points[:, 1] >= y1 - margin).all()
                assert (points[:, 1] <= y2 + margin).all()


def test_joints_are_flagged_outside_hidden_and_seen():
    ids = np.zeros((10, 10), np.uint8)
    ids[5, 5] = 2
    points = np.zeros((17, 3))
    points[:, 2] = 1.0
    points[0, :2], points[1, :2], points[2, :2] = (5.4, 5.9), (2, 2), (-1, 5)
    points[3] = (5.4, 5.9, -1.0)
    assert keypoint_flags(points, ids, 2)[:4, 2].tolist() == [2, 1, 0, 0]


@pytest.mark.parametrize("seed", [5, 17])
def test_the_same_seed_draws_the_same(renderer: Renderer, seed: int):
    first = list(_clip(seed).frames(renderer))
    list(_clip(seed + 1).frames(renderer))  # what was drawn before leaves no trace
    second = list(_clip(seed).frames(renderer))
    for (one, truth), (other, again) in zip(first, second, strict=True):
        assert np.abs(one.astype(int) - other).max() <= 1
        assert truth.actions == again.actions
        for a, b in zip(truth.people, again.people, strict=True):
            np.testing.assert_array_equal(a.xyxy, b.xyxy)
            np.testing.assert_array_equal(a.keypoints, b.keypoints)


def test_another_seed_draws_another(renderer: Renderer):
    (one, _), (other, _) = (next(_clip(seed).frames(renderer)) for seed in (1, 2))
    assert np.abs(one.astype(int) - other).mean() > 5


@pytest.mark.parametrize("view", VIEWS)
def test_the_main_person_is_in_the_picture(renderer: Renderer, view: str):
    shown = [
        truth.people[0].visible
        for seed in range(4)
        for _, truth in _clip(seed, view=view, effects=Effects()).frames(renderer)
    ]
    assert np.mean(np.array(shown) > 0.2) > 0.7


def test_who_reads_holds_a_book():
    clip = sample_clip(
        9, actions=["reading"], seconds=3.0, size=SIZE, rate_hz=2, people=1, view="level",
        effects=Effects(),
    )  # fmt: skip
    held = clip.cast[0].score.held
    assert [prop.prop for prop in held] == ["book"]
    assert held[0].start_s < held[0].end_s


def test_intervals_agree_with_frames():
    clip = sample_clip(3, actions=["falling forward"], seconds=6.0, people=1)
    for entry in clip.intervals():
        middle = (entry.interval.start_s + entry.interval.end_s) / 2
        labels = clip.cast[entry.track_id - 1].score.labels[round(middle * RATE_HZ)]
        assert entry.interval.label in labels


def test_unknown_actions_are_refused():
    with pytest.raises(KeyError, match="no action is called 'flying'"):
        sample_clip(0, actions=["flying"])
    assert VERSION >= 1
    assert {"walking", "falling forward", "fighting", "phone to the ear"} <= set(ACTIONS)
