"""Trainings that are interrupted, and the figures of streams."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from models.data.augment import Augmentation
from models.data.examples import PictureExamples
from models.data.patches import cut_rows
from models.data.splits import DataError
from models.registry import ARCHITECTURES
from models.training.zoo import resume
from models.training.zoo_best import EarlyStop
from models.training.zoo_data import ZooData
from models.training.zoo_tasks import Balance, naming
from models.training.zoo_trainer import Start, ZooRecipe, ZooTrainer
from models.zoo.config import ZooConfig


def _digits(count: int, seed: int) -> PictureExamples:
    rng = np.random.default_rng(seed)
    labels = np.sort(rng.integers(0, 3, count))
    images = rng.integers(0, 256, (count, 8, 8), dtype=np.uint8)
    return PictureExamples(images, labels, cut_rows, Augmentation())


def _trainer(balance: Balance = Balance.NONE, scale: float = 0.1) -> ZooTrainer[torch.Tensor]:
    torch.manual_seed(0)
    parts = [_digits(60, seed) for seed in range(3)]
    task = naming(ZooData("", ("a", "b", "c"), 8, 8, 1.0, *parts), balance)
    network = ARCHITECTURES["row-lstm"](ZooConfig(3, 8, 8, scale=scale))
    return ZooTrainer(network, ZooRecipe(epochs=2, batch=20), task.examples, task.loss)


def test_a_run_that_was_killed_ends_with_the_very_same_weights(tmp_path):
    through, killed, resumed = _trainer(), _trainer(), _trainer()
    for _ in range(6):
        through.advance()
    for _ in range(4):
        killed.advance()
    killed.save(tmp_path / "checkpoint")
    torch.manual_seed(99)
    resume(resumed, tmp_path / "checkpoint")
    for _ in range(2):
        resumed.advance()
    for whole, parts in ((through.network, resumed.network), (through.average, resumed.average)):
        for name, value in whole.state_dict().items():
            assert torch.equal(value, parts.state_dict()[name])


def test_a_checkpoint_of_another_network_is_refused_by_name(tmp_path):
    trainer = _trainer()
    trainer.advance()
    trainer.save(tmp_path / "checkpoint")
    with pytest.raises(DataError, match=r"checkpoint is of another network"):
        resume(_trainer(scale=0.2), tmp_path / "checkpoint")


def test_rare_classes_weigh_more_when_asked():
    labels = np.array([0] * 50 + [1] * 8 + [2] * 2)
    images = np.zeros((60, 8, 8), np.uint8)
    examples = PictureExamples(images, labels, cut_rows, Augmentation())
    data = ZooData("", ("a", "b", "c"), 8, 8, 1.0, examples, examples, examples)
    network = ARCHITECTURES["row-lstm"](ZooConfig(3, 8, 8, scale=0.1)).eval()
    batch = examples.batch(np.array([0, 58]), None)
    start = Start(network.init_state(2), torch.ones(2, dtype=torch.bool))
    with torch.no_grad():
        network.stages["dense"].module[0].bias.copy_(torch.tensor([3.0, 0.0, 0.0]))
        plain, weighted = (
            naming(data, kind).loss(network, batch, start)[0]
            for kind in (Balance.NONE, Balance.LOSS)
        )
    assert weighted > 1.5 * plain, "the rare class that it gets wrong should count for more"
    assert len(naming(data, Balance.SAMPLING).examples) == 150


def test_early_stop_keeps_the_best_weights_and_remembers_them(tmp_path):
    network = ARCHITECTURES["row-lstm"](ZooConfig(3, 8, 8, scale=0.1))
    parameter = next(network.parameters())
    stop = EarlyStop(tmp_path / "best", patience=2)
    for epoch, loss in enumerate((3.0, 1.0, 2.0), start=1):
        with torch.no_grad():
            parameter.fill_(epoch)
        stop.consider(network, epoch, loss)
        assert not stop.is_over(epoch)
    again = EarlyStop(tmp_path / "best", patience=2)
    again.consider(network, 4, 1.5)
    assert again.is_over(4)
    again.restore(network)
    assert (parameter == 2).all()
