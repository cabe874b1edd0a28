"""A clip in one go gives what its frames give one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from engine.verify.outcome import Outcome

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.bundle import Bundle
    from engine.sources.base import Source

CHECK: Final = "step versus clip"
MOST_DIFFERENCE: Final = 1e-5
_MOST_FRAMES: Final = 96
"""A clip in one go holds the encoder's maps of all its frames at once."""


def check_steps(bundle: Bundle, source: Source) -> Outcome:
    """Compare the trained network's two ways through the first frames of `source`.

    As a whole: all frames through the encoder together, then each recurrent part over time. Frame
    by frame: as everything else here runs. `source` is closed at the end.

    Raises
    ------
    engine.errors.LongtakeError
        When the recording breaks.
    """
    try:
        from models.clip_pass import NotRebuildableError, clip_difference
    except ImportError:
        source.close()
        return Outcome.skipped(CHECK, 'PyTorch is not installed: pip install "longtake[train]"')
    frames, times_s = _first_frames(bundle, source)
    try:
        difference = clip_difference(bundle.folder, frames, np.array(times_s))
    except NotRebuildableError as error:
        return Outcome.skipped(CHECK, str(error))
    return Outcome.judged(
        CHECK,
        difference <= MOST_DIFFERENCE,
        f"{len(frames)} frames: outputs and state differ by at most {difference:.2g} of their "
        "range",
        {"frames": float(len(frames)), "largest_difference": difference},
    )


def _first_frames(bundle: Bundle, source: Source) -> tuple[list[NDArray[np.uint8]], list[float]]:
    spec = bundle.manifest.input
    frames: list[NDArray[np.uint8]] = []
    times_s: list[float] = []
    try:
        while len(frames) < _MOST_FRAMES and (frame := source.read()) is not None:
            frames.append(frame.picture.rgb(spec.width, spec.height))
            times_s.append(frame.pts_s)
    finally:
        source.close()
    return frames, times_s
