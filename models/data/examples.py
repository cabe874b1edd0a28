"""Labelled sequences for the zoo: rows or patches of a picture, frames of a clip."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, NamedTuple, Protocol, TypeAlias, TypeVar, cast

import numpy as np
import torch
from torch import Tensor

from models.data.augment import warp_clip

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from models.data.augment import Augmentation
    from models.data.clips import Clip

    Indices: TypeAlias = NDArray[np.int64]

Truth = TypeVar("Truth", covariant=True)


class Batch(NamedTuple, Generic[Truth]):
    """B sequences of T steps, and what is true of them.

    Attributes
    ----------
    clips
        (B, T, ...) as the network takes it: bytes, or cached features.
    dt_s
        (B, T) float32, seconds from the step before to each.
    truth
        For classes (B,) int64.
    """

    clips: Tensor
    dt_s: Tensor
    truth: Truth


class Examples(Protocol[Truth]):
    """Sequences of one shape, and what is true of each."""

    def __len__(self) -> int:
        """Return the number of sequences."""

    def batch(self, chosen: NDArray[np.int64], rng: np.random.Generator | None) -> Batch[Truth]:
        """Return sequences and what is true of them.

        Parameters
        ----------
        chosen
            (B,) indices.
        rng
            Of the augmentation; None leaves everything as it is.
        """


class Recorded(Examples[Tensor], Protocol):
    """Sequences cut from recordings that can also be watched from beginning to end."""

    def course(self, index: int, rng: np.random.Generator) -> Iterator[Batch[Tensor]]:
        """Yield the windows of one recording in their order, each a batch of one.

        One window goes on where the last one ended; all are of one length.
        """


class PictureExamples:
    """Grey pictures, each read as a sequence of its parts.

    Parameters
    ----------
    images
        (N, H, W) uint8.
    labels
        (N,), class indices.
    cut
        Maps pictures (B, H, W) uint8 to their parts (B, T, ...).
    """

    def __init__(
        self,
        images: NDArray[np.uint8],
        labels: NDArray[np.integer],
        cut: Callable[[Tensor], Tensor],
        augmentation: Augmentation,
    ) -> None:
        self._images, self.labels = images, labels.astype(np.int64)
        self._cut, self._augmentation = cut, augmentation

    def __len__(self) -> int:
        return len(self.labels)

    def batch(self, chosen: NDArray[np.int64], rng: np.random.Generator | None) -> Batch[Tensor]:
        """See `Examples.batch`."""
        images = self._images[chosen]
        if rng is not None:
            height, width = images.shape[1:]
            images = np.concatenate(
                [
                    warp_clip(image[None], self._augmentation.draw(rng, width, height))
                    for image in images
                ]
            )
        parts = self._cut(torch.from_numpy(images))
        return Batch(parts, torch.ones(parts.shape[:2]), torch.from_numpy(self.labels[chosen]))


@dataclass(frozen=True)
class Timing:
    """Which frames of a recording make a clip.

    Attributes
    ----------
    frames
        Length of a clip.
    rate_hz
        Frames a second.
    stretch
        In training the rate is up to so many times higher or lower.
    drop
        In training each frame is lost with this probability, as on a slow machine.
    """

    frames: int = 16
    rate_hz: float = 10.0
    stretch: float = 1.4
    drop: float = 0.1

    def pick(self, times_s: NDArray[np.float64], rng: np.random.Generator | None) -> Indices:
        """Return which of the frames at `times_s` make a clip: (frames,) indices, ascending.

        Without `rng`, the middle. Where a recording is too short, its last frame stands still.
        """
        period_s, count = 1 / self.rate_hz, self.frames
        if rng is not None:
            period_s *= self.stretch ** rng.uniform(-1, 1)
            count += rng.binomial(self.frames, self.drop)
        spare_s = max(0.0, times_s[-1] - period_s * (count - 1))
        start_s = spare_s * (0.5 if rng is None else rng.random())
        # A time stamp may lie a rounding error after the moment asked for.
        moments_s = start_s + period_s * np.arange(count) + 1e-3 * period_s
        found = np.searchsorted(times_s, moments_s, side="right") - 1
        if rng is not None:
            found = found[np.sort(rng.choice(count, self.frames, replace=False))]
        return np.asarray(found, np.int64)

    def stroll(self, times_s: NDArray[np.float64], rng: np.random.Generator) -> Indices:
        """Return which of the frames at `times_s` make a walk through all of it, as in training.

        (N,) indices, ascending; at least `frames`, where its last frame stands still for want of
        others.
        """
        period_s = self.stretch ** rng.uniform(-1, 1) / self.rate_hz
        moments_s = np.arange(0.0, times_s[-1] + 1e-9, period_s) + 1e-3 * period_s
        found = np.searchsorted(times_s, moments_s, side="right") - 1
        kept = rng.random(len(found)) >= self.drop
        kept[0] = True
        found = found[kept]
        missing = max(0, self.frames - len(found))
        return np.asarray(np.pad(found, (0, missing), mode="edge"), np.int64)

    def gaps_s(self, times_s: NDArray[np.float64]) -> NDArray[np.float32]:
        """Return the seconds before each frame: one period before the first and where time stands.

        Parameters
        ----------
        times_s
            (T,) of the frames taken.
        """
        gaps = np.diff(times_s, prepend=times_s[0] - 1 / self.rate_hz)
        return np.where(gaps > 0, gaps, 1 / self.rate_hz).astype(np.float32)


class RecordingExamples:
    """Clips cut from recordings, elsewhere and at another rate each time they are trained on.

    Parameters
    ----------
    recordings
        All of one size.
    labels
        (N,) int64.
    """

    def __init__(
        self,
        recordings: Sequence[Clip],
        labels: NDArray[np.int64],
        timing: Timing,
        augmentation: Augmentation | None = None,
    ) -> None:
        self._recordings, self.labels = recordings, labels
        self._timing, self._augmentation = timing, augmentation

    def __len__(self) -> int:
        return len(self.labels)

    def batch(self, chosen: NDArray[np.int64], rng: np.random.Generator | None) -> Batch[Tensor]:
        """See `Examples.batch`."""
        cuts = [self._cut(self._recordings[index], rng) for index in chosen]
        frames, dt_s = (torch.from_numpy(np.stack(column)) for column in zip(*cuts, strict=True))
        return Batch(frames, dt_s, torch.from_numpy(self.labels[chosen]))

    def course(self, index: int, rng: np.random.Generator) -> Iterator[Batch[Tensor]]:
        """See `Recorded.course`; turned and mirrored once, at one rate; what is too short waits."""
        recording, timing = self._recordings[index], self._timing
        picked = timing.stroll(recording.times_s, rng)
        frames = self._changed(recording.frames[picked], rng)
        dt_s = timing.gaps_s(recording.times_s[picked])
        label = torch.from_numpy(self.labels[index : index + 1])
        for start in range(0, len(picked) - timing.frames + 1, timing.frames):
            window = slice(start, start + timing.frames)
            clip, gaps_s = (torch.from_numpy(part[window])[None] for part in (frames, dt_s))
            yield Batch(clip, gaps_s, label)

    def _cut(
        self, recording: Clip, rng: np.random.Generator | None
    ) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        picked = self._timing.pick(recording.times_s, rng)
        frames = self._changed(recording.frames[picked], rng)
        return frames, self._timing.gaps_s(recording.times_s[picked])

    def _changed(
        self, frames: NDArray[np.uint8], rng: np.random.Generator | None
    ) -> NDArray[np.uint8]:
        if rng is None or self._augmentation is None:
            return frames
        height, width = frames.shape[1:3]
        return warp_clip(frames, self._augmentation.draw(rng, width, height))


class BalancedExamples:
    """The same examples, those of rarer classes as often as those of the most frequent."""

    def __init__(self, examples: Examples[Tensor], labels: NDArray[np.int64]) -> None:
        self._examples = examples
        most = int(np.bincount(labels).max())
        places = [np.flatnonzero(labels == label) for label in np.unique(labels)]
        self._places = np.concatenate([np.resize(own, most) for own in places])

    def __len__(self) -> int:
        return len(self._places)

    def batch(self, chosen: NDArray[np.int64], rng: np.random.Generator | None) -> Batch[Tensor]:
        """See `Examples.batch`."""
        return self._examples.batch(self._places[chosen], rng)

    def course(self, index: int, rng: np.random.Generator) -> Iterator[Batch[Tensor]]:
        """See `Recorded.course`; of examples that have one."""
        recorded = cast("Recorded", self._examples)
        return recorded.course(int(self._places[index]), rng)
