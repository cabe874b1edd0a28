"""Which number a frame has, wherever one jumps to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import av
import numpy as np

from engine.sources.opening import open_media

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

_LARGEST_BYTES = 512 << 20
_MOST_REORDERED = 32
"""Frames by which any codec's decoding order differs from that of presentation."""


class FrameTable:
    """The times of all frames of a file, in order.

    Parameters
    ----------
    times
        (N,) int64, ascending, in ticks of the container, as stored there.
    """

    def __init__(self, times: NDArray[np.int64]) -> None:
        self._times = times

    def index(self, stored: int) -> int:
        """Return the number, from 0, of the frame stored with this time."""
        return int(np.searchsorted(self._times, stored))


def load_frame_table(path: Path, stream_index: int, *, by_dts: bool = False) -> FrameTable | None:
    """Read a file's packets once, decoding none.

    Parameters
    ----------
    by_dts
        Take decoding times, where the container knows no others.

    Returns
    -------
    FrameTable | None
        None for files beyond 512 MiB, where reading them through would keep the user waiting, and
        for those whose packets have no times, or times that run backwards at a splice.
    """
    if path.stat().st_size > _LARGEST_BYTES:
        return None
    times: list[int] = []
    with open_media(str(path), title=path.name) as container:
        try:
            for packet in container.demux(container.streams[stream_index]):
                if packet.size and not packet.is_discard:
                    stored = packet.dts if by_dts else packet.pts
                    if stored is None:
                        return None
                    times.append(stored)
        except av.FFmpegError:
            pass  # numbers up to the damage still hold
    return _in_order(np.array(times, np.int64))


def _in_order(times: NDArray[np.int64]) -> FrameTable | None:
    """Sort into presentation order, unless that takes more than reordering by B-frames."""
    order = np.argsort(times, kind="stable")
    if (order - np.arange(len(times))).max(initial=0) > _MOST_REORDERED:
        return None
    return FrameTable(np.unique(times))
