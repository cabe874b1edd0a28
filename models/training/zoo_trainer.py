"""Training of recurrent networks, one exactly repeatable step after the other."""

from __future__ import annotations

import copy
import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from models.data.examples import Batch
from models.data.streams import Streams, joined
from models.evaluation.classes import expected_calibration_error
from models.recurrent import Recurrent, TensorState
from models.training.zoo_checkpoint import load_checkpoint, save_checkpoint
from models.training.zoo_device import moved
from models.training.zoo_team import Team

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from models.data.examples import Examples

_LOG = logging.getLogger(__name__)
_LOG_EVERY_S = 30.0
_ENCODER = "encoder."

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
    streams
        Share of a batch whose rows go on where those of the last batch ended. Their memory is
        carried, but gradients do not flow into earlier batches (truncated backpropagation through
        time: Williams & Peng, Neural Computation 2(4), 1990). See `models.data.streams`.
    encoder_share
        Of the learning rate, for an encoder that knows something already.
    device
        ``"cpu"`` or ``"cuda"``.
    mixed
        Whether products are computed in bfloat16, which needs no scaling of the loss.
    """

    epochs: int = 10
    batch: int = 256
    learning_rate: float = 3e-3
    weight_decay: float = 1e-2
    warmup_share: float = 0.05
    clip_norm: float = 1.0
    ema_decay: float = 0.998
    seed: int = 1
    streams: float = 0.0
    encoder_share: float = 0.1
    device: str = "cpu"
    mixed: bool = False


@dataclass(frozen=True, slots=True)
class Start:
    """What the rows of a batch begin with.

    Attributes
    ----------
    state
        Memory of each row.
    fresh
        (B,) bool: whether it begins here, with an empty memory.
    """

    state: TensorState
    fresh: Tensor


Loss = Callable[[Recurrent, Batch[Truth], Start], tuple[Tensor, TensorState]]
"""Maps a network and a batch to a scalar, and to the memory of each row after it."""


@dataclass(frozen=True, slots=True)
class Score:
    """How well examples of a single class each are named.

    Attributes
    ----------
    loss
        Mean cross-entropy in nats.
    accuracy
        The share of right answers.
    calibration_error
        How far confidence is from it.
    confusion
        (L, L) counts, truth by answer.
    """

    loss: float
    accuracy: float
    calibration_error: float = float("nan")
    confusion: NDArray[np.int64] | None = field(default=None, compare=False)

    def __str__(self) -> str:
        return f"loss {self.loss:.4f}, accuracy {self.accuracy:.4f}"


class ZooTrainer(Generic[Truth]):
    """Weights, their running average and the optimiser.

    A step depends on nothing but the weights, the recipe and its own number, and with streams on
    the steps of its epoch before it; streams begin anew with every epoch. So a run that was killed
    goes on from its last epoch to the very same weights.

    Parameters
    ----------
    examples
        Of the type `models.data.examples.Recorded` where the recipe has streams.
    team
        The processes that train together; all must be given the same weights.
    """

    def __init__(
        self,
        network: Recurrent,
        recipe: ZooRecipe,
        examples: Examples[Truth],
        loss: Loss[Truth],
        team: Team | None = None,
    ) -> None:
        self.network, self.recipe, self.examples, self._loss = network, recipe, examples, loss
        self.team = team or Team()
        network.to(recipe.device)
        self.average = copy.deepcopy(network).eval()
        self.optimizer = torch.optim.AdamW(
            _groups(network, recipe.encoder_share),
            recipe.learning_rate,
            weight_decay=recipe.weight_decay,
        )
        self.step = 0
        self._steps_per_epoch = max(1, len(examples) // recipe.batch)
        self._rows = round(recipe.batch * recipe.streams / self.team.size)
        self._streams: Streams | None = None
        self._carried: TensorState = {}

    @property
    def steps(self) -> int:
        """Number of steps of the whole training."""
        return self.recipe.epochs * self._steps_per_epoch

    @property
    def epoch(self) -> int:
        """Number of epochs done."""
        return self.step // self._steps_per_epoch

    def save(self, path: Path) -> None:
        """Write a checkpoint, to be taken up from the beginning of an epoch."""
        save_checkpoint(path, self.step, self._modules(), self.optimizer)

    def load(self, path: Path) -> None:
        """Go on from a checkpoint."""
        self.step = load_checkpoint(path, self._modules(), self.optimizer)
        self._streams = None

    def advance(self) -> float:
        """Take one step and return its loss."""
        torch.manual_seed(
            (self.recipe.seed * 1_000_003 + self.step) * self.team.size + self.team.rank
        )
        batch, start = self._batch()
        self.network.train()
        for group in self.optimizer.param_groups:
            group["lr"] = self._learning_rate() * group["share"]
        with torch.autocast(self.recipe.device, torch.bfloat16, enabled=self.recipe.mixed):
            loss, following = self._loss(self.network, batch, start)
        self._carried = {k: v[: self._rows].detach().float() for k, v in following.items()}
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        self.team.average_gradients(self.network)
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), self.recipe.clip_norm)
        self.optimizer.step()
        self.step += 1
        self._follow()
        return float(loss.detach())

    def _modules(self) -> dict[str, Recurrent]:
        return {"network": self.network, "average": self.average}

    def _batch(self) -> tuple[Batch[Truth], Start]:
        """Return the next batch: rows that go on first, then those that begin."""
        recipe = self.recipe
        epoch, place = divmod(self.step, self._steps_per_epoch)
        order = np.random.default_rng((recipe.seed, epoch)).permutation(len(self.examples))
        chosen = order[place * recipe.batch : (place + 1) * recipe.batch]
        rng = np.random.default_rng((recipe.seed, self.step, 1 + self.team.rank))
        share = self.team.share(chosen)
        if not self._rows:
            batch = self.examples.batch(share, rng)
            return moved(batch, recipe.device), self._blank(len(share))
        if place == 0 or self._streams is None:
            seed = (recipe.seed, epoch, self.team.rank)
            self._streams = Streams(self.examples, self._rows, seed)  # type: ignore[arg-type]
            self._carried = self._blank(self._rows).state
        begun = self._streams.next()
        rest = self._blank(len(share) - self._rows)
        goes_on = ~begun.fresh.to(recipe.device)
        state = {
            name: torch.cat((value * _aligned(goes_on, value), rest.state[name]))
            for name, value in self._carried.items()
        }
        clips = [begun.batch]
        if len(rest.fresh):
            clips.append(self.examples.batch(share[self._rows :], rng))  # type: ignore[arg-type]
        fresh = torch.cat((~goes_on, rest.fresh))
        return moved(joined(*clips), recipe.device), Start(state, fresh)  # type: ignore[return-value]

    def _blank(self, rows: int) -> Start:
        fresh = torch.ones(rows, dtype=torch.bool, device=self.recipe.device)
        return Start(self.network.init_state(rows), fresh)

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
            if value.is_floating_point():
                value.lerp_(current[name], 1 - decay)
            else:
                value.copy_(current[name])


def _groups(network: Recurrent, encoder_share: float) -> list[dict[str, Any]]:
    """Return what is trained, by the share of the learning rate that it is trained at."""
    trained = {n: p for n, p in network.named_parameters() if p.requires_grad}
    groups = [
        {"params": [p for n, p in trained.items() if not n.startswith(_ENCODER)], "share": 1.0},
        {
            "params": [p for n, p in trained.items() if n.startswith(_ENCODER)],
            "share": encoder_share,
        },
    ]
    return [group for group in groups if group["params"]]


def _aligned(mask: Tensor, value: Tensor) -> Tensor:
    """Return a mask (B,) in the shape (B, 1, ...) that it takes to multiply `value`."""
    return mask.view(-1, *[1] * (value.ndim - 1))


def last_logits(network: Recurrent, clips: Tensor, dt_s: Tensor) -> Tensor:
    """Return (B, classes), the answer after the last frame of (B, T, ...)."""
    logits, _ = network(clips, network.init_state(len(clips)), dt_s)
    return logits[:, -1]  # type: ignore[no-any-return]


def logits_without_memory(network: Recurrent, clips: Tensor, dt_s: Tensor) -> Tensor:
    """Return (B, classes): every frame answers with an empty memory, and their votes are averaged.

    The votes are log-probabilities: as if the frames were independent evidence.
    """
    frames = clips.flatten(0, 1).unsqueeze(1)
    votes = last_logits(network, frames, dt_s.reshape(-1, 1)).log_softmax(-1)
    return votes.unflatten(0, clips.shape[:2]).mean(1)  # type: ignore[no-untyped-call, no-any-return]


@torch.inference_mode()
def evaluate(
    network: Recurrent, examples: Examples[Tensor], *, memory: bool = True, batch: int = 250
) -> Score:
    """Measure on all `examples`, without augmentation."""
    network.eval()
    device = next(network.parameters()).device.type
    answer = last_logits if memory else logits_without_memory
    loss, sure, right, counts = 0.0, [], [], np.zeros((0, 0), np.int64)
    for start in range(0, len(examples), batch):
        chosen = np.arange(start, min(start + batch, len(examples)))
        clips, dt_s, labels = moved(examples.batch(chosen, None), device)
        logits = answer(network, clips, dt_s)
        loss += float(functional.cross_entropy(logits, labels, reduction="sum"))
        confidence, answers = logits.softmax(-1).max(-1)
        sure.append(confidence.numpy(force=True))
        right.append((answers == labels).numpy(force=True))
        if not len(counts):
            counts = np.zeros((logits.shape[1],) * 2, np.int64)
        np.add.at(counts, (labels.numpy(force=True), answers.numpy(force=True)), 1)
    hit = np.concatenate(right)
    error = expected_calibration_error(np.concatenate(sure), hit)
    return Score(loss / len(examples), float(hit.mean()), error, counts)


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
