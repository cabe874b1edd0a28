"""The recording itself, not re-encoded, with what was recognised as subtitles."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from engine.errors import SinkError
from engine.sinks.label_formats.ass import AssLook, AssWriter
from engine.sinks.labels import LabelSink
from engine.sinks.part_file import PartFile
from engine.sinks.remux import Part, copy_part, first_copied_s

if TYPE_CHECKING:
    from pathlib import Path

    from engine.frame import Frame
    from engine.results import FrameResult
    from engine.sinks.labels import LabelHeader


class SoftSink:
    """Writes Matroska when the analysis is done: seconds, whatever the length.

    Subtitles are collected in a file beside the target meanwhile.

    Parameters
    ----------
    recording
        The file that is analysed.
    part
        What of it is exported; the copy begins at the key frame before it.

    Raises
    ------
    SinkError
        When nothing can be written there.
    SourceError
        When the recording cannot be read.
    """

    def __init__(
        self, path: Path, recording: Path, header: LabelHeader, part: Part, look: AssLook
    ) -> None:
        self._part, self._recording, self._range = PartFile(path, source=recording), recording, part
        self._cues_path = path.with_name(f"{path.name}.ass")
        look = replace(look, zero_s=first_copied_s(recording, part))
        self._cues = LabelSink(self._cues_path, header, partial(AssWriter, look=look))

    def write(self, frame: Frame, result: FrameResult) -> None:
        """Take one frame."""
        self._cues.write(frame, result)

    def close(self) -> None:
        """Copy the recording with the subtitles, and give the file its name."""
        self._cues.close()
        try:
            copy_part(self._recording, self._part.path, self._range, self._cues_path)
        except SinkError:
            self._part.discard()
            raise
        finally:
            self._remove_cues()
        self._part.finish()

    def abort(self) -> None:
        """Leave nothing: there is nothing that the recording does not hold."""
        self._cues.abort()
        self._part.discard()
        self._remove_cues()

    def _remove_cues(self) -> None:
        for leftover in (
            self._cues_path,
            self._cues_path.with_name(f"{self._cues_path.name}.part"),
        ):
            with suppress(OSError):
                leftover.unlink(missing_ok=True)
