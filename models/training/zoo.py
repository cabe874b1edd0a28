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
from models.training.zoo_best import EarlyStop
from models.training.zoo_bundle import Made, write_zoo_bundle
from models.training.zoo_curves import Curves
from models.training.zoo_data import DataChoice, load_boxes, load_classes
from models.training.zoo_tasks import Balance, Figures, Task, finding, naming
from models.training.zoo_team import Team
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
    patience
        Epochs without a better validation figure after which training ends, and the best weights
        are taken; None trains to the end and takes the last.
    curves
        Folder for TensorBoard.
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
    patience: int | None = None
    curves: Path | None = None


def carry_out(order: Order) -> Figures:
    """Train to the end, measure on the test part, write the bundle; return the figures.

    Of several processes that ``torchrun`` started, the first measures, writes and returns.

    Raises
    ------
    DataError
        If the data cannot be used; the message names the file.
    ValueError
        If the picture size does not fit the architecture.
    """
    data, task, plan = _prepare(order)
    with Team.from_environment() as team:
        network = _train(order, task, plan, team)
    if not team.leads:
        return {}
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


def _train(order: Order, task: Task[Any], plan: ZooPlan, team: Team) -> Chain:
    """Return the averaged weights."""
    order.work.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(order.recipe.seed)
    network = ARCHITECTURES[plan.arch](plan.config)
    batch = min(order.recipe.batch, len(task.examples))
    recipe = replace(order.recipe, batch=batch)
    trainer = ZooTrainer(network, recipe, task.examples, task.loss, team)
    checkpoint = order.work / "checkpoint.safetensors"
    if checkpoint.exists():
        resume(trainer, checkpoint)
    observer = _Observer(order, task, trainer)
    if not team.told_by_the_first(observer.is_over(trainer.epoch)):
        train(trainer, checkpoint, observer.look)
    if team.leads:
        observer.finish()
    return trainer.average


class _Observer:
    """Watches a training: logs and draws what it sees, and keeps the best weights if asked to."""

    def __init__(self, order: Order, task: Task[Any], trainer: ZooTrainer[Any]) -> None:
        self._task, self._trainer = task, trainer
        best = order.work / "best.safetensors"
        self._stop = EarlyStop(best, order.patience) if order.patience is not None else None
        self._curves = (
            Curves(order.curves, trainer.epoch + 1)
            if order.curves is not None and trainer.team.leads
            else None
        )

    def is_over(self, epoch: int) -> bool:
        return self._stop is not None and self._stop.is_over(epoch)

    def look(self, epoch: int, loss: float) -> bool:
        """Return whether to end the training."""
        network = self._trainer.average
        figures = self._task.watch(network)
        seen = ", ".join(f"{name} {value:.4f}" for name, value in figures.items())
        _LOG.info("epoch %d: loss %.4f, validation %s", epoch, loss, seen)
        if self._curves is not None:
            named = {f"validation/{name}": value for name, value in figures.items()}
            self._curves.add(epoch, {"training/loss": loss, **named})
        if self._stop is not None:
            self._stop.consider(network, epoch, self._task.criterion(figures))
        return self.is_over(epoch)

    def finish(self) -> None:
        """Close the curves, and go back to the best weights."""
        if self._curves is not None:
            self._curves.close()
        if self._stop is not None:
            self._stop.restore(self._trainer.average)


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
