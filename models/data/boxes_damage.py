"""Damage that cameras do to single frames, for memory to be better at than a single look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from models.data.boxes import BoxLabels
from models.data.boxes_geometry import area

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]

_DAMAGED_SHARE: Final = 0.3
_OCCLUDED_SHARE: Final = 0.3


def damage_some(
    frames: Picture, labels: list[BoxLabels], rng: np.random.Generator
) -> tuple[Picture, list[BoxLabels]]:
    """Damage about a third of the frames of a sequence; the objects keep their labels.

    Parameters
    ----------
    frames, labels
        (T, H, W, 3) uint8 and one `BoxLabels` per frame.
    """
    damaged, kept = frames.copy(), list(labels)
    for index in np.flatnonzero(rng.random(len(frames)) < _DAMAGED_SHARE):
        if rng.random() < _OCCLUDED_SHARE:
            damaged[index], kept[index] = _occlude(frames[index], labels[index], rng)
        else:
            damage = _DAMAGES[rng.integers(len(_DAMAGES))]
            damaged[index] = damage(frames[index], rng)
    return damaged, kept


def _motion_blur(frame: Picture, rng: np.random.Generator) -> Picture:
    length = int(rng.integers(5, 17))
    line = np.zeros((length, length), np.float32)
    line[length // 2] = 1 / length
    middle = ((length - 1) / 2, (length - 1) / 2)
    turn = cv2.getRotationMatrix2D(middle, rng.uniform(0, 180), 1)
    kernel = np.asarray(cv2.warpAffine(line, turn, (length, length)), np.float32)
    kernel /= max(float(kernel.sum()), 1e-3)
    return np.asarray(cv2.filter2D(frame, -1, kernel), np.uint8)


def _noise(frame: Picture, rng: np.random.Generator) -> Picture:
    grain = rng.standard_normal(frame.shape, np.float32) * rng.uniform(8, 30)
    return np.asarray(np.clip(frame + grain, 0, 255), np.uint8)


def _compress(frame: Picture, rng: np.random.Generator) -> Picture:
    quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(5, 30))]
    return np.asarray(
        cv2.imdecode(cv2.imencode(".jpg", frame, quality)[1], cv2.IMREAD_COLOR), np.uint8
    )


def _misexpose(frame: Picture, rng: np.random.Generator) -> Picture:
    gain = rng.uniform(0.2, 0.6) if rng.random() < 0.5 else rng.uniform(1.5, 2.5)
    return np.asarray(np.clip(frame * gain, 0, 255), np.uint8)


def _defocus(frame: Picture, rng: np.random.Generator) -> Picture:
    return np.asarray(cv2.GaussianBlur(frame, (0, 0), rng.uniform(1.5, 4)), np.uint8)


_DAMAGES = (_motion_blur, _noise, _compress, _misexpose, _defocus)


def _occlude(
    frame: Picture, labels: BoxLabels, rng: np.random.Generator
) -> tuple[Picture, BoxLabels]:
    """Put a flat patch in front; objects it hides almost wholly are ignored."""
    size = rng.uniform(0.2, 0.6, 2)
    corner = rng.uniform(0, 1 - size)
    patch = np.concatenate([corner, corner + size])
    left, top, right, bottom = (patch * np.tile(frame.shape[1::-1], 2)).astype(int)
    hidden = frame.copy()
    hidden[top:bottom, left:right] = rng.integers(0, 255, 3)
    low = np.maximum(labels.xyxy[:, :2], patch[:2])
    high = np.minimum(labels.xyxy[:, 2:], patch[2:])
    share = np.clip(high - low, 0, None).prod(1) / np.maximum(area(labels.xyxy), 1e-9)
    ignored = labels.ignored | (share > 0.85)
    return hidden, BoxLabels(labels.xyxy, labels.class_id, labels.score, ignored)
