"""Two processes that train one network."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from models.data.augment import Augmentation
from models.data.examples import PictureExamples
from models.data.patches import cut_rows
from models.registry import ARCHITECTURES
from models.training.zoo_data import ZooData
from models.training.zoo_tasks import Balance, naming
from models.training.zoo_team import Team
from models.training.zoo_trainer import ZooRecipe, ZooTrainer, train
from models.zoo.config import ZooConfig

_ROOT = Path(__file__).parents[3]


def train_a_little(team: Team, folder: Path) -> torch.nn.Module:
    """Train without anything random, end after the second of three epochs, return the weights."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (48, 8, 8), dtype=np.uint8)
    still = Augmentation(rotation_deg=0.0, shift=0.0, flip=False)
    examples = PictureExamples(images, np.arange(48) % 3, cut_rows, still)
    task = naming(ZooData("", ("a", "b", "c"), 8, 8, 1.0, *[examples] * 3), Balance.NONE)
    network = ARCHITECTURES["row-lstm"](ZooConfig(3, 8, 8, scale=0.1, dropout=0.0))
    recipe = ZooRecipe(epochs=3, batch=12)
    trainer = ZooTrainer(network, recipe, task.examples, task.loss, team)
    train(trainer, folder / "checkpoint", lambda epoch, _: epoch == 2)
    assert trainer.epoch == 2
    return trainer.network


def leave_a_note(path: Path) -> bool:
    """Write a note, slowly; return whether there was one."""
    if path.exists():
        return True
    time.sleep(0.3)
    path.touch()
    return False


def main() -> None:
    folder = Path(sys.argv[1])
    with Team.from_environment() as team:
        found = team.after_the_first(partial(leave_a_note, folder / "note"))
        assert found == (team.rank > 0), "the second must find what the first left"
        weights = train_a_little(team, folder).state_dict()
        save_file(dict(weights), folder / f"rank{team.rank}")


@pytest.mark.slow
def test_two_processes_learn_what_one_does_and_stay_the_same(tmp_path: Path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(free.getsockname()[1])}
    both = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.models.zoo.test_team", str(tmp_path)],
            cwd=_ROOT,
            env={**os.environ, **address, "OMP_NUM_THREADS": "1", "WORLD_SIZE": "2", "RANK": rank},
        )
        for rank in ("0", "1")
    ]
    assert [process.wait(100) for process in both] == [0, 0]
    first, second = (load_file(tmp_path / f"rank{rank}") for rank in (0, 1))
    assert (tmp_path / "checkpoint").exists()
    alone = train_a_little(Team(), tmp_path).state_dict()
    for name, value in alone.items():
        assert torch.equal(first[name], second[name])
        # float32 sums in another order; Adam's first steps magnify it where a gradient is tiny.
        torch.testing.assert_close(first[name], value, atol=2e-4, rtol=0)


def test_shares_of_a_batch_are_equal_and_disjoint():
    chosen = np.arange(11)
    parts = [Team(rank, 3).share(chosen) for rank in range(3)]
    assert [len(part) for part in parts] == [3, 3, 3]
    assert len({int(n) for part in parts for n in part}) == 9


if __name__ == "__main__":
    main()
