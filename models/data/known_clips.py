"""Recordings with what is known of them over time, divided into parts, from any set there is."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.data.action_sets import READERS, Interval, LabelledClip
from models.data.clip_formats import read_clip_split
from models.data.splits import DataError, place_of_group

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from models.data.clip_formats import SplitChoice
    from models.data.splits import LabelledFile

    Clips = tuple[LabelledClip, ...]


@dataclass(frozen=True)
class ClipSplit:
    """Recordings by what they are for; `validation` may be empty.

    Attributes
    ----------
    missing
        Files that a list names but that are not there.
    """

    train: Clips
    validation: Clips
    test: Clips
    missing: tuple[Path, ...] = ()

    @property
    def labels(self) -> tuple[str, ...]:
        """All labels that are trained on, sorted."""
        found = {interval.label for clip in self.train for interval in clip.intervals}
        return tuple(sorted(found))

    @property
    def exclusive(self) -> bool:
        """Whether every recording shows one thing throughout."""
        return all(
            [(i.start_s, i.end_s) for i in clip.intervals] == [(0.0, np.inf)] for clip in self.train
        )

    @property
    def tested_on(self) -> tuple[str, ...]:
        """The groups of the test part."""
        return tuple(sorted({clip.group for clip in self.test}))


def read_known_clips(folder: Path, choice: SplitChoice, known_set: str | None = None) -> ClipSplit:
    """Read a set; of several stretches of one recording one clip is made.

    Parameters
    ----------
    known_set
        Key of `models.data.action_sets.READERS`, whose reader then says what is shown when; tested
        is on ``choice.test_group``. None: the format is recognised.

    Raises
    ------
    DataError
        If it cannot be read, or its split leaks and leaks are not allowed.
    """
    if known_set is not None:
        return _by_group(tuple(READERS[known_set](folder)), choice.test_group, folder)
    split = read_clip_split(folder, choice)
    parts = (split.train, split.validation, split.test)
    train, validation, test = (tuple(merged(part, folder)) for part in parts)
    return ClipSplit(train, validation, test, split.missing)


def _by_group(clips: Clips, test_group: str | None, folder: Path) -> ClipSplit:
    """Test on one group and validate on the one before it, if there are three."""
    groups = sorted({clip.group for clip in clips})
    if len(groups) < 2:
        raise DataError(f"{folder}: groups are {', '.join(groups)}: two are needed, one to test on")
    place = place_of_group(groups, test_group)
    watched = groups[place - 1] if len(groups) > 2 else None
    return ClipSplit(
        tuple(clip for clip in clips if clip.group not in (groups[place], watched)),
        tuple(clip for clip in clips if clip.group == watched),
        tuple(clip for clip in clips if clip.group == groups[place]),
    )


def merged(files: Iterable[LabelledFile], folder: Path) -> Iterator[LabelledClip]:
    """Make one clip of all labelled stretches of a recording."""
    by_path: dict[Path, list[LabelledFile]] = {}
    for file in files:
        by_path.setdefault(file.path, []).append(file)
    for path, stretches in by_path.items():
        intervals = (
            Interval(file.label, *(file.span_s or (0.0, float(np.inf)))) for file in stretches
        )
        # Two files of one name must not share what is cached of them.
        mark = hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:10]
        name = f"{folder.resolve().name}-{mark}"
        yield LabelledClip(path, name, stretches[0].group, tuple(intervals))
