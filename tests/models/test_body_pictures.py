"""Pictures of people are gathered once, with a box around each, and handed to the teacher."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import cv2
import pytest

from models.data.body_pictures import SETS, collect

if TYPE_CHECKING:
    from pathlib import Path


def _first(folder: Path, pattern: str) -> Path:
    return sorted(folder.rglob(pattern))[0]


@pytest.fixture
def few(tmp_path: Path, shared_dir: Path) -> Path:
    """Return a copy of the data with one recording or picture of each set."""
    data, copy = shared_dir / "data", tmp_path / "shared"
    chosen = [
        _first(data / "weizmann", "*_wave2.mp4"),
        _first(data / "room", "*.mp4"),
        _first(data / "tennis", "*.mp4"),
        _first(data / "interaction", "*.mp4"),
        _first(data / "gestures/body", "*_place2.webp"),
    ]
    told = json.loads((data / "voc/train.json").read_text(encoding="utf-8"))
    person = next(kind["id"] for kind in told["categories"] if kind["name"] == "person")
    box = max(
        (a for a in told["annotations"] if a["category_id"] == person), key=lambda a: a["bbox"][3]
    )
    image = next(i for i in told["images"] if i["id"] == box["image_id"])
    chosen.append(data / "voc/images" / image["file_name"])
    for path in chosen:
        target = copy / "data" / path.relative_to(data)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    told["annotations"] = [box]
    (copy / "data/voc/train.json").write_text(json.dumps(told), encoding="utf-8")
    photos = copy / "data/photos/flickr"
    photos.mkdir(parents=True)
    shutil.copy(copy / "data/voc/images" / image["file_name"], photos)
    (copy / "teachers").mkdir()
    shutil.copy(shared_dir / "teachers/yolox_nano.onnx", copy / "teachers")
    return copy


@pytest.mark.shared
def test_every_set_is_gathered_once(few: Path, tmp_path: Path) -> None:
    out = tmp_path / "body"
    collect(few, out)
    for name in SETS:
        boxes = json.loads((out / f"{name}.boxes.json").read_text(encoding="utf-8"))
        assert boxes, name
        for path, people in boxes.items():
            picture = cv2.imread(str(out / path))
            assert picture is not None
            height, width = picture.shape[:2]
            for left, top, right, bottom in people:
                assert -1 <= left < right <= width + 1
                assert -1 <= top < bottom <= height + 1
    shutil.rmtree(few)
    collect(few, out)  # nothing is read again
