"""Makes people unrecognisable in a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BLOCKS: Final = 7
_MARGIN: Final = 0.06
# A head is an eighth of somebody who stands and up to a third of who is seen from the waist up.
_HEAD: Final = 0.3
_UPRIGHT: Final = 0.8
# Boxes often begin below the hair.
_ABOVE: Final = 0.1


def heads_of(people: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return where the heads of people probably are, (N, 4) as `people`, (N, 4) x1 y1 x2 y2.

    There is no model of faces: of somebody upright it is the upper part of the box in its whole
    width and a little above, generously; of a box that is nearly as wide as high, as of people who
    lie or bend, it is the whole, because the head may be anywhere in it.
    """
    heads = people.copy()
    width, height = people[:, 2] - people[:, 0], people[:, 3] - people[:, 1]
    part = np.where(width < _UPRIGHT * height, np.maximum(height * _HEAD, width * 0.5), height)
    heads[:, 3] = people[:, 1] + np.minimum(part, height)
    heads[:, 1] -= _ABOVE * height
    return heads


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
