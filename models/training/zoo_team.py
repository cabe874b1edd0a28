"""Several processes that train one network together, as ``torchrun`` starts them.

Every process holds the same weights and takes its share of every batch; gradients are averaged
before each step, so all stay the same. The first process measures and writes.
"""

from __future__ import annotations

import os
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Self, TypeVar

import torch
from torch import distributed
from torch.distributed.rendezvous import rendezvous

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    import numpy as np
    from numpy.typing import NDArray
    from torch import nn


_PATIENCE: Final = timedelta(days=7)
"""Preparing may take long; ``torchrun`` ends all where one dies meanwhile."""

_Made = TypeVar("_Made")


class Team:
    """One process among `size` that train together, perhaps the only one."""

    def __init__(self, rank: int = 0, size: int = 1) -> None:
        self.rank, self.size = rank, size

    @classmethod
    def from_environment(cls) -> Self:
        """Join those whom ``torchrun`` started with this process."""
        if "WORLD_SIZE" not in os.environ:
            return cls()
        store, rank, size = next(iter(rendezvous("env://")))
        # ``torchrun --standalone`` keeps its store when it starts processes again: addresses of
        # those that died are still in it, and who is quick connects to nobody.
        attempt = os.environ.get("TORCHELASTIC_RESTART_COUNT", "0")
        own = distributed.PrefixStore(f"attempt-{attempt}", store)  # type: ignore[attr-defined]
        distributed.init_process_group("gloo", store=own, rank=rank, world_size=size)
        return cls(distributed.get_rank(), distributed.get_world_size())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        if self.size > 1:
            distributed.destroy_process_group()

    @property
    def leads(self) -> bool:
        """Whether this is the process that measures and writes."""
        return self.rank == 0

    def after_the_first(self, make: Callable[[], _Made]) -> _Made:
        """Return what `make` does; the others wait, and find what the first left on the disk."""
        if self.size == 1:
            return make()
        made = make() if self.leads else None
        distributed.monitored_barrier(timeout=_PATIENCE)
        return make() if made is None else made

    def share(self, chosen: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return this process's part of a batch; all parts have the same length."""
        return chosen[self.rank : len(chosen) - len(chosen) % self.size : self.size]

    def average_gradients(self, network: nn.Module) -> None:
        """Replace every gradient by its mean over all processes."""
        if self.size == 1:
            return
        gradients = [p.grad for p in network.parameters() if p.grad is not None]
        joined = torch.cat([gradient.flatten() for gradient in gradients])
        distributed.all_reduce(joined)
        joined /= self.size
        parts = joined.split([gradient.numel() for gradient in gradients])  # type: ignore[no-untyped-call]
        for gradient, part in zip(gradients, parts, strict=True):
            gradient.copy_(part.view_as(gradient))

    def told_by_the_first(self, said: bool) -> bool:
        """Return what the first process says, in all of them."""
        if self.size == 1:
            return said
        answer = torch.tensor(int(said))
        distributed.broadcast(answer, 0)
        return bool(answer.item())
