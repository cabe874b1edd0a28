"""The loop that every small head is trained by."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, TypeVar

import torch
from torch import nn

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

_Shown = TypeVar("_Shown")
_REPORT_EVERY: Final = 100
_RUNNING: Final = 0.05


def warm_cosine(parts: int) -> Callable[[int, int], float]:
    """Return a rate for `fit`: half a cosine, risen to over the first of so many parts."""

    def rate(step: int, steps: int) -> float:
        warm = max(1, steps // parts)
        return min(1.0, (step + 1) / warm) * 0.5 * (1 + math.cos(math.pi * step / steps))

    return rate


def loss_of_both(
    watch: Callable[[_Shown], tuple[Tensor, Tensor]], exact: _Shown, rough: _Shown, agreement: float
) -> Tensor:
    """Return how wrong a head is, and, if that counts, how far rough input leads it astray.

    Parameters
    ----------
    watch
        Returns the loss and (..., L) probabilities; both times the same is left out at random.
    agreement
        See `models.training.actions.ActionRecipe`.
    """
    chance = torch.get_rng_state()
    loss, said = watch(exact)
    if not agreement:
        return loss
    torch.set_rng_state(chance)
    other, roughly = watch(rough)
    return (loss + other) / 2 + agreement * (said - roughly).square().sum(dim=-1).mean()


def fit(
    head: nn.Module,
    loss_of_batch: Callable[[], Tensor],
    *,
    steps: int,
    learning_rate: float,
    weight_decay: float,
    clip_norm: float,
    rate: Callable[[int, int], float],
    progress: Callable[[int, int, float], None] | None = None,
) -> None:
    """Take `steps` steps of AdamW; leaves the head ready for use.

    Parameters
    ----------
    loss_of_batch
        Draws a batch and returns its loss.
    rate
        Of step and steps: the factor on the learning rate.
    progress
        Called with step, steps and the running loss.
    """
    head.train()
    optimizer = torch.optim.AdamW(head.parameters(), lr=learning_rate, weight_decay=weight_decay)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: rate(step, steps))
    running = 0.0
    for step in range(steps):
        loss = loss_of_batch()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(head.parameters(), clip_norm)
        optimizer.step()
        schedule.step()
        running += (float(loss.detach()) - running) * (1 if step == 0 else _RUNNING)
        if progress and (step + 1) % _REPORT_EVERY == 0:
            progress(step + 1, steps, running)
    head.eval()
