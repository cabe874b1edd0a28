"""Action sets whose split is given by tables: Jester, Something-Something, Kinetics, ActivityNet.

============  =================================================  ==============================
set           what lies in the folder                            a group is
============  =================================================  ==============================
Jester,       ``*-train.csv``, ``*-validation.csv`` (``id;``     the clip: who is seen is not
Something     ``label``), pictures in ``<folder>/<id>/``         published
Kinetics      ``train.csv``, ``val.csv``, ``test.csv`` with      the recording
              ``label``, ``youtube_id``, ``time_start``, …
ActivityNet   one JSON with ``database``, recordings by name     the recording
============  =================================================  ==============================
"""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any, Final

from models.data.class_folders import RECORDINGS
from models.data.clips import duration_s
from models.data.splits import DataError, FileSplit, LabelledFile, present_split

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_KINETICS_PARTS: Final = (("train",), ("val", "validate", "validation"), ("test",))
_SUBSETS: Final = ("training", "validation", "testing")


def is_jester(folder: Path) -> bool:
    """Tell whether there are tables of Jester's or Something-Something's kind."""
    return any(folder.glob("*-train.csv"))


def read_jester(folder: Path) -> FileSplit:
    """Read ``id;label`` tables; tested is on the validation part, for the test part has no labels.

    Raises
    ------
    DataError
        If a table is missing or broken, or none of its clips is there.
    """
    clips = {path.name: path for path in folder.glob("*/*") if path.name.isdigit()}
    clips |= {p.stem: p for p in folder.glob("*/*") if p.suffix.lower() in RECORDINGS}

    def listed(part: str) -> Iterator[LabelledFile]:
        for path in sorted(folder.glob(f"*-{part}.csv")):
            for row in _rows(path, ";", None):
                if len(row) != 2:
                    raise DataError(f"{path} is no table of 'id;label': {';'.join(row)[:60]!r}")
                number, label = row
                yield LabelledFile(clips.get(number, folder / number), label, number)

    return present_split(listed("train"), listed("validation"), ())


def is_kinetics(folder: Path) -> bool:
    """Tell whether ``train.csv`` is a table with YouTube's names."""
    path = folder / "train.csv"
    return path.is_file() and "youtube_id" in _header(path)


def read_kinetics(folder: Path) -> FileSplit:
    """Read the tables of Kinetics (Kay et al., arXiv 1705.06950) in any of its sizes.

    A clip is ``<youtube_id>_<start>_<end>.<suffix>``, seconds with six digits, or
    ``<youtube_id>.<suffix>``, anywhere below the folder; of a whole recording the stretch that the
    table names is taken. Most copies of the set lack some: these are counted and named.

    Raises
    ------
    DataError
        If a table is broken, or none of its clips is there.
    """
    clips = {p.stem: p for p in folder.rglob("*") if p.suffix.lower() in RECORDINGS}

    def listed(names: tuple[str, ...]) -> Iterator[LabelledFile]:
        for path in (folder / f"{name}.csv" for name in names):
            for row in _rows(path, ",", "youtube_id") if path.is_file() else ():
                known = dict(zip(_header(path), row, strict=False))
                if known.get("label"):
                    yield _kinetics_clip(folder, clips, known)

    return present_split(*(listed(names) for names in _KINETICS_PARTS))


def _kinetics_clip(folder: Path, clips: dict[str, Path], row: dict[str, str]) -> LabelledFile:
    recording = row["youtube_id"]
    start, end = (int(float(row.get(key) or 0)) for key in ("time_start", "time_end"))
    stem = f"{recording}_{start:06}_{end:06}"
    path = clips.get(stem) or clips.get(recording) or folder / f"{stem}.mp4"
    whole = path.stem == recording and start < end <= duration_s(path)
    return LabelledFile(path, row["label"], recording, (start, end) if whole else None)


def is_activitynet(folder: Path) -> bool:
    """Tell whether there is a JSON file with a ``database``."""
    return _activitynet_table(folder) is not None


def read_activitynet(folder: Path) -> FileSplit:
    """Read labelled stretches of recordings (Caba Heilbron et al., CVPR 2015).

    ``{"database": {"<id>": {"subset": "training", "annotations": [{"segment": [1.0, 4.5],
    "label": "…"}]}}}``; a recording is ``<id>.<suffix>`` or ``v_<id>.<suffix>``, anywhere below the
    folder. Tested is on the validation subset where the testing subset has no labels.

    Raises
    ------
    DataError
        If the table is missing or broken, or none of its recordings is there.
    """
    table = _activitynet_table(folder)
    if table is None:
        raise DataError(f"{folder} holds no JSON file with a 'database'")
    found = {
        p.stem.removeprefix("v_"): p for p in folder.rglob("*") if p.suffix.lower() in RECORDINGS
    }
    parts: dict[str, list[LabelledFile]] = {name: [] for name in _SUBSETS}
    for name, entry in sorted(table.items()):
        path = found.get(name, folder / f"{name}.mp4")
        try:
            parts[entry["subset"]] += [
                LabelledFile(path, one["label"], name, (one["segment"][0], one["segment"][1]))
                for one in entry.get("annotations", ())
            ]
        except (KeyError, IndexError, TypeError) as error:
            raise DataError(f"{folder}: {name!r} is not described as ActivityNet does") from error
    return present_split(*parts.values())


def _activitynet_table(folder: Path) -> dict[str, Any] | None:
    for path in sorted(folder.glob("*.json")):
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise DataError(f"{path} is no JSON: {error}") from error
        if isinstance(content, dict) and isinstance(content.get("database"), dict):
            table: dict[str, Any] = content["database"]
            return table
    return None


def _header(path: Path) -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return next(csv.reader(file), [])


def _rows(path: Path, delimiter: str, header: str | None) -> Iterator[list[str]]:
    """Yield the rows; with `header`, a column name, the first row must hold it and is left out."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, delimiter=delimiter)
        if header is not None and header not in next(rows, []):
            raise DataError(f"{path} has no column {header!r}")
        yield from rows
