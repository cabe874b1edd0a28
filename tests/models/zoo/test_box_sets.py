"""Sets of boxes in three formats, on small made files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from models.data.box_sets import read_box_set
from models.data.splits import DataError

if TYPE_CHECKING:
    from pathlib import Path

_WIDTH, _HEIGHT = 40, 20


def draw(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), np.zeros((_HEIGHT, _WIDTH, 3), np.uint8))
    return path.name


def coco(pictures: list[str], categories: dict[int, str]) -> str:
    images = [
        {"id": n, "file_name": name, "width": _WIDTH, "height": _HEIGHT}
        for n, name in enumerate(pictures)
    ]
    boxes = [
        {"image_id": n, "category_id": max(categories), "bbox": [10, 5, 20, 10], "iscrowd": 0}
        for n in range(len(pictures))
    ]
    described = [{"id": number, "name": name} for number, name in categories.items()]
    return json.dumps({"images": images, "annotations": boxes, "categories": described})


def test_coco_files_may_have_classes_of_their_own(tmp_path: Path):
    for part, count in (("train", 16), ("val", 3)):
        names = [draw(tmp_path / "images" / f"{part}{n}.png") for n in range(count)]
        (tmp_path / f"{part}.json").write_text(coco(names, {7: "nut", 3: "bolt"}))
    found = read_box_set(tmp_path)
    assert found.classes == ("bolt", "nut")
    assert (len(found.train), len(found.validation), len(found.test)) == (14, 2, 3)
    assert found.test[0].labels.class_id.tolist() == [1]
    np.testing.assert_allclose(found.test[0].labels.xyxy, [[0.25, 0.25, 0.75, 0.75]])


def test_coco_in_its_own_layout(tmp_path: Path):
    (tmp_path / "annotations").mkdir()
    for part in ("train2017", "val2017"):
        names = [draw(tmp_path / part / f"{n}.png") for n in range(8)]
        target = tmp_path / "annotations" / f"instances_{part}.json"
        target.write_text(coco(names, {1: "cat"}))
    found = read_box_set(tmp_path)
    assert {picture.path.parent.name for picture in found.test} == {"val2017"}
    assert {picture.path.parent.name for picture in found.train} == {"train2017"}


def voc_xml(name: str, objects: list[tuple[str, bool]]) -> str:
    described = "".join(
        f"<object><name>{label}</name><difficult>{int(hard)}</difficult><bndbox><xmin>11</xmin>"
        "<ymin>6</ymin><xmax>30</xmax><ymax>15</ymax></bndbox></object>"
        for label, hard in objects
    )
    return (
        f"<annotation><filename>{name}</filename><size><width>{_WIDTH}</width>"
        f"<height>{_HEIGHT}</height></size>{described}</annotation>"
    )


def make_voc(folder: Path, count: int = 12) -> None:
    (folder / "Annotations").mkdir()
    for n in range(count):
        name = draw(folder / "JPEGImages" / f"{n:03}.png")
        objects = [("dog", False), ("cat", True)] if n % 2 else []
        (folder / "Annotations" / f"{n:03}.xml").write_text(voc_xml(name, objects))


def test_voc_is_divided_by_its_lists_and_counts_pixels_from_one(tmp_path: Path):
    make_voc(tmp_path)
    lists = tmp_path / "ImageSets/Main"
    lists.mkdir(parents=True)
    for part, chosen in (("train", range(6)), ("val", range(6, 8)), ("test", range(8, 12))):
        (lists / f"{part}.txt").write_text("\n".join(f"{n:03}" for n in chosen))
    (lists / "dog_train.txt").write_text("000 -1")
    found = read_box_set(tmp_path)
    assert found.classes == ("cat", "dog")
    assert (len(found.train), len(found.validation), len(found.test)) == (6, 2, 4)
    labels = found.test[1].labels
    assert labels.class_id.tolist() == [1, 0]
    assert labels.ignored.tolist() == [False, True]
    np.testing.assert_allclose(labels.xyxy[0], [0.25, 0.25, 0.75, 0.75])
    assert len(found.test[0].labels) == 0


def test_a_set_without_parts_is_tested_on_its_last_fifth(tmp_path: Path):
    make_voc(tmp_path)
    found = read_box_set(tmp_path)
    assert [p.path.stem for p in found.test] == ["010", "011"]
    assert [p.path.stem for p in found.validation] == ["008", "009"]
    assert len(found.train) == 8


def make_yolo(folder: Path, line: str = "1 0.5 0.5 0.5 0.5") -> None:
    for part, count in (("train", 8), ("val", 2)):
        for n in range(count):
            draw(folder / "images" / part / f"{n}.png")
            label = folder / "labels" / part / f"{n}.txt"
            label.parent.mkdir(parents=True, exist_ok=True)
            label.write_text(line + "\n")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("names.txt", "bolt\nnut\n"),
        ("data.yaml", "nc: 2\nnames: ['bolt', \"nut\"]\ntrain: x\n"),
        ("data.yaml", "names:\n  0: bolt\n  1: nut\nnc: 2\n"),
        ("data.yaml", "names:\n- bolt\n- nut\n"),
    ],
)
def test_yolo_folders_name_their_classes_in_several_ways(tmp_path: Path, name: str, text: str):
    make_yolo(tmp_path)
    (tmp_path / name).write_text(text)
    found = read_box_set(tmp_path)
    assert found.classes == ("bolt", "nut")
    assert (len(found.train), len(found.validation), len(found.test)) == (7, 1, 2)
    np.testing.assert_allclose(found.test[0].labels.xyxy, [[0.25, 0.25, 0.75, 0.75]])


@pytest.mark.parametrize(
    ("line", "complaint"), [("1 0.5 0.5", "five numbers"), ("2 .5 .5 .1 .1", "class 2")]
)
def test_broken_label_files_are_refused(tmp_path: Path, line: str, complaint: str):
    make_yolo(tmp_path, line)
    (tmp_path / "names.txt").write_text("bolt\nnut\n")
    with pytest.raises(DataError, match=complaint):
        read_box_set(tmp_path)


def test_missing_and_broken_pictures_are_left_out_and_named(tmp_path: Path):
    make_yolo(tmp_path)
    (tmp_path / "names.txt").write_text("bolt\nnut\n")
    (tmp_path / "images/train/3.png").write_bytes(b"no picture")
    found = read_box_set(tmp_path)
    assert len(found.train) + len(found.validation) == 7
    (sentence,) = found.skipped
    assert "3.png" in sentence


def test_a_folder_without_boxes_is_refused(tmp_path: Path):
    with pytest.raises(DataError, match="no boxes in the format of COCO, VOC or YOLO"):
        read_box_set(tmp_path)
