"""Stills of people who hold a pose: ``<pose>/<anything>_place<P>.webp``.

Stills taken one after the other are near-duplicates, so testing is on places that training never
saw. They are encoded once, each in several variants; none is mirrored, for left is not right.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from models.data.boxes import read_picture
from models.data.clip_augment import augment_clip
from models.data.clips import read_clip

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from models.data.boxes_cache import Encoder

_SIZE: Final = (384, 288)
_CONTRAST_PLACES: Final = 5
"""Places are drawn equally often: so about half of what shows no pose is from elsewhere."""
_PLACE: Final = re.compile(r"_place(\d+)$")


@dataclass(frozen=True, slots=True)
class PoseStills:
    """Encoded stills.

    Attributes
    ----------
    labels
        Names of the poses, by class index.
    pose, place
        (N,) int64: class index, and number of the place; negative for what is only learnt from.
    c3, c4
        (V, N, C, H, W) float16 of the encoder; variant 0 is the still as it is.
    """

    labels: tuple[str, ...]
    pose: NDArray[np.int64]
    place: NDArray[np.int64]
    c3: NDArray[np.float16]
    c4: NDArray[np.float16]


def load_poses(folder: Path, cache: Path, encode: Encoder, variants: int) -> PoseStills:
    """Encode the stills below `folder`, or read what was encoded before.

    Raises
    ------
    ValueError
        If a file's name does not end in its place, or there are no stills.
    """
    paths = sorted(folder.glob("*/*.webp"))
    if not paths:
        raise ValueError(f"{folder} holds no stills (<pose>/<name>_place<P>.webp)")
    labels = tuple(sorted({path.parent.name for path in paths}))
    pose = np.array([labels.index(path.parent.name) for path in paths])
    place = np.array([_place(path) for path in paths])
    return PoseStills(labels, pose, place, *_encoded(paths, read_picture, cache, encode, variants))


def with_contrast(
    stills: PoseStills,
    clips: list[Path],
    label: str,
    cache: Path,
    encode: Encoder,
) -> PoseStills:
    """Add the middle frame of each clip, as `label` and at a place that is never measured at.

    Raises
    ------
    models.data.clips.ClipError
        If a clip cannot be read.
    """
    maps = _encoded(clips, _middle_frame, cache, encode, len(stills.c3))
    place = -1 - np.arange(len(clips)) % _CONTRAST_PLACES
    pose = np.full(len(clips), stills.labels.index(label))
    return PoseStills(
        stills.labels,
        np.concatenate([stills.pose, pose]),
        np.concatenate([stills.place, place]),
        *(
            np.concatenate([own, more], axis=1)
            for own, more in zip((stills.c3, stills.c4), maps, strict=True)
        ),
    )


def _middle_frame(path: Path) -> NDArray[np.uint8]:
    frames = read_clip(path, _SIZE).frames
    middle: NDArray[np.uint8] = frames[len(frames) // 2]
    return middle


def _encoded(
    paths: list[Path],
    read: Callable[[Path], NDArray[np.uint8]],
    cache: Path,
    encode: Encoder,
    variants: int,
) -> tuple[NDArray[np.float16], NDArray[np.float16]]:
    names = "\n".join(f"{path.parent.name}/{path.name}" for path in paths)
    key = hashlib.sha256(f"{names}\n{variants}".encode()).hexdigest()[:10]
    stored = [cache / f"{name}-{key}.npy" for name in ("c3", "c4")]
    if not all(path.exists() for path in stored):
        cache.mkdir(parents=True, exist_ok=True)
        for path, maps in zip(stored, _encode(paths, read, encode, variants), strict=True):
            partial = path.with_suffix(".part.npy")
            np.save(partial, maps)
            partial.rename(path)
    c3, c4 = (np.load(path, mmap_mode="r") for path in stored)
    return c3, c4


def _place(path: Path) -> int:
    found = _PLACE.search(path.stem)
    if found is None:
        raise ValueError(f"{path} does not end in _place<P>, so nobody knows where it was taken")
    return int(found[1])


def _encode(
    paths: list[Path],
    read: Callable[[Path], NDArray[np.uint8]],
    encode: Encoder,
    variants: int,
) -> tuple[NDArray[np.float16], NDArray[np.float16]]:
    rows: tuple[list[NDArray[np.float16]], ...] = ([], [])
    for number, path in enumerate(paths):
        still = cv2.resize(read(path), _SIZE, interpolation=cv2.INTER_AREA)
        one = np.asarray(still, np.uint8)[None]
        # Odd variants are mirrored.
        shown = np.concatenate([augment_clip(one, 2 * v, number) for v in range(variants)])
        for row, maps in zip(rows, encode(shown), strict=False):
            row.append(maps.astype(np.float16))
    c3, c4 = (np.stack(row, axis=1) for row in rows)
    return c3, c4
