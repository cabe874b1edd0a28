"""What was recognised as subtitles: WebVTT (W3C 2019) and SubRip."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from engine.sinks.label_formats.text_writer import TextWriter, frame_s

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.sinks.labels import Line


class WebVttWriter(TextWriter):
    """Writes a cue per recognised interval; cues of several heads may overlap."""

    def begin(self) -> None:
        """Write what makes the file one of WebVTT."""
        self.file.write("WEBVTT\n")

    def end(self, summary: Line) -> None:
        """Write the cues."""
        for start_s, end_s, text in _cues(summary):
            times = f"{_clock(start_s, '.')} --> {_clock(end_s, '.')}"
            self.file.write(f"\n{times}\n{html.escape(text, quote=False)}\n")


class SrtWriter(TextWriter):
    """Writes a numbered cue per recognised interval."""

    def end(self, summary: Line) -> None:
        """Write the cues."""
        for number, (start_s, end_s, text) in enumerate(_cues(summary), start=1):
            times = f"{_clock(start_s, ',')} --> {_clock(end_s, ',')}"
            self.file.write(f"{number}\n{times}\n{text}\n\n")


def _cues(summary: Line) -> Iterator[tuple[float, float, str]]:
    """Yield start, end and text by start; an interval lasts as long as its last picture shows."""
    shown_s = frame_s(summary)
    for seen in sorted(summary["intervals"], key=lambda one: one["start_s"]):
        text = f"{seen['label']} ({seen['peak']:.0%})"
        yield max(0.0, seen["start_s"]), seen["end_s"] + shown_s, text


def _clock(seconds: float, point: str) -> str:
    thousandths = round(seconds * 1000)
    minutes, rest = divmod(thousandths, 60_000)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{rest // 1000:02d}{point}{rest % 1000:03d}"
