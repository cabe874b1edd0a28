"""What a zoo architecture is trained, validated and tested on, by what its data folder holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Generic, TypeVar

import cv2
import numpy as np

from models.data.augment import Augmentation
from models.data.box_sets import read_box_set
from models.data.boxes import read_picture
from models.data.clip_formats import SplitChoice, read_clip_split, read_picture_split
from models.data.examples import PictureExamples, RecordingExamples, Timing
from models.data.mnist import is_mnist, read_digits
from models.data.recordings import load_readable, read_recording
from models.data.splits import DataError
from models.registry import PARTS
from models.training.zoo_detection import FilmExamples, picture_films

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from models.data.clips import Clip
    from models.data.examples import Examples
    from models.data.splits import FileSplit, LabelledFile

_MNIST_VALIDATION: Final = 5000
# Less than the articles': a digit turned by 20° or shifted by a fifth leaves the picture.
_DIGIT_AUGMENTATION: Final = Augmentation(rotation_deg=10.0, shift=0.08, flip=False)
_ABOUT_MNIST: Final = """\
MNIST (LeCun, Cortes & Burges): grey pictures of handwritten digits, 28 x 28 pixels, 60,000 to train
on, of which the last 5,000 were kept for validation, and 10,000 to test on, by other writers. In
training each picture was turned by up to 10° and shifted by up to 0.08 of its side. Every digit is
white on black, upright and in the middle: others must be brought to that form first."""
_NAMED_GROUPS: Final = 8

_Of = TypeVar("_Of", bound="Examples[object]")
_Content = TypeVar("_Content")


@dataclass(frozen=True)
class DataChoice:
    """How a folder is read.

    Attributes
    ----------
    width, height
        Pixels that pictures and frames are brought to; MNIST stays 28 x 28.
    timing
        Length and rate of clips.
    flip
        Whether a mirrored clip is of the same class.
    kept_clips
        Of a long recording, as many clip lengths are kept in memory, from its middle.
    only
        Classes of boxes to learn; all if empty.
    """

    width: int = 64
    height: int = 64
    timing: Timing = field(default_factory=Timing)
    split: SplitChoice = field(default_factory=SplitChoice)
    flip: bool = True
    kept_clips: float = 3.0
    only: tuple[str, ...] = ()


@dataclass(frozen=True)
class ZooData(Generic[_Of]):
    """Examples by what they are for.

    Attributes
    ----------
    classes
        Names by class index.
    rate_hz
        Frames a second; 1 where every frame is a picture of its own.
    about
        Where the examples come from and how they were divided, in a few sentences.
    skipped
        A sentence for each file that is missing or cannot be read.
    """

    about: str
    classes: tuple[str, ...]
    width: int
    height: int
    rate_hz: float
    train: _Of
    validation: _Of
    test: _Of
    skipped: tuple[str, ...] = ()


def load_classes(
    arch: str, folder: Path, choice: DataChoice
) -> ZooData[PictureExamples] | ZooData[RecordingExamples]:
    """Read MNIST, folders of classes of pictures, or labelled recordings, as `arch` needs it.

    Raises
    ------
    DataError
        If the folder or a file in it cannot be used; the message names it.
    """
    if arch in PARTS:
        return _mnist(arch, folder) if is_mnist(folder) else _pictures(arch, folder, choice)
    return _recordings(folder, choice)


def load_boxes(folder: Path, choice: DataChoice) -> ZooData[FilmExamples]:
    """Read pictures with boxes; each becomes a short film.

    Raises
    ------
    DataError
        If the folder or a file in it cannot be used; the message names it.
    """
    found = read_box_set(folder)
    if choice.only:
        found = found.only(choice.only)
    parts = {"train on": found.train, "validate on": found.validation, "test on": found.test}
    for purpose, pictures in parts.items():
        if not any((~picture.labels.ignored).any() for picture in pictures):
            raise DataError(f"{folder} has no box of these classes to {purpose}")
    size, frames = (choice.width, choice.height), choice.timing.frames
    train, validation, test = (
        picture_films(part, size, frames) for part in (found.train, found.validation, found.test)
    )
    about = (
        f"Pictures with boxes from `{folder.name}`, each filmed by a moving camera made by code: "
        f"{frames} frames of {choice.width} x {choice.height} pixels."
    )
    return ZooData(
        about,
        found.classes,
        choice.width,
        choice.height,
        choice.timing.rate_hz,
        train,
        validation,
        test,
        found.skipped,
    )


def _mnist(arch: str, folder: Path) -> ZooData[PictureExamples]:
    """Keep the last 5,000 of the 60,000 for validation."""
    digits, test = read_digits(folder, "train"), read_digits(folder, "test")
    height, width = digits.images.shape[1:]

    def examples(images: NDArray[np.uint8], labels: NDArray[np.uint8]) -> PictureExamples:
        return PictureExamples(images, labels, PARTS[arch], _DIGIT_AUGMENTATION)

    return ZooData(
        _ABOUT_MNIST,
        tuple(str(digit) for digit in range(10)),
        width,
        height,
        1.0,
        examples(digits.images[:-_MNIST_VALIDATION], digits.labels[:-_MNIST_VALIDATION]),
        examples(digits.images[-_MNIST_VALIDATION:], digits.labels[-_MNIST_VALIDATION:]),
        examples(test.images, test.labels),
    )


def _pictures(arch: str, folder: Path, choice: DataChoice) -> ZooData[PictureExamples]:
    augmentation = Augmentation(flip=choice.flip)

    def read(file: LabelledFile) -> NDArray[np.uint8]:
        return _read_grey(file.path, choice)

    def examples(contents: list[NDArray[np.uint8]], labels: NDArray[np.int64]) -> PictureExamples:
        return PictureExamples(np.stack(contents), labels, PARTS[arch], augmentation)

    split = read_picture_split(folder, choice.split)
    about = f"Pictures from `{folder.name}`. {_describe(split)}"
    return _loaded(about, split, choice, 1.0, read, examples)


def _recordings(folder: Path, choice: DataChoice) -> ZooData[RecordingExamples]:
    timing, augmentation = choice.timing, Augmentation(flip=choice.flip)
    longest_s = choice.kept_clips * timing.frames / timing.rate_hz

    def read(file: LabelledFile) -> Clip:
        size, most_hz = (choice.width, choice.height), timing.rate_hz * timing.stretch
        return read_recording(file, size, most_hz, longest_s)

    def examples(contents: list[Clip], labels: NDArray[np.int64]) -> RecordingExamples:
        return RecordingExamples(contents, labels, timing, augmentation)

    split = read_clip_split(folder, choice.split)
    about = (
        f"Recordings from `{folder.name}`, {timing.frames} frames of each at {timing.rate_hz:g} a "
        f"second, from the middle in testing. {_describe(split)}"
    )
    return _loaded(about, split, choice, timing.rate_hz, read, examples)


def _describe(split: FileSplit) -> str:
    """Say who is tested on."""
    groups = sorted({file.group for file in split.test})
    named = ", ".join(groups) if len(groups) <= _NAMED_GROUPS else f"{len(groups)} groups"
    return f"Tested on {named}, of whom or which nothing was trained or validated on."


def _loaded(
    about: str,
    split: FileSplit,
    choice: DataChoice,
    rate_hz: float,
    read: Callable[[LabelledFile], _Content],
    examples: Callable[[list[_Content], NDArray[np.int64]], _Of],
) -> ZooData[_Of]:
    classes = split.classes
    skipped = [f"{path} is missing" for path in split.missing]
    parts: list[_Of] = []
    purposes = {"train on": split.train, "validate on": split.validation, "test on": split.test}
    for purpose, part in purposes.items():
        files, contents, unreadable = load_readable(part, read, purpose)
        skipped += unreadable
        parts.append(examples(contents, np.array([classes.index(f.label) for f in files])))
    train, validation, test = parts
    size = (choice.width, choice.height)
    return ZooData(about, classes, *size, rate_hz, train, validation, test, tuple(skipped))


def _read_grey(path: Path, choice: DataChoice) -> NDArray[np.uint8]:
    """Return (H, W)."""
    grey = cv2.cvtColor(read_picture(path), cv2.COLOR_RGB2GRAY)
    size = (choice.width, choice.height)
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)
