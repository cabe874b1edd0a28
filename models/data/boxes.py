"""Pictures with boxes: readers of COCO JSON and of YOLO text files.

Class indices are COCO's 80, in COCO's order (`COCO_NAMES`), unless other classes are asked for.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from models.data.boxes_geometry import Bools, Floats, Ints

COCO_NAMES: Final = tuple(
    "person,bicycle,car,motorcycle,airplane,bus,train,truck,boat,traffic light,fire hydrant,"
    "stop sign,parking meter,bench,bird,cat,dog,horse,sheep,cow,elephant,bear,zebra,giraffe,"
    "backpack,umbrella,handbag,tie,suitcase,frisbee,skis,snowboard,sports ball,kite,baseball bat,"
    "baseball glove,skateboard,surfboard,tennis racket,bottle,wine glass,cup,fork,knife,spoon,"
    "bowl,banana,apple,sandwich,orange,broccoli,carrot,hot dog,pizza,donut,cake,chair,couch,"
    "potted plant,bed,dining table,toilet,tv,laptop,mouse,remote,keyboard,cell phone,microwave,"
    "oven,toaster,sink,refrigerator,book,clock,vase,scissors,teddy bear,hair drier,"
    "toothbrush".split(",")
)
PERSON: Final = COCO_NAMES.index("person")


@dataclass(frozen=True)
class BoxLabels:
    """What is known about the objects of one picture.

    Attributes
    ----------
    xyxy
        (M, 4) float32, fractions of the picture.
    class_id
        (M,) int64, index into `COCO_NAMES`.
    score
        (M,) float32 in (0, 1]: 1 for a human's box, else the teacher's confidence.
    ignored
        (M,) bool: too uncertain to be learnt as an object, and not background either.
    """

    xyxy: Floats
    class_id: Ints
    score: Floats
    ignored: Bools

    def __len__(self) -> int:
        return len(self.class_id)

    def select(self, chosen: Bools | Ints) -> BoxLabels:
        """Return the chosen boxes, by mask or by index."""
        return BoxLabels(
            self.xyxy[chosen], self.class_id[chosen], self.score[chosen], self.ignored[chosen]
        )

    @staticmethod
    def empty() -> BoxLabels:
        """Return labels of a picture without objects."""
        return BoxLabels(
            np.zeros((0, 4), np.float32),
            np.zeros(0, np.int64),
            np.zeros(0, np.float32),
            np.zeros(0, bool),
        )

    @staticmethod
    def join(parts: list[BoxLabels]) -> BoxLabels:
        """Return the boxes of all `parts`, in order."""
        parts = [BoxLabels.empty(), *parts]
        return BoxLabels(
            np.concatenate([part.xyxy for part in parts]),
            np.concatenate([part.class_id for part in parts]),
            np.concatenate([part.score for part in parts]),
            np.concatenate([part.ignored for part in parts]),
        )


def person_at(box: NDArray[np.float32]) -> BoxLabels:
    """Return labels of one person at `box`, (4,), in fractions of the picture."""
    return BoxLabels(
        np.asarray(box, np.float32).reshape(1, 4),
        np.array([PERSON]),
        np.ones(1, np.float32),
        np.zeros(1, bool),
    )


@dataclass(frozen=True)
class BoxPicture:
    """A picture file and the objects in it."""

    path: Path
    labels: BoxLabels


def read_picture(path: Path) -> NDArray[np.uint8]:
    """Return the picture as (H, W, 3) uint8 RGB; raises `ValueError` if it cannot be decoded."""
    # From bytes, for cv2.imread fails on non-ASCII paths on some systems.
    picture = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_COLOR)
    if picture is None:
        raise ValueError(f"{path} is not a picture that can be read")
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)


def read_coco_json(
    annotations: Path, pictures: Path, names: tuple[str, ...] = COCO_NAMES
) -> list[BoxPicture]:
    """Read a COCO-style JSON file, with class indices into `names`.

    ``ignore`` and ``iscrowd`` boxes become ignored ones.

    Raises
    ------
    ValueError
        If a category is not one of `names`.
    """
    content = json.loads(annotations.read_text(encoding="utf-8"))
    classes = {
        entry["id"]: _class_id(entry["name"], names, annotations) for entry in content["categories"]
    }
    by_image: dict[int, list[dict[str, object]]] = {image["id"]: [] for image in content["images"]}
    for entry in content["annotations"]:
        by_image[entry["image_id"]].append(entry)
    return [
        BoxPicture(
            pictures / image["file_name"],
            _coco_labels(by_image[image["id"]], classes, image["width"], image["height"]),
        )
        for image in content["images"]
    ]


def _class_id(name: str, names: tuple[str, ...], source: Path) -> int:
    if name not in names:
        raise ValueError(f"{source} has the category {name!r}, which is not one of {len(names)}")
    return names.index(name)


def _coco_labels(
    entries: list[dict[str, object]], classes: dict[int, int], width: int, height: int
) -> BoxLabels:
    xywh = np.array([entry["bbox"] for entry in entries], np.float32).reshape(-1, 4)
    xyxy = np.concatenate([xywh[:, :2], xywh[:, :2] + xywh[:, 2:]], 1)
    return BoxLabels(
        np.clip(xyxy / np.array([width, height] * 2, np.float32), 0, 1),
        np.array([classes[int(str(entry["category_id"]))] for entry in entries], np.int64),
        np.ones(len(entries), np.float32),
        np.array([bool(e.get("ignore") or e.get("iscrowd")) for e in entries], bool),
    )


def read_yolo_folder(folder: Path, part: str = "") -> list[BoxPicture]:
    """Read ``images/<part>/*`` with ``labels/<part>/<stem>.txt`` (``class cx cy w h``, fractions).

    A picture without a label file has no objects, as is the format's custom.

    Raises
    ------
    ValueError
        If a label file does not hold five numbers a line.
    """
    return [
        BoxPicture(path, _yolo_labels(folder / "labels" / part / f"{path.stem}.txt"))
        for path in sorted((folder / "images" / part).iterdir())
        if path.is_file()
    ]


def _yolo_labels(path: Path) -> BoxLabels:
    if not path.exists():
        return BoxLabels.empty()
    lines = [line.split() for line in path.read_text().splitlines() if line.strip()]
    if any(len(line) != 5 for line in lines):
        raise ValueError(f"{path} does not hold five numbers a line")
    rows = np.array(lines, np.float32).reshape(-1, 5)
    half = rows[:, 3:] / 2
    return BoxLabels(
        np.concatenate([rows[:, 1:3] - half, rows[:, 1:3] + half], 1),
        rows[:, 0].astype(np.int64),
        np.ones(len(rows), np.float32),
        np.zeros(len(rows), bool),
    )
