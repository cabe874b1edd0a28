"""Seeking shows what playing shows, to the bit, and leaves the same memory."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

import numpy as np

from engine.verify.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.verify.playing import Seen, WindowPlay

CHECK: Final = "seek exactness"
_LONGEST_S: Final = 60.0


def check_seeks(window: WindowPlay, played: Sequence[Seen], targets: int, seed: int) -> Outcome:
    """Jump to `targets` frames at random, in a recording that was played to its end.

    Each time the result and, once it has caught up, all of memory must be those of playing.
    """
    rng = np.random.default_rng(seed)
    chosen = rng.choice(len(played), targets, replace=targets > len(played))
    wrong_results, wrong_memory, shown_ms, settled_ms = [], [], [], []
    for number in chosen:
        truth = played[number]
        begun = time.perf_counter()
        window.seek(truth.pts_s, _LONGEST_S)
        shown_ms.append((time.perf_counter() - begun) * 1e3)
        found = window.settled(_LONGEST_S)
        settled_ms.append((time.perf_counter() - begun) * 1e3)
        if found is None or (found.index, found.result) != (truth.index, truth.result):
            wrong_results.append(truth.index)
        elif found.memory != truth.memory:
            wrong_memory.append(truth.index)
    wrong = sorted({*wrong_results, *wrong_memory})
    right = targets - len(wrong_results) - len(wrong_memory)
    detail = f"{right} of {targets} targets identical, results and memory"
    if wrong:
        detail += f"; different at frames {', '.join(map(str, wrong[:8]))}"
    return Outcome.judged(
        CHECK,
        not wrong,
        detail,
        {
            "targets": float(targets),
            "identical": float(right),
            "median_shown_ms": float(np.median(shown_ms)),
            "p95_shown_ms": float(np.percentile(shown_ms, 95)),
            "median_settled_ms": float(np.median(settled_ms)),
        },
    )
