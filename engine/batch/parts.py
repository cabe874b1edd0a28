"""A long recording in parts that are watched side by side, and joined again.

Each part begins with an empty memory some time before its first frame, and what is seen in that
time is not written: memory of a recurrent network fades, so a part that has warmed up long enough
says what the unsplit run says. How long is enough depends on the model; `docs/scale.md` has the
figures. A part that is done is a file, which is the checkpoint: a batch that was killed goes on
with the parts that are missing.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from engine.errors import SinkError
from engine.postprocess import box_iou
from engine.sinks.labels import read_labels
from engine.sinks.part_file import PartFile, write_error
from engine.tracking.assignment import best_pairs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from engine.batch.tasks import Task

Line = dict[str, Any]
_BRIDGED_IOU: Final = 0.5


def split(
    whole: Task, duration_s: float | None, part_s: float, warm_up_s: float, stamp: str
) -> list[Task]:
    """Return the parts of a recording, or itself when it is not longer than one and a half.

    Parameters
    ----------
    whole
        The task for all of it; parts lie beside its labels.
    stamp
        Of the recording as it is now: parts of what it was before must not be taken for its own.
    """
    count = 1 if duration_s is None else max(1, round(duration_s / part_s))
    if count == 1:
        return [whole]
    bounds = [None, *(i * part_s for i in range(1, count)), None]
    return [
        replace(
            whole,
            labels=whole.labels.with_name(f"{whole.labels.name}.{stamp}.{i:04}"),
            start_s=bounds[i],
            end_s=bounds[i + 1],
            warm_up_s=warm_up_s if i else 0.0,
        )
        for i in range(count)
    ]


def join(parts: Sequence[Path], target: Path) -> Line:
    """Write the labels of all parts as those of one recording, and remove the parts.

    Identities go on across a seam where a box of the same label lies in the same place; all others
    of a later part are new. Intervals that touch a seam on both sides become one.

    Returns
    -------
    dict
        The summary of the whole, as written.

    Raises
    ------
    SinkError
        When they cannot be read or written.
    """
    part_file = PartFile(target)
    line: Line = {}
    try:
        with part_file.path.open("w", encoding="utf-8") as file:
            for line in _Joiner().lines(parts):
                file.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")
        part_file.finish()
        for path in parts:
            path.unlink()
        return line
    except OSError as error:
        raise write_error(target, error) from error
    except (ValueError, KeyError) as error:
        for path in parts:
            path.unlink(missing_ok=True)
        raise SinkError(
            f"Parts of {target} are damaged and were removed.", "Run the batch again."
        ) from error


class _Joiner:
    """Carries over from part to part what one recording has only once."""

    def __init__(self) -> None:
        self._last: Line | None = None
        self._first_s = 0.0
        self._frames = self._drops = 0
        self._identities = 0
        self._intervals: list[Line] = []

    def lines(self, parts: Sequence[Path]) -> Iterator[Line]:
        """Yield the lines of the whole."""
        for number, path in enumerate(parts):
            lines = read_labels(path)
            header = next(lines)
            if number == 0:
                yield header
            yield from self._part(lines)
        yield self._summary()

    def _part(self, lines: Iterator[Line]) -> Iterator[Line]:
        before, names, first_s = self._last, dict[int, int](), None
        for line in lines:
            if line["type"] == "summary":
                self._take_summary(line, before, first_s)
                return
            if first_s is None:
                first_s = line["pts_s"]
                names = _same_things(before, line)
                self._first_s = self._first_s if before else first_s
            for box in line["detections"]:
                box["track_id"] = self._rename(box["track_id"], names)
            self._last = line
            yield line
        raise ValueError("a part has no summary")

    def _rename(self, identity: int | None, names: dict[int, int]) -> int | None:
        if identity is None:
            return None
        if identity not in names:
            names[identity] = self._identities + 1
        self._identities = max(self._identities, names[identity])
        return names[identity]

    def _take_summary(self, summary: Line, before: Line | None, first_s: float | None) -> None:
        self._frames += summary["frames"]
        self._drops += summary["drops"]
        for interval in summary["intervals"]:
            earlier = None
            if before is not None and interval["start_s"] == first_s:
                earlier = self._ending(interval, before["pts_s"])
            if earlier is None:
                self._intervals.append(interval)
            else:
                earlier["end_s"] = interval["end_s"]
                earlier["peak"] = max(earlier["peak"], interval["peak"])

    def _ending(self, interval: Line, at_s: float) -> Line | None:
        """Return the interval of the same label that ends at `at_s`."""
        for earlier in self._intervals:
            same = all(earlier[key] == interval[key] for key in ("head", "label"))
            if same and earlier["end_s"] == at_s:
                return earlier
        return None

    def _summary(self) -> Line:
        seconds = self._last["pts_s"] - self._first_s if self._last else 0.0
        order = ("start_s", "head", "label")
        return {
            "type": "summary",
            "frames": self._frames,
            "seconds": round(seconds, 6),
            "fps": round((self._frames - 1) / seconds, 4) if seconds > 0 else None,
            "drops": self._drops,
            "intervals": sorted(self._intervals, key=lambda seen: [seen[key] for key in order]),
        }


def _same_things(before: Line | None, after: Line) -> dict[int, int]:
    """Map identities of `after` to those of `before` that lie in the same place."""
    old = _tracked(before) if before else []
    new = _tracked(after)
    if not old or not new:
        return {}
    overlaps = box_iou(
        np.array([box["xyxy"] for box in new]), np.array([box["xyxy"] for box in old])
    )
    same_label = np.array([[a["label"] == b["label"] for b in old] for a in new])
    overlaps[~same_label] = 0.0
    return {
        new[row]["track_id"]: old[column]["track_id"]
        for row, column in best_pairs(overlaps)
        if overlaps[row, column] >= _BRIDGED_IOU
    }


def _tracked(line: Line) -> list[Line]:
    return [box for box in line["detections"] if box["track_id"] is not None]
