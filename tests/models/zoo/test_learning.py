"""Small trainings of tasks that one frame cannot solve."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from models.data.clips import Clip
from models.data.examples import RecordingExamples, Timing
from models.registry import ARCHITECTURES
from models.training.zoo_data import ZooData
from models.training.zoo_tasks import Balance, naming
from models.training.zoo_trainer import ZooRecipe, ZooTrainer
from models.zoo.config import ZooConfig

_FRAMES, _SQUARE, _SPEED = 6, 10, 4


def moving_squares(count: int, size: int, seed: int) -> RecordingExamples:
    """Return clips of a square that goes left (0) or right (1), out at one edge, in at the other.

    Its place is uniform at every frame and for both classes: one frame says nothing.
    """
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, count)
    clips = np.full((count, _FRAMES, size, size, 3), 30, np.uint8)
    start = rng.integers(0, size, count)
    top = rng.integers(0, size - _SQUARE, count)
    for n in range(count):
        for t in range(_FRAMES):
            left = start[n] + t * _SPEED * (2 * labels[n] - 1)
            columns = (left + np.arange(_SQUARE)) % size
            clips[n, t, top[n] : top[n] + _SQUARE, columns] = 220
    times_s = np.arange(_FRAMES) / 10
    recordings = [Clip(frames, times_s) for frames in clips]
    return RecordingExamples(recordings, labels, Timing(_FRAMES, 10.0, stretch=1.0, drop=0.0))


@pytest.mark.parametrize(("arch", "size", "epochs"), [("cnn-lstm", 32, 6), ("conv3d-lstm", 28, 4)])
def test_memory_tells_the_direction_of_motion_and_one_frame_does_not(
    arch: str, size: int, epochs: int
):
    torch.manual_seed(0)
    network = ARCHITECTURES[arch](ZooConfig(2, size, size, scale=0.125, dropout=0.1))
    recipe = ZooRecipe(epochs=epochs, batch=32, learning_rate=1e-2)
    parts = [moving_squares(count, size, seed) for seed, count in enumerate((512, 100, 400))]
    task = naming(ZooData("", ("left", "right"), size, size, 10.0, *parts), Balance.NONE)
    trainer = ZooTrainer(network, recipe, task.examples, task.loss)
    for _ in range(trainer.steps):
        trainer.advance()
    figures = task.measure(trainer.average)
    assert figures["accuracy"] >= 0.95
    assert 0.4 < figures["accuracy_without_memory"] < 0.6
