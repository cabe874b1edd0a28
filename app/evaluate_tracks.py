"""``longtake evaluate`` of boxes that are followed: kept identities, steady boxes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from engine.postprocess import decode_boxes
from engine.tracking.byte_tracker import ByteTracker
from models.data.boxes import BoxLabels
from models.data.class_folders import RECORDINGS
from models.data.recordings import load_readable, read_recording
from models.data.splits import DataError, LabelledFile
from models.data.track_sets import read_tracked
from models.evaluation.boxes_steadiness import FollowedClip, steady_figures
from models.evaluation.bundle import Report
from models.evaluation.streams import FASTEST_HZ, conditions, shown_frames
from models.evaluation.tracks import Followed, count_tracks, track_figures
from models.spec import HeadKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from engine.results import Detections
    from models.data.clips import Clip
    from models.data.track_sets import Known, TrackedRecording
    from models.evaluation.bundle import Request
    from models.evaluation.streams import Condition
    from models.evaluation.tracks import TrackCounts
    from models.spec import HeadSpec

_LONGEST_S: Final = 600.0


def evaluate_tracks(request: Request) -> Report:
    """Follow boxes as the app does, and measure how well identities are kept.

    Without memory the network's is emptied before every frame; the tracker keeps its own.

    Raises
    ------
    DataError
        If a file is broken, nothing can be read, or the bundle finds no boxes that are known.
    """
    recordings = read_tracked(request.data)
    head = _box_head(request)
    names = [label.en for label in head.labels]
    known = sorted({n for r in recordings for f in r.frames for n in f.labels} & set(names))
    if not known:
        raise DataError(f"{request.data}: the head {head.name!r} knows none of its objects")
    frame = request.manifest.input
    by_path = {recording.path: recording for recording in recordings}
    files, clips, skipped = load_readable(
        [LabelledFile(path, "", path.stem) for path in by_path],
        lambda f: read_recording(f, (frame.width, frame.height), FASTEST_HZ, _LONGEST_S),
    )
    follower = _Follower(request, head)
    found: dict[str, dict[str, float]] = {}
    for condition in conditions(frame.rate_hz, request.rates_hz):
        counts: list[TrackCounts] = []
        for file, clip in zip(files, clips, strict=True):
            counts += follower.follow(by_path[file.path], clip, condition, known)
        found[condition.name] = track_figures(counts, sum(float(c.times_s[-1]) for c in clips))
    return Report(head.name, tuple(known), len(files), found, tuple(skipped), ran_on=request.ran_on)


def evaluate_steadiness(request: Request) -> Report:
    """Follow boxes in recordings of which nothing is known, and measure how steady they are.

    Raises
    ------
    DataError
        If nothing can be read, or the bundle finds no boxes.
    """
    head = _box_head(request)
    paths = sorted(p for p in request.data.iterdir() if p.suffix.lower() in RECORDINGS)
    if not paths:
        raise DataError(f"{request.data} holds no recordings")
    frame = request.manifest.input
    _, clips, skipped = load_readable(
        [LabelledFile(path, "", path.stem) for path in paths],
        lambda f: read_recording(f, (frame.width, frame.height), FASTEST_HZ, _LONGEST_S),
    )
    follower = _Follower(request, head)
    found = {
        condition.name: steady_figures(
            [_followed(follower, clip, condition, request) for clip in clips]
        )
        for condition in conditions(frame.rate_hz, request.rates_hz)
    }
    names = tuple(label.en for label in head.labels)
    return Report(head.name, names, len(clips), found, tuple(skipped), ran_on=request.ran_on)


def _followed(
    follower: _Follower, clip: Clip, condition: Condition, request: Request
) -> FollowedClip:
    shown = shown_frames(clip.times_s, condition.rate_hz, request.is_early)
    found = follower.watch(clip, shown, memory=condition.memory)
    seen = [one.select(one.track_id >= 0) for one in found]
    boxes = [
        BoxLabels(one.xyxy, one.class_id.astype(np.int64), one.confidence, np.zeros(len(one), bool))
        for one in seen
    ]
    return FollowedClip(boxes, [one.track_id.astype(np.int64) for one in seen], clip.times_s[shown])


def _box_head(request: Request) -> HeadSpec:
    heads = [head for head in request.manifest.heads if head.kind is HeadKind.BOXES]
    if request.head is not None:
        heads = [head for head in heads if head.name == request.head]
    if not heads:
        raise DataError("the bundle has no head that finds boxes")
    return heads[0]


class _Follower:
    """Follows boxes as the app does, and keeps those that it would show."""

    def __init__(self, request: Request, head: HeadSpec) -> None:
        self.request, self.head = request, head

    def follow(
        self, recording: TrackedRecording, clip: Clip, condition: Condition, known: Sequence[str]
    ) -> list[TrackCounts]:
        """Return what is counted of each class that is known."""
        shown = shown_frames(clip.times_s, condition.rate_hz, self.request.is_early)
        found = self.watch(clip, shown, memory=condition.memory)
        nearest = np.abs(recording.times_s[None] - clip.times_s[shown][:, None]).argmin(axis=1)
        truth = [recording.frames[index] for index in nearest]
        counts = []
        for name in known:
            class_id = [label.en for label in self.head.labels].index(name)
            seen = [_of_class(one, class_id) for one in found]
            counts.append(count_tracks([_named(one, name) for one in truth], seen))
        return counts

    def watch(self, clip: Clip, shown: Sequence[int], *, memory: bool) -> list[Detections]:
        request, head, network = self.request, self.head, self.request.network
        thresholds, tracker = np.asarray(head.thresholds, np.float32), ByteTracker()
        floor = float(thresholds.min()) * ByteTracker.LOW_FRACTION
        gaps_s = np.diff(clip.times_s[shown], prepend=-1 / request.manifest.input.rate_hz)
        blank = state = network.init_state(1)
        width, height = request.manifest.input.width, request.manifest.input.height
        found = []
        for index, gap_s in zip(shown, gaps_s, strict=True):
            remembered = state if memory else blank
            outputs, state = network.look(clip.frames[index], remembered, float(gap_s))
            heads = {name: outputs[name] for name in head.output_names}
            boxes = decode_boxes(heads, head, width, height, confidence=floor)
            sure = boxes.confidence >= thresholds[boxes.class_id]
            found.append(tracker.update(boxes, sure, float(clip.times_s[index])))
        scale = np.array([width, height] * 2, np.float32)
        return [_scaled(one, scale) for one in found]


def _scaled(found: Detections, scale: NDArray[np.float32]) -> Detections:
    return replace(found, xyxy=found.xyxy / scale)


def _of_class(found: Detections, class_id: int) -> Followed:
    own = (found.class_id == class_id) & (found.track_id >= 0)
    return Followed(found.track_id[own].astype(np.int64), found.xyxy[own].astype(np.float64))


def _named(truth: Known, name: str) -> Followed:
    own = np.array([label == name for label in truth.labels], bool)
    return Followed(truth.ids[own], truth.xyxy[own])
