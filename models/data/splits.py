"""Labelled files, and their division into training, validation and test without leaks.

Clips of one person, or cut from one recording, resemble each other: a network tested on a sister of
what it was trained on is flattered. So every file belongs to a group, and a group that is in two
parts is refused.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

_HOLD_OUT_EVERY: Final = 8
_NAMED: Final = 5
_LOG = logging.getLogger(__name__)


class DataError(Exception):
    """Data that cannot be used as it is; the message names the file and says what is wrong."""


class LeakError(DataError):
    """A split that has one person or recording on both sides."""


@dataclass(frozen=True, slots=True)
class LabelledFile:
    """One picture, recording, folder of frames, or stretch of a recording.

    Attributes
    ----------
    path
        File, or folder of numbered pictures.
    label
        Name of the class.
    group
        Person, recording or block of neighbours.
    span_s
        Begin and end of the stretch, in seconds from the first frame; None takes all.
    """

    path: Path
    label: str
    group: str
    span_s: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class FileSplit:
    """Files by what they are for.

    Attributes
    ----------
    missing
        Files that a list names but that are not there.
    """

    train: tuple[LabelledFile, ...]
    validation: tuple[LabelledFile, ...]
    test: tuple[LabelledFile, ...]
    missing: tuple[Path, ...] = ()

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of all classes, sorted."""
        return tuple(sorted({f.label for f in (*self.train, *self.validation, *self.test)}))


def refuse_leaks(split: FileSplit) -> None:
    """Check that no group is in two parts.

    Raises
    ------
    LeakError
        If one is; the message names groups and parts.
    """
    groups = {
        name: {file.group for file in getattr(split, name)}
        for name in ("train", "validation", "test")
    }
    for (one, first), (two, second) in combinations(groups.items(), 2):
        if shared := sorted(first & second):
            raise LeakError(
                f"{len(shared)} of {len(second)} groups are both in the {one} and the {two} part, "
                f"such as {', '.join(shared[:3])}: figures would flatter "
                "(--allow-leaks goes on all the same)"
            )


def leave_groups_out(files: Sequence[LabelledFile], test_group: str | None = None) -> FileSplit:
    """Test on one group, validate on another, train on the rest.

    Parameters
    ----------
    test_group
        None takes the last by name.

    Raises
    ------
    DataError
        If there are fewer than three groups, or none is called `test_group`.
    """
    groups = sorted({file.group for file in files})
    if len(groups) < 3:
        raise DataError(f"groups are {', '.join(groups)}: three are needed, one to test on")
    place = place_of_group(groups, test_group)
    test, validation = groups[place], groups[place - 1]
    return FileSplit(
        tuple(file for file in files if file.group not in (test, validation)),
        tuple(file for file in files if file.group == validation),
        tuple(file for file in files if file.group == test),
    )


def place_of_group(groups: Sequence[str], wanted: str | None) -> int:
    """Return where the wanted group stands, or the last if none is wanted.

    Raises
    ------
    DataError
        If there is none of that name.
    """
    if wanted is not None and wanted not in groups:
        raise DataError(f"there is no group {wanted!r}, only {', '.join(groups)}")
    return groups.index(wanted) if wanted is not None else len(groups) - 1


def present_split(
    train: Iterable[LabelledFile],
    validation: Iterable[LabelledFile],
    test: Iterable[LabelledFile],
) -> FileSplit:
    """Complete a published split, of whose files some may be missing.

    Where the test part has no labels, the validation part is tested on. Where there then is nothing
    to validate on, every eighth group of the training part is.

    Raises
    ------
    DataError
        If no file to train on, or none to test on, is there.
    """
    parts = [list(train), list(validation), list(test)]
    missing = [file.path for part in parts for file in part if not file.path.exists()]
    parts = [[file for file in part if file.path.exists()] for part in parts]
    if not parts[2]:
        parts[1], parts[2] = [], parts[1]
    if not parts[0] or not parts[2]:
        absent = f", such as {missing[0]}" if missing else ""
        raise DataError(f"of the listed files {len(missing)} are missing{absent}")
    if missing:
        named = ", ".join(str(path) for path in missing[:_NAMED])
        _LOG.warning("%d of the listed files are missing: %s", len(missing), named)
    if not parts[1]:
        parts[0], parts[1] = _hold_out(parts[0])
    train_part, validation_part, test_part = map(tuple, parts)
    return FileSplit(train_part, validation_part, test_part, tuple(missing))


def _hold_out(files: list[LabelledFile]) -> tuple[list[LabelledFile], list[LabelledFile]]:
    """Return what stays and what is held out; both hold whole groups."""
    groups = sorted({file.group for file in files})
    held = set(groups[:: min(_HOLD_OUT_EVERY, len(groups))]) if len(groups) > 1 else set()
    return (
        [file for file in files if file.group not in held],
        [file for file in files if file.group in held],
    )
