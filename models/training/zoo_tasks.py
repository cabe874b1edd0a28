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

    from models.data.examples import Examples
    from models.training.box_loss import Targets
    from models.training.zoo_data import ZooData
    from models.zoo.bundled import ZooPlan
    from models.zoo.stages import Chain

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
        Maps the network, clips (B, T, ...) and what is true of them to a scalar.
    watch
        Looks at the validation part after an epoch.
    criterion
        Maps what `watch` returns to a number that should fall.
    measure
        Looks at the test part in the end; beside every figure ``<name>`` it returns the same
        without memory, ``<name>_without_memory``.
    """

    kind: HeadKind
    examples: Examples[_Truth]
    loss: Callable[[Chain, Tensor, _Truth], Tensor]
    watch: Callable[[Chain], Figures]
    criterion: Callable[[Figures], float]
    measure: Callable[[Chain], Figures]


def naming(
    data: ZooData[PictureExamples] | ZooData[RecordingExamples], balance: Balance
) -> Task[Tensor]:
    """Return the task of naming the class of a picture or clip."""
    labels = data.train.labels
    weight = None
    if balance is Balance.LOSS:
        counts = np.maximum(1, np.bincount(labels, minlength=len(data.classes)))
        weight = torch.tensor(counts.mean() / counts, dtype=torch.float32)

    def watch(network: Chain) -> Figures:
        score = evaluate(network, data.validation)
        return {"loss": score.loss, "accuracy": score.accuracy}

    def measure(network: Chain) -> Figures:
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
    weight: Tensor | None, silent: float, network: Chain, clips: Tensor, labels: Tensor
) -> Tensor:
    """Return the cross-entropy of the answers, averaged over frames; labels are (B,) int64.

    Parameters
    ----------
    silent
        Share of a clip at whose beginning nothing need be known yet.
    """
    batch, frames = clips.shape[:2]
    logits, _ = network(clips, network.init_state(batch), torch.zeros(batch, frames))
    heard = logits[:, min(frames - 1, int(silent * frames)) :]
    wanted = labels.unsqueeze(1).expand(heard.shape[:2])
    return functional.cross_entropy(heard.flatten(0, 1), wanted.flatten(), weight)


def finding(data: ZooData[FilmExamples], plan: ZooPlan) -> Task[Targets]:
    """Return the task of finding the objects in every frame of a film."""

    def look(network: Chain, films: FilmExamples, *, memory: bool) -> float:
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
