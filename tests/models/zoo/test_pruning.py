"""Networks made narrower by what weighs least."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from models.registry import ARCHITECTURES
from models.zoo.bundled import ZooPlan
from models.zoo.pruning import narrowed, prune
from tests.models.zoo.networks import clock, config_of, network_of, random_clip

_ARCHS = ["cnn-lstm", "row-lstm", "conv3d-lstm", "patch-conv1d-lstm"]


def _widths(network: torch.nn.Module) -> list[int]:
    return [spec.shape[0] for spec in network.state_spec() if spec.name.endswith(".h")]


@pytest.mark.parametrize("cell", ["lstm", "peephole", "gru"])
@pytest.mark.parametrize("arch", _ARCHS)
def test_units_that_do_nothing_are_what_goes(arch: str, cell: str):
    """Half of all channels and units are made silent and deaf: without them all is as it was."""
    network = network_of(arch, cell)
    _silence_half(network)
    plan = narrowed(ZooPlan(arch, config_of(arch, cell), "it"), 0.5)
    smaller = prune(network, plan)
    assert _widths(smaller) == [max(1, width // 2) for width in _widths(network)]
    clip = random_clip(arch, 2, 5)
    with torch.no_grad():
        whole, _ = network(clip, network.init_state(2), clock(2, 5))
        less, _ = smaller(clip, smaller.init_state(2), clock(2, 5))
    torch.testing.assert_close(less, whole, atol=1e-5, rtol=1e-4)


@torch.no_grad()
def _silence_half(network: torch.nn.Module) -> None:
    """Make every second channel and unit worth nothing, to itself and to all that read it."""
    layers = [m for m in network.modules() if hasattr(m, "weight") or hasattr(m, "from_hidden")]
    cells = [m for m in layers if hasattr(m, "from_hidden")]
    inside = {id(part) for cell in cells for part in cell.children()}
    for layer in layers[:-1]:
        if id(layer) in inside:
            continue
        if layer not in cells:
            layer.weight[1::2] = 0
            layer.bias[1::2] = 0
            continue
        hidden = layer.from_hidden.in_features
        for part in (layer.from_input, layer.from_hidden):
            part.weight.unflatten(0, (-1, hidden))[:, 1::2] = 0
        # A silent candidate writes nothing into memory, whatever the gates say.
        layer.from_input.bias.unflatten(0, (-1, hidden))[:, 1::2] = 0
        for value in layer.parameters(recurse=False):
            value[1::2] = 0


def test_the_clock_is_not_pruned():
    plan = ZooPlan("cnn-lstm", replace(config_of("cnn-lstm"), clock_hz=8.0), "it")
    torch.manual_seed(0)
    network = ARCHITECTURES["cnn-lstm"](plan.config)
    smaller = prune(network, narrowed(plan, 0.5))
    before, after = (
        set(one.stages["lstm1"].cell.from_input.weight[:, -1].tolist())
        for one in (network, smaller)
    )
    assert after < before


def test_cells_over_maps_are_refused():
    network = network_of("peephole-detector", "conv-lstm")
    plan = ZooPlan("peephole-detector", config_of("peephole-detector", "conv-lstm"), "it")
    with pytest.raises(ValueError, match="cannot be pruned"):
        prune(network, narrowed(plan, 0.5))
