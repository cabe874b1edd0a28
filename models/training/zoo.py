"""Train and measure an architecture of the zoo, and write it as a bundle.

The command line is ``longtake train`` (see `app.train_cli`). A run that was killed goes on from its
last checkpoint, to the very same weights.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import torch
from safetensors.torch import load_file

from models.data.feature_cache import INPUT_SIZE
from models.data.splits import DataError
from models.network import round_to_half
from models.registry import ARCHITECTURES, PARTS
from models.training.longtake import LONGTAKE, longtake_project
from models.training.pretraining import pretrain
from models.training.project import Project
from models.training.trained_encoder import trained_encoder_project
from models.training.zoo_best import EarlyStop
from models.training.zoo_bundle import Made, write_zoo_bundle
from models.training.zoo_curves import Curves
from models.training.zoo_data import DataChoice, load_boxes, load_classes
from models.training.zoo_tasks import Balance, Figures, Task, finding, naming
from models.training.zoo_team import Team
from models.training.zoo_trainer import ZooRecipe, ZooTrainer, train
from models.zoo.bundled import NETWORKS, Detector, FrameClassifier, ZooPlan
from models.zoo.config import ZooConfig
from models.zoo.foresighted import Foresighted

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from models.recurrent import Recurrent
    from models.training.zoo_data import ZooData


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
    LONGTAKE: Defaults(INPUT_SIZE, 20, 24, 1.5e-3, 0.5),
}
"""By architecture."""

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Order:
    """What to train and how.

    Attributes
    ----------
    arch
        Key of `DEFAULTS`.
    head
        Name of the results in the bundle.
    cell, scale, dropout
        See `models.zoo.config.ZooConfig`.
    clock
        Whether an architecture for recordings is told the time that passes.
    work
        Folder of the checkpoint.
    command
        What makes the bundle again.
    patience
        Epochs without a better validation figure after which training ends, and the best weights
        are taken; None trains to the end and takes the last.
    curves
        Folder for TensorBoard.
    pretrain_steps
        See `models.training.pretraining`.
    known_set, base, variants, most_hz, frames, unfreeze
        For `longtake`: the set that `data` is, the bundle whose boxes are taken over, how often
        each clip is encoded, its rate at most, frames of a window (None: 2.4 s of them), and how
        many of the encoder's last stages are trained.
    threads
        Processors that clips are encoded with.
    start
        Weights to begin with; None for random ones.
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
    clock: bool = False
    patience: int | None = None
    curves: Path | None = None
    pretrain_steps: int = 0
    known_set: str | None = None
    base: Path | None = None
    variants: int = 4
    most_hz: float = 31.0
    frames: int | None = None
    unfreeze: int = 0
    threads: int = 1
    start: Path | None = None


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
    team = Team.from_environment()
    if order.arch != LONGTAKE:
        return complete(order, zoo_project(order), team)
    prepare = trained_encoder_project if order.unfreeze else longtake_project
    # What it encodes is kept on the disk: two that write one file would spoil it.
    return complete(order, team.after_the_first(lambda: prepare(order)), team)


def complete(order: Order, project: Project[Any], team: Team) -> Figures:
    """Do the same, with data that is read already."""
    with team:
        network = _train(order, project, team)
    if not team.leads:
        return {}
    network.to("cpu")
    project.task.finish(network)
    # The bundle stores float16; what is shipped is what is measured.
    round_to_half(network)
    figures = project.task.measure(network)
    project.write(network, figures)
    _LOG.info("wrote %s", order.out)
    return figures


def zoo_project(order: Order) -> Project[Any]:
    """Read the data for an architecture of the zoo.

    Raises
    ------
    DataError
        If it cannot be used; the message names the file.
    """
    data, task, plan = _prepare(order)

    def write(network: Recurrent, figures: Figures) -> None:
        made = Made(order.command, order.data.name, figures, task.kind)
        write_zoo_bundle(order.out, plan, network, data, made)

    return Project(task, lambda: ARCHITECTURES[plan.arch](plan.config), write)


def _prepare(order: Order) -> tuple[ZooData[Any], Task[Any], ZooPlan]:
    def plan_for(data: ZooData[Any]) -> ZooPlan:
        size = (len(data.classes), data.width, data.height)
        clocked = order.clock and NETWORKS[order.arch] is FrameClassifier
        clock_hz = data.rate_hz if clocked else None
        config = ZooConfig(*size, order.cell, order.scale, order.dropout, clock_hz)
        return ZooPlan(order.arch, config, order.head)

    if NETWORKS[order.arch] is Detector:
        if order.recipe.streams:
            raise DataError("Streams need recordings: films made of pictures are short.")
        boxes = load_boxes(order.data, order.choice)
        return boxes, finding(boxes, plan_for(boxes)), plan_for(boxes)
    if order.recipe.streams and order.arch in PARTS:
        raise DataError("Streams need recordings: a picture is a whole sequence.")
    classes = load_classes(order.arch, order.data, order.choice)
    return classes, naming(classes, order.balance), plan_for(classes)


def _train(order: Order, project: Project[Any], team: Team) -> Recurrent:
    """Return the averaged weights."""
    order.work.mkdir(parents=True, exist_ok=True)
    task = project.task
    torch.manual_seed(order.recipe.seed)
    network = project.build()
    batch = min(order.recipe.batch, len(task.examples))
    recipe = replace(order.recipe, batch=batch)
    checkpoint = order.work / "checkpoint.safetensors"
    if order.start is not None:
        network.load_state_dict(load_file(order.start))
    if order.pretrain_steps and not checkpoint.exists() and isinstance(network, Foresighted):
        pretrain(network.to(recipe.device), task.examples, recipe, order.pretrain_steps)
    trainer = ZooTrainer(network, recipe, task.examples, task.loss, team)
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
