"""From results, frame by frame, to sightings: actions over intervals, things while tracked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from engine.recognitions import RecognitionTracker
from engine.store.seen import Sighting
from models.spec import HeadKind

if TYPE_CHECKING:
    from engine.recognitions import Recognition
    from engine.results import FrameResult
    from models.spec import Manifest

_FORGOTTEN_S: Final = 5.0
"""A track not seen for so long does not come back: the tracker gives up after one second."""


@dataclass(slots=True)
class _Track:
    class_id: int
    start_s: float
    end_s: float
    peak: float


class Collector:
    """Takes results in stream order; gives sightings once they are over."""

    def __init__(self, manifest: Manifest) -> None:
        self._box_head = next((h for h in manifest.heads if h.kind is HeadKind.BOXES), None)
        self._chinese = {
            (head.name, label.en): label.zh for head in manifest.heads for label in head.labels
        }
        self._actions = RecognitionTracker(
            [head for head in manifest.heads if head.kind is HeadKind.ACTIONS]
        )
        self._taken = 0
        self._tracks: dict[int, _Track] = {}

    def update(self, result: FrameResult) -> None:
        """Take the next frame's result."""
        self._actions.update(result)
        found = result.detections
        for track_id, class_id, confidence in zip(
            found.track_id.tolist(), found.class_id.tolist(), found.confidence.tolist(), strict=True
        ):
            if track_id < 0:
                continue
            track = self._tracks.get(track_id)
            if track is None:
                track = _Track(class_id, result.pts_s, result.pts_s, confidence)
                self._tracks[track_id] = track
            track.end_s = max(track.end_s, result.pts_s)
            track.start_s = min(track.start_s, result.pts_s)
            track.peak = max(track.peak, confidence)

    def take_finished(self, now_s: float) -> list[Sighting]:
        """Return what is over at stream time `now_s` and was not returned before."""
        closed = self._actions.closed
        fresh, self._taken = closed[self._taken :], len(closed)
        over = [key for key, track in self._tracks.items() if now_s - track.end_s > _FORGOTTEN_S]
        return [
            *map(self._of_action, fresh),
            *(self._of_track(self._tracks.pop(key)) for key in over),
        ]

    def finish(self) -> list[Sighting]:
        """End everything and return what was not returned before, by its start."""
        before = set(self._actions.closed[: self._taken])
        rest = [seen for seen in self._actions.finish() if seen not in before]
        tracks = [self._of_track(track) for track in self._tracks.values()]
        self._tracks.clear()
        found = [*map(self._of_action, rest), *tracks]
        return sorted(found, key=lambda seen: (seen.start_s, seen.head, seen.label))

    def _of_action(self, seen: Recognition) -> Sighting:
        chinese = self._chinese[seen.head, seen.label]
        return Sighting(seen.head, seen.label, chinese, seen.start_s, seen.end_s, seen.peak)

    def _of_track(self, track: _Track) -> Sighting:
        assert self._box_head is not None
        label = self._box_head.labels[track.class_id]
        return Sighting(
            self._box_head.name, label.en, label.zh, track.start_s, track.end_s, track.peak
        )
