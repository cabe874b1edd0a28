"""What a zoo classifier is trained, validated and tested on, by what its data folder holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from models.data.augment import Augmentation
from models.data.boxes import read_picture
from models.data.class_folders import (
    PICTURES,
    RECORDINGS,
    leave_groups_out,
    read_class_folders,
)
from models.data.clips import read_clip
from models.data.examples import ClipExamples, PictureExamples
from models.data.mnist import is_mnist, read_digits
from models.registry import PARTS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from torch import Tensor

    from models.data.class_folders import LabelledFile
    from models.data.examples import Examples

_MNIST_VALIDATION: Final = 5000
# Less than the articles': a digit turned by 20° or shifted by a fifth leaves the picture.
_DIGIT_AUGMENTATION: Final = Augmentation(rotation_deg=10.0, shift=0.08, flip=False)


@dataclass(frozen=True)
class DataChoice:
    """How a folder is read.

    Attributes
    ----------
    width, height
        Pixels that pictures and frames are brought to; MNIST stays 28 x 28.
    frames, rate_hz
        Length of a clip, and how many frames a second are taken of a recording at most.
    group, test_group
        See `models.data.class_folders`.
    flip
        Whether a mirrored clip is of the same class.
    """

    width: int = 64
    height: int = 64
    frames: int = 16
    rate_hz: float = 10.0
    group: str | None = None
    test_group: str | None = None
    flip: bool = True


@dataclass(frozen=True)
class ZooData:
    """Examples by what they are for.

    Attributes
    ----------
    classes
        Names by class index.
    rate_hz
        Frames a second; 1 where every frame is a picture of its own.
    """

    classes: tuple[str, ...]
    width: int
    height: int
    rate_hz: float
    train: Examples[Tensor]
    validation: Examples[Tensor]
    test: Examples[Tensor]


def load_data(arch: str, folder: Path, choice: DataChoice) -> ZooData:
    """Read MNIST, a folder of classes of pictures, or one of recordings, as `arch` needs it.

    Raises
    ------
    ClassFolderError, ClipError, IdxError, ValueError
        If the folder or a file in it cannot be used; the message names it.
    """
    if arch in PARTS:
        return _mnist(arch, folder) if is_mnist(folder) else _pictures(arch, folder, choice)
    return _recordings(folder, choice)


def _mnist(arch: str, folder: Path) -> ZooData:
    """Keep the last 5,000 of the 60,000 for validation."""
    digits, test = read_digits(folder, "train"), read_digits(folder, "test")
    height, width = digits.images.shape[1:]

    def examples(images: NDArray[np.uint8], labels: NDArray[np.uint8]) -> Examples[Tensor]:
        return PictureExamples(images, labels, PARTS[arch], _DIGIT_AUGMENTATION)

    return ZooData(
        tuple(str(digit) for digit in range(10)),
        width,
        height,
        1.0,
        examples(digits.images[:-_MNIST_VALIDATION], digits.labels[:-_MNIST_VALIDATION]),
        examples(digits.images[-_MNIST_VALIDATION:], digits.labels[-_MNIST_VALIDATION:]),
        examples(test.images, test.labels),
    )


def _pictures(arch: str, folder: Path, choice: DataChoice) -> ZooData:
    augmentation = Augmentation(flip=choice.flip)

    def examples(contents: NDArray[np.uint8], labels: NDArray[np.int64]) -> Examples[Tensor]:
        return PictureExamples(contents, labels, PARTS[arch], augmentation)

    return _from_files(folder, PICTURES, choice, 1.0, _read_grey, examples)


def _recordings(folder: Path, choice: DataChoice) -> ZooData:
    augmentation = Augmentation(flip=choice.flip)

    def examples(contents: NDArray[np.uint8], labels: NDArray[np.int64]) -> Examples[Tensor]:
        return ClipExamples(contents, labels, augmentation)

    return _from_files(folder, RECORDINGS, choice, choice.rate_hz, _read_frames, examples)


def _from_files(
    folder: Path,
    suffixes: frozenset[str],
    choice: DataChoice,
    rate_hz: float,
    read: Callable[[Path, DataChoice], NDArray[np.uint8]],
    examples: Callable[[NDArray[np.uint8], NDArray[np.int64]], Examples[Tensor]],
) -> ZooData:
    files = read_class_folders(folder, suffixes, choice.group)
    split = leave_groups_out(files, choice.test_group)
    classes = tuple(sorted({file.label for file in files}))

    def load(part: Sequence[LabelledFile]) -> Examples[Tensor]:
        contents = np.stack([read(file.path, choice) for file in part])
        return examples(contents, np.array([classes.index(file.label) for file in part]))

    return ZooData(
        classes,
        choice.width,
        choice.height,
        rate_hz,
        load(split.train),
        load(split.validation),
        load(split.test),
    )


def _read_grey(path: Path, choice: DataChoice) -> NDArray[np.uint8]:
    """Return (H, W)."""
    grey = cv2.cvtColor(read_picture(path), cv2.COLOR_RGB2GRAY)
    size = (choice.width, choice.height)
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)


def _read_frames(path: Path, choice: DataChoice) -> NDArray[np.uint8]:
    """Return (T, H, W, 3) from the middle; a shorter recording's last frame stands still."""
    found = read_clip(path, (choice.width, choice.height), choice.rate_hz).frames
    start = max(0, (len(found) - choice.frames) // 2)
    return found[np.minimum(start + np.arange(choice.frames), len(found) - 1)]
