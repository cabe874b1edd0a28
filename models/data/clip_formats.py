"""Sets of labelled recordings by the name of their format, and how each is recognised."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from models.data.class_folders import PICTURES, RECORDINGS, read_class_folders
from models.data.clip_lists import (
    is_hmdb51,
    is_kth,
    is_ucf101,
    read_hmdb51,
    read_kth,
    read_ucf101,
)
from models.data.clip_tables import (
    is_activitynet,
    is_jester,
    is_kinetics,
    read_activitynet,
    read_jester,
    read_kinetics,
)
from models.data.splits import FileSplit, leave_groups_out, refuse_leaks

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path


@dataclass(frozen=True)
class SplitChoice:
    """How the files of a set are divided.

    Attributes
    ----------
    split
        Number of the official split, for UCF101 and HMDB51.
    group, test_group
        For folders of classes; see `models.data.class_folders`.
    allow_leaks
        Go on where one person or recording is in two parts.
    """

    split: int = 1
    group: str | None = None
    test_group: str | None = None
    allow_leaks: bool = False


@dataclass(frozen=True)
class ClipFormat:
    """One way to lay out a set."""

    recognise: Callable[[Path], bool]
    read: Callable[[Path, SplitChoice], FileSplit]


def _read_folders(folder: Path, choice: SplitChoice) -> FileSplit:
    files = read_class_folders(folder, RECORDINGS, choice.group)
    return leave_groups_out(files, choice.test_group)


CLIP_FORMATS: Final[Mapping[str, ClipFormat]] = {
    "ucf101": ClipFormat(is_ucf101, lambda folder, choice: read_ucf101(folder, choice.split)),
    "hmdb51": ClipFormat(is_hmdb51, lambda folder, choice: read_hmdb51(folder, choice.split)),
    "kth": ClipFormat(is_kth, lambda folder, _: read_kth(folder)),
    "jester": ClipFormat(is_jester, lambda folder, _: read_jester(folder)),
    "kinetics": ClipFormat(is_kinetics, lambda folder, _: read_kinetics(folder)),
    "activitynet": ClipFormat(is_activitynet, lambda folder, _: read_activitynet(folder)),
    "folders": ClipFormat(lambda _: True, _read_folders),
}
"""In the order in which they are tried."""


def read_clip_split(folder: Path, choice: SplitChoice) -> FileSplit:
    """Read a set of recordings in the first format that recognises it.

    Raises
    ------
    DataError
        If it cannot be read, or its split leaks and leaks are not allowed.
    """
    kind = next(kind for kind in CLIP_FORMATS.values() if kind.recognise(folder))
    return _checked(kind.read(folder, choice), choice)


def read_picture_split(folder: Path, choice: SplitChoice) -> FileSplit:
    """Read folders of classes of pictures.

    Raises
    ------
    DataError
        If it cannot be read.
    """
    files = read_class_folders(folder, PICTURES, choice.group)
    return _checked(leave_groups_out(files, choice.test_group), choice)


def _checked(split: FileSplit, choice: SplitChoice) -> FileSplit:
    if not choice.allow_leaks:
        refuse_leaks(split)
    return split
