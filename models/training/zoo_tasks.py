"""The two things an architecture of the zoo can learn: to name what is shown, and to find it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from operator import itemgetter
from typing import TYPE_CHECKING, Final, Generic, TypeVar

import numpy as np
import torch
from torch.nn import functional

from models.data.examples import BalancedExamples, PictureExamples, RecordingExamples
from models.spec import HeadKind
from models.training.zoo_detection import FilmExamples, detection_loss, precision
from models.training.zoo_trainer import evaluate
from models.zoo.bundled import Detector
from models.zoo.peephole_detector import place_centres

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from torch import Tensor

    from models.data.examples import Batch, Examples
    from models.recurrent import Recurrent, TensorState
    from models.training.box_loss import Targets
    from models.training.zoo_data import ZooData
    from models.training.zoo_trainer import Loss, Start
    from models.zoo.bundled import ZooPlan

Figures = dict[str, float]
"""By name."""

_Truth = TypeVar("_Truth")
_SILENT: Final[Mapping[type, float]] = {PictureExamples: 1.0, RecordingExamples: 0.25}
"""A picture is known when it is read; of a clip something should be known all along."""


class Balance(StrEnum):
    """How it is made up for that some classes are rare: by showing them, or weighing them, more."""

    NONE = "none"
    SAMPLING = "sampling"
    LOSS = "loss"


@dataclass(frozen=True)
class Task(Generic[_Truth]):
    """What to train on, towards what, and how well it went.

    Attributes
    ----------
    loss
        See `models.training.zoo_trainer.Loss`.
    watch
        Looks at the validation part after an epoch.
    criterion
        Maps what `watch` returns to a number that should fall.
    measure
        Looks at the test part in the end; beside every figure ``<name>`` it returns the same
        without memory, ``<name>_without_memory``.
    finish
        What is done to the weights that are kept, once, before they are measured.
    """

    kind: HeadKind
    examples: Examples[_Truth]
    loss: Loss[_Truth]
    watch: Callable[[Recurrent], Figures]
    criterion: Callable[[Figures], float]
    measure: Callable[[Recurrent], Figures]
    finish: Callable[[Recurrent], None] = lambda _: None


def naming(
    data: ZooData[PictureExamples] | ZooData[RecordingExamples], balance: Balance
) -> Task[Tensor]:
    """Return the task of naming the class of a picture or clip."""
    labels = data.train.labels
    weight = None
    if balance is Balance.LOSS:
        counts = np.maximum(1, np.bincount(labels, minlength=len(data.classes)))
        weight = torch.tensor(counts.mean() / counts, dtype=torch.float32)

    def watch(network: Recurrent) -> Figures:
        score = evaluate(network, data.validation)
        return {"loss": score.loss, "accuracy": score.accuracy}

    def measure(network: Recurrent) -> Figures:
        score = evaluate(network, data.test)
        forgetful = evaluate(network, data.test, memory=False)
        return {
            "accuracy": score.accuracy,
            "loss": score.loss,
            "accuracy_without_memory": forgetful.accuracy,
            "loss_without_memory": forgetful.loss,
        }

    return Task(
        HeadKind.ACTIONS,
        BalancedExamples(data.train, labels) if balance is Balance.SAMPLING else data.train,
        partial(_naming_loss, weight, _SILENT[type(data.train)]),
        watch,
        itemgetter("loss"),
        measure,
    )


def _naming_loss(
    weight: Tensor | None, silent: float, network: Recurrent, batch: Batch[Tensor], start: Start
) -> tuple[Tensor, TensorState]:
    """Return the cross-entropy of the answers, averaged over frames; truth is (B,) int64.

    Parameters
    ----------
    silent
        Share of a clip that begins at whose beginning nothing need be known yet.
    """
    logits, following = network(batch.clips, start.state, batch.dt_s)
    frames = logits.shape[1]
    awaited = torch.arange(frames, device=logits.device) >= min(frames - 1, int(silent * frames))
    heard = awaited | ~start.fresh.unsqueeze(1)
    wanted = batch.truth.unsqueeze(1).expand(heard.shape)
    if weight is not None:
        weight = weight.to(logits.device)
    return functional.cross_entropy(logits[heard], wanted[heard], weight), following


def finding(data: ZooData[FilmExamples], plan: ZooPlan) -> Task[Targets]:
    """Return the task of finding the objects in every frame of a film."""

    def look(network: Recurrent, films: FilmExamples, *, memory: bool) -> float:
        detector = Detector(plan).eval()
        detector.network.load_state_dict(network.state_dict())
        return precision(detector, plan.head, films, memory=memory).at(0.5)

    return Task(
        HeadKind.BOXES,
        data.train,
        detection_loss(place_centres(plan.config)),
        lambda network: {"ap50": look(network, data.validation, memory=True)},
        lambda figures: -figures["ap50"],
        lambda network: {
            "ap50": look(network, data.test, memory=True),
            "ap50_without_memory": look(network, data.test, memory=False),
        },
    )
