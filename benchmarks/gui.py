"""What the window costs while it plays 720p30 with twenty boxes, with and without its inspector.

``python -m benchmarks.gui [--bundle NAME] [--seconds S] [--rounds N] [--json FILE]``

A recording (H.264) is played at its own pace in the real window, offscreen, with boxes of so little
confidence that there are twenty. Ways take turns: the window alone, with the memory inspector, and
with its comparison against a model without memory.
"""

from __future__ import annotations

import json
import statistics
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.media import benchmark_clip
from benchmarks.report import print_table
from benchmarks.rounds import parser
from benchmarks.shown import shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.main_window import MainWindow
    from benchmarks.shown import Seen

_CONFIDENCE = 0.06


def _inspect(window: MainWindow, *, on: bool, compare: bool) -> None:
    window.actions_.show_inspector.setChecked(on)
    if on:
        window.inspector.compare_box.setChecked(compare)


_FIGURES: dict[str, Callable[[Seen], float]] = {
    "window's thread busy, %": lambda seen: 100 * seen.gui_busy,
    "late for its timer, p99, ms": lambda seen: float(np.percentile(seen.late_ms, 99)),
    "late for its timer, most, ms": lambda seen: max(seen.late_ms),
    "cores used": lambda seen: seen.cores,
    "frames painted a second": lambda seen: seen.rate_hz,
    "boxes": lambda seen: statistics.median(seen.boxes),
}
_WAYS = {
    "window": {"on": False, "compare": False},
    "memory inspector": {"on": True, "compare": False},
    "compared with no memory": {"on": True, "compare": True},
}


def main() -> None:
    options = parser("benchmarks.gui", __doc__, rounds=5)
    options.add_argument("--bundle", default="default")
    options.add_argument("--seconds", type=float, default=8, help="of each round and way")
    arguments = options.parse_args()
    found: dict[str, dict[str, list[float]]] = {}
    clip = str(benchmark_clip(900))
    with shown(clip, arguments.bundle, _CONFIDENCE) as window:
        for _ in range(arguments.rounds):
            for way, switches in _WAYS.items():
                _inspect(window.window, **switches)
                seen = window.watch(arguments.seconds)
                for name, figure in _FIGURES.items():
                    found.setdefault(name, {}).setdefault(way, []).append(figure(seen))
    rows = [
        (name, *(f"{statistics.median(by_way[way]):.2f}" for way in _WAYS))
        for name, by_way in found.items()
    ]
    print_table("The window, 720p30, medians of all rounds", ("", *_WAYS), rows)
    print("goals: thread ≤ 25 %, p99 ≤ 16 ms, cores ≤ 0.5, inspector ≤ 15 % fewer frames")
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(found, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
