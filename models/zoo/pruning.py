"""Magnitude pruning of whole channels and memory cells.

Li et al., Pruning Filters for Efficient ConvNets (ICLR 2017): what has the smallest weights goes,
and with it all that reads it. Single weights set to nought would be multiplied all the same by all
runtimes on a processor; fewer channels are less work for all. What is left is the very same
architecture, narrower, so that it is built, trained, exported and run as any other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

import torch
from torch import Tensor, nn

from models.cells.conv_lstm import BottleneckLSTM, ConvLSTMCell
from models.cells.gru import GRUCell
from models.cells.lstm import LSTMCell
from models.cells.peephole import PeepholeLSTMCell
from models.registry import ARCHITECTURES

if TYPE_CHECKING:
    from models.zoo.bundled import ZooPlan
    from models.zoo.stages import Chain

_DENSE = (nn.Linear, nn.Conv1d, nn.Conv2d, nn.Conv3d)
_CELLS = (LSTMCell, PeepholeLSTMCell, GRUCell)


@dataclass(frozen=True)
class _Kept:
    """Which of so many channels are left."""

    of: int
    which: Tensor

    def columns(self, inputs: int) -> Tensor:
        """Return what is left of a layer's inputs: each channel may be several, side by side.

        What is over, at the end, comes from no channel (the clock) and stays.
        """
        each = inputs // self.of
        spread = self.which.unsqueeze(1) * each + torch.arange(each)
        return torch.cat((spread.flatten(), torch.arange(each * self.of, inputs)))


def narrowed(plan: ZooPlan, share: float) -> ZooPlan:
    """Return the plan of the same architecture without `share`, 0..1, of each layer's width."""
    config = replace(plan.config, scale=plan.config.scale * (1 - share))
    return replace(plan, config=config)


@torch.no_grad()
def prune(network: Chain, plan: ZooPlan) -> Chain:
    """Return a network of the narrower `plan` with the largest of `network`'s weights.

    Raises
    ------
    ValueError
        If it remembers by cells that cannot be narrowed (those over feature maps).
    """
    target = ARCHITECTURES[plan.arch](plan.config)
    kept: _Kept | None = None
    for old, new in zip(network.modules(), target.modules(), strict=True):
        if isinstance(old, _CELLS):
            kept = _prune_cell(old, cast("LSTMCell", new), kept)
        elif isinstance(old, _DENSE) and not _inside_cell(network, old):
            kept = _prune_layer(old, cast("nn.Linear", new), kept)
        elif isinstance(old, (ConvLSTMCell, BottleneckLSTM)):
            raise ValueError("Cells over feature maps cannot be pruned.")
    return target.eval()


def _inside_cell(network: nn.Module, layer: nn.Module) -> bool:
    return any(
        layer is part
        for cell in network.modules()
        if isinstance(cell, _CELLS)
        for part in cell.modules()
    )


def _prune_layer(old: nn.Module, new: nn.Linear, kept: _Kept | None) -> _Kept:
    weight, bias = cast("Tensor", old.weight), cast("Tensor", old.bias)
    columns = _columns(kept, weight.shape[1])
    read = weight[:, columns]
    rows = _largest(read.flatten(1).norm(dim=1), new.weight.shape[0])
    new.weight.copy_(read[rows])
    new.bias.copy_(bias[rows])
    return _Kept(weight.shape[0], rows)


def _prune_cell(old: nn.Module, new: LSTMCell, kept: _Kept | None) -> _Kept:
    """Keep the units whose gates weigh most; one goes with its rows, its column and its peeps."""
    given, own = cast("nn.Linear", old.from_input), cast("nn.Linear", old.from_hidden)
    hidden = own.in_features
    columns = _columns(kept, given.in_features)
    read = torch.cat((given.weight[:, columns], own.weight), dim=1)
    by_unit = read.unflatten(0, (-1, hidden)).square().sum(dim=(0, 2))  # type: ignore[no-untyped-call]
    units = _largest(by_unit, new.from_hidden.in_features)
    gates = given.out_features // hidden
    rows = torch.cat([gate * hidden + units for gate in range(gates)])
    new.from_input.weight.copy_(given.weight[rows][:, columns])
    new.from_input.bias.copy_(given.bias[rows])
    new.from_hidden.weight.copy_(own.weight[rows][:, units])
    for name, value in old.named_parameters(recurse=False):
        cast("Tensor", getattr(new, name)).copy_(value[units])
    return _Kept(hidden, units)


def _columns(kept: _Kept | None, inputs: int) -> Tensor:
    return torch.arange(inputs) if kept is None else kept.columns(inputs)


def _largest(magnitude: Tensor, count: int) -> Tensor:
    """Return the indices of the largest, in their order."""
    return magnitude.topk(count).indices.sort().values
