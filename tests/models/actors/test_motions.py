"""What people do: from posture to posture, on the floor, without jumps, labelled truly."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.actors.body import Phenotype, template
from models.actors.cast import perform_part, sample_cast, sample_player
from models.actors.channels import CHANNELS, INDEX, pose
from models.actors.contact import contact_points
from models.actors.language import RATE_HZ
from models.actors.motions import ACTIONS, LABELS
from models.actors.score import Act, play, with_ways

if TYPE_CHECKING:
    from models.actors.cast import Player

FALLS = [name for name, action in ACTIONS.items() if "falling" in action.also]
SEEDS = st.integers(0, 10_000)


def _rng(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


@cache
def _player(name: str) -> Player:
    return sample_player(_rng(11), name, 4.0)


def _head(player: Player) -> np.ndarray:
    return player.performance.motion.joints[:, template().bones.index("Head"), 1]


@pytest.mark.parametrize("name", ACTIONS)
def test_every_action_can_be_seen_and_is_labelled(name: str):
    score = _player(name).score
    shown = [interval for interval in score.intervals() if interval.label == name]
    assert shown
    assert sum(at.end_s - at.start_s for at in shown) > 0.5
    assert {interval.label for interval in score.intervals()} <= set(LABELS)


@pytest.mark.parametrize("name", ACTIONS)
def test_nobody_sinks_floats_or_jumps_about(name: str):
    player = _player(name)
    motion = player.performance.motion
    joints = motion.joints
    lift = player.score.channels[:, INDEX["lift"]]
    skin = motion.skinned(player.body, np.unique(template().triangles["body"])[::23])[..., 1]
    lowest = skin.min(1) - lift[: len(skin)]
    assert lowest.min() > -0.03  # the mesh between the points that carry
    assert lowest.max() < 0.08
    speed_m_s = np.linalg.norm(np.diff(joints, axis=0), axis=-1) * RATE_HZ
    assert speed_m_s.max() < (18.0 if name == "throwing" else 14.0)
    jerk = np.abs(np.diff(joints, n=2, axis=0)).max()
    assert jerk < (0.13 if name == "throwing" else 0.09)


@pytest.mark.parametrize("name", ACTIONS)
def test_knees_and_elbows_bend_one_way(name: str):
    channels = _player(name).score.channels
    for joint in ("knee_l", "knee_r", "elbow_l", "elbow_r"):
        bent = channels[:, INDEX[joint]]
        assert bent.min() > -16, joint
        assert bent.max() < 155, joint


@settings(max_examples=12, deadline=None)
@given(seed=SEEDS, name=st.sampled_from(FALLS))
def test_a_fall_contains_the_way_down(seed: int, name: str):
    player = sample_player(_rng(seed), name, 8.0)
    (fall,) = [at for at in player.score.intervals() if at.label == "falling"]
    begin, end = round(fall.start_s * RATE_HZ), round(fall.end_s * RATE_HZ)
    head = _head(player)
    drop = head[begin] - head[min(end, len(head) - 1)]
    assert drop > 0.6 * (head[begin] - head[begin:].min())
    fastest = int(np.argmin(np.diff(head[begin : end + 30]))) + begin
    assert begin <= fastest <= end
    after = player.score.labels[min(end + 5, len(player.score.labels) - 1)]
    assert "lying" in after


@settings(max_examples=15, deadline=None)
@given(seed=SEEDS)
def test_the_same_seed_plays_the_same(seed: int):
    acts = [Act("walking", 1.0), Act("sitting", 1.0)]
    first, second = play(_rng(seed), acts), play(_rng(seed), acts)
    np.testing.assert_array_equal(first.channels, second.channels)
    assert first.labels == second.labels


def test_ways_lead_from_posture_to_posture():
    names = [act.name for act in with_ways([Act("sitting", 1), Act("walking", 1), Act("lying", 1)])]
    assert names == ["sitting", "standing up", "walking", "lying down", "lying"]


def test_walking_goes_ahead_and_feet_do_not_slide():
    player = perform_part(_rng(2), Phenotype(), [Act("walking", 3.0)], (), 2.4)
    way = player.performance.root
    assert np.hypot(*(way[-1] - way[0])[[0, 2]]) > 1.2
    points = player.performance.motion.skinned(player.body, contact_points(player.body))[60:]
    lowest = points[:-1, :, 1].argmin(1)[:, None, None]
    step = np.take_along_axis(np.diff(points[..., ::2], axis=0), lowest, 1)[:, 0]
    assert np.median(np.linalg.norm(step, axis=-1)) * RATE_HZ < 0.25


def test_two_who_hug_face_each_other():
    one, other = sample_cast(_rng(4), ["hugging"], 2, 3.0)
    ahead = [p.performance.motion.turns[0, 0, :, 2] for p in (one, other)]
    assert ahead[0] @ ahead[1] < -0.8
    gap = np.linalg.norm(one.performance.root[0] - other.performance.root[0])
    assert 0.2 < gap < 0.8


def test_bodies_differ_as_told():
    def height(who: Phenotype) -> float:
        body = template().body(who)
        return float(body.vertices[template().triangles["body"].ravel(), 1].max())

    child, tall = height(Phenotype(age_years=9)), height(Phenotype(male=1, height=0.68))
    assert 1.0 < child < 1.5 < 1.75 < tall < 2.1


def test_a_pose_knows_its_channels():
    assert pose(elbow=90)["elbow_l"] == 90
    with pytest.raises(KeyError, match="no channel is called 'tail'"):
        pose(tail=1)
    assert len(CHANNELS) == len(set(CHANNELS))
