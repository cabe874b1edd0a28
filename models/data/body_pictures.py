"""Pictures of people to learn joints from, and where the people are in them.

People in photographs are found by their true boxes or by the teacher of boxes; what their joints
are, `models.data.body_teacher` says afterwards.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import cv2
import numpy as np

from models.data.boxes import read_picture
from models.data.clips import ClipError, read_clip
from models.data.teacher import YoloxTeacher

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    Picture = tuple[str, NDArray[np.uint8], list[list[float]]]

SETS: Final = ("weizmann", "room", "tennis", "interaction", "photos", "voc", "gestures")
_FRAMES: Final = {"weizmann": 7, "room": 45, "tennis": 2, "interaction": 3}
_PEOPLE: Final = {"weizmann": 1, "room": 1, "tennis": 1, "interaction": 2}
_PHOTOGRAPHS: Final = 1500
_LEAST_HEIGHT: Final = {"photos": 60.0, "voc": 90.0}
_MOST_PEOPLE: Final = 3
_SURE: Final = 0.3
_SURE_OF_ONE: Final = 0.15


def collect(shared: Path, out: Path, threads: int = 1) -> None:
    """Write pictures and ``<set>.boxes.json`` of each of `SETS` into `out`; done once.

    A box is left, top, right, bottom in pixels. Pictures without a person are left out.
    """
    missing = [name for name in SETS if not (out / f"{name}.boxes.json").exists()]
    if not missing:
        return
    finder = _Finder(YoloxTeacher(shared / "teachers/yolox_nano.onnx", sure=_SURE, threads=threads))
    readers = {"photos": _photos, "voc": _voc, "gestures": _gestures}
    for name in missing:
        pictures = (
            readers[name](shared / "data", finder)
            if name in readers
            else _clips(shared / "data", name, finder)
        )
        boxes = {}
        for stem, picture, people in pictures:
            if people:
                path = out / name / f"{stem}.jpg"
                path.parent.mkdir(parents=True, exist_ok=True)
                cv2.imwrite(str(path), picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 95])
                boxes[f"{name}/{path.name}"] = people
        (out / f"{name}.boxes.json").write_text(json.dumps(boxes), encoding="utf-8")


@dataclass(frozen=True)
class _Finder:
    teacher: YoloxTeacher

    def people(self, picture: NDArray[np.uint8], sure: float = _SURE) -> list[list[float]]:
        """Return the boxes of people, surest first."""
        found = self.teacher.label(picture)
        height, width = picture.shape[:2]
        chosen = (found.class_id == 0) & (found.score >= sure)
        boxes: list[list[float]] = (
            (found.xyxy[chosen] * [width, height, width, height]).round(1).tolist()
        )
        return boxes


def _clips(data: Path, name: str, finder: _Finder) -> Iterator[Picture]:
    for path in sorted((data / name).rglob("*.mp4")):
        try:
            frames = read_clip(path, None).frames
        except ClipError:
            continue
        for t in np.linspace(0, len(frames) - 1, _FRAMES[name] + 2).astype(int)[1:-1]:
            yield f"{path.stem}-{t}", frames[t], finder.people(frames[t])[: _PEOPLE[name]]


def _photos(data: Path, finder: _Finder) -> Iterator[Picture]:
    paths = sorted((data / "photos/flickr").iterdir())
    for path in random.Random(0).sample(paths, min(_PHOTOGRAPHS, len(paths))):
        picture = read_picture(path)
        tall = [b for b in finder.people(picture) if b[3] - b[1] > _LEAST_HEIGHT["photos"]]
        yield path.stem, picture, tall[:_MOST_PEOPLE]


def _voc(data: Path, _: _Finder) -> Iterator[Picture]:
    """Yield photographs with the true boxes of people."""
    told: dict[str, list[dict[str, Any]]] = json.loads(
        (data / "voc/train.json").read_text(encoding="utf-8")
    )
    person = next(kind["id"] for kind in told["categories"] if kind["name"] == "person")
    files = {image["id"]: image["file_name"] for image in told["images"]}
    people: dict[int, list[list[float]]] = {}
    for box in told["annotations"]:
        left, top, width, height = box["bbox"]
        if box["category_id"] == person and height > _LEAST_HEIGHT["voc"]:
            people.setdefault(box["image_id"], []).append([left, top, left + width, top + height])
    for image, boxes in people.items():
        path = data / "voc/images" / files[image]
        yield path.stem, read_picture(path), boxes[:_MOST_PEOPLE]


def _gestures(data: Path, finder: _Finder) -> Iterator[Picture]:
    """Yield stills of one person; only to measure by."""
    for path in sorted((data / "gestures/body").glob("*/*.webp")):
        picture = read_picture(path)
        height, width = picture.shape[:2]
        whole = [0.0, 0.0, float(width), float(height)]
        found = finder.people(picture, _SURE_OF_ONE) or [whole]
        yield f"{path.parent.name}-{path.stem}", picture, found[:1]
