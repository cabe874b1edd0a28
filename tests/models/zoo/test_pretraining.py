"""Memory that learns to foretell."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch

from models.registry import ARCHITECTURES
from models.training.pretraining import pretrain
from models.training.zoo_trainer import ZooRecipe
from models.zoo.config import ZooConfig
from tests.models.zoo.networks import clock, config_of, network_of, random_clip
from tests.models.zoo.test_learning import moving_squares

_RECIPE = ZooRecipe(batch=16, learning_rate=1e-2)


def _network() -> torch.nn.Module:
    torch.manual_seed(0)
    return ARCHITECTURES["cnn-lstm"](ZooConfig(2, 32, 32, scale=0.125, dropout=0.0))


def test_what_moves_steadily_can_be_foretold_and_eyes_stay_as_they_were():
    network = _network()
    before = copy.deepcopy(network.state_dict())
    examples = moving_squares(64, 32, seed=0)
    at_first = pretrain(copy.deepcopy(network), examples, _RECIPE, 1)
    assert pretrain(network, examples, _RECIPE, 60) < 0.7 * at_first
    changed = {k for k, v in network.state_dict().items() if not torch.equal(v, before[k])}
    assert changed
    assert {name.split(".")[1] for name in changed} == {"lstm1", "lstm2"}


def test_it_repeats_exactly():
    examples = moving_squares(32, 32, seed=0)
    one, two = _network(), _network()
    assert pretrain(one, examples, _RECIPE, 3) == pretrain(two, examples, _RECIPE, 3)
    for name, value in one.state_dict().items():
        assert torch.equal(value, two.state_dict()[name])


@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_every_architecture_shows_what_it_sees_and_remembers(arch: str):
    network = network_of(arch)
    clip = random_clip(arch, 2, 4)
    seen, remembered = network.recollect(clip, network.init_state(2), clock(2, 4))
    places = 1
    if arch == "peephole-detector":
        config = config_of(arch)
        places = (config.width // 16) * (config.height // 16)
    assert seen.shape[:2] == remembered.shape[:2] == (2 * places, 4)
    assert not seen.requires_grad
    assert remembered.requires_grad
    assert np.isfinite(remembered.detach().numpy()).all()
