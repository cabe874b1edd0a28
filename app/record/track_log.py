"""When each tracked thing was in the picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from engine.results import FrameResult

_BRIDGED_S: Final = 0.5
_TRACKS_LIMIT: Final = 2000


@dataclass(frozen=True, slots=True)
class TrackSpan:
    """One tracked thing.

    Attributes
    ----------
    class_id
        Of the box head's labels, as seen last.
    spans
        Stretches of time in which it was seen, (start_s, end_s), ascending and apart.
    """

    track_id: int
    class_id: int
    spans: tuple[tuple[float, float], ...]

    @property
    def start_s(self) -> float:
        """When it was first seen."""
        return self.spans[0][0]


class TrackLog:
    """Grows a `TrackSpan` per identity; the oldest go when there are too many."""

    def __init__(self) -> None:
        self._classes: dict[int, int] = {}
        self._spans: dict[int, list[tuple[float, float]]] = {}
        self._seen_s: dict[int, float] = {}

    def put(self, result: FrameResult, *, follows: bool) -> None:
        """Take note of a frame; `follows` says that it comes right after the one noted last.

        Where memory is approximate identities are not those of playing, and are left out.
        """
        if not result.exact:
            return
        found = result.detections
        for track_id, class_id in zip(
            found.track_id.tolist(), found.class_id.tolist(), strict=True
        ):
            if track_id >= 0:
                self._classes[track_id] = class_id
                self._extend(track_id, result.pts_s, follows)
        while len(self._spans) > _TRACKS_LIMIT:
            oldest = next(iter(self._spans))
            del self._spans[oldest], self._classes[oldest], self._seen_s[oldest]

    def clear(self) -> None:
        """Forget everything."""
        self._classes.clear()
        self._spans.clear()
        self._seen_s.clear()

    def tracks(self) -> list[TrackSpan]:
        """Return every track, in order of appearance."""
        found = [
            TrackSpan(track_id, self._classes[track_id], tuple(spans))
            for track_id, spans in self._spans.items()
        ]
        return sorted(found, key=lambda track: (track.start_s, track.track_id))

    def _extend(self, track_id: int, pts_s: float, follows: bool) -> None:
        spans, before_s = self._spans.setdefault(track_id, []), self._seen_s.get(track_id)
        self._seen_s[track_id] = pts_s
        bridged = follows and before_s is not None and 0 <= pts_s - before_s <= _BRIDGED_S
        from_s = before_s if bridged and before_s is not None else pts_s
        if spans and spans[-1][0] <= from_s <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], pts_s))
        else:
            spans[:] = join_spans([*spans, (from_s, pts_s)])


def join_spans(spans: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the union of stretches of time, in order."""
    joined: list[tuple[float, float]] = []
    for start_s, end_s in sorted(spans):
        if joined and start_s <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end_s))
        else:
            joined.append((start_s, end_s))
    return joined
