"""Folders of classes: ``<folder>/<class>/<file>``, pictures or recordings.

Files that show the same person or were cut from one recording must not be split between training
and testing. So every file belongs to a group, and whole groups are left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PICTURES: Final = frozenset({".bmp", ".jpeg", ".jpg", ".png", ".webp"})
RECORDINGS: Final = frozenset({".avi", ".mkv", ".mov", ".mp4", ".webm"})
_BLOCKS: Final = 5


class ClassFolderError(Exception):
    """A folder that cannot be used as it is; the message names it and says what is missing."""


@dataclass(frozen=True, slots=True)
class LabelledFile:
    """One picture or recording.

    Attributes
    ----------
    label
        Name of the class.
    group
        Person, recording or block of neighbours.
    """

    path: Path
    label: str
    group: str


@dataclass(frozen=True, slots=True)
class FileSplit:
    """Files by what they are for; no group is in two parts."""

    train: tuple[LabelledFile, ...]
    validation: tuple[LabelledFile, ...]
    test: tuple[LabelledFile, ...]


def read_class_folders(
    folder: Path, suffixes: frozenset[str], group: str | None = None
) -> list[LabelledFile]:
    """List the files of every class.

    Parameters
    ----------
    suffixes
        Of the files to take, in lower case with the dot.
    group
        Regular expression whose first bracket, in the file's name, is its group, such as
        ``"([a-z]+)_"`` for ``daria_walk.mp4``. None makes each fifth of a class, in natural order,
        a group: neighbours are often cut from one recording.

    Raises
    ------
    ClassFolderError
        If there are fewer than two classes, or a name does not match `group`.
    """
    found = []
    for inner in sorted(path for path in folder.glob("*") if path.is_dir()):
        paths = sorted(
            (path for path in inner.iterdir() if path.suffix.lower() in suffixes), key=_natural
        )
        found += [
            LabelledFile(path, inner.name, name)
            for path, name in zip(paths, _groups(paths, group), strict=True)
        ]
    if len({file.label for file in found}) < 2:
        raise ClassFolderError(f"{folder} does not hold a folder of files for each of two classes")
    return found


def leave_groups_out(files: list[LabelledFile], test_group: str | None = None) -> FileSplit:
    """Test on one group, validate on another, train on the rest.

    Parameters
    ----------
    test_group
        None takes the last by name.

    Raises
    ------
    ClassFolderError
        If there are fewer than three groups, or none is called `test_group`.
    """
    groups = sorted({file.group for file in files})
    if len(groups) < 3 or (test_group is not None and test_group not in groups):
        raise ClassFolderError(f"groups are {', '.join(groups)}: three are needed, one to test on")
    place = groups.index(test_group) if test_group else len(groups) - 1
    test, validation = groups[place], groups[place - 1]
    return FileSplit(
        tuple(file for file in files if file.group not in (test, validation)),
        tuple(file for file in files if file.group == validation),
        tuple(file for file in files if file.group == test),
    )


def _groups(paths: list[Path], pattern: str | None) -> Iterator[str]:
    for place, path in enumerate(paths):
        if pattern is None:
            yield f"block{place * _BLOCKS // len(paths)}"
            continue
        match = re.search(pattern, path.name)
        if match is None:
            raise ClassFolderError(f"{path} does not match the group {pattern!r}")
        yield match[1]


def _natural(path: Path) -> list[tuple[int, int | str]]:
    """Sort ``2.png`` before ``10.png``."""
    parts = re.split(r"(\d+)", path.name.casefold())
    return [(0, int(part)) if place % 2 else (1, part) for place, part in enumerate(parts)]
