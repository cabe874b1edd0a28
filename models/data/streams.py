"""Batches of which a part goes on where the last batch ended.

Gehrig & Scaramuzza, Recurrent Vision Transformers for Object Detection (CVPR 2023), section 4:
batches mix streams, whose memory is carried from step to step, with random clips that begin with
none. Clips alone would never show a network the memory of minutes; streams alone would show it few
different scenes in a row.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from models.data.examples import Batch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torch import Tensor

    from models.data.examples import Recorded


@dataclass(frozen=True)
class Begun:
    """A batch, and which of its rows begin.

    Attributes
    ----------
    fresh
        (B,) bool; the others go on where the same row of the last batch ended.
    """

    batch: Batch[Tensor]
    fresh: Tensor


class Streams:
    """Rows that each watch one recording after the other, from beginning to end.

    Parameters
    ----------
    rows
        How many watch side by side.
    seed
        The same seeds give the same batches.
    """

    def __init__(self, examples: Recorded, rows: int, seed: tuple[int, ...]) -> None:
        self._examples = examples
        self._rows = [self._watch(row, rows, seed) for row in range(rows)]

    def next(self) -> Begun:
        """Return the next window of every row."""
        windows, fresh = zip(*(next(row) for row in self._rows), strict=True)
        return Begun(joined(*windows), torch.tensor(fresh))

    def _watch(
        self, row: int, rows: int, seed: tuple[int, ...]
    ) -> Iterator[tuple[Batch[Tensor], bool]]:
        rng = np.random.default_rng((*seed, row))
        # All rows deal from one shuffled pack, so that none is watched twice while others wait.
        pack = np.random.default_rng(seed)
        while True:
            order = pack.permutation(len(self._examples))
            for index in order[row % len(order) :: rows]:
                for number, window in enumerate(self._examples.course(int(index), rng)):
                    yield window, number == 0


def joined(*batches: Batch[Tensor]) -> Batch[Tensor]:
    """Put the rows of several batches below one another."""
    return Batch(*(torch.cat(column) for column in zip(*batches, strict=True)))
