"""Networks for recordings that are told how much time passes."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from models.data.examples import Timing
from models.registry import ARCHITECTURES
from models.zoo.bundled import FrameClassifier, ZooPlan
from models.zoo.config import ZooConfig
from tests.models.zoo.networks import PICTURES, enliven, random_clip

_CLOCKED = ["cnn-lstm", "conv3d-lstm"]


def _network(arch: str, clock_hz: float | None) -> torch.nn.Module:
    torch.manual_seed(0)
    height, width = PICTURES[arch]
    network = ARCHITECTURES[arch](ZooConfig(3, width, height, scale=0.125, clock_hz=clock_hz))
    enliven(network)
    return network.eval()


@pytest.mark.parametrize("arch", _CLOCKED)
def test_time_matters_with_a_clock_and_not_without(arch: str):
    clip = random_clip(arch, 1, 5)
    for clock_hz, matters in ((8.0, True), (None, False)):
        network = _network(arch, clock_hz)
        with torch.no_grad():
            soon, late = (
                network(clip, network.init_state(1), torch.full((1, 5), dt_s))[0]
                for dt_s in (0.125, 0.5)
            )
        assert torch.allclose(soon, late) is not matters


@pytest.mark.parametrize("arch", _CLOCKED)
def test_frames_one_by_one_at_uneven_times_give_what_the_clip_does(arch: str):
    network, clip = _network(arch, 8.0), random_clip(arch, 2, 7)
    dt_s = torch.rand(2, 7) / 4 + 0.02
    with torch.no_grad():
        whole, _ = network(clip, network.init_state(2), dt_s)
        state, outputs = network.init_state(2), []
        for t in range(7):
            output, state = network.step(clip[:, t], state, dt_s[:, t])
            outputs.append(output)
    torch.testing.assert_close(torch.stack(outputs, 1), whole, atol=1e-5, rtol=0)


def test_a_bundle_remembers_its_clock():
    plan = ZooPlan("cnn-lstm", ZooConfig(3, 64, 32, scale=0.125, clock_hz=8.0), "it")
    network = FrameClassifier(plan).eval()
    enliven(network)
    frame = random_clip("cnn-lstm", 1, 1)[:, 0]
    with torch.no_grad():
        _, state = network.step(frame, network.init_state(1), torch.tensor([0.1]))
        soon, late = (
            network.step(frame, state, torch.tensor([dt_s]))[0]["it.probability"]
            for dt_s in (0.1, 0.4)
        )
    assert not torch.allclose(soon, late)


def test_gaps_are_those_of_the_frames_taken():
    times_s = np.array([0.0, 0.1, 0.25, 0.25, 0.6])
    np.testing.assert_allclose(Timing(5, 10.0).gaps_s(times_s), [0.1, 0.1, 0.15, 0.1, 0.35])
