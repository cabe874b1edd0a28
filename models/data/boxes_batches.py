"""Batches of encoded sequences, in an order that depends on seed and step alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from models.training.box_loss import Targets

if TYPE_CHECKING:
    from torch import Tensor

    from models.data.boxes import BoxLabels
    from models.data.boxes_cache import Shard


@dataclass(frozen=True)
class Batch:
    """A few consecutive frames of B sequences, and all that came around them.

    Attributes
    ----------
    features
        C3, C4, C5 of the window, each (B, W, C, H, W), channels last in memory.
    targets
        Of all B x W frames of the window.
    around
        C4 and C5 of the whole sequences, (B, T, C, H, W).
    first
        Where in the sequences the window begins.
    """

    features: tuple[Tensor, Tensor, Tensor]
    targets: Targets
    around: tuple[Tensor, Tensor]
    first: int


class BatchStream:
    """Draws sequences from shards, each once per round.

    Parameters
    ----------
    shards
        All with the same number of frames per sequence, T.
    size
        Sequences per batch, B.
    window
        Consecutive frames that are learnt from, at a random place; T at most.
    picture
        Width and height in pixels, for the boxes of the targets.
    """

    def __init__(
        self, shards: list[Shard], *, size: int, window: int, seed: int, picture: tuple[int, int]
    ) -> None:
        self._size = size
        self._window = window
        self._seed = seed
        self._picture = np.array([*picture, *picture], np.float32)
        self._where = [(shard, index) for shard in shards for index in range(len(shard))]

    @property
    def steps_per_round(self) -> int:
        """Batches until every sequence was seen once (less the rest that fills no batch)."""
        return len(self._where) // self._size

    def batch(self, step: int) -> Batch:
        """Return batch number `step`; the same for the same seed, whatever came before."""
        round_number, position = divmod(step, self.steps_per_round)
        order = np.random.default_rng([self._seed, round_number]).permutation(len(self._where))
        chosen = order[position * self._size : (position + 1) * self._size]
        sequences = [self._where[index] for index in chosen]
        places = sequences[0][0].frames - self._window + 1
        first = int(np.random.default_rng([self._seed, step, 2]).integers(places))
        window = slice(first, first + self._window)
        labels = [entry for shard, index in sequences for entry in shard.labels(index)[window]]
        c4, c5 = (_read(sequences, level, slice(None)) for level in (1, 2))
        return Batch(
            (_read(sequences, 0, window), c4[:, window], c5[:, window]),
            pad_labels(labels, self._picture),
            (c4, c5),
            first,
        )


def _read(sequences: list[tuple[Shard, int]], level: int, frames: slice) -> Tensor:
    maps = np.stack([shard.maps[level][index, frames] for shard, index in sequences])
    return torch.from_numpy(maps).float().permute(0, 1, 4, 2, 3)


def pad_labels(labels: list[BoxLabels], scale: np.ndarray) -> Targets:
    """Return the labels of B frames as `Targets`; `scale` (4,) turns fractions into pixels."""
    most = max(1, *(len(entry) for entry in labels))
    xyxy = np.zeros((len(labels), most, 4), np.float32)
    class_id = np.zeros((len(labels), most), np.int64)
    score = np.zeros((len(labels), most), np.float32)
    known = np.zeros((2, len(labels), most), bool)
    for frame, entry in enumerate(labels):
        count = len(entry)
        xyxy[frame, :count] = entry.xyxy * scale
        class_id[frame, :count] = entry.class_id
        score[frame, :count] = entry.score
        known[0, frame, :count] = ~entry.ignored
        known[1, frame, :count] = entry.ignored
    return Targets(
        torch.from_numpy(xyxy),
        torch.from_numpy(class_id),
        torch.from_numpy(score),
        torch.from_numpy(known[0]),
        torch.from_numpy(known[1]),
    )
