"""People whose joints are known, shown in random variants and encoded once.

They come from two sides: real pictures, told of by a teacher, and people made by code, whose joints
are known exactly (`models.actors`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
import torch

from models.data.boxes_cache import LEVELS
from models.data.splits import DataError
from models.heads.body import JOINTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from torch import Tensor

    from models.data.boxes_cache import Encoder

    Floats = NDArray[np.float32]

SIZE: Final = (384, 288)
_MIRRORED: Final = (0, 2, 1, 4, 3, 6, 5, 8, 7, 10, 9, 12, 11)
_COCO_JOINTS: Final = (0, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16)
_HIDDEN: Final = 0.6
_PER_CLIP: Final = 8
_SEEN: Final = 0.5
_LEAST_SEEN: Final = 5
_ALIKE: Final = 0.7
_BATCH: Final = 8


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in a picture.

    Attributes
    ----------
    picture
        (H, W, 3) uint8 RGB.
    joints
        (13, 3) float32: x and y in pixels, and how sure that is, see `models.heads.body.JOINTS`.
    """

    picture: NDArray[np.uint8]
    joints: Floats


def taught_people(folder: Path, name: str) -> Iterator[Person]:
    """Yield those of ``<name>.joints.json``, see `models.data.body_teacher`.

    Raises
    ------
    models.data.splits.DataError
        If the teacher was not asked yet.
    """
    answer = folder / f"{name}.joints.json"
    if not answer.exists():
        raise DataError(
            f"{answer} is missing; run `models/data/body_teacher.py {folder}` first, as its first "
            "lines say"
        )
    boxes = json.loads((folder / f"{name}.boxes.json").read_text(encoding="utf-8"))
    for path, people in json.loads(answer.read_text(encoding="utf-8")).items():
        joints = _one_meant(boxes[path], people)
        picture = cv2.imread(str(folder / path))
        if joints is not None and picture is not None:
            yield Person(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB).astype(np.uint8), joints)


def acted_people(folder: Path) -> Iterator[Person]:
    """Yield people made by code, some frames of every clip in `folder`."""
    for number, labels in enumerate(sorted(folder.glob("*.coco.json"))):
        told = json.loads(labels.read_text(encoding="utf-8"))
        rng = np.random.default_rng(number)
        ids = [image["id"] for image in told["images"]]
        chosen = {ids[t]: t for t in rng.choice(len(ids), min(_PER_CLIP, len(ids)), replace=False)}
        frames = _frames(labels.with_name(labels.name.replace(".coco.json", ".mp4")), chosen)
        for image, picture in frames:
            seen = [
                a for a in told["annotations"] if a["image_id"] == image and a["num_keypoints"] > 5
            ]
            boxes = [[x, y, x + w, y + h] for x, y, w, h in (a["bbox"] for a in seen)]
            joints = _one_meant(boxes, [_from_coco(a["keypoints"]) for a in seen])
            if joints is not None:
                yield Person(picture, joints)


def _frames(path: Path, chosen: dict[int, int]) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    by_number = {number: image for image, number in chosen.items()}
    capture = cv2.VideoCapture(str(path))
    number = 0
    while True:
        more, frame = capture.read()
        if not more:
            return
        if number in by_number:
            yield by_number[number], cv2.cvtColor(frame, cv2.COLOR_BGR2RGB).astype(np.uint8)
        number += 1


def _from_coco(flat: Sequence[float]) -> Floats:
    joints = np.asarray(flat, np.float32).reshape(-1, 3)[list(_COCO_JOINTS)]
    joints[:, 2] = np.array([0.0, _HIDDEN, 1.0])[joints[:, 2].astype(int)]
    return joints


def _one_meant(
    boxes: Sequence[Sequence[float]], people: Sequence[Floats | Sequence[Sequence[float]] | None]
) -> Floats | None:
    """Return the joints of the largest; None if two are alike, or too little is known."""
    if not boxes:
        return None
    areas = np.array([(box[2] - box[0]) * (box[3] - box[1]) for box in boxes])
    largest = int(areas.argmax())
    joints = people[largest]
    if joints is None or (np.delete(areas, largest) > _ALIKE * areas[largest]).any():
        return None
    array = np.asarray(joints, np.float32)
    seen = array[:, 2] > _SEEN
    return array if seen[1:3].any() and seen.sum() >= _LEAST_SEEN else None


def show(person: Person, rng: np.random.Generator) -> Person:
    """Return the person in a random variant, 384 x 288: place, size, turn, light, blur."""
    matrix, mirrored = _placing(person, rng)
    border = (cv2.BORDER_CONSTANT, cv2.BORDER_REPLICATE, cv2.BORDER_REFLECT_101)
    picture = cv2.warpAffine(
        person.picture,
        matrix,
        SIZE,
        flags=cv2.INTER_LINEAR,
        borderMode=border[int(rng.integers(len(border)))],
        borderValue=(float(rng.integers(0, 255)),) * 3,
    )
    joints = person.joints.copy()
    joints[:, :2] = joints[:, :2] @ matrix[:, :2].T + matrix[:, 2]
    filmed = _filmed(np.asarray(picture, np.uint8), rng)
    return Person(filmed, joints[list(_MIRRORED)] if mirrored else joints)


def _placing(person: Person, rng: np.random.Generator) -> tuple[Floats, bool]:
    """Return a (2, 3) matrix into 384 x 288, and whether left and right change."""
    width, height = SIZE
    seen = person.joints[person.joints[:, 2] > _SEEN, :2]
    low, high = seen.min(axis=0), seen.max(axis=0)
    extent = max(high[1] - low[1], (high[0] - low[0]) * height / width, 8.0)
    filling = max(width / person.picture.shape[1], height / person.picture.shape[0])
    wanted = height * np.exp(rng.uniform(np.log(0.28), np.log(1.05)))
    zoom = np.clip(wanted / extent, 0.6 * filling, 3.5 * filling)
    angle = np.deg2rad(rng.uniform(-20, 20)) if rng.random() < 0.8 else 0.0
    if rng.random() < 0.08:  # somebody who lies
        angle += rng.choice([-1, 1]) * np.pi / 2
    across = zoom * np.exp(rng.uniform(-0.12, 0.12))
    turn = np.array(
        [
            [across * np.cos(angle), -zoom * np.sin(angle)],
            [across * np.sin(angle), zoom * np.cos(angle)],
        ]
    )
    mirrored = bool(rng.random() < 0.5)
    if mirrored:
        turn = np.diag([-1.0, 1.0]) @ turn
    place = np.array([width * rng.uniform(0.28, 0.72), height * rng.uniform(0.3, 0.7)])
    shift = place - turn @ ((low + high) / 2)
    return np.concatenate([turn, shift[:, None]], axis=1).astype(np.float32), mirrored


def _filmed(picture: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Change light, colour, noise, focus and compression."""
    light = picture.astype(np.float32)
    mean = light.mean()
    light = (light - mean) * rng.uniform(0.6, 1.3) + mean * rng.uniform(0.6, 1.35)
    light *= rng.uniform(0.9, 1.1, 3).astype(np.float32)
    if rng.random() < 0.15:
        light[:] = light.mean(axis=2, keepdims=True)
    light += rng.normal(0, rng.uniform(0, 8), light.shape).astype(np.float32)
    changed: NDArray[np.uint8] = np.clip(light, 0, 255).astype(np.uint8)
    if rng.random() < 0.3:
        changed = cv2.GaussianBlur(changed, (0, 0), rng.uniform(0.5, 1.6)).astype(np.uint8)
    if rng.random() < 0.3:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(20, 70))]
        compressed = cv2.imencode(".jpg", changed, quality)[1]
        changed = np.asarray(cv2.imdecode(compressed, cv2.IMREAD_COLOR), np.uint8)
    return changed


def plain(person: Person) -> Person:
    """Return the person as they are, 384 x 288."""
    height, width = person.picture.shape[:2]
    picture = cv2.resize(person.picture, SIZE, interpolation=cv2.INTER_AREA)
    scale = np.array([SIZE[0] / width, SIZE[1] / height, 1], np.float32)
    return Person(picture.astype(np.uint8), person.joints * scale)


class BodyShard:
    """Encoded people on disk; maps are read when they are asked for."""

    def __init__(self, folder: Path) -> None:
        self._maps = [np.load(folder / f"{name}.npy", mmap_mode="r") for name in LEVELS]
        self._joints: Floats = np.load(folder / "joints.npy")

    def __len__(self) -> int:
        """Return the number of pictures."""
        return len(self._joints)

    def take(self, chosen: NDArray[np.intp]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Return C3, C4, C5 and the joints (N, 13, 3), x and y as fractions of the picture."""
        c3, c4, c5 = (torch.from_numpy(maps[chosen].astype(np.float32)) for maps in self._maps)
        return c3, c4, c5, torch.from_numpy(self._joints[chosen])


def write_body_shard(
    folder: Path, people: Iterable[Person], variants: int, encode: Encoder
) -> BodyShard:
    """Encode people, each in so many variants, or as they are for 0; done once."""
    if folder.exists():
        return BodyShard(folder)
    partial = folder.with_name(folder.name + ".part")
    partial.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(0)
    shown = [
        view
        for person in people
        for view in ([show(person, rng) for _ in range(variants)] if variants else [plain(person)])
    ]
    maps: list[np.memmap] = []
    for start in range(0, len(shown), _BATCH):
        encoded = encode(np.stack([view.picture for view in shown[start : start + _BATCH]]))
        maps = maps or [
            np.lib.format.open_memmap(
                partial / f"{name}.npy", "w+", np.float16, (len(shown), *level.shape[1:])
            )
            for name, level in zip(LEVELS, encoded, strict=True)
        ]
        for target, level in zip(maps, encoded, strict=True):
            target[start : start + _BATCH] = level
    for target in maps:
        target.flush()
    scale = np.array([*SIZE, 1], np.float32)
    joints = np.stack([view.joints for view in shown]) if shown else np.zeros((0, len(JOINTS), 3))
    np.save(partial / "joints.npy", (joints / scale).astype(np.float32))
    partial.rename(folder)
    return BodyShard(folder)
