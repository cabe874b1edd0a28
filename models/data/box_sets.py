"""Sets of pictures with boxes, whole: classes, and pictures for training, validation and test.

======  ==============================================================================
format  what lies in the folder
======  ==============================================================================
COCO    ``train.json`` and ``val.json`` with ``images/``; or ``annotations/``
        ``instances_train*.json`` and ``…_val*.json`` with ``train*/`` and ``val*/``
VOC     ``Annotations/*.xml``, ``JPEGImages/``, ``ImageSets/Main/{train,val,test}.txt``
YOLO    ``images/`` and ``labels/``, flat or in ``train``, ``val`` and ``test``; names in
        ``names.txt``, ``classes.txt`` or ``data.yaml``
======  ==============================================================================

Where a set has no parts, its last fifth by name is tested on: neighbours are often alike.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree

import cv2
import numpy as np

from models.data.boxes import BoxLabels, BoxPicture, read_coco_json, read_yolo_folder
from models.data.splits import DataError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

_HOLD_OUT_EVERY: Final = 8
_NAMED: Final = 20
_TRAIN: Final = ("train", "trainval")
_VALIDATION: Final = ("val", "valid", "validation")


@dataclass(frozen=True)
class BoxSet:
    """Pictures by what they are for.

    Attributes
    ----------
    skipped
        A sentence for each picture that cannot be read.
    """

    classes: tuple[str, ...]
    train: list[BoxPicture]
    validation: list[BoxPicture]
    test: list[BoxPicture]
    skipped: tuple[str, ...] = ()

    def only(self, names: Sequence[str]) -> BoxSet:
        """Return the set as if no objects but these had been labelled; no picture is left out.

        Raises
        ------
        DataError
            If one of the names is no class of the set.
        """
        if unknown := [name for name in names if name not in self.classes]:
            more = ", …" if len(self.classes) > _NAMED else ""
            raise DataError(
                f"{', '.join(unknown)}: no class of the set, which has "
                f"{', '.join(self.classes[:_NAMED])}{more}"
            )
        table = np.full(len(self.classes), -1, np.int64)
        table[[self.classes.index(name) for name in names]] = np.arange(len(names))
        train, validation, test = (
            [replace(one, labels=_renumbered(one.labels, table)) for one in part]
            for part in (self.train, self.validation, self.test)
        )
        return BoxSet(tuple(names), train, validation, test, self.skipped)


def _renumbered(labels: BoxLabels, table: NDArray[np.int64]) -> BoxLabels:
    """Return labels with the class indices that `table` gives; those below zero are dropped."""
    kept = labels.select(table[labels.class_id] >= 0)
    return replace(kept, class_id=table[kept.class_id])


def read_box_set(folder: Path) -> BoxSet:
    """Read a set in whichever of the three formats it has.

    Raises
    ------
    DataError
        If it has none of them, or a file is broken; the message names it.
    """
    for recognise, read in _FORMATS:
        if recognise(folder):
            try:
                classes, parts = read(folder)
            except (ValueError, KeyError, OSError, ElementTree.ParseError) as error:
                raise DataError(f"{folder} cannot be read: {error}") from error
            return _divide(folder, classes, parts)
    raise DataError(f"{folder} holds no boxes in the format of COCO, VOC or YOLO")


_Parts = dict[str, list[BoxPicture]]
"""By the name of the part; ``""`` where the set has none."""


def _divide(
    folder: Path, classes: tuple[str, ...], parts: Mapping[str, list[BoxPicture]]
) -> BoxSet:
    whole = {name: [one for one in part if _readable(one)] for name, part in parts.items()}
    skipped = tuple(
        f"{one.path} is missing or no picture"
        for part in parts.values()
        for one in part
        if not _readable(one)
    )
    train = _first(whole, _TRAIN)
    validation, test = _first(whole, _VALIDATION), _first(whole, ("test",))
    if not train and (undivided := whole.get("", [])):
        fifth = max(1, len(undivided) // 5)
        train, test = undivided[: -2 * fifth], undivided[-fifth:]
        validation = undivided[-2 * fifth : -fifth]
    if not any(len(one.labels) for one in test):
        validation, test = [], validation
    if not validation:
        validation = train[::_HOLD_OUT_EVERY]
        train = [one for place, one in enumerate(train) if place % _HOLD_OUT_EVERY]
    if not train or not test:
        raise DataError(f"{folder} has no pictures to train on, or none to test on")
    return BoxSet(classes, train, validation, test, skipped)


def _first(parts: Mapping[str, list[BoxPicture]], names: Sequence[str]) -> list[BoxPicture]:
    return next((parts[name] for name in names if parts.get(name)), [])


def _readable(picture: BoxPicture) -> bool:
    return picture.path.is_file() and bool(cv2.haveImageReader(str(picture.path)))


def _coco_files(folder: Path) -> dict[str, tuple[Path, Path]]:
    """Return annotations and pictures by part."""
    found = {}
    for name in (*_TRAIN, *_VALIDATION, "test"):
        if (path := folder / f"{name}.json").is_file():
            found[name] = (path, folder / "images")
        for path in sorted(folder.glob(f"annotations/instances_{name}*.json")):
            found[name] = (path, folder / path.stem.removeprefix("instances_"))
    return found


def _read_coco(folder: Path) -> tuple[tuple[str, ...], _Parts]:
    files = _coco_files(folder)
    names: list[str] = []
    for path, _ in files.values():
        described = json.loads(path.read_text(encoding="utf-8"))["categories"]
        for entry in sorted(described, key=lambda entry: int(entry["id"])):
            if entry["name"] not in names:
                names.append(entry["name"])
    classes = tuple(names)
    return classes, {part: read_coco_json(*both, classes) for part, both in files.items()}


def _read_voc(folder: Path) -> tuple[tuple[str, ...], _Parts]:
    files = {path.stem: path for path in sorted((folder / "Annotations").glob("*.xml"))}
    trees = {stem: ElementTree.parse(path).getroot() for stem, path in files.items()}
    names = {one.findtext("name", "") for tree in trees.values() for one in tree.iter("object")}
    classes = tuple(sorted(names))
    pictures = {stem: _voc_picture(folder, tree, classes) for stem, tree in trees.items()}
    lists = sorted((folder / "ImageSets/Main").glob("*.txt"))
    parts = {path.stem: path.read_text().split() for path in lists if "_" not in path.stem}
    if not parts:
        return classes, {"": list(pictures.values())}
    return classes, {
        part: [pictures[stem] for stem in stems if stem in pictures]
        for part, stems in parts.items()
    }


def _voc_picture(folder: Path, tree: ElementTree.Element, classes: tuple[str, ...]) -> BoxPicture:
    """Read one file; its pixels count from one, and difficult objects are ignored ones."""
    side = np.array([float(tree.findtext(f"size/{key}") or 0) for key in ("width", "height")] * 2)
    if not side.all():
        raise ValueError(f"{tree.findtext('filename')} has no size")
    objects = list(tree.iter("object"))
    corners = [
        [float(one.findtext(f"bndbox/{key}", "nan")) for key in ("xmin", "ymin", "xmax", "ymax")]
        for one in objects
    ]
    xyxy = (np.array(corners).reshape(-1, 4) - [1, 1, 0, 0]) / side
    labels = BoxLabels(
        np.clip(xyxy, 0, 1).astype(np.float32),
        np.array([classes.index(one.findtext("name", "")) for one in objects], np.int64),
        np.ones(len(objects), np.float32),
        np.array([one.findtext("difficult") == "1" for one in objects], bool),
    )
    return BoxPicture(folder / "JPEGImages" / tree.findtext("filename", ""), labels)


def _read_yolo(folder: Path) -> tuple[tuple[str, ...], _Parts]:
    present = (*_TRAIN, *_VALIDATION, "test")
    parts = [name for name in present if (folder / "images" / name).is_dir()] or [""]
    pictures = {part: read_yolo_folder(folder, part) for part in parts}
    classes = _yolo_names(folder)
    most = max(
        (int(one.labels.class_id.max(initial=-1)) for part in pictures.values() for one in part),
        default=-1,
    )
    if most >= len(classes):
        raise ValueError(f"a box has class {most}, but there are {len(classes)} names")
    return classes, pictures


def _yolo_names(folder: Path) -> tuple[str, ...]:
    for name in ("names.txt", "classes.txt"):
        if (path := folder / name).is_file():
            lines = path.read_text(encoding="utf-8").splitlines()
            return tuple(line.strip() for line in lines if line.strip())
    for path in sorted(folder.glob("*.yaml")):
        if found := _yaml_names(path.read_text(encoding="utf-8")):
            return found
    raise ValueError("it has neither names.txt, classes.txt nor a .yaml file with 'names:'")


def _yaml_names(text: str) -> tuple[str, ...]:
    """Return ``names`` of the three ways they are written in such files; no YAML library needed."""
    if inline := re.search(r"^names:\s*\[(.*?)\]", text, re.MULTILINE | re.DOTALL):
        return tuple(name.strip().strip("'\"") for name in inline[1].split(","))
    block = re.search(r"^names:\s*\n((?:[ \t]*(?:-|\d+:)[^\n]*\n?)+)", text, re.MULTILINE)
    lines = block[1].splitlines() if block else []
    return tuple(re.sub(r"^\s*(?:-|\d+:)\s*", "", line).strip("'\" ") for line in lines)


_FORMATS: Final[
    tuple[
        tuple[Callable[[Path], bool], Callable[[Path], tuple[tuple[str, ...], _Parts]]],
        ...,
    ]
] = (
    (lambda folder: bool(_coco_files(folder)), _read_coco),
    (lambda folder: (folder / "Annotations").is_dir(), _read_voc),
    (lambda folder: (folder / "images").is_dir() and (folder / "labels").is_dir(), _read_yolo),
)
