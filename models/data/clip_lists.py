"""Action sets whose split is given by lists of file names or by the names themselves.

=======  ====================================================  ==============================
set      what lies in the folder                               a group is
=======  ====================================================  ==============================
UCF101   ``ucfTrainTestlist/{train,test}list0N.txt``,          the recording (``gNN``) that a
         ``UCF-101/<class>/v_<class>_gNN_cNN.avi``             class's clips were cut from
HMDB51   ``testTrainMulti_7030_splits/<class>_test_splitN``    the film that the name begins
         ``.txt``, ``hmdb51_org/<class>/*.avi``                with
KTH      ``<class>/personNN_<class>_dN_uncomp.avi``            the person
=======  ====================================================  ==============================

The recordings may also lie in the class folders directly below the folder.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from models.data.splits import DataError, FileSplit, LabelledFile, present_split

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_UCF_LISTS: Final = "ucfTrainTestlist"
_HMDB_LISTS: Final = "testTrainMulti_7030_splits"
_KTH_NAME: Final = re.compile(r"person(\d\d)_([a-z]+)_d\d")
_KTH_TRAIN: Final = frozenset(range(11, 19))
_KTH_VALIDATION: Final = frozenset({1, 4, 19, 20, 21, 23, 24, 25})


def is_ucf101(folder: Path) -> bool:
    """Tell whether the official lists are there."""
    return (folder / _UCF_LISTS).is_dir()


def read_ucf101(folder: Path, number: int = 1) -> FileSplit:
    """Read split `number`, 1 to 3 (Soomro, Zamir & Shah, arXiv 1212.0402).

    Raises
    ------
    DataError
        If there is no such split, or a part of it has no file.
    """

    def listed(part: str) -> Iterator[LabelledFile]:
        for line in _lines(folder / _UCF_LISTS / f"{part}list{number:02}.txt"):
            label, name = line.split()[0].split("/")
            group = re.search(r"_(g\d+)_", name)
            yield LabelledFile(
                _inside(folder, "UCF-101") / label / name,
                label,
                f"{label}_{group[1]}" if group else name,
            )

    return present_split(listed("train"), (), listed("test"))


def is_hmdb51(folder: Path) -> bool:
    """Tell whether the official lists are there."""
    return (folder / _HMDB_LISTS).is_dir()


def read_hmdb51(folder: Path, number: int = 1) -> FileSplit:
    """Read split `number`, 1 to 3 (Kuehne et al., ICCV 2011); clips it marks 0 are left out.

    Raises
    ------
    DataError
        If there is no such split, or a part of it has no file.
    """
    lists = sorted((folder / _HMDB_LISTS).glob(f"*_test_split{number}.txt"))
    if not lists:
        raise DataError(f"{folder / _HMDB_LISTS} has no lists of split {number}")
    parts: dict[str, list[LabelledFile]] = {"0": [], "1": [], "2": []}
    for path in lists:
        label = path.stem.rsplit("_test_split", 1)[0]
        for line in _lines(path):
            name, part = line.split()
            film = name.split(f"_{label}_")[0]
            place = _inside(folder, "hmdb51_org") / label / name
            parts[part].append(LabelledFile(place, label, film))
    return present_split(parts["1"], (), parts["2"])


def is_kth(folder: Path) -> bool:
    """Tell whether some class folder holds a name of the set's kind."""
    return any(_KTH_NAME.match(path.name) for path in folder.glob("*/person*_d*.*"))


def read_kth(folder: Path) -> FileSplit:
    """Read the split by persons of Schüldt, Laptev & Caputo (ICPR 2004).

    Raises
    ------
    DataError
        If nobody to train on, or nobody to test on, is there.
    """
    parts: tuple[list[LabelledFile], ...] = ([], [], [])
    for path in sorted(folder.glob("*/person*")):
        if match := _KTH_NAME.match(path.name):
            person = int(match[1])
            part = 0 if person in _KTH_TRAIN else 1 if person in _KTH_VALIDATION else 2
            parts[part].append(LabelledFile(path, match[2], f"person{person:02}"))
    return present_split(*parts)


def _inside(folder: Path, name: str) -> Path:
    """Return the folder of the recordings: one called `name`, or `folder` itself."""
    return folder / name if (folder / name).is_dir() else folder


def _lines(path: Path) -> list[str]:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}") from error
    return [line for line in text.splitlines() if line.strip()]
