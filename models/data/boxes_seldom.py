"""Photographs of what few photographs show, to be filmed more often than the others.

How often follows repeat factor sampling: Gupta, Dollár, Girshick, "LVIS: A Dataset for Large
Vocabulary Instance Segmentation", CVPR 2019, appendix: a name that a share f of the pictures show
is repeated max(1, sqrt(t / f)) times, a picture as often as the most seldom name in it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from models.data.boxes import COCO_NAMES, BoxPicture

if TYPE_CHECKING:
    from models.data.boxes import BoxLabels
    from models.data.boxes_geometry import Bools, Ints

_COMMON: Final = 0.05
_MOST_REPEATS: Final = 8
_SCARCE: Final = 0.01
_SURE_OF_SCARCE: Final = 0.2


def seldom_shown(pictures: list[BoxPicture]) -> list[BoxPicture]:
    """Return the pictures that are worth filming again, each as often as it is worth it.

    Of names that hardly any picture shows, labels that the teacher was less sure of count, too.
    """
    shown = _shares([picture.labels for picture in pictures])
    trusting = [
        replace(picture, labels=_trusted(picture.labels, shown < _SCARCE)) for picture in pictures
    ]
    repeats = _repeats([picture.labels for picture in trusting])
    return [
        picture for picture, count in zip(trusting, repeats, strict=True) for _ in range(count - 1)
    ]


def _named(labels: BoxLabels) -> Ints:
    return np.unique(labels.class_id[~labels.ignored])


def _shares(pictures: list[BoxLabels]) -> np.ndarray:
    """Return (80,) float64: the share of the pictures that show each name."""
    count = np.zeros(len(COCO_NAMES))
    for labels in pictures:
        count[_named(labels)] += 1
    return count / max(1, len(pictures))


def _trusted(labels: BoxLabels, scarce: Bools) -> BoxLabels:
    taken = scarce[labels.class_id] & (labels.score >= _SURE_OF_SCARCE)
    return replace(labels, ignored=labels.ignored & ~taken)


def _repeats(pictures: list[BoxLabels]) -> list[int]:
    factors = np.sqrt(_COMMON / np.maximum(_shares(pictures), 1e-9))
    return [
        int(
            np.clip(
                round(max((factors[name] for name in _named(labels)), default=1.0)),
                1,
                _MOST_REPEATS,
            )
        )
        for labels in pictures
    ]
