"""Labelled sequences for the zoo: rows or patches of a picture, frames of a clip."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

import numpy as np
import torch

from models.data.augment import warp_clip

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from torch import Tensor

    from models.data.augment import Augmentation


Truth = TypeVar("Truth", covariant=True)


class Examples(Protocol[Truth]):
    """Sequences of one shape, and what is true of each."""

    def __len__(self) -> int:
        """Return the number of sequences."""

    def batch(
        self, chosen: NDArray[np.int64], rng: np.random.Generator | None
    ) -> tuple[Tensor, Truth]:
        """Return sequences and what is true of them.

        Parameters
        ----------
        chosen
            (B,) indices.
        rng
            Of the augmentation; None leaves everything as it is.

        Returns
        -------
        clips, truth
            (B, T, ...) uint8; for classes, (B,) int64.
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
        self._images, self._labels = images, labels.astype(np.int64)
        self._cut, self._augmentation = cut, augmentation

    def __len__(self) -> int:
        return len(self._labels)

    def batch(
        self, chosen: NDArray[np.int64], rng: np.random.Generator | None
    ) -> tuple[Tensor, Tensor]:
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
        return self._cut(torch.from_numpy(images)), torch.from_numpy(self._labels[chosen])


class ClipExamples:
    """Clips of one length and size.

    Parameters
    ----------
    clips
        (N, T, H, W, 3) uint8 RGB.
    labels
        (N,) int64.
    """

    def __init__(
        self,
        clips: NDArray[np.uint8],
        labels: NDArray[np.int64],
        augmentation: Augmentation | None = None,
    ) -> None:
        self._clips, self._labels, self._augmentation = clips, labels, augmentation

    def __len__(self) -> int:
        return len(self._labels)

    def batch(
        self, chosen: NDArray[np.int64], rng: np.random.Generator | None
    ) -> tuple[Tensor, Tensor]:
        """See `Examples.batch`."""
        clips = self._clips[chosen]
        if rng is not None and self._augmentation is not None:
            height, width = clips.shape[2:4]
            clips = np.stack(
                [warp_clip(clip, self._augmentation.draw(rng, width, height)) for clip in clips]
            )
        return torch.from_numpy(clips), torch.from_numpy(self._labels[chosen])
