"""The truth about frames as the lines that ``longtake annotate`` writes (docs/labels.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from models.actors.motions import LABELS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from models.actors.truth import FrameTruth, TrackInterval

HEAD: Final = "actors"
"""Name of the head under which the actions stand."""


def label_lines(
    truths: Sequence[FrameTruth],
    intervals: Sequence[TrackInterval],
    *,
    title: str,
    size: tuple[int, int],
    version: int,
    cuts: frozenset[int] = frozenset(),
) -> Iterator[dict[str, Any]]:
    """Yield header, frames and summary; what is true has the probability 1.

    Parameters
    ----------
    intervals
        When each label of each person holds.
    size
        Width and height in pixels.
    cuts
        Indices of frames with which another scene begins.
    """
    yield {
        "type": "header",
        "schema": 1,
        "software": f"longtake actors {version}",
        "source": {"title": title, "kind": "test", "width": size[0], "height": size[1]},
        "bundle": {"name": "truth", "version": str(version)},
        "backend": "truth",
        "heads": {HEAD: {"kind": "actions", "labels": list(LABELS), "thresholds": []}},
    }
    for truth in truths:
        yield _frame_line(truth, cut=truth.index in cuts)
    seconds = truths[-1].pts_s - truths[0].pts_s
    yield {
        "type": "summary",
        "frames": len(truths),
        "seconds": round(seconds, 6),
        "fps": round((len(truths) - 1) / seconds, 3) if seconds else None,
        "drops": 0,
        "intervals": [_interval(entry) for entry in intervals],
    }


def _interval(entry: TrackInterval) -> dict[str, Any]:
    at = entry.interval
    return {
        "head": HEAD,
        "label": at.label,
        "start_s": round(at.start_s, 3),
        "end_s": round(at.end_s, 3),
        "peak": 1.0,
    }


def _frame_line(truth: FrameTruth, *, cut: bool) -> dict[str, Any]:
    holds = truth.actions
    return {
        "type": "frame",
        "index": truth.index,
        "pts_s": round(truth.pts_s, 6),
        "detections": [
            {
                "xyxy": person.xyxy.tolist(),
                "label": "person",
                "confidence": 1.0,
                "track_id": person.track_id,
            }
            for person in truth.people
            if person.xyxy is not None
        ],
        "actions": {HEAD: {label: int(label in holds) for label in LABELS}},
        "discontinuity": "start" if truth.index == 0 else "scene-cut" if cut else None,
    }
