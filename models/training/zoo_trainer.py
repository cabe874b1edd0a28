"""Training of the zoo's networks, one exactly repeatable step after the other."""

from __future__ import annotations

import copy
import logging
import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

import numpy as np
import torch
from torch.nn import functional

from models.training.zoo_checkpoint import load_checkpoint, save_checkpoint
from models.training.zoo_team import Team

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from torch import Tensor

    from models.data.examples import Examples
    from models.zoo.stages import Chain

_LOG = logging.getLogger(__name__)
_LOG_EVERY_S = 30.0

Truth = TypeVar("Truth")


@dataclass(frozen=True)
class ZooRecipe:
    """How a network is trained.

    Attributes
    ----------
    warmup_share
        Of all steps: the learning rate rises over them, then falls along a cosine.
    clip_norm
        Longest gradient that is followed as it is; longer ones are shortened to it.
    ema_decay
        Of the running average of the weights, which is what is kept in the end.
    """

    epochs: int = 10
    batch: int = 256
    learning_rate: float = 3e-3
    weight_decay: float = 1e-2
    warmup_share: float = 0.05
    clip_norm: float = 1.0
    ema_decay: float = 0.998
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Score:
    """Mean cross-entropy in nats, and the share of right answers."""

    loss: float
    accuracy: float

    def __str__(self) -> str:
        return f"loss {self.loss:.4f}, accuracy {self.accuracy:.4f}"


class ZooTrainer(Generic[Truth]):
    """Weights, their running average and the optimiser.

    A step depends on nothing but the weights, the recipe and its own number, so a run that was
    killed ends with the very same weights.

    Parameters
    ----------
    loss
        Maps the network, clips (B, T, ...) and what `examples` says of them to a scalar.
    team
        The processes that train together; all must be given the same weights.
    """

    def __init__(
        self,
        network: Chain,
        recipe: ZooRecipe,
        examples: Examples[Truth],
        loss: Callable[[Chain, Tensor, Truth], Tensor],
        team: Team | None = None,
    ) -> None:
        self.network, self.recipe, self.examples, self._loss = network, recipe, examples, loss
        self.team = team or Team()
        self.average = copy.deepcopy(network).eval()
        self.optimizer = torch.optim.AdamW(
            network.parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay
        )
        self.step = 0
        self._steps_per_epoch = max(1, len(examples) // recipe.batch)

    @property
    def steps(self) -> int:
        """Number of steps of the whole training."""
        return self.recipe.epochs * self._steps_per_epoch

    @property
    def epoch(self) -> int:
        """Number of epochs done."""
        return self.step // self._steps_per_epoch

    def save(self, path: Path) -> None:
        """Write a checkpoint."""
        save_checkpoint(path, self.step, self._modules(), self.optimizer)

    def load(self, path: Path) -> None:
        """Go on from a checkpoint."""
        self.step = load_checkpoint(path, self._modules(), self.optimizer)

    def advance(self) -> float:
        """Take one step and return its loss."""
        torch.manual_seed(
            (self.recipe.seed * 1_000_003 + self.step) * self.team.size + self.team.rank
        )
        clips, truth = self._batch()
        self.network.train()
        for group in self.optimizer.param_groups:
            group["lr"] = self._learning_rate()
        loss = self._loss(self.network, clips, truth)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        self.team.average_gradients(self.network)
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), self.recipe.clip_norm)
        self.optimizer.step()
        self.step += 1
        self._follow()
        return float(loss.detach())

    def _modules(self) -> dict[str, Chain]:
        return {"network": self.network, "average": self.average}

    def _batch(self) -> tuple[Tensor, Truth]:
        epoch, place = divmod(self.step, self._steps_per_epoch)
        order = np.random.default_rng((self.recipe.seed, epoch)).permutation(len(self.examples))
        chosen = order[place * self.recipe.batch : (place + 1) * self.recipe.batch]
        rng = np.random.default_rng((self.recipe.seed, self.step, 1 + self.team.rank))
        return self.examples.batch(self.team.share(chosen), rng)

    def _learning_rate(self) -> float:
        warmup = max(1, round(self.steps * self.recipe.warmup_share))
        if self.step < warmup:
            return self.recipe.learning_rate * (self.step + 1) / warmup
        share = (self.step - warmup) / max(1, self.steps - warmup)
        return self.recipe.learning_rate * (0.01 + 0.99 * (1 + math.cos(math.pi * share)) / 2)

    @torch.no_grad()
    def _follow(self) -> None:
        """Move the running average towards the weights, faster at the beginning."""
        decay = min(self.recipe.ema_decay, (1 + self.step) / (10 + self.step))
        current = self.network.state_dict()
        for name, value in self.average.state_dict().items():
            value.lerp_(current[name], 1 - decay)


def last_logits(network: Chain, clips: Tensor) -> Tensor:
    """Return (B, classes), the answer after the last frame of (B, T, ...)."""
    batch, frames = clips.shape[:2]
    logits, _ = network(clips, network.init_state(batch), torch.zeros(batch, frames))
    return logits[:, -1]  # type: ignore[no-any-return]


def logits_without_memory(network: Chain, clips: Tensor) -> Tensor:
    """Return (B, classes): every frame answers with an empty memory, and their votes are averaged.

    The votes are log-probabilities: as if the frames were independent evidence.
    """
    frames = clips.flatten(0, 1).unsqueeze(1)
    votes = last_logits(network, frames).log_softmax(-1)
    return votes.unflatten(0, clips.shape[:2]).mean(1)  # type: ignore[no-untyped-call, no-any-return]


@torch.inference_mode()
def evaluate(
    network: Chain, examples: Examples[Tensor], *, memory: bool = True, batch: int = 250
) -> Score:
    """Measure on all `examples`, without augmentation."""
    network.eval()
    answer = last_logits if memory else logits_without_memory
    loss = right = 0.0
    for start in range(0, len(examples), batch):
        chosen = np.arange(start, min(start + batch, len(examples)))
        clips, labels = examples.batch(chosen, None)
        logits = answer(network, clips)
        loss += float(functional.cross_entropy(logits, labels, reduction="sum"))
        right += float((logits.argmax(-1) == labels).sum())
    return Score(loss / len(examples), right / len(examples))


def train(trainer: ZooTrainer[Truth], checkpoint: Path, look: Callable[[int, float], bool]) -> None:
    """Train to the end from where the trainer is, keeping a checkpoint of every epoch.

    Parameters
    ----------
    look
        Called, in the first process, after each epoch with its number, from 1, and its mean loss,
        before the checkpoint is written; training ends where it returns True.
    """
    progress = _Progress(trainer.step, trainer.steps)
    per_epoch = trainer.steps // trainer.recipe.epochs
    losses: list[float] = []
    while trainer.step < trainer.steps:
        losses.append(trainer.advance())
        progress.report(trainer.step, losses[-1])
        if trainer.step % per_epoch == 0:
            over = trainer.team.leads and look(trainer.epoch, sum(losses) / len(losses))
            if trainer.team.leads:
                trainer.save(checkpoint)
            losses.clear()
            if trainer.team.told_by_the_first(over):
                return


class _Progress:
    """Logs now and then how far a training is."""

    def __init__(self, first: int, steps: int) -> None:
        self._first, self._steps = first, steps
        self._begun_s = self._logged_s = time.monotonic()

    def report(self, step: int, loss: float) -> None:
        now_s = time.monotonic()
        if now_s - self._logged_s < _LOG_EVERY_S:
            return
        self._logged_s = now_s
        left = (self._steps - step) * (now_s - self._begun_s) / max(1, step - self._first)
        _LOG.info("step %d of %d, loss %.4f, %.1f min left", step, self._steps, loss, left / 60)
