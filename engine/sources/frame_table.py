"""Which number a frame has, wherever one jumps to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import av
import numpy as np

from engine.sources.opening import open_media

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

_LARGEST_BYTES = 2 << 30


class FrameTable:
    """The presentation times of all frames of a file, in order.

    Parameters
    ----------
    pts
        (N,) int64, ascending, in ticks of the container.
    """

    def __init__(self, pts: NDArray[np.int64]) -> None:
        self._pts = pts

    def index(self, pts: int) -> int:
        """Return the number of the frame shown at `pts`, from 0."""
        return int(np.searchsorted(self._pts, pts))


def load_frame_table(path: Path, stream_index: int) -> FrameTable | None:
    """Read a file's packets once, decoding none.

    Returns
    -------
    FrameTable | None
        None for files beyond 2 GiB, where reading them through would keep the user waiting, and
        for those that do not give each packet its time.
    """
    if path.stat().st_size > _LARGEST_BYTES:
        return None
    pts: list[int] = []
    with open_media(str(path), title=path.name) as container:
        try:
            for packet in container.demux(container.streams[stream_index]):
                if packet.size and not packet.is_discard:
                    if packet.pts is None:
                        return None
                    pts.append(packet.pts)
        except av.FFmpegError:
            pass  # numbers up to the damage still hold
    return FrameTable(np.unique(np.array(pts, np.int64)))
