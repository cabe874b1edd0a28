"""A table that any spreadsheet opens: a row per box, and a row per recognised action and frame."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Final

from engine.sinks.label_formats.text_writer import TextWriter

if TYPE_CHECKING:
    from engine.sinks.labels import Line

COLUMNS: Final = (
    "frame",
    "time_s",
    "kind",
    "head",
    "label",
    "probability",
    "track_id",
    "left",
    "top",
    "right",
    "bottom",
)


class CsvWriter(TextWriter):
    """Writes RFC 4180: comma, CRLF, quotes where needed.

    An action is listed in every frame in which it reaches its threshold.
    """

    def begin(self) -> None:
        """Write the column names."""
        self._table = csv.writer(self.file)
        self._table.writerow(COLUMNS)
        heads = self.header["heads"]
        self._box_head = next((n for n, head in heads.items() if head["kind"] == "boxes"), "")
        self._thresholds = {
            (name, label): threshold
            for name, head in heads.items()
            for label, threshold in zip(head["labels"], head["thresholds"], strict=True)
        }

    def add(self, frame: Line) -> None:
        """Write the rows of a frame."""
        when = (frame["index"], frame["pts_s"])
        for box in frame["detections"]:
            identity = "" if box["track_id"] is None else box["track_id"]
            seen = (box["label"], box["confidence"], identity, *box["xyxy"])
            self._table.writerow((*when, "box", self._box_head, *seen))
        for head, probabilities in frame["actions"].items():
            for label, p in probabilities.items():
                if p >= self._thresholds[head, label]:
                    self._table.writerow((*when, "action", head, label, p, *[""] * 5))
