"""Where the clips of rules come from: the recording itself, or what was kept of a live stream."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Protocol

from engine.errors import LongtakeError
from engine.rules.model import RuleError
from engine.rules.ring import FrameRing, write_clip
from engine.sinks.part_file import PartFile
from engine.sinks.remux import Part, copy_part

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from engine.frame import Frame
    from engine.rules.model import SaveClip

# Beyond the end of a clip a stream may pause, or be slow; then the clip is what there is.
_PATIENCE_S: Final = 30.0


class Clips(Protocol):
    """Makes clips of one stream."""

    def put(self, frame: Frame) -> None:
        """Take the next frame; never waits."""

    def begin(self, action: SaveClip, pts_s: float) -> Callable[[Path], Path]:
        """Begin a clip around `pts_s`; what is returned waits for its end and writes it."""

    def close(self) -> None:
        """End: the stream is over."""


class RecordingClips:
    """Copies parts of the recording, not re-encoded."""

    def __init__(self, recording: Path) -> None:
        self._recording = recording

    def put(self, frame: Frame) -> None:
        """Nothing to keep: it is in the file."""

    def begin(self, action: SaveClip, pts_s: float) -> Callable[[Path], Path]:
        """Return what copies the part; it begins at the key frame before it."""
        part = Part(max(0.0, pts_s - action.before_s), pts_s + action.after_s)

        def write(stem: Path) -> Path:
            file = PartFile(stem.with_name(stem.name + ".mkv"))
            try:
                copy_part(self._recording, file.path, part)
            except LongtakeError:
                file.discard()
                raise
            file.finish()
            return file.target

        return write

    def close(self) -> None:
        """Nothing to end."""


class LiveClips:
    """Encodes frames out of a ring, which is only there when some rule wants clips."""

    def __init__(self, longest_before_s: float) -> None:
        self._ring = FrameRing(longest_before_s) if longest_before_s >= 0 else None

    def put(self, frame: Frame) -> None:
        """Keep it for a while."""
        if self._ring is not None:
            self._ring.put(frame)

    def begin(self, action: SaveClip, pts_s: float) -> Callable[[Path], Path]:
        """Return what waits for the end of the clip and encodes it."""
        if self._ring is None:
            raise RuleError("There is no clip: nothing was kept of the stream.")
        recording = self._ring.record(pts_s - action.before_s, pts_s + action.after_s)

        def write(stem: Path) -> Path:
            recording.complete.wait(action.after_s + _PATIENCE_S)
            target = stem.with_name(stem.name + ".mp4")
            write_clip(list(recording.stills), target)
            return target

        return write

    def close(self) -> None:
        """Clips under way are complete with what they have."""
        if self._ring is not None:
            self._ring.close()


def clip_stem(action: SaveClip, rule: str, at: datetime) -> Path:
    """Return folder and name of a clip, without its ending; makes the folder.

    Raises
    ------
    RuleError
        When the folder cannot be made.
    """
    folder = action.folder.expanduser()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RuleError(f"{folder} cannot be made: {error.strerror or error}.") from None
    plain = re.sub(r"[^\w-]+", "-", rule).strip("-") or "clip"
    return folder / f"{at:%Y-%m-%d_%H-%M-%S}_{at.microsecond // 1000:03d}_{plain}"
