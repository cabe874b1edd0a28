"""One of two processes that train together is killed: ``torchrun`` starts both, and they go on.

``LONGTAKE_FAULTS_LONG=1 pytest tests/models/zoo/test_team_killed.py``
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from models.data.augment import Augmentation
from models.data.examples import PictureExamples
from models.data.patches import cut_rows
from models.registry import ARCHITECTURES
from models.training.zoo import resume
from models.training.zoo_data import ZooData
from models.training.zoo_tasks import Balance, naming
from models.training.zoo_team import Team
from models.training.zoo_trainer import ZooRecipe, ZooTrainer, train
from models.zoo.config import ZooConfig

_ROOT = Path(__file__).parents[3]
_FATAL_STEP = 6


class Mortal(ZooTrainer):
    """Its second process is killed in the middle of the second epoch, once."""

    omen: Path

    def advance(self) -> float:
        if self.team.rank == 1 and self.step == _FATAL_STEP and self.omen.exists():
            self.omen.rename(self.omen.with_suffix(".fulfilled"))
            os.kill(os.getpid(), signal.SIGKILL)
        return super().advance()


def main() -> None:
    folder = Path(sys.argv[1])
    torch.set_num_threads(1)
    torch.manual_seed(0)
    images = np.random.default_rng(0).integers(0, 256, (48, 8, 8), dtype=np.uint8)
    examples = PictureExamples(images, np.arange(48) % 3, cut_rows, Augmentation(flip=False))
    task = naming(ZooData("", ("a", "b", "c"), 8, 8, 1.0, *[examples] * 3), Balance.NONE)
    network = ARCHITECTURES["row-lstm"](ZooConfig(3, 8, 8, scale=0.1, dropout=0.2))
    checkpoint = folder / "checkpoint.safetensors"
    with Team.from_environment() as team:
        recipe = ZooRecipe(epochs=3, batch=12)
        trainer = Mortal(network, recipe, task.examples, task.loss, team)
        trainer.omen = folder / "omen"
        if checkpoint.exists():
            resume(trainer, checkpoint)
        (folder / f"rank{team.rank}-from-step-{trainer.step}").touch()
        train(trainer, checkpoint, lambda epoch, _: False)
        save_file(dict(trainer.network.state_dict()), folder / f"rank{team.rank}")


def torchrun(folder: Path) -> None:
    command = [
        *(sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"),
        *("--max-restarts", "1", "-m", "tests.models.zoo.test_team_killed", str(folder)),
    ]
    subprocess.run(
        command, cwd=_ROOT, env=os.environ | {"OMP_NUM_THREADS": "1"}, check=True, timeout=280
    )


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.skipif(
    not os.environ.get("LONGTAKE_FAULTS_LONG"), reason="takes a minute: LONGTAKE_FAULTS_LONG=1"
)
def test_a_killed_process_changes_nothing(tmp_path: Path):
    calm, hard = tmp_path / "calm", tmp_path / "hard"
    for folder in (calm, hard):
        folder.mkdir()
    (hard / "omen").touch()
    torchrun(calm)
    torchrun(hard)
    assert (hard / "omen.fulfilled").exists()
    assert sorted(path.name for path in hard.glob("*-from-step-*")) == [
        *("rank0-from-step-0", "rank0-from-step-4"),
        *("rank1-from-step-0", "rank1-from-step-4"),
    ]
    for rank in ("rank0", "rank1"):
        expected, found = load_file(calm / rank), load_file(hard / rank)
        assert all(torch.equal(expected[name], found[name]) for name in expected)


if __name__ == "__main__":
    main()
