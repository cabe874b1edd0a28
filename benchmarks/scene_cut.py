"""How well scene cuts are found: real clips, spliced where it is known.

Usage: ``python -m benchmarks.scene_cut [DATA]``. Every pair of clips makes one splice; the clips
themselves, whole, hold none. Clips are halved by name: thresholds were tuned on one half only.
"""

from __future__ import annotations

import hashlib
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import av
import cv2

from engine.scene_cut import SceneCutDetector

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    Clip = list[NDArray[np.uint8]]

_SETS: Final = ("tennis", "fight", "room", "interaction", "weizmann")
_PER_SET: Final = 24
_MOST_FRAMES: Final = 120
_SIDE: Final = 224


@dataclass
class Tally:
    """Cuts found where they are, found where none is, and missed."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    frames: int = 0
    ns: int = 0

    def __str__(self) -> str:
        found, there = self.right + self.wrong, self.right + self.missed
        return (
            f"precision {self.right / max(1, found):.3f}  recall {self.right / max(1, there):.3f}  "
            f"({there} cuts, {self.wrong} false in {self.frames} frames, "
            f"{self.ns / max(1, self.frames) / 1e3:.0f} µs a frame)"
        )


def held_out(path: Path) -> bool:
    """Return whether a clip belongs to the half that thresholds were not tuned on."""
    return hashlib.sha256(path.name.encode()).digest()[0] % 2 == 1


def read_clip(path: Path) -> Clip:
    """Return the first frames as the model sees them, (224, 224, 3) RGB."""
    with av.open(str(path), metadata_errors="replace") as container:
        container.streams.video[0].codec_context.thread_count = 1
        return [
            frame.to_ndarray(width=_SIDE, height=_SIDE, format="rgb24")
            for _, frame in zip(range(_MOST_FRAMES), container.decode(video=0), strict=False)
        ]


def choose(data: Path, *, test: bool) -> dict[str, list[Path]]:
    """Return up to `_PER_SET` clips of each set, spread evenly over it."""
    chosen = {}
    for name in _SETS:
        clips = sorted(p for p in (data / name).rglob("*") if p.suffix in (".mp4", ".avi"))
        half = [clip for clip in clips if held_out(clip) is test]
        chosen[name] = half[:: max(1, len(half) // _PER_SET)][:_PER_SET]
    return chosen


def splices(clips: Sequence[Clip]) -> Iterator[tuple[Clip, int]]:
    """Yield each clip continued by the middle of another, and where that begins."""
    for i, clip in enumerate(clips):
        other = clips[(i + 1 + len(clips) // 3) % len(clips)]
        first, then = clip[: max(2, len(clip) * 2 // 3)], other[len(other) // 3 :]
        yield [*first, *then], len(first)


def count(tally: Tally, frames: Clip, cut: int | None) -> None:
    """Run a new detector over frames whose one cut, if any, is known."""
    detector = SceneCutDetector()
    begun = time.perf_counter_ns()
    found = {i for i, frame in enumerate(frames) if detector.update(frame)}
    tally.ns += time.perf_counter_ns() - begun
    true = set() if cut is None else {cut}
    tally.right += len(found & true)
    tally.wrong += len(found - true)
    tally.missed += len(true - found)
    tally.frames += len(frames)


def measure(groups: dict[str, list[Clip]]) -> dict[str, Tally]:
    """Return tallies within each set, and of splices between sets."""
    tallies = {name: Tally() for name in (*groups, "between sets")}
    for name, clips in groups.items():
        for clip in clips:
            count(tallies[name], clip, None)
        for frames, cut in splices(clips):
            count(tallies[name], frames, cut)
    # Interleaved, so that neighbours are of different sets.
    mixed = [clip for row in zip(*groups.values(), strict=False) for clip in row]
    for frames, cut in splices(mixed):
        count(tallies["between sets"], frames, cut)
    return tallies


def main() -> None:
    cv2.setNumThreads(1)
    data = Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data")
    for test in (False, True):
        print("held-out half" if test else "half that thresholds were tuned on")
        groups = {
            name: [read_clip(path) for path in paths]
            for name, paths in choose(data, test=test).items()
        }
        tallies = measure({name: clips for name, clips in groups.items() if clips})
        total = Tally()
        for name, tally in tallies.items():
            print(f"  {name:14}{tally}")
            for field in ("right", "wrong", "missed", "frames", "ns"):
                setattr(total, field, getattr(total, field) + getattr(tally, field))
        print(f"  {'all':14}{total}")


if __name__ == "__main__":
    main()
