"""How steady boxes are from frame to frame, with memory and without; needs no labels.

Run as ``python -m models.evaluation.boxes_steadiness --weights boxes.safetensors --video a.mp4``.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final

import av
import cv2
import numpy as np
import torch

from models.data.boxes_geometry import iou
from models.data.boxes_motion import INPUT_SIZE
from models.data.boxes_prepare import FrozenEncoder
from models.evaluation.boxes import Watcher, load_head

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from models.data.boxes import BoxLabels
    from models.data.boxes_geometry import Ints

_SAME: Final = 0.3
"""From this overlap on, a box in the next frame is taken for the same object."""


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


def read_chunks(video: Path, frames: int) -> Iterator[NDArray[np.uint8]]:
    """Yield all frames of a video at the input's size, (T, 288, 384, 3), `frames` at a time."""
    pending: list[NDArray[np.uint8]] = []
    with av.open(str(video)) as container:
        for frame in container.decode(video=0):
            picture = cv2.resize(frame.to_ndarray(format="rgb24"), INPUT_SIZE)
            pending.append(np.asarray(picture, np.uint8))
            if len(pending) == frames:
                yield np.stack(pending)
                pending = []
    if pending:
        yield np.stack(pending)


def compare(watcher: Watcher, video: Path, confidence: float) -> dict[str, Steadiness]:
    """Return the steadiness of a video's boxes with memory and without."""
    carried: list[BoxLabels] = []
    reset: list[BoxLabels] = []
    state = watcher.head.init_state(1)
    for frames in read_chunks(video, 32):
        found, state = watcher.resume(frames, state)
        carried.extend(found)
        reset.extend(watcher.look(frames))
    return {
        "memory": steadiness(carried, confidence),
        "without_memory": steadiness(reset, confidence),
    }


def main() -> None:
    """Run from the command line: figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--video", type=Path, required=True)
    parser.add_argument("--confidence", type=float, default=0.3)
    parser.add_argument("--cache", type=Path, default=Path("cache/boxes"))
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    watcher = Watcher(FrozenEncoder(arguments.cache), load_head(arguments.weights))
    got = compare(watcher, arguments.video, arguments.confidence)
    print(json.dumps({name: vars(figures) for name, figures in got.items()}, indent=2))


if __name__ == "__main__":
    main()
