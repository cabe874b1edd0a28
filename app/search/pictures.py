"""The picture of a hit, decoded from its recording. For a thread that may wait."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize

from engine.errors import LongtakeError

if TYPE_CHECKING:
    from engine.store import Hit

Picture = NDArray[np.uint8]
PICTURE_SIZE: Final = QSize(128, 72)


def picture_of(hit: Hit) -> Picture | None:
    """Return (H, W, 3) uint8 RGB from the middle of a hit; None where there is none any more."""
    from engine.sources import open_source

    try:
        source = open_source(hit.address)
    except LongtakeError:
        return None
    try:
        if not source.info.seekable:
            return None
        source.seek((hit.sighting.start_s + hit.sighting.end_s) / 2)
        frame = source.read()
    except LongtakeError:
        return None
    finally:
        source.close()
    if frame is None:
        return None
    width = 2 * PICTURE_SIZE.width()
    height = max(1, round(width * frame.picture.height / frame.picture.width))
    return frame.picture.rgb(width, height)
