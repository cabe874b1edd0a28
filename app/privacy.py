"""Makes people unrecognisable in a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import cv2

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_BLOCKS: Final = 7
_MARGIN: Final = 0.06


def pixelate(image: NDArray[np.uint8], boxes: NDArray[np.float32]) -> None:
    """Replace every box by a few flat blocks, in place.

    Blocks keep no more than their mean colour: unlike a blur, nothing can be sharpened again.

    Parameters
    ----------
    image
        (H, W, C) uint8.
    boxes
        (N, 4) x1 y1 x2 y2 in pixels of `image`; a margin is added.
    """
    height, width = image.shape[:2]
    for x1, y1, x2, y2 in boxes.tolist():
        margin = _MARGIN * max(x2 - x1, y2 - y1)
        left, top = max(0, int(x1 - margin)), max(0, int(y1 - margin))
        right, bottom = min(width, int(x2 + margin) + 1), min(height, int(y2 + margin) + 1)
        if right - left < 1 or bottom - top < 1:
            continue
        part = image[top:bottom, left:right]
        narrow = min(part.shape[0], part.shape[1])
        columns = max(1, round(part.shape[1] * _BLOCKS / max(_BLOCKS, narrow)))
        rows = max(1, round(part.shape[0] * _BLOCKS / max(_BLOCKS, narrow)))
        blocks = cv2.resize(part, (columns, rows), interpolation=cv2.INTER_AREA)
        size = (part.shape[1], part.shape[0])
        image[top:bottom, left:right] = cv2.resize(blocks, size, interpolation=cv2.INTER_NEAREST)
