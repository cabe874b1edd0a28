"""Events as BORIS tabulates them (Friard & Gamba 2016): a row where a behaviour starts or stops."""

from __future__ import annotations

import csv
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from engine.sinks.label_formats.text_writer import TextWriter, frame_s

if TYPE_CHECKING:
    from engine.sinks.labels import Line

COLUMNS: Final = (
    "Observation id",
    "Observation date",
    "Description",
    "Observation duration",
    "Observation type",
    "Source",
    "Time offset (s)",
    "Media duration (s)",
    "FPS",
    "Subject",
    "Behavior",
    "Behavioral category",
    "Behavior type",
    "Time",
    "Media file name",
    "Image index",
    "Image file path",
    "Comment",
)


class BorisWriter(TextWriter):
    """Writes the columns of BORIS's own table of events, START and STOP in order of time.

    The head is the category, the highest probability the comment.
    """

    def end(self, summary: Line) -> None:
        """Write everything."""
        table = csv.DictWriter(self.file, COLUMNS, restval="")
        table.writeheader()
        shown_s = frame_s(summary)
        duration = round(summary["seconds"] + shown_s, 3)
        always = {
            "Observation id": PurePath(self.title).stem,
            "Description": self.header["software"],
            "Observation duration": duration,
            "Observation type": "Media file",
            "Source": f"player #1:{self.title}",
            "Time offset (s)": 0,
            "Media duration (s)": duration,
            "FPS": summary["fps"] or "",
            "Subject": "No focal subject",
            "Media file name": self.title,
        }
        for time_s, kind, seen in _events(summary, shown_s):
            table.writerow(
                always
                | {
                    "Behavior": seen["label"],
                    "Behavioral category": seen["head"],
                    "Behavior type": kind,
                    "Time": round(time_s, 3),
                    "Comment": f"peak {seen['peak']}",
                }
            )


def _events(summary: Line, shown_s: float) -> list[tuple[float, str, Line]]:
    events: list[tuple[float, str, Line]] = []
    for seen in summary["intervals"]:
        events.append((seen["start_s"], "START", seen))
        events.append((seen["end_s"] + shown_s, "STOP", seen))
    # A stop at the moment of the next start comes first.
    return sorted(events, key=lambda event: (event[0], event[1] == "START", event[2]["label"]))
