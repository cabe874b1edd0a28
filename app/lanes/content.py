"""What the timeline shows, derived from what a stream has shown. Knows no Qt."""

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app.overlay_style import LABEL_COLOURS
from engine.frame import Discontinuity
from engine.palette import UNTRACKED_COLOUR, identity_colour

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from app.record.history import History, Mark
    from app.record.track_log import TrackSpan
    from models.spec import HeadSpec

_TRACK_LANES: Final = 40
_SAME_MOMENT_S: Final = 1e-3


@dataclass(frozen=True, slots=True)
class Lane:
    """One row of the timeline.

    Attributes
    ----------
    key
        ``(head, English label)`` of an action, ``("", number)`` of a track.
    name
        As shown.
    colour
        ``#rrggbb``.
    column
        Of the label in `History.envelope`; None for a track.
    threshold
        From which probability on the label counts.
    bars
        Stretches of time, (start_s, end_s).
    """

    key: tuple[str, str]
    name: str
    colour: str
    column: int | None
    threshold: float
    bars: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class LaneFilter:
    """Which lanes are wanted.

    Attributes
    ----------
    text
        Part of the name, in either case; empty takes all.
    only_recognised
        Leave out actions that were never recognised.
    tracks
        Show tracks.
    """

    text: str = ""
    only_recognised: bool = False
    tracks: bool = True

    def takes(self, lane: Lane) -> bool:
        """Return whether a lane is shown."""
        if self.only_recognised and not lane.bars:
            return False
        if lane.column is None and not self.tracks:
            return False
        return self.text.strip().casefold() in lane.name.casefold()


def action_lanes(history: History, language: str) -> list[Lane]:
    """Return a lane per label of every action head."""
    bars = defaultdict(list)
    for one in history.intervals():
        bars[one.head, one.label].append((one.start_s, one.end_s))
    colours = label_colours(history.heads)
    return [
        Lane(
            (head.name, label.en),
            label.zh if language == "zh" else label.en,
            colours[head.name, label.en],
            history.column(head.name, index),
            head.thresholds[index],
            tuple(bars[head.name, label.en]),
        )
        for head in history.heads
        for index, label in enumerate(head.labels)
    ]


def label_colours(heads: Iterable[HeadSpec]) -> dict[tuple[str, str], str]:
    """Return the colour of every (head, label); those that mean nothing are grey."""
    loud = itertools.cycle(LABEL_COLOURS)
    return {
        (head.name, label.en): UNTRACKED_COLOUR if label.en in head.quiet else next(loud)
        for head in heads
        for label in head.labels
    }


def track_lanes(
    tracks: Iterable[TrackSpan], box_head: HeadSpec | None, language: str
) -> list[Lane]:
    """Return a lane per tracked thing, those seen longest if there are too many."""
    if box_head is None:
        return []
    names = [label.zh if language == "zh" else label.en for label in box_head.labels]
    longest = sorted(tracks, key=_seconds, reverse=True)[:_TRACK_LANES]
    return [
        Lane(
            ("", str(track.track_id)),
            f"{names[track.class_id]} #{track.track_id}",
            identity_colour(track.track_id, track.class_id),
            None,
            0.0,
            track.spans,
        )
        for track in sorted(longest, key=lambda track: (track.start_s, track.track_id))
    ]


def events(lanes: Sequence[Lane], marks: Sequence[Mark]) -> list[float]:
    """Return the beginnings of all bars, and where memory broke off, in order and once each."""
    moments = sorted(
        [start_s for lane in lanes for start_s, _ in lane.bars]
        + [mark.pts_s for mark in marks if mark.kind is not Discontinuity.SEEK]
    )
    return [
        moment
        for place, moment in enumerate(moments)
        if place == 0 or moment - moments[place - 1] > _SAME_MOMENT_S
    ]


def next_event(moments: Sequence[float], here_s: float) -> float | None:
    """Return the first moment after `here_s`."""
    place = bisect_right(moments, here_s + _SAME_MOMENT_S)
    return moments[place] if place < len(moments) else None


def previous_event(moments: Sequence[float], here_s: float) -> float | None:
    """Return the last moment before `here_s`."""
    place = bisect_left(moments, here_s - _SAME_MOMENT_S)
    return moments[place - 1] if place else None


def _seconds(track: TrackSpan) -> float:
    return sum(end_s - start_s for start_s, end_s in track.spans)
