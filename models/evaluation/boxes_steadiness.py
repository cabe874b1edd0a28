"""How steady boxes and identities are from frame to frame; needs no labels."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from models.data.boxes_geometry import iou

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from models.data.boxes import BoxLabels
    from models.data.boxes_geometry import Ints

_SAME: Final = 0.3
"""From this overlap on, a box in the next frame is taken for the same object."""
_LOST_S: Final = 2.0
_MINUTE_S: Final = 60.0


@dataclass(frozen=True)
class Steadiness:
    """Figures of one video.

    Attributes
    ----------
    lost_per_box
        Share of boxes that have no successor in the next frame.
    jitter
        Mean second difference of a box's four sides over three frames, in its own height.
    boxes_per_frame
        Mean number of boxes.
    """

    lost_per_box: float
    jitter: float
    boxes_per_frame: float


def steadiness(frames: list[BoxLabels], confidence: float) -> Steadiness:
    """Return how steady the boxes with at least `confidence` are.

    Raises
    ------
    ValueError
        If there are fewer than three frames.
    """
    if len(frames) < 3:
        raise ValueError("steadiness needs at least three frames")
    sure = [frame.select(frame.score >= confidence) for frame in frames]
    following = [successors(a, b) for a, b in pairwise(sure)]
    links = np.concatenate(following)
    bends = [_bends(sure[t : t + 3], following[t], following[t + 1]) for t in range(len(sure) - 2)]
    every = np.concatenate(bends)
    return Steadiness(
        lost_per_box=float((links < 0).mean()) if len(links) else 0.0,
        jitter=float(every.mean()) if len(every) else 0.0,
        boxes_per_frame=float(np.mean([len(frame) for frame in sure])),
    )


def successors(now: BoxLabels, then: BoxLabels) -> Ints:
    """Return for each box of `now` its index in `then`, -1 if it has none; best overlaps first."""
    overlap = iou(now.xyxy, then.xyxy) * (now.class_id[:, None] == then.class_id)
    found = np.full(len(now), -1, np.int64)
    taken = np.zeros(len(then), bool)
    for flat in np.argsort(-overlap, axis=None, kind="stable"):
        first, second = np.unravel_index(flat, overlap.shape)
        if overlap[first, second] < _SAME:
            break
        if found[first] < 0 and not taken[second]:
            found[first] = second
            taken[second] = True
    return found


def _bends(frames: list[BoxLabels], first: Ints, second: Ints) -> NDArray[np.float32]:
    start = np.flatnonzero(first >= 0)
    middle = first[start]
    whole = second[middle] >= 0
    start, middle = start[whole], middle[whole]
    before, now, after = (
        frames[0].xyxy[start],
        frames[1].xyxy[middle],
        frames[2].xyxy[second[middle]],
    )
    height = np.maximum(now[:, 3] - now[:, 1], 1e-6)[:, None]
    return np.asarray((np.abs(before - 2 * now + after) / height).mean(1), np.float32)


@dataclass(frozen=True)
class FollowedClip:
    """One recording: the boxes of each frame, (N,) identities of each, and (T,) seconds."""

    frames: list[BoxLabels]
    ids: list[NDArray[np.int64]]
    times_s: NDArray[np.float64]


def steady_figures(clips: Sequence[FollowedClip]) -> dict[str, float]:
    """Return the figures of several recordings, each weighing as much as it has boxes or lasts."""
    minutes = sum(float(clip.times_s[-1] - clip.times_s[0]) for clip in clips) / _MINUTE_S
    each = [steadiness(clip.frames, 0.0) for clip in clips]
    boxes = np.array([sum(map(len, clip.frames)) for clip in clips], float)
    share = boxes / max(boxes.sum(), 1.0)
    breaks = sum(count_breaks(clip.frames, clip.ids, clip.times_s) for clip in clips)
    identities = sum(len({int(n) for names in clip.ids for n in names}) for clip in clips)
    return {
        "switches_per_minute": breaks / minutes,
        "identities_per_minute": identities / minutes,
        "boxes_without_successor": float(share @ [one.lost_per_box for one in each]),
        "jitter": float(share @ [one.jitter for one in each]),
        "boxes_per_frame": float(boxes.sum() / sum(len(clip.frames) for clip in clips)),
    }


@dataclass(frozen=True, eq=False)
class Ended:
    """An identity that is seen no more: its class, its last box and when that was."""

    class_id: int
    xyxy: NDArray[np.float32]
    time_s: float


def count_breaks(
    frames: Sequence[BoxLabels], ids: Sequence[NDArray[np.int64]], times_s: NDArray[np.float64]
) -> int:
    """Return how often something goes on under another identity.

    Counted is an identity that begins where one of its class ended: at an overlap of 0.3 or more,
    within two seconds, each end once. Two that change places are not noticed, and one that comes
    where another has just left is, so it is for comparing runs on the same recording.

    Parameters
    ----------
    ids
        (N,) of each frame's boxes.
    """
    last = {int(name): t for t, names in enumerate(ids) for name in names}
    known: set[int] = set()
    ended: list[Ended] = []
    breaks = 0
    for t, (boxes, names) in enumerate(zip(frames, ids, strict=True)):
        ended = [one for one in ended if times_s[t] - one.time_s <= _LOST_S]
        for row, name in enumerate(names.tolist()):
            if name not in known and (before := _ended_here(boxes, row, ended)) is not None:
                ended.remove(before)
                breaks += 1
        known.update(names.tolist())
        ended += [
            Ended(int(boxes.class_id[row]), boxes.xyxy[row], float(times_s[t]))
            for row, name in enumerate(names.tolist())
            if last[name] == t
        ]
    return breaks


def _ended_here(boxes: BoxLabels, row: int, ended: Sequence[Ended]) -> Ended | None:
    alike = [one for one in ended if one.class_id == boxes.class_id[row]]
    if not alike:
        return None
    overlaps = iou(boxes.xyxy[row : row + 1], np.stack([one.xyxy for one in alike]))[0]
    best = int(overlaps.argmax())
    return alike[best] if overlaps[best] >= _SAME else None
