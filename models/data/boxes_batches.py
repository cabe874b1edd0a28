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
    """B sequences of T frames.

    Attributes
    ----------
    features
        C3, C4, C5, each (B, T, C, H, W), channels last in memory.
    targets
        Of all B x T frames.
    """

    features: tuple[Tensor, Tensor, Tensor]
    targets: Targets


class BatchStream:
    """Draws sequences from shards, each once per round.

    Parameters
    ----------
    shards
        All with the same number of frames per sequence.
    size
        Sequences per batch, B.
    picture
        Width and height in pixels, for the boxes of the targets.
    """

    def __init__(
        self, shards: list[Shard], *, size: int, seed: int, picture: tuple[int, int]
    ) -> None:
        self._shards = shards
        self._size = size
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
        labels = [entry for shard, index in sequences for entry in shard.labels(index)]
        c3, c4, c5 = (
            torch.from_numpy(np.stack([shard.maps[level][index] for shard, index in sequences]))
            .float()
            .permute(0, 1, 4, 2, 3)
            for level in range(3)
        )
        return Batch((c3, c4, c5), pad_labels(labels, self._picture))


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
