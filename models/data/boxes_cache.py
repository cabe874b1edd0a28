"""Encoded sequences on disk, so that the frozen encoder sees each frame once.

A shard is a folder of S sequences of T frames: ``c3.npy``, ``c4.npy``, ``c5.npy``, each
(S, T, H, W, C) float16, and ``labels.npz``. About 300 KB a frame at 384 x 288.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from models.data.boxes import BoxLabels

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from numpy.typing import NDArray

    Maps = tuple[NDArray[np.float32], ...]

LEVELS: Final = ("c3", "c4", "c5")


class Encoder(Protocol):
    """A function from pictures to feature maps."""

    def __call__(self, frames: NDArray[np.uint8]) -> Maps:
        """Turn frames (T, H, W, 3) uint8 into C3, C4 and C5, each (T, C, H, W) float32."""
        ...


@dataclass(frozen=True)
class Sequence:
    """Consecutive frames (T, H, W, 3) uint8 RGB, and what is in each of them."""

    frames: NDArray[np.uint8]
    labels: list[BoxLabels]


def write_shard(
    folder: Path,
    sequences: Iterable[Sequence],
    count: int,
    encode: Encoder,
    report: Callable[[int], None] = lambda done: None,
) -> None:
    """Encode `count` sequences of equal length into the shard `folder`.

    The folder appears only when it is complete; a shard that exists is left alone.

    Parameters
    ----------
    report
        Called with the number of sequences written so far.

    Raises
    ------
    ValueError
        If `sequences` ends early.
    """
    if folder.exists():
        return
    part = folder.with_name(folder.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    maps: list[np.memmap] = []
    labels: list[BoxLabels] = []
    for done, sequence in zip(range(count), sequences, strict=False):
        encoded = [level.transpose(0, 2, 3, 1) for level in encode(sequence.frames)]
        maps = maps or [
            np.lib.format.open_memmap(part / f"{name}.npy", "w+", np.float16, (count, *level.shape))
            for name, level in zip(LEVELS, encoded, strict=True)
        ]
        for target, level in zip(maps, encoded, strict=True):
            target[done] = level
        labels.extend(sequence.labels)
        report(done + 1)
    if not maps or len(labels) != count * maps[0].shape[1]:
        raise ValueError(f"{folder} was to hold {count} sequences, but there were fewer")
    for target in maps:
        target.flush()
    _save_labels(part / "labels.npz", labels)
    part.rename(folder)


def _save_labels(path: Path, labels: list[BoxLabels]) -> None:
    joined = BoxLabels.join(labels)
    np.savez(
        path,
        ends=np.cumsum([len(entry) for entry in labels]),
        xyxy=joined.xyxy,
        class_id=joined.class_id,
        score=joined.score,
        ignored=joined.ignored,
    )


class Shard:
    """A shard opened for reading; frames stay on disk until asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.maps = [np.load(folder / f"{name}.npy", mmap_mode="r") for name in LEVELS]
        with np.load(folder / "labels.npz", allow_pickle=False) as stored:
            ends = stored["ends"]
            joined = BoxLabels(
                stored["xyxy"], stored["class_id"], stored["score"], stored["ignored"]
            )
        starts = np.concatenate([[0], ends[:-1]])
        self._labels = [
            joined.select(np.arange(start, end)) for start, end in zip(starts, ends, strict=True)
        ]

    def __len__(self) -> int:
        """Return the number of sequences."""
        return int(self.maps[0].shape[0])

    @property
    def frames(self) -> int:
        """Frames per sequence."""
        return int(self.maps[0].shape[1])

    def labels(self, sequence: int) -> list[BoxLabels]:
        """Return the labels of each frame of a sequence."""
        return self._labels[sequence * self.frames : (sequence + 1) * self.frames]
