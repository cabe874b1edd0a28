"""Which places of the picture speak for a taught label: exactly, as the head is linear."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from models.teaching.reading import CELLS, CHANNELS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.teaching.head import TaughtHead

    Floats = NDArray[np.float32]


def evidence(head: TaughtHead, average: Floats, label: int) -> Floats:
    """Return (3, 3): what each place adds to a label's logit over the mean of the others.

    Parameters
    ----------
    average
        (R,) as of the frame.
    """
    others = np.delete(head.weights, label, axis=1).mean(axis=1)
    added = (average - head.mean) * head.scale * (head.weights[:, label] - others)
    return np.asarray(added.reshape(2, CHANNELS, CELLS, CELLS).sum(axis=(0, 1)), np.float32)


def on_picture(cells: Floats, box: Floats, size: tuple[int, int]) -> Floats:
    """Lay (3, 3) cells into their box on a map of `size` (rows, columns), 0..1.

    Parameters
    ----------
    box
        (4,) x1 y1 x2 y2 as fractions of the picture.
    """
    rows, columns = size
    y = (np.arange(rows) + 0.5) / rows
    x = (np.arange(columns) + 0.5) / columns
    down = (y - box[1]) / max(float(box[3] - box[1]), 1e-6)
    right = (x - box[0]) / max(float(box[2] - box[0]), 1e-6)
    within = ((down >= 0) & (down < 1))[:, None] & ((right >= 0) & (right < 1))[None, :]
    row = np.clip((down * CELLS).astype(np.intp), 0, CELLS - 1)
    column = np.clip((right * CELLS).astype(np.intp), 0, CELLS - 1)
    found = np.where(within, np.maximum(cells, 0.0)[row[:, None], column[None, :]], 0.0)
    peak = float(found.max())
    return np.asarray(found / peak if peak > 0 else found, np.float32)
