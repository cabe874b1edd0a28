"""A bundle of the zoo, pruned, trained on for a while, and measured beside what it was."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import torch
from safetensors.torch import save_file

from models.bundle_writer import MANIFEST, MODEL
from models.data.splits import DataError
from models.evaluation.graph import GraphNetwork
from models.network import load_network
from models.spec import Manifest
from models.training.zoo import complete, zoo_project
from models.training.zoo_team import Team
from models.zoo.bundled import Detector, ZooNetwork
from models.zoo.pruning import narrowed, prune

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor, nn

    from models.training.zoo import Order
    from models.training.zoo_tasks import Figures

_STEPS: Final = 150
_ROUNDS: Final = 5


@dataclass(frozen=True)
class Pruned:
    """What pruning cost and gave; all figures on the test part.

    Attributes
    ----------
    before, cut, after
        Figures of the bundle as it was, just pruned, and trained on.
    step_ms
        Median processor time of a step before and after, measured in turns on one thread.
    weights
        Number before and after.
    """

    before: Figures
    cut: Figures
    after: Figures
    step_ms: tuple[float, float]
    weights: tuple[int, int]


def prunable(folder: Path) -> ZooNetwork:
    """Return the network of a bundle that can be pruned.

    Raises
    ------
    DataError
        If it is of another kind.
    """
    network = load_network(folder)
    if not isinstance(network, ZooNetwork) or isinstance(network, Detector):
        raise DataError(f"{folder} is none of the zoo's architectures that name what they see")
    return network


def prune_bundle(folder: Path, share: float, order: Order) -> Pruned:
    """Prune the bundle in `folder` and write it as the order says, trained on for its epochs.

    Parameters
    ----------
    share
        Of each layer's width that goes.
    order
        How it is trained on, and on what; what the network is like is taken from the bundle.

    Raises
    ------
    DataError, ValueError
        If the data cannot be used, or the bundle cannot be pruned.
    """
    old = prunable(folder)
    plan = narrowed(old.plan, share)
    smaller = prune(old.network, plan)
    order.work.mkdir(parents=True, exist_ok=True)
    start = order.work / "pruned.safetensors"
    save_file(smaller.state_dict(), start)
    config = plan.config
    order = replace(
        order,
        arch=plan.arch,
        head=plan.head,
        cell=config.cell,
        scale=config.scale,
        dropout=config.dropout,
        clock=config.clock_hz is not None,
        start=start,
    )
    project = zoo_project(order)
    before, cut = (project.task.measure(network) for network in (old.network, smaller))
    after = complete(order, project, Team.from_environment())
    return Pruned(
        before, cut, after, _step_ms(folder, order.out), (_weights(old.network), _weights(smaller))
    )


def _weights(network: nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


def _step_ms(before: Path, after: Path) -> tuple[float, float]:
    """Return the median processor time of a step of two bundles, in turns on one thread.

    What else the machine does hardly counts.
    """
    graphs = [_graph(folder) for folder in (before, after)]
    times_ms: list[list[float]] = [[], []]
    for _ in range(_ROUNDS):
        for (graph, frame), found in zip(graphs, times_ms, strict=True):
            state, dt_s = graph.init_state(1), torch.full((1,), 0.1)
            for _ in range(_STEPS):
                begun_s = time.thread_time()
                _, state = graph.step(frame, state, dt_s)
                found.append(1e3 * (time.thread_time() - begun_s))
    one, other = (float(np.median(found)) for found in times_ms)
    return one, other


def _graph(folder: Path) -> tuple[GraphNetwork, Tensor]:
    manifest = Manifest.model_validate_json((folder / MANIFEST).read_text(encoding="utf-8"))
    shape = (1, manifest.input.height, manifest.input.width, 3)
    frame = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    return GraphNetwork(folder / MODEL, manifest), torch.from_numpy(frame)
