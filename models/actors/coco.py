"""The truth about frames in COCO's format: boxes, joints, and fields of our own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from models.actors.cast import KEYPOINTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from models.actors.truth import FrameTruth, PersonTruth

_BONES: Final = (
    (16, 14), (14, 12), (17, 15), (15, 13), (12, 13), (6, 12), (7, 13), (6, 7), (6, 8), (7, 9),
    (8, 10), (9, 11), (2, 3), (1, 2), (1, 3), (2, 4), (3, 5), (4, 6), (5, 7),
)  # fmt: skip
_PERSON: Final[dict[str, Any]] = {
    "id": 1,
    "name": "person",
    "keypoints": list(KEYPOINTS),
    "skeleton": [list(bone) for bone in _BONES],
}


def coco(video: str, size: tuple[int, int], truths: Sequence[FrameTruth]) -> dict[str, Any]:
    """Return what is true of the frames of one clip.

    An image is named ``<video>#<index>`` and has its ``pts_s``. An annotation is a person who is
    seen, with three fields beyond COCO's: ``track_id``, ``visible`` (share of the outline, 0..1)
    and ``actions`` (the labels that hold for this person).

    Parameters
    ----------
    size
        Width and height in pixels.
    """
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for number, truth in enumerate(truths, 1):
        name = f"{video}#{truth.index}"
        images.append(
            {"id": number, "file_name": name, "width": size[0], "height": size[1]}
            | {"pts_s": round(truth.pts_s, 6)}
        )
        for person in truth.people:
            if person.xyxy is not None:
                found = _annotation(person, person.xyxy.tolist())
                annotations.append({"id": len(annotations) + 1, "image_id": number} | found)
    return {"images": images, "annotations": annotations, "categories": [_PERSON]}


def _annotation(person: PersonTruth, xyxy: Sequence[float]) -> dict[str, Any]:
    """Return one person without the numbers that tie it to an image."""
    x1, y1, x2, y2 = xyxy
    return {
        "category_id": 1,
        "bbox": [x1, y1, x2 - x1, y2 - y1],
        "area": (x2 - x1) * (y2 - y1),
        "iscrowd": 0,
        "keypoints": [round(float(value), 1) for value in person.keypoints.ravel()],
        "num_keypoints": int((person.keypoints[:, 2] > 0).sum()),
        "track_id": person.track_id,
        "visible": round(person.visible, 3),
        "actions": sorted(person.actions),
    }


def merged(parts: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Return several of `coco`'s results as one, numbered anew."""
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for part in parts:
        before, done = len(images), len(annotations)
        images += [image | {"id": image["id"] + before} for image in part["images"]]
        annotations += [
            found | {"id": found["id"] + done, "image_id": found["image_id"] + before}
            for found in part["annotations"]
        ]
    return {"images": images, "annotations": annotations, "categories": [_PERSON]}
