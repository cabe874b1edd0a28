"""The action head: streaming equals whole clips, memory matters, and it learns."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from models.data.action_sets import Interval, LabelledClip
from models.data.feature_cache import SAMPLINGS, ClipFeatures, motion_of
from models.evaluation.actions import clip_accuracy, score_clip
from models.heads.actions import ActionHead, Reading, pool_scene
from models.heads.motion import GRID_CELLS, MotionReader, to_grid
from models.training.actions import ActionRecipe, WindowSampler, train_action_head

_RATE_HZ = 25.0


def _maps(frames: int, seed: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    c4 = torch.randn(frames, 112, 18, 24, generator=generator)
    c5 = torch.randn(frames, 320, 9, 12, generator=generator)
    return torch.zeros(frames, 40, 36, 48), c4, c5


def _times(frames: int) -> np.ndarray:
    return np.cumsum(np.random.default_rng(3).uniform(0.02, 0.08, frames))


def _joints(frames: int) -> torch.Tensor:
    return torch.rand(frames, 13, 3, generator=torch.Generator().manual_seed(5))


def _stream(head: ActionHead, maps: tuple[torch.Tensor, ...], times: np.ndarray) -> torch.Tensor:
    """Return what the head says, frame by frame."""
    joints = _joints(len(times)).half().float()
    _, c4, c5 = maps
    dt = np.diff(times, prepend=times[0] - 1 / _RATE_HZ).astype(np.float32)
    reader = MotionReader()
    moved, state, said = reader.init_state(1), head.init_state(1), []
    for t in range(len(times)):
        now, dt_s = (c4[t : t + 1], c5[t : t + 1]), torch.from_numpy(dt[t : t + 1])
        motion, moved = reader.step(to_grid(*now), moved, dt_s)
        reading = Reading(pool_scene(*now), motion, joints[t : t + 1])
        probability, state = head.step(reading, state, dt_s)
        said.append(probability[0])
    return torch.stack(said)


@pytest.mark.parametrize(
    ("scene", "body"), [(True, False), (False, False), (True, True), (False, True)]
)
@torch.inference_mode()
def test_frame_by_frame_says_what_the_cached_clip_says(scene: bool, body: bool) -> None:
    torch.manual_seed(1)
    head = ActionHead(3, _RATE_HZ, scene=scene, body=body).eval()
    maps, times = _maps(9, seed=0), _times(9)
    clip = _features(maps, times, "a")
    streamed = _stream(head, maps, times).numpy()
    cached = score_clip(head, ("a", "b", "c"), clip).probability
    np.testing.assert_allclose(cached, streamed, atol=2e-3)  # the cache keeps float16


@torch.inference_mode()
def test_no_memory_is_a_reset_before_every_frame() -> None:
    torch.manual_seed(1)
    head = ActionHead(3, _RATE_HZ).eval()
    maps, times = _maps(5, seed=0), _times(5)
    alone = [_stream(head, tuple(part[t : t + 1] for part in maps), times[:1])[0] for t in range(5)]
    said = score_clip(head, ("a", "b", "c"), _features(maps, times, "a"), memory=False)
    np.testing.assert_allclose(said.probability, torch.stack(alone).numpy(), atol=2e-3)


def test_a_still_picture_has_no_motion_and_a_change_has() -> None:
    grid = torch.rand(1, 432, *GRID_CELLS)
    reader, dt = MotionReader(), torch.tensor([0.04])
    motion, state = reader.step(grid, reader.init_state(1), dt)
    assert not motion[:, :864].any()
    motion, state = reader.step(grid, state, dt)
    assert motion[:, :864].abs().max() < 1e-5
    moved = grid.clone()
    moved[:, :, 4, 5] += 1.0
    motion, state = reader.step(moved, state, dt)
    assert motion[:, :864].min() > 0.1
    hottest = int(state["heat"][0, 0].flatten().argmax())
    assert hottest == 4 * GRID_CELLS[1] + 5


def test_motion_depends_little_on_the_frame_rate() -> None:
    drift = torch.linspace(0, 1, 49).view(-1, 1, 1, 1)
    grid = torch.rand(1, 432, *GRID_CELLS) + drift * torch.rand(1, 432, *GRID_CELLS) * 4
    times = np.arange(49) / 24
    full = motion_of(grid, times)[-1].astype(float)
    third = motion_of(grid[::3], times[::3])[-1].astype(float)
    assert np.median(np.abs(third - full) / (np.abs(full) + 0.1)) < 0.15


def test_it_learns_what_only_change_tells() -> None:
    clips = [_flickering(seed, fast=seed % 2 == 0) for seed in range(16)]
    recipe = ActionRecipe(
        labels=("fast", "slow"),
        activation="softmax",
        rate_hz=_RATE_HZ,
        window_s=0.6,
        samplings=("full",),
        scene=False,
        steps=60,
        batch=8,
        learning_rate=5e-3,
    )
    head = train_action_head(recipe, clips[:10])
    held_out = clips[10:]
    assert clip_accuracy([score_clip(head, recipe.labels, clip) for clip in held_out]) == 1.0
    blind = [score_clip(head, recipe.labels, clip, memory=False) for clip in held_out]
    assert clip_accuracy(blind) <= 0.5


def test_training_repeats_itself_exactly() -> None:
    clips = [_flickering(seed, fast=seed % 2 == 0) for seed in range(4)]
    recipe = ActionRecipe(
        labels=("fast", "slow"), activation="softmax", window_s=0.4, steps=3, batch=2
    )
    first, second = (train_action_head(recipe, clips).state_dict() for _ in range(2))
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_a_set_with_twice_the_share_comes_twice_as_often() -> None:
    clips = [
        replace(clip, clip=replace(clip.clip, dataset=name), scene=np.full_like(clip.scene, index))
        for index, name in enumerate(("real", "acted", "acted"))
        for clip in [_flickering(index, fast=True)]
    ]
    recipe = ActionRecipe(
        labels=("fast", "slow"), activation="sigmoid", window_s=0.4, shares=(("real", 2.0),)
    )
    drawn = WindowSampler(recipe, clips, np.random.default_rng(0)).batch(600).reading.scene[:, 0, 0]
    assert 0.6 < float((drawn == 0).float().mean()) < 0.73


def _flickering(seed: int, *, fast: bool) -> ClipFeatures:
    """A clip of a scene of its own whose changes are large or small."""
    still, changes = _maps(1, seed), _maps(20, seed + 100)
    size = 1.0 if fast else 0.2
    maps = tuple(a + size * b for a, b in zip(still, changes, strict=True))
    return _features(maps, np.arange(20) / _RATE_HZ, "fast" if fast else "slow")


def _features(maps: tuple[torch.Tensor, ...], times: np.ndarray, label: str) -> ClipFeatures:
    _, c4, c5 = maps
    picked = {name: s.pick(times, seed=1) for name, s in SAMPLINGS.items()}
    grid = to_grid(c4, c5)
    return ClipFeatures(
        LabelledClip(
            path=Path("clip.mp4"),
            dataset="made",
            group="one",
            intervals=(Interval(label, 0.0, 99.0),),
        ),
        times,
        pool_scene(c4, c5).numpy().astype(np.float16)[None],
        picked,
        {name: motion_of(grid[frames], times[frames])[None] for name, frames in picked.items()},
        _joints(len(times)).numpy().astype(np.float16)[None],
    )


def test_a_reading_of_one_frame_is_a_clip_of_one_frame() -> None:
    head = ActionHead(2, _RATE_HZ).eval()
    reading = Reading(torch.rand(2, 6912), torch.rand(2, 1296))
    dt = torch.tensor([0.04, 0.1])
    one, _ = head.step_reading(reading, head.init_state(2), dt)
    whole, _ = head.forward_reading(reading.of_one_frame(), head.init_state(2), dt.unsqueeze(1))
    assert torch.equal(one, whole[:, 0])


def test_how_somebody_holds_themselves_counts_and_how_that_changes() -> None:
    torch.manual_seed(2)
    head = ActionHead(2, _RATE_HZ, scene=False, body=True).eval()
    scene, motion, dt = torch.zeros(1, 6912), torch.zeros(1, 1296), torch.tensor([0.04])
    up, down = _joints(2)[:1], _joints(2)[1:]
    state = head.init_state(1)
    one, after_up = head.step_reading(Reading(scene, motion, up), state, dt)
    other, after_down = head.step_reading(Reading(scene, motion, down), state, dt)
    assert not torch.allclose(one, other)
    # The same posture after another memory of it: only the change differs.
    moved = {**after_down, "stance": after_up["stance"]}
    then = Reading(scene, motion, down)
    changed = head.step_reading(then, moved, dt)[0]
    assert not torch.allclose(changed, head.step_reading(then, after_down, dt)[0])


def test_scene_and_body_are_hidden_in_turn_and_only_while_training() -> None:
    torch.manual_seed(0)
    head = ActionHead(2, _RATE_HZ, body=True, dropout=0.0)
    state, dt = head.init_state(64), torch.full((64, 1), 0.04)
    one = Reading(torch.rand(1, 1, 6912), torch.rand(1, 1, 1296), _joints(1).unsqueeze(1))
    clip = Reading(*(part.expand(64, *part.shape[1:]) for part in one if part is not None))
    for part in (head.scene, head.body):
        assert part is not None
        part.eval()
    told = {tuple(row.tolist()) for row in head.forward_reading(clip, state, dt)[0][:, 0]}
    assert 3 <= len(told)  # both, no scene, no body: up to rounding
    head.eval()
    said = head.forward_reading(clip, state, dt)[0][:, 0]
    torch.testing.assert_close(said, said[:1].expand_as(said))
