"""Training the box head: resuming, warm-up, learning at all."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from models.data.boxes import BoxLabels
from models.data.boxes_cache import Sequence, write_shard
from models.training.boxes import BoxRecipe, BoxTrainer, learning_rate, train_box_head, way_to
from models.training.boxes_checkpoint import load_checkpoint, save_checkpoint

TINY = BoxRecipe(
    channels=8, steps=4, batch=2, warmup_steps=2, checkpoint_every=2, learning_rate=0.01
)


def encode(frames: np.ndarray) -> tuple[np.ndarray, ...]:
    """Maps that show the bright square of a frame (T, 288, 384, 3) in a few channels."""
    maps = []
    for channels, stride in ((40, 8), (112, 16), (320, 32)):
        small = frames[:, stride // 2 :: stride, stride // 2 :: stride, :1] / np.float32(255)
        level = np.zeros((len(frames), channels, *small.shape[1:3]), np.float32)
        level[:, :4] = small.transpose(0, 3, 1, 2)
        maps.append(level)
    return tuple(maps)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six sequences of two frames with one bright square each."""
    folder = tmp_path_factory.mktemp("cache")
    sequences = []
    for index in range(6):
        frames = np.zeros((2, 288, 384, 3), np.uint8)
        left, top = 32 * index, 16 * index
        frames[:, top : top + 128, left : left + 160] = 255
        box = np.array([[left / 384, top / 288, (left + 160) / 384, (top + 128) / 288]], np.float32)
        seen = BoxLabels(box, np.array([index % 2]), np.ones(1, np.float32), np.zeros(1, bool))
        sequences.append(Sequence(frames, [seen, seen]))
    write_shard(folder / "squares", sequences, len(sequences), encode)
    return folder


def weights(path: Path) -> dict[str, torch.Tensor]:
    return load_file(path)


def test_a_resumed_run_ends_with_the_very_same_weights(cache: Path, tmp_path: Path) -> None:
    torch.set_num_threads(1)
    straight, _ = train_box_head(TINY, cache, tmp_path / "straight")
    # As after SIGKILL between two checkpoints: what came after step 2 is lost.
    killed = tmp_path / "killed"
    killed.mkdir()
    trainer = BoxTrainer(TINY, cache)
    for _ in range(2):
        trainer.advance()
    save_checkpoint(killed / "checkpoint.safetensors", trainer)
    resumed, _ = train_box_head(TINY, cache, killed)
    first, second = weights(straight), weights(resumed)
    assert first.keys() == second.keys()
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_a_checkpoint_brings_back_step_and_optimiser(cache: Path, tmp_path: Path) -> None:
    trainer, other = BoxTrainer(TINY, cache), BoxTrainer(replace(TINY, seed=5), cache)
    trainer.advance()
    save_checkpoint(tmp_path / "c.safetensors", trainer)
    load_checkpoint(tmp_path / "c.safetensors", other)
    assert other.step == 1
    for mine, theirs in zip(trainer.head.parameters(), other.head.parameters(), strict=True):
        assert torch.equal(mine, theirs)
        moments = trainer.optimizer.state[mine]["exp_avg"]
        assert torch.equal(moments, other.optimizer.state[theirs]["exp_avg"])
    assert not list(tmp_path.glob("*.part"))


def test_a_few_steps_lower_the_loss(cache: Path) -> None:
    trainer = BoxTrainer(replace(TINY, steps=25, learning_rate=0.02, bfloat16=False), cache)
    losses = [float(trainer.advance().total.detach()) for _ in range(25)]
    assert np.mean(losses[-5:]) < 0.7 * np.mean(losses[:5])


def test_memory_is_given_to_the_warm_share_only(cache: Path) -> None:
    trainer = BoxTrainer(replace(TINY, batch=4), cache)
    batch = trainer.stream.batch(0)
    state = trainer._first_state(batch)
    assert all(value[:2].abs().max() > 0 for value in state.values())
    assert all(value[2:].abs().max() == 0 for value in state.values())
    none = BoxTrainer(replace(TINY, warm_share=0.0), cache)._first_state(batch)
    assert all(value.abs().max() == 0 for value in none.values())


def test_the_rate_warms_up_and_falls_to_a_hundredth() -> None:
    recipe = BoxRecipe(steps=100, warmup_steps=10, learning_rate=1.0)
    rates = [learning_rate(recipe, step) for step in range(101)]
    assert rates[0] == pytest.approx(0.1) and rates[10] == pytest.approx(1.0)
    assert rates[100] == pytest.approx(0.01)
    assert all(a >= b for a, b in pairwise(rates[10:]))


def test_gradients_reach_the_memory_through_the_frames(cache: Path) -> None:
    trainer = BoxTrainer(replace(TINY, bfloat16=False), cache)
    before = trainer.head.lstm4.gates.weight.detach().clone()
    trainer.advance()
    assert (trainer.head.lstm4.gates.weight - before).abs().max() > 0


def test_the_way_to_a_frame_ends_next_to_it_and_never_jumps() -> None:
    assert way_to(0, 5, 4) == [1, 2, 3, 2, 1]
    assert way_to(2, 6, 4) == [2, 3, 2, 1, 0, 1]
    assert way_to(1, 1, 2) == [0]
