"""Pictures cut into sequences of parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


def cut_rows(pictures: Tensor) -> Tensor:
    """Return the rows of (B, H, W) pictures, top to bottom: (B, H, W), rows as the sequence."""
    return pictures


def cut_patches(pictures: Tensor, side: int) -> Tensor:
    """Return the square patches of pictures in reading order.

    Parameters
    ----------
    pictures
        (B, H, W), H and W multiples of `side`.
    side
        Of a patch, in pixels.

    Returns
    -------
    Tensor
        (B, N, side * side), of the same dtype.
    """
    batch, height, width = pictures.shape
    grid = pictures.reshape(batch, height // side, side, width // side, side)
    return grid.transpose(2, 3).reshape(batch, -1, side * side)
