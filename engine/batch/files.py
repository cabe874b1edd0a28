"""Which recordings a batch is about."""

from __future__ import annotations

import glob
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from engine.errors import SourceError

VIDEO_SUFFIXES: Final = frozenset(
    ".3gp .asf .avi .flv .m2ts .m4v .mkv .mov .mp4 .mpeg .mpg .mts .mxf .ogv .ts .webm .wmv".split()
)
_LIST_SUFFIXES: Final = (".txt", ".lst", ".m3u")


@dataclass(frozen=True, slots=True)
class Found:
    """A recording: where it is, and the name its results go by (a relative path with ``/``)."""

    path: Path
    name: str


def find_recordings(what: str, *, leave_out: Path) -> list[Found]:
    """Return the recordings that `what` names, sorted by name.

    Parameters
    ----------
    what
        A folder, searched with all in it; a pattern such as ``"/archive/**/*.mkv"``; a text file
        with a path on every line (relative ones are seen from its folder); or a recording.
    leave_out
        Folder that is not searched: that of the results.

    Raises
    ------
    SourceError
        When there are none, or the list cannot be read.
    """
    place = Path(what).expanduser()
    if place.is_dir():
        root, paths = place, _in_folder(place, leave_out)
    elif place.suffix.lower() in _LIST_SUFFIXES and place.is_file():
        paths = _in_list(place)
        root = _common_folder(paths)
    else:
        paths = [Path(name) for name in glob.glob(str(place), recursive=True)]
        paths = [path for path in paths if path.is_file()]
        root = _common_folder(paths)
    if not paths:
        raise SourceError(
            f"There are no recordings in {what}.",
            "Give a folder, a pattern in quotes, or a text file with a path on every line.",
        )
    root = Path(os.path.abspath(root))
    unique = dict.fromkeys(Path(os.path.abspath(path)) for path in paths)
    found = [Found(path, path.relative_to(root).as_posix()) for path in unique]
    return sorted(found, key=lambda one: one.name)


def _in_folder(folder: Path, leave_out: Path) -> list[Path]:
    left_out = os.path.abspath(leave_out)
    found = []
    for at, folders, names in os.walk(folder):
        folders[:] = [
            name
            for name in folders
            if not name.startswith(".") and os.path.abspath(Path(at, name)) != left_out
        ]
        found += [Path(at, name) for name in names if Path(name).suffix.lower() in VIDEO_SUFFIXES]
    return found


def _in_list(path: Path) -> list[Path]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"The list {path} cannot be read.", "It has to be UTF-8 text.") from error
    named = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    return [path.parent / Path(name).expanduser() for name in named]


def _common_folder(paths: list[Path]) -> Path:
    if not paths:
        return Path()
    return Path(os.path.commonpath([os.path.abspath(path.parent) for path in paths]))
