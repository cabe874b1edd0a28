"""What a label file says was seen, for the store that answers questions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.sinks.labels import read_labels
from engine.store import Sighting
from models.spec import HeadKind

if TYPE_CHECKING:
    from pathlib import Path

    from models.spec import Manifest


def sightings_in(labels: Path, manifest: Manifest) -> list[Sighting]:
    """Return the intervals of actions, and things while they were tracked, by their start.

    Parameters
    ----------
    manifest
        Of the model that made the labels.
    """
    chinese = {label.en: label.zh for head in manifest.heads for label in head.labels}
    boxes = next((head.name for head in manifest.heads if head.kind is HeadKind.BOXES), "")
    tracks: dict[int, Sighting] = {}
    found: list[Sighting] = []
    for line in read_labels(labels):
        if line["type"] == "frame":
            for box in line["detections"]:
                if box["track_id"] is not None:
                    _grow(tracks, box, line["pts_s"], boxes, chinese)
        elif line["type"] == "summary":
            found = [
                Sighting(
                    seen["head"],
                    seen["label"],
                    chinese.get(seen["label"], seen["label"]),
                    seen["start_s"],
                    seen["end_s"],
                    seen["peak"],
                )
                for seen in line["intervals"]
            ]
    order = [*found, *tracks.values()]
    return sorted(order, key=lambda seen: (seen.start_s, seen.head, seen.label))


def _grow(
    tracks: dict[int, Sighting],
    box: dict[str, Any],
    pts_s: float,
    head: str,
    chinese: dict[str, str],
) -> None:
    before = tracks.get(box["track_id"])
    label = before.label if before else box["label"]
    tracks[box["track_id"]] = Sighting(
        head,
        label,
        chinese.get(label, label),
        before.start_s if before else pts_s,
        pts_s,
        max(before.peak, box["confidence"]) if before else box["confidence"],
    )
