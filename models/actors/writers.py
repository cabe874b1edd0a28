"""Writing clips and their truth: H.264 video, JSON lines as `longtake annotate` writes, COCO."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import av

from models.actors.cast import KEYPOINTS
from models.actors.clip import VERSION
from models.actors.motions import LABELS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from models.actors.clip import ActorsClip
    from models.actors.renderer import Renderer
    from models.actors.truth import FrameTruth, PersonTruth, TrackInterval

HEAD: Final = "actors"
"""Name under which the actions stand in the JSON lines."""

_TIME_BASE: Final = Fraction(1, 90_000)
_BONES: Final = (
    (16, 14), (14, 12), (17, 15), (15, 13), (12, 13), (6, 12), (7, 13), (6, 7), (6, 8), (7, 9),
    (8, 10), (9, 11), (2, 3), (1, 2), (1, 3), (2, 4), (3, 5), (4, 6), (5, 7),
)  # fmt: skip


def write_clip(
    clip: ActorsClip,
    video: Path | None,
    labels: Path | None = None,
    *,
    renderer: Renderer | None = None,
    crf: int = 23,
) -> list[FrameTruth]:
    """Draw `clip` into an MP4 and a truth file; either may be None. Return the truth.

    Each file appears under its name only when it is complete.

    Raises
    ------
    RendererUnavailableError
        If OpenGL cannot be used.
    OSError
        If a file cannot be written.
    """
    truths: list[FrameTruth] = []
    if video is None:
        truths = [truth for _, truth in clip.frames(renderer)]
    else:
        part = video.with_name(video.name + ".part")
        try:
            _encode(part, _noting(clip.frames(renderer), truths), clip.size, crf)
            part.replace(video)
        finally:
            part.unlink(missing_ok=True)
    if labels is not None:
        part = labels.with_name(labels.name + ".part")
        lines = truth_lines(clip, truths, source=video.name if video else "")
        part.write_text("".join(json.dumps(line) + "\n" for line in lines))
        part.replace(labels)
    return truths


def _noting(
    frames: Iterator[tuple[NDArray[np.uint8], FrameTruth]], truths: list[FrameTruth]
) -> Iterator[tuple[NDArray[np.uint8], float]]:
    """Pass pictures and times on, and keep the truth."""
    for image, truth in frames:
        truths.append(truth)
        yield image, truth.pts_s


def _encode(
    path: Path,
    frames: Iterator[tuple[NDArray[np.uint8], float]],
    size: tuple[int, int],
    crf: int,
) -> None:
    """Write H.264 yuv420p with true time stamps; one thread, so that equal input is equal file."""
    with av.open(path, "w", format="mp4", options={"movflags": "faststart"}) as container:
        stream = container.add_stream("libx264", rate=30)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        stream.time_base = _TIME_BASE
        stream.codec_context.time_base = _TIME_BASE
        stream.options = {"crf": str(crf), "preset": "veryfast", "threads": "1"}
        for image, pts_s in frames:
            frame = av.VideoFrame.from_ndarray(image, format="rgb24")
            frame.pts, frame.time_base = round(pts_s / _TIME_BASE), _TIME_BASE
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def truth_lines(
    clip: ActorsClip, truths: Sequence[FrameTruth], *, source: str
) -> Iterator[dict[str, Any]]:
    """Yield header, frames and summary in the format of `longtake annotate`.

    Each line has one key more, ``truth``, that a reader of that format may ignore.
    """
    yield {
        "type": "header",
        "schema": 1,
        "software": f"longtake actors {VERSION}",
        "source": {
            "title": source,
            "kind": "test",
            "width": clip.size[0],
            "height": clip.size[1],
        },
        "bundle": {"name": "truth", "version": str(VERSION)},
        "backend": "truth",
        "heads": {HEAD: {"kind": "actions", "labels": list(LABELS), "thresholds": []}},
        "truth": {"seed": clip.seed, "view": clip.view, "keypoints": list(KEYPOINTS)},
    }
    for truth in truths:
        yield _frame_line(truth)
    seconds = float(clip.times_s[-1])
    yield {
        "type": "summary",
        "frames": len(truths),
        "seconds": round(seconds, 6),
        "fps": round((len(truths) - 1) / seconds, 3) if seconds else None,
        "drops": 0,
        "intervals": [{"head": HEAD, **_interval(e), "peak": 1.0} for e in clip.intervals()],
        "truth": {
            "intervals": [{"track_id": e.track_id, **_interval(e)} for e in clip.intervals()]
        },
    }


def _interval(entry: TrackInterval) -> dict[str, Any]:
    interval = entry.interval
    return {
        "label": interval.label,
        "start_s": round(interval.start_s, 3),
        "end_s": round(interval.end_s, 3),
    }


def _frame_line(truth: FrameTruth) -> dict[str, Any]:
    holds = truth.actions
    return {
        "type": "frame",
        "index": truth.index,
        "pts_s": round(truth.pts_s, 6),
        "detections": [
            {
                "xyxy": [float(v) for v in person.xyxy],
                "label": "person",
                "confidence": 1.0,
                "track_id": person.track_id,
            }
            for person in truth.people
            if person.xyxy is not None
        ],
        "actions": {HEAD: {label: float(label in holds) for label in LABELS}},
        "discontinuity": "start" if truth.index == 0 else None,
        "truth": {"people": [_person(person) for person in truth.people]},
    }


def _person(person: PersonTruth) -> dict[str, Any]:
    return {
        "track_id": person.track_id,
        "xyxy": None if person.xyxy is None else [float(v) for v in person.xyxy],
        "visible": round(person.visible, 3),
        "actions": sorted(person.actions),
        "keypoints": [round(float(v), 1) for v in person.keypoints.ravel()],
    }


def coco(clips: Sequence[tuple[str, tuple[int, int], Sequence[dict[str, Any]]]]) -> dict[str, Any]:
    """Return COCO's JSON of the frames of several clips.

    Parameters
    ----------
    clips
        Per clip the name of its video, its width and height, and the lines of its truth file.
        An image is named ``<video>#<index>``; ``visible`` and ``actions`` are fields of our own.
    """
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for name, (width, height), lines in clips:
        for line in lines:
            if line["type"] != "frame":
                continue
            image = {"id": len(images) + 1, "file_name": f"{name}#{line['index']}"}
            images.append(image | {"width": width, "height": height, "pts_s": line["pts_s"]})
            for found in line["truth"]["people"]:
                if found["xyxy"] is None:
                    continue
                x1, y1, x2, y2 = found["xyxy"]
                flags = found["keypoints"][2::3]
                annotations.append(
                    {
                        "id": len(annotations) + 1,
                        "image_id": len(images),
                        "category_id": 1,
                        "bbox": [x1, y1, x2 - x1, y2 - y1],
                        "area": (x2 - x1) * (y2 - y1),
                        "iscrowd": 0,
                        "keypoints": found["keypoints"],
                        "num_keypoints": sum(flag > 0 for flag in flags),
                        "track_id": found["track_id"],
                        "visible": found["visible"],
                        "actions": found["actions"],
                    }
                )
    category = {"id": 1, "name": "person", "keypoints": list(KEYPOINTS), "skeleton": _BONES}
    return {"images": images, "annotations": annotations, "categories": [category]}
