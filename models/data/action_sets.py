"""Clips with action labels: what is shown when, and what of that is known.

A label that a data set does not annotate is *unknown* there, not absent: people who wave in the
Weizmann clips also stand, but nobody wrote that down. Unknown labels take no part in the loss.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

FIGHT: Final = ("fight", "normal")
TENNIS: Final = ("b_slice", "b_volley", "backhand", "f_volley", "forehand", "serve", "smash")

_WEIZMANN: Final[Mapping[str, str]] = {
    "bend": "bending",
    "jack": "jumping jack",
    "jump": "jumping",
    "pjump": "jumping in place",
    "run": "running",
    "side": "side-stepping",
    "skip": "skipping",
    "walk": "walking",
    "wave1": "waving one hand",
    "wave2": "waving both hands",
}
_IN_PLACE: Final = frozenset({"bend", "jack", "pjump", "wave1", "wave2"})
_ROOM_LABELS: Final = ("standing", "walking", "sitting", "falling")
_MARGIN_S: Final = 0.15
_FOLDS: Final = 5


@dataclass(frozen=True, slots=True)
class Interval:
    """A label that holds for start_s ≤ t ≤ end_s."""

    label: str
    start_s: float
    end_s: float


@dataclass(frozen=True)
class LabelledClip:
    """One recording and what is known of it.

    Attributes
    ----------
    group
        Person, subject or block of recordings: never split between training and testing.
    intervals
        Labels in time; ``end_s`` may be infinite.
    unknown
        Labels that this clip says nothing of, ever.
    unknown_outside
        Labels that are known only inside an interval of some label: people annotate what matters.
    """

    path: Path
    dataset: str
    group: str
    intervals: tuple[Interval, ...]
    unknown: frozenset[str] = frozenset()
    unknown_outside: frozenset[str] = frozenset()

    @property
    def key(self) -> str:
        """Name of the clip, unique over all data sets."""
        return f"{self.dataset}-{self.path.stem}"

    @property
    def seed(self) -> int:
        """What its random variants are drawn from."""
        return int.from_bytes(hashlib.sha256(self.key.encode()).digest()[:4], "little")

    def targets(
        self, labels: tuple[str, ...], times_s: NDArray[np.float64]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return truth and weight, both (T, L) float32 of 0 and 1, at `times_s`."""
        truth = np.zeros((len(times_s), len(labels)), np.float32)
        weight = np.ones_like(truth)
        inside = np.zeros(len(times_s), bool)
        for interval in self.intervals:
            within = (times_s >= interval.start_s) & (times_s <= interval.end_s)
            inside |= within
            if interval.label in labels:
                column = labels.index(interval.label)
                truth[within, column] = 1
                for edge in (interval.start_s, interval.end_s):
                    if 0 < edge < times_s[-1]:
                        weight[np.abs(times_s - edge) < _MARGIN_S, column] = 0
        for label in self.unknown_outside.intersection(labels):
            weight[~inside, labels.index(label)] = 0
        for label in self.unknown.intersection(labels):
            weight[:, labels.index(label)] = 0
        return truth, weight


def read_weizmann(folder: Path) -> Iterator[LabelledClip]:
    """Yield the clips of ``weizmann/<class>/<person>_<class>.mp4``; a group is a person."""
    for path in sorted(folder.glob("*/*.mp4")):
        action = path.parent.name
        unknown = {"standing"} if action in _IN_PLACE else set()
        yield LabelledClip(
            path,
            "weizmann",
            path.stem.split("_")[0],
            (Interval(_WEIZMANN[action], 0.0, np.inf),),
            unknown=frozenset(unknown),
        )


def read_room(folder: Path) -> Iterator[LabelledClip]:
    """Yield the clips of ``room/labels.json``; a group is a subject.

    The intervals come from ``raw``, which can hold several per label. A fall's interval includes
    its end on the floor, as annotated.
    """
    described = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
    for name, entry in sorted(described.items()):
        yield LabelledClip(
            folder / name,
            "room",
            f"subject{entry['subject']}",
            tuple(parse_intervals(entry["raw"])),
            unknown=frozenset({"bending", "lying"}),
            unknown_outside=frozenset({"standing", "walking", "sitting"}),
        )


def parse_intervals(raw: str) -> Iterator[Interval]:
    """Parse such as ``"Standing[0 to 0.3; 1.5 to 2.2]; Falling (BW) [2 to 5]"``."""
    for name, spans in re.findall(r"([A-Za-z][^\[\];]*)\[([^\]]*)\]", raw):
        label = name.split("(")[0].strip().lower()
        label = "falling" if label == "fall" else label
        for start, end in re.findall(r"([\d.]+)\s*to\s*([\d.]+)", spans):
            yield Interval(label, float(start), float(end))


def read_fight(folder: Path) -> Iterator[LabelledClip]:
    """Yield the clips of ``fight/{fight,normal}/*.mp4``; a group is a fifth of the numbers.

    Neighbouring numbers can be cut from one recording, so each fifth is contiguous.
    """
    yield from _read_blocks(folder, "fight", FIGHT)


def read_tennis(folder: Path) -> Iterator[LabelledClip]:
    """Yield the clips of ``tennis/<stroke>/*.mp4``; a group is a fifth of the numbers.

    Where the rate is written wrongly (one time stamp for all), frames are a 30th of a second apart.
    """
    yield from _read_blocks(folder, "tennis", TENNIS)


def _read_blocks(folder: Path, dataset: str, labels: tuple[str, ...]) -> Iterator[LabelledClip]:
    for label in labels:
        paths = sorted((folder / label).glob("*.mp4"))
        for place, path in enumerate(paths):
            group = f"block{place * _FOLDS // len(paths)}"
            yield LabelledClip(path, dataset, group, (Interval(label, 0.0, np.inf),))


def read_interaction(folder: Path) -> Iterator[LabelledClip]:
    """Yield the clips of ``interaction/<class>/set<S>_seq<NN>_<K>.mp4``.

    A group is every fifth sequence: clips cut from one stay together, for they
    share persons, clothes and place.
    """
    paths = sorted(folder.glob("*/*.mp4"))
    sequences = sorted({_sequence(path) for path in paths})
    for path in paths:
        group = f"sequences{sequences.index(_sequence(path)) % _FOLDS}"
        interval = Interval(path.parent.name, 0.0, np.inf)
        yield LabelledClip(path, "interaction", group, (interval,))


def _sequence(path: Path) -> str:
    return "_".join(path.stem.split("_")[:2])


def lacking(clip: LabelledClip, labels: Iterable[str], among: Iterable[str]) -> LabelledClip:
    """Return the same recording, of which no more is known than that it shows none of `labels`.

    Parameters
    ----------
    among
        All labels that the clip will be asked for.
    """
    unknown = frozenset(among) - frozenset(labels)
    return replace(clip, intervals=(), unknown=unknown, unknown_outside=frozenset())


def showing_only(clip: LabelledClip, label: str) -> LabelledClip:
    """Return the same recording with `label` as all that is known of it, from end to end."""
    return replace(
        clip,
        intervals=(Interval(label, 0.0, np.inf),),
        unknown=frozenset(),
        unknown_outside=frozenset(),
    )


READERS: Final[Mapping[str, Callable[[Path], Iterator[LabelledClip]]]] = {
    "weizmann": read_weizmann,
    "room": read_room,
    "fight": read_fight,
    "tennis": read_tennis,
    "interaction": read_interaction,
}
ROOM_LABELS: Final = _ROOM_LABELS
