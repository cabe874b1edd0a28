"""Stills of people who hold a pose: ``<pose>/<anything>_place<P>.webp``.

Stills taken one after the other are near-duplicates, so testing is on places that training never
saw. They are looked at once, each in several variants; none is mirrored, for left is not right.
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

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Look = Callable[[NDArray[np.uint8]], NDArray[np.float32]]
    """Pictures (T, H, W, 3) uint8 RGB to joints (T, 13, 3), see `models.heads.body`."""

_SIZE: Final = (384, 288)
_MOMENTS: Final = 10
_PLACE: Final = re.compile(r"_place(\d+)$")


@dataclass(frozen=True, slots=True)
class PoseStills:
    """Where people's joints are, still by still.

    Attributes
    ----------
    labels
        Names of the poses, by class index.
    pose, place
        (N,) int64: class index, and number of the place; negative for what is only learnt from.
    joints
        (V, N, 13, 3) float32, see `models.heads.body.BodyReader`; variant 0 is the still as it is.
    rough
        The same as an encoder sees them that computes less exactly, if asked for.
    """

    labels: tuple[str, ...]
    pose: NDArray[np.int64]
    place: NDArray[np.int64]
    joints: NDArray[np.float32]
    rough: NDArray[np.float32] | None = None


@dataclass(frozen=True)
class Looker:
    """Looks at pictures, and keeps what it saw.

    Attributes
    ----------
    look
        Any size of picture is scaled to 384 x 288 before.
    name
        Changes whenever `look` says something else.
    variants
        How often each picture is shown, changed.
    """

    look: Look
    name: str
    cache: Path
    variants: int

    def joints(self, paths: list[Path]) -> NDArray[np.float32]:
        """Return (V, N, 13, 3) of pictures."""
        names = "\n".join(f"{path.parent.name}/{path.name}" for path in paths)
        what = f"{names}\n\n{self.variants}\n{self.name}"
        key = hashlib.sha256(what.encode()).hexdigest()[:10]
        stored = self.cache / f"joints-{key}.npy"
        if not stored.exists():
            self.cache.mkdir(parents=True, exist_ok=True)
            partial = stored.with_suffix(".part.npy")
            np.save(
                partial,
                np.stack([self._see(read_picture(p), n) for n, p in enumerate(paths)], axis=1),
            )
            partial.rename(stored)
        joints: NDArray[np.float32] = np.load(stored)
        return joints

    def _see(self, picture: NDArray[np.uint8], number: int) -> NDArray[np.float32]:
        still = cv2.resize(picture, _SIZE, interpolation=cv2.INTER_AREA)
        one = np.asarray(still, np.uint8)[None]
        # Odd variants are mirrored.
        shown = [augment_clip(one, 2 * v, number) for v in range(self.variants)]
        return self.look(np.concatenate(shown))


def load_poses(folder: Path, looker: Looker) -> PoseStills:
    """Look at the stills below `folder`, or recall what was seen before.

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
    return PoseStills(labels, pose, place, looker.joints(paths))


def with_contrast(
    stills: PoseStills, clips: Sequence[NDArray[np.float16]], label: str
) -> PoseStills:
    """Add some frames of each clip, as `label`, each clip a place that is never measured at.

    Parameters
    ----------
    clips
        (V', T, 13, 3) each, see `models.data.joint_cache`; V' may be less than the stills have.
    """
    variants = len(stills.joints)
    seen = [
        clip[np.arange(variants) % len(clip)][
            :, np.linspace(0, clip.shape[1] - 1, _MOMENTS, dtype=int)
        ]
        for clip in clips
    ]
    count = _MOMENTS * len(clips)
    return PoseStills(
        stills.labels,
        np.concatenate([stills.pose, np.full(count, stills.labels.index(label))]),
        np.concatenate([stills.place, -1 - np.arange(count) // _MOMENTS]),
        np.concatenate([stills.joints, *seen], axis=1, dtype=np.float32),
    )


def _place(path: Path) -> int:
    found = _PLACE.search(path.stem)
    if found is None:
        raise ValueError(f"{path} does not end in _place<P>, so nobody knows where it was taken")
    return int(found[1])
