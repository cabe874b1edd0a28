"""COCO's object annotations (Lin et al. 2014, https://cocodataset.org/#format-data)."""

from __future__ import annotations

import json
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from engine.sinks.label_formats.text_writer import TextWriter

if TYPE_CHECKING:
    from engine.sinks.labels import Line


def picture_name(title: str, index: int) -> str:
    """Return what a frame is called where a format wants a picture file."""
    return f"{PurePath(title).stem}_{index:06d}.jpg"


class CocoWriter(TextWriter):
    """Writes annotations as they come; pictures, of which less is known, from memory at the end.

    ``bbox`` is left, top, width, height. ``score`` makes the list readable as results, too;
    ``track_id`` is ours, as in TAO.
    """

    def begin(self) -> None:
        """Write the description and the categories."""
        self._ids = {label: i for i, label in enumerate(self.labels("boxes"), start=1)}
        self._images: list[tuple[int, float]] = []
        self._annotations = 0
        info = {"description": self.title, "contributor": self.header["software"]}
        categories = [{"id": i, "name": label} for label, i in self._ids.items()]
        self.file.write(f'{{"info":{_dump(info)},\n"categories":{_dump(categories)},\n')
        self.file.write('"annotations":[')

    def add(self, frame: Line) -> None:
        """Write the boxes of a frame."""
        self._images.append((frame["index"], frame["pts_s"]))
        for box in frame["detections"]:
            left, top, right, bottom = box["xyxy"]
            width, height = round(right - left, 2), round(bottom - top, 2)
            annotation = {
                "id": self._annotations + 1,
                "image_id": frame["index"],
                "category_id": self._ids[box["label"]],
                "bbox": [left, top, width, height],
                "area": round(width * height, 2),
                "iscrowd": 0,
                "score": box["confidence"],
            }
            if box["track_id"] is not None:
                annotation["track_id"] = box["track_id"]
            self.file.write((",\n" if self._annotations else "\n") + _dump(annotation))
            self._annotations += 1

    def end(self, summary: Line) -> None:
        """Write the pictures."""
        width, height = self.size
        self.file.write('],\n"images":[')
        for place, (index, pts_s) in enumerate(self._images):
            image = {
                "id": index,
                "file_name": picture_name(self.title, index),
                "width": width,
                "height": height,
                "time_s": pts_s,
            }
            self.file.write((",\n" if place else "\n") + _dump(image))
        self.file.write("]}\n")


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
