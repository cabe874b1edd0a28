"""Folders of classes: ``<folder>/<class>/<file>``, pictures or recordings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from models.data.splits import DataError, LabelledFile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PICTURES: Final = frozenset({".bmp", ".jpeg", ".jpg", ".png", ".webp"})
RECORDINGS: Final = frozenset({".avi", ".mkv", ".mov", ".mp4", ".webm"})
_BLOCKS: Final = 5


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
    DataError
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
        raise DataError(f"{folder} does not hold a folder of files for each of two classes")
    return found


def _groups(paths: list[Path], pattern: str | None) -> Iterator[str]:
    try:
        wanted = re.compile(pattern or "")
    except re.error as error:
        raise DataError(f"the group {pattern!r} is no pattern: {error}") from error
    for place, path in enumerate(paths):
        if pattern is None:
            yield f"block{place * _BLOCKS // len(paths)}"
            continue
        match = wanted.search(path.name)
        if match is None or not match.groups():
            raise DataError(f"the group {pattern!r} finds no first bracket in {path}")
        yield match[1]


def _natural(path: Path) -> list[tuple[int, int | str]]:
    """Sort ``2.png`` before ``10.png``."""
    parts = re.split(r"(\d+)", path.name.casefold())
    return [(0, int(part)) if place % 2 else (1, part) for place, part in enumerate(parts)]
