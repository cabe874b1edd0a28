"""What a user hands in to be learnt from: a folder of clips for each action, or intervals."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from engine.errors import LongtakeError
from engine.lessons.viewing import Part, background_parts
from engine.sources import open_source
from engine.sources.folder import IMAGE_SUFFIXES
from models.teaching.takes import BACKGROUND

if TYPE_CHECKING:
    from pathlib import Path

_BACKGROUND_NAMES: Final = ("background", "none", "no_class", "normal", "other")
_JSON_BYTES: Final = 16 << 20
_LEAST_BACKGROUND: Final = 3
_HOW: Final = (
    "Give a folder with one folder of clips for each action, or a JSON file such as "
    '{"clip.mp4": [{"label": "wave", "start_s": 1.0, "end_s": 3.5}]}.'
)


class TeachingError(LongtakeError):
    """There is nothing to learn from, or too little."""


class _Interval(BaseModel):
    model_config = ConfigDict(extra="ignore")

    label: Annotated[str, Field(min_length=1, max_length=64)]
    start_s: Annotated[float, Field(ge=0)]
    end_s: float


class _Clip(BaseModel):
    model_config = ConfigDict(extra="ignore")

    events: list[_Interval]


_LABELS: Final = TypeAdapter(dict[str, _Clip | list[_Interval]])


@dataclass(frozen=True, slots=True)
class Material:
    """Takes to look at, and the actions they show, in order of their names."""

    parts: tuple[Part, ...]
    actions: tuple[str, ...]


def read_material(path: Path) -> Material:
    """Find takes: in ``<action>/<clip or folder of stills>``, or as a JSON file says.

    A folder called ``background`` or ``none`` holds what is none of the actions. With a JSON file,
    whatever is not marked is background.

    Raises
    ------
    TeachingError
        If there are none, or the file makes no sense.
    SourceError
        If a clip that the file names cannot be opened.
    """
    parts = _from_folder(path) if path.is_dir() else _from_json(path)
    actions = sorted({part.label for part in parts if part.label != BACKGROUND})
    if not actions:
        raise TeachingError(f"There are no takes in {path}.", _HOW)
    return Material(tuple(parts), tuple(actions))


def _from_folder(folder: Path) -> list[Part]:
    parts = []
    for inner in sorted(path for path in folder.iterdir() if path.is_dir()):
        label = BACKGROUND if inner.name.lower() in _BACKGROUND_NAMES else inner.name[:64]
        shown = [path for path in sorted(inner.iterdir()) if _can_be_take(path)]
        parts += [
            Part(f"{_plain(inner.name)}-{number + 1}", label, str(path))
            for number, path in enumerate(shown)
        ]
    return parts


def _can_be_take(path: Path) -> bool:
    if path.name.startswith("."):
        return False
    if path.is_dir():
        return any(inner.suffix.lower() in IMAGE_SUFFIXES for inner in path.iterdir())
    return path.suffix.lower() not in {".json", ".txt", ".csv", ".md", *IMAGE_SUFFIXES}


def _from_json(path: Path) -> list[Part]:
    parts: list[Part] = []
    counts: dict[str, int] = {}
    for name, intervals in _read_json(path).items():
        address = str(path.parent / name)
        taken = []
        for interval in intervals:
            if not math.isfinite(interval.end_s) or interval.end_s <= interval.start_s:
                raise TeachingError(
                    f"{path}: an interval of {name} ends at {interval.end_s:g} s, before it begins."
                )
            label = interval.label.strip()
            counts[label] = counts.get(label, 0) + 1
            if label.lower() in _BACKGROUND_NAMES:
                label = BACKGROUND
            take_id = f"{_plain(interval.label)}-{counts[interval.label.strip()]}"
            parts.append(Part(take_id, label, address, interval.start_s, interval.end_s))
            taken.append((interval.start_s, interval.end_s))
        parts += _background_of(address, taken, len(counts), len(parts))
    return parts


def _background_of(
    address: str, taken: list[tuple[float, float]], actions: int, before: int
) -> list[Part]:
    """Return what a clip shows beside its intervals, about as often as one action."""
    source = open_source(address)
    try:
        duration_s = source.info.duration_s or max(end_s for _, end_s in taken)
    finally:
        source.close()
    most = max(_LEAST_BACKGROUND, math.ceil(len(taken) / max(1, actions)))
    found = background_parts(address, taken, duration_s, most)
    return [
        Part(f"background-{before + k}", BACKGROUND, address, part.start_s, part.end_s)
        for k, part in enumerate(found)
    ]


def _read_json(path: Path) -> dict[str, list[_Interval]]:
    try:
        if path.stat().st_size > _JSON_BYTES:
            raise TeachingError(f"{path} is larger than labels can be.")
        clips = _LABELS.validate_python(json.loads(path.read_bytes()))
    except OSError as error:
        raise TeachingError(f"{path} cannot be read: {error.strerror}.", _HOW) from error
    except (ValueError, RecursionError) as error:
        what = "it is no JSON"
        if isinstance(error, ValidationError):
            # Of the two forms that a clip can have, the one that fits further is meant.
            first = max(error.errors(include_url=False), key=lambda one: len(one["loc"]))
            where = [str(part) for part in first["loc"] if not str(part).startswith(("_", "list["))]
            what = f"{'.'.join(where)}: {first['msg']}"
        raise TeachingError(f"{path} has no labels in it: {what}.", _HOW) from error
    return {name: clip.events if isinstance(clip, _Clip) else clip for name, clip in clips.items()}


def _plain(name: str) -> str:
    """Return `name` as it can be part of a take's id."""
    text = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return text[:40] or "take"
