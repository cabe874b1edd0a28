"""Train and measure an architecture of the zoo, and write it as a bundle.

The command line is ``longtake train`` (see `app.train_cli`). A run that was killed goes on from its
last checkpoint, to the very same weights.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import torch

from models.data.splits import DataError
from models.network import round_to_half
from models.registry import ARCHITECTURES
from models.training.zoo_bundle import Made, write_zoo_bundle
from models.training.zoo_data import DataChoice, load_boxes, load_classes
from models.training.zoo_tasks import Balance, Figures, Task, finding, naming
from models.training.zoo_trainer import ZooRecipe, ZooTrainer, train
from models.zoo.bundled import NETWORKS, Detector, ZooPlan
from models.zoo.config import ZooConfig

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from models.training.zoo_data import ZooData
    from models.zoo.stages import Chain


@dataclass(frozen=True)
class Defaults:
    """What is taken where nothing is asked for.

    Attributes
    ----------
    size
        Width and height in pixels, much smaller than the articles', for an ordinary processor.
    """

    size: tuple[int, int]
    epochs: int
    batch: int
    learning_rate: float
    dropout: float


DEFAULTS: Final[Mapping[str, Defaults]] = {
    "cnn-lstm": Defaults((64, 64), 40, 16, 1e-3, 0.5),
    "row-lstm": Defaults((28, 28), 20, 256, 3e-3, 0.2),
    "conv3d-lstm": Defaults((56, 56), 40, 16, 1e-3, 0.5),
    "patch-conv1d-lstm": Defaults((28, 28), 20, 256, 3e-3, 0.2),
    "peephole-detector": Defaults((192, 144), 20, 16, 1e-3, 0.2),
}
"""By architecture."""

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Order:
    """What to train and how.

    Attributes
    ----------
    arch
        Key of `models.registry.ARCHITECTURES`.
    head
        Name of the results in the bundle.
    cell, scale, dropout
        See `models.zoo.config.ZooConfig`.
    work
        Folder of the checkpoint.
    command
        What makes the bundle again.
    """

    arch: str
    data: Path
    out: Path
    work: Path
    command: str
    choice: DataChoice = field(default_factory=DataChoice)
    recipe: ZooRecipe = field(default_factory=ZooRecipe)
    balance: Balance = Balance.NONE
    head: str = "actions"
    cell: str | None = None
    scale: float = 1.0
    dropout: float = 0.5


def carry_out(order: Order) -> Figures:
    """Train to the end, measure on the test part, write the bundle; return the figures.

    Raises
    ------
    DataError
        If the data cannot be used; the message names the file.
    ValueError
        If the picture size does not fit the architecture.
    """
    data, task, plan = _prepare(order)
    network = _train(order, task, plan)
    # The bundle stores float16; what is shipped is what is measured.
    round_to_half(network)
    figures = task.measure(network)
    made = Made(order.command, order.data.name, figures, task.kind)
    write_zoo_bundle(order.out, plan, network, data, made)
    _LOG.info("wrote %s", order.out)
    return figures


def _prepare(order: Order) -> tuple[ZooData[Any], Task[Any], ZooPlan]:
    def plan_for(data: ZooData[Any]) -> ZooPlan:
        size = (len(data.classes), data.width, data.height)
        config = ZooConfig(*size, order.cell, order.scale, order.dropout)
        return ZooPlan(order.arch, config, order.head)

    if NETWORKS[order.arch] is Detector:
        boxes = load_boxes(order.data, order.choice)
        return boxes, finding(boxes, plan_for(boxes)), plan_for(boxes)
    classes = load_classes(order.arch, order.data, order.choice)
    return classes, naming(classes, order.balance), plan_for(classes)


def _train(order: Order, task: Task[Any], plan: ZooPlan) -> Chain:
    """Return the averaged weights."""
    order.work.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(order.recipe.seed)
    network = ARCHITECTURES[plan.arch](plan.config)
    batch = min(order.recipe.batch, len(task.examples))
    trainer = ZooTrainer(network, replace(order.recipe, batch=batch), task.examples, task.loss)
    checkpoint = order.work / "checkpoint.safetensors"
    if checkpoint.exists():
        resume(trainer, checkpoint)
    train(trainer, checkpoint, task.watch)
    return trainer.average


def resume(trainer: ZooTrainer[Any], checkpoint: Path) -> None:
    """Go on from a checkpoint.

    Raises
    ------
    DataError
        If it is of another network.
    """
    try:
        trainer.load(checkpoint)
    except (KeyError, RuntimeError) as error:
        raise DataError(
            f"{checkpoint} is of another network: delete it, or choose another --work folder"
        ) from error
