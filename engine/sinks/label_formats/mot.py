"""MOT Challenge's text of tracked boxes (Milan et al. 2016, MOT16)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.sinks.label_formats.text_writer import TextWriter

if TYPE_CHECKING:
    from engine.sinks.labels import Line


class MotWriter(TextWriter):
    """Writes ``frame,id,left,top,width,height,confidence,class,visibility``, all counted from 1.

    The identity is -1 where there is none. The class is the label's place among the model's labels;
    visibility is unknown, -1.
    """

    def begin(self) -> None:
        """Give labels their numbers."""
        self._ids = {label: i for i, label in enumerate(self.labels("boxes"), start=1)}

    def add(self, frame: Line) -> None:
        """Write the boxes of a frame."""
        for box in frame["detections"]:
            left, top, right, bottom = box["xyxy"]
            identity = -1 if box["track_id"] is None else box["track_id"]
            self.file.write(
                f"{frame['index'] + 1},{identity},{left:.1f},{top:.1f},"
                f"{right - left:.1f},{bottom - top:.1f},{box['confidence']:.4f},"
                f"{self._ids[box['label']]},-1\n"
            )
