"""YOLO's text files, one per picture, in a ZIP laid out as trainers unpack it."""

from __future__ import annotations

import json
import zipfile
from pathlib import PurePath
from typing import TYPE_CHECKING

from engine.sinks.label_formats.coco import picture_name

if TYPE_CHECKING:
    from pathlib import Path

    from engine.sinks.labels import Line


class YoloWriter:
    """Writes ``labels/train/NAME.txt`` with ``class x y width height``, and ``data.yaml``.

    x and y are the box's centre; all four are fractions of the picture. A picture without boxes has
    an empty file, which trainers take as background.
    """

    def __init__(self, path: Path, header: Line) -> None:
        self._header = header
        heads = header["heads"].values()
        self._labels = [
            label for head in heads if head["kind"] == "boxes" for label in head["labels"]
        ]
        self._ids = {label: i for i, label in enumerate(self._labels)}
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED)

    def add(self, frame: Line) -> None:
        """Write the file of a frame."""
        source = self._header["source"]
        name = PurePath(picture_name(source["title"], frame["index"])).stem
        size = (source["width"], source["height"])
        rows = (self._row(box["label"], box["xyxy"], size) for box in frame["detections"])
        self._zip.writestr(f"labels/train/{name}.txt", "".join(rows))

    def finish(self, summary: Line) -> None:
        """Write the names of the classes, and close."""
        # Names as JSON strings, which YAML reads, whatever is in them.
        names = "".join(f"  {i}: {json.dumps(name)}\n" for i, name in enumerate(self._labels))
        self._zip.writestr(
            "data.yaml", f"path: .\ntrain: images/train\nval: images/train\nnames:\n{names}"
        )
        self._zip.close()

    def close(self) -> None:
        """Close as it stands."""
        self._zip.close()

    def _row(self, label: str, xyxy: list[float], size: tuple[int, int]) -> str:
        left, right = (min(max(x / size[0], 0.0), 1.0) for x in (xyxy[0], xyxy[2]))
        top, bottom = (min(max(y / size[1], 0.0), 1.0) for y in (xyxy[1], xyxy[3]))
        centre = ((left + right) / 2, (top + bottom) / 2)
        numbers = " ".join(f"{v:.6f}" for v in (*centre, right - left, bottom - top))
        return f"{self._ids[label]} {numbers}\n"
