"""Train the box head on encoded sequences; the encoder stays as it is.

Run as ``python -m models.training.boxes --cache cache/boxes --out cache/boxes/head``. A run that
was killed goes on from its last checkpoint to the very same weights.
"""

from __future__ import annotations

import argparse
import logging
import math
import os
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import torch
from safetensors.torch import load_file

from models.data.boxes_batches import BatchStream
from models.data.boxes_cache import Shard
from models.data.boxes_motion import INPUT_SIZE
from models.heads.boxes import BoxHead
from models.training.box_loss import Losses, box_losses
from models.training.boxes_checkpoint import load_checkpoint, save_checkpoint, save_weights
from models.training.imagenet_names import fill_from_imagenet

if TYPE_CHECKING:
    from torch import Tensor

    from models.data.boxes_batches import Batch

_LOG = logging.getLogger(__name__)
_MOST_WARM_FRAMES: Final = 8


@dataclass(frozen=True)
class BoxRecipe:
    """How the box head is trained.

    Attributes
    ----------
    batch
        Sequences per step.
    window
        Frames of each sequence that are learnt from in one step, gradients flowing through them.
    warm_share
        Of the sequences: begin with a memory, the others with none, as stills do.
    stale_share
        Of the memories: are of another sequence, as after a scene cut that nobody noticed.
    checkpoint_every
        Steps.
    start
        Weights to begin with; None for random ones.
    evidence
        See `models.heads.boxes.BoxHead`; weights to begin with need not have it.
    """

    channels: int = 80
    steps: int = 6000
    batch: int = 16
    window: int = 2
    learning_rate: float = 2e-3
    weight_decay: float = 0.03
    warmup_steps: int = 200
    clip_norm: float = 10.0
    ema_decay: float = 0.998
    warm_share: float = 0.5
    stale_share: float = 0.1
    checkpoint_every: int = 250
    seed: int = 1
    threads: int = 1
    bfloat16: bool = True
    start: Path | None = None
    evidence: bool = False


class BoxTrainer:
    """Weights, their running average and the optimiser, one step at a time.

    Parameters
    ----------
    cache
        Folder of shards, see `models.data.boxes_prepare`.
    """

    def __init__(self, recipe: BoxRecipe, cache: Path) -> None:
        torch.manual_seed(recipe.seed)
        self.recipe = recipe
        self.step = 0
        # Depthwise gradients on the CPU are several times faster with channels last.
        self.head = first_head(recipe).to(
            memory_format=torch.channels_last  # type: ignore[call-overload]
        )
        self.average = BoxHead(recipe.channels, evidence=recipe.evidence)
        self.average.load_state_dict(self.head.state_dict())
        self.optimizer = _optimizer(self.head, recipe)
        shards = [Shard(path.parent) for path in sorted(cache.glob("*/labels.npz"))]
        self.stream = BatchStream(
            shards, size=recipe.batch, window=recipe.window, seed=recipe.seed, picture=INPUT_SIZE
        )

    def advance(self) -> Losses:
        """Take one step and return its losses."""
        batch = self.stream.batch(self.step)
        for group in self.optimizer.param_groups:
            group["lr"] = learning_rate(self.recipe, self.step)
        losses = self._losses(batch)
        self.optimizer.zero_grad(set_to_none=True)
        losses.total.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.head.parameters(), self.recipe.clip_norm)
        self.optimizer.step()
        self.step += 1
        self._follow()
        return losses

    def _losses(self, batch: Batch) -> Losses:
        with torch.autocast("cpu", torch.bfloat16, enabled=self.recipe.bfloat16):
            state = self._first_state(batch)
            (logits, sides), _ = self.head.forward_raw(batch.features, state)
        boxes = self.head.decode_sides(sides.flatten(0, 1).float())
        return box_losses(logits.flatten(0, 1).float(), boxes, batch.targets, self.head.centres)

    @torch.no_grad()
    def _first_state(self, batch: Batch) -> dict[str, Tensor]:
        """Return the memory each sequence begins with: empty, fitting, or of another sequence."""
        rng = np.random.default_rng([self.recipe.seed, self.step, 1])
        size, frames = batch.around[0].shape[:2]
        empty = self.head.init_state(size)
        warm = round(size * self.recipe.warm_share)
        if not warm:
            return dict(empty)
        count = int(rng.integers(1, _MOST_WARM_FRAMES + 1))
        order = way_to(batch.first, count, frames)
        middle, high = (level[:warm] for level in batch.around)
        warmed = self.head.warm((middle, high), order, self.head.init_state(warm))
        source = np.arange(warm)
        stale = rng.random(warm) < self.recipe.stale_share
        source[stale] = np.roll(source, 1)[stale]
        return {
            name: torch.cat([warmed[name][source].float(), value[warm:]])
            for name, value in empty.items()
        }

    @torch.no_grad()
    def _follow(self) -> None:
        """Move the running average towards the weights, faster at the beginning."""
        decay = min(self.recipe.ema_decay, (1 + self.step) / (10 + self.step))
        current = self.head.state_dict()
        for name, value in self.average.state_dict().items():
            if value.dtype.is_floating_point:
                value.lerp_(current[name], 1 - decay)
            else:
                value.copy_(current[name])


def first_head(recipe: BoxRecipe) -> BoxHead:
    """Return what training begins with; what a start lacks is as it is without one."""
    head = BoxHead(recipe.channels, evidence=recipe.evidence)
    if head.evidence is not None:
        fill_from_imagenet(head.evidence)
    if recipe.start is not None:
        head.load_state_dict({**head.state_dict(), **load_file(recipe.start)})
    return head


def _optimizer(head: BoxHead, recipe: BoxRecipe) -> torch.optim.AdamW:
    matrices = [p for p in head.parameters() if p.ndim > 1]
    vectors = [p for p in head.parameters() if p.ndim <= 1]
    groups = [
        {"params": matrices, "weight_decay": recipe.weight_decay},
        {"params": vectors, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=recipe.learning_rate)


def way_to(first: int, count: int, frames: int) -> list[int]:
    """Return `count` indices into a sequence that lead, to and fro, to its frame `first`."""
    behind = np.abs(first - np.arange(count, 0, -1)) % (2 * frames - 2)
    return [int(index) for index in np.minimum(behind, 2 * frames - 2 - behind)]


def learning_rate(recipe: BoxRecipe, step: int) -> float:
    """Return the rate of a step: linear warm-up, then a cosine down to a hundredth."""
    if step < recipe.warmup_steps:
        return recipe.learning_rate * (step + 1) / recipe.warmup_steps
    share = (step - recipe.warmup_steps) / max(1, recipe.steps - recipe.warmup_steps)
    return recipe.learning_rate * (0.01 + 0.99 * (1 + math.cos(math.pi * share)) / 2)


def train_box_head(recipe: BoxRecipe, cache: Path, out: Path) -> tuple[Path, dict[str, float]]:
    """Train, or go on training, a box head.

    Parameters
    ----------
    cache
        Folder of shards.
    out
        Folder for ``checkpoint.safetensors``, to go on from, and ``boxes.safetensors``, the
        averaged weights.

    Returns
    -------
    Path of the averaged weights, and the mean losses of the last steps.
    """
    torch.set_num_threads(recipe.threads)
    out.mkdir(parents=True, exist_ok=True)
    trainer = BoxTrainer(recipe, cache)
    checkpoint, weights = out / "checkpoint.safetensors", out / "boxes.safetensors"
    if checkpoint.exists():
        load_checkpoint(checkpoint, trainer)
    log = _ProgressLog(trainer)
    while trainer.step < recipe.steps:
        log.add(trainer.advance())
        if trainer.step % recipe.checkpoint_every == 0 or trainer.step == recipe.steps:
            save_checkpoint(checkpoint, trainer)
            save_weights(weights, trainer.average)
    return weights, log.means()


class _ProgressLog:
    """Keeps running means of the losses and logs them with the time left."""

    def __init__(self, trainer: BoxTrainer) -> None:
        self._trainer = trainer
        self._first_step = trainer.step
        self._start = time.monotonic()
        self._means: dict[str, float] = {}

    def add(self, losses: Losses) -> None:
        for name, value in (("classes", losses.classes), ("sides", losses.sides)):
            now = float(value.detach())
            self._means[name] = 0.98 * self._means.get(name, now) + 0.02 * now
        if self._trainer.step % 50 == 0:
            self._report()

    def means(self) -> dict[str, float]:
        return {f"loss.{name}": value for name, value in self._means.items()}

    def _report(self) -> None:
        step, steps = self._trainer.step, self._trainer.recipe.steps
        per_step_s = (time.monotonic() - self._start) / (step - self._first_step)
        _LOG.info(
            "step %d of %d, classes %.3f, sides %.3f, %.0f ms a step, %.0f min left",
            step,
            steps,
            self._means["classes"],
            self._means["sides"],
            per_step_s * 1e3,
            (steps - step) * per_step_s / 60,
        )


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=BoxRecipe.steps)
    parser.add_argument("--channels", type=int, default=BoxRecipe.channels)
    parser.add_argument("--threads", type=int, default=BoxRecipe.threads)
    parser.add_argument("--start", type=Path)
    parser.add_argument("--evidence", action="store_true", help="ask the encoder's classifier, too")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    os.nice(10)
    recipe = replace(
        BoxRecipe(),
        steps=arguments.steps,
        channels=arguments.channels,
        threads=arguments.threads,
        start=arguments.start,
        evidence=arguments.evidence,
    )
    weights, losses = train_box_head(recipe, arguments.cache, arguments.out)
    _LOG.info("%s %s", weights, losses)


if __name__ == "__main__":
    main()
