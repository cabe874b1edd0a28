"""Clips of people made by code (`models.actors`) as an action set.

Everything is known of them, so no label is ever unknown. Two things are told as the people who
annotated the real recordings told them: a fall goes on for a while on the floor, and whoever drinks
or reads sits or stands meanwhile (the actors' own labels already say so).
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from models.data.action_sets import Interval, LabelledClip

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_FALLING: Final = "falling"
_CALLED: Final = {"side stepping": "side-stepping"}
_ON_FLOOR_S: Final = 2.0


def read_actors(folder: Path, *, on_floor_s: float = _ON_FLOOR_S) -> Iterator[LabelledClip]:
    """Yield the clips that ``longtake actors-dataset`` wrote; each is a group of its own.

    Parameters
    ----------
    on_floor_s
        For how long after its end a fall is still labelled.
    """
    for path in sorted(folder.glob("clip-*.jsonl")):
        with path.open(encoding="utf-8") as lines:
            *_, summary = lines
        intervals = (
            Interval(_CALLED.get(entry["label"], entry["label"]), entry["start_s"], entry["end_s"])
            for entry in json.loads(summary)["intervals"]
        )
        yield LabelledClip(
            path.with_suffix(".mp4"),
            "actors",
            path.stem,
            tuple(_prolonged(interval, on_floor_s) for interval in intervals),
        )


def _prolonged(interval: Interval, on_floor_s: float) -> Interval:
    if interval.label != _FALLING:
        return interval
    return replace(interval, end_s=interval.end_s + on_floor_s)
