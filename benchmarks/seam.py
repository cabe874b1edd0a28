"""How long a part of a recording has to warm up until it says what the unsplit run says.

    python -m benchmarks.seam CLIP --at 30 --until 60 --warm-up 5 --warm-up 20

Watches the clip whole, and from `--at` on with each warm-up, and prints how far probabilities are
apart in the first seconds after the seam.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from benchmarks.report import print_table
from engine.batch.analyst import Analyst
from engine.batch.tasks import Setup, Task

_STEPS_S: Final = (0.0, 1.0, 5.0, 15.0, 1e9)


def watch(analyst: Analyst, clip: Path, **part: float | None) -> list[dict[str, Any]]:
    """Return the label lines of a part's frames."""
    with tempfile.TemporaryDirectory() as folder:
        labels = Path(folder) / "labels.jsonl"
        outcome = analyst.watch(Task(1, clip, labels, **part), lambda share: None)  # type: ignore[arg-type]
        if outcome.reason:
            raise SystemExit(outcome.reason)
        lines = [json.loads(line) for line in labels.read_text(encoding="utf-8").splitlines()]
    return [line for line in lines if line["type"] == "frame"]


def apart(a: dict[str, Any], b: dict[str, Any]) -> float:
    """Return the greatest difference of any action's probability in two frames."""
    return max(
        abs(float(p) - float(b["actions"][head][label]))
        for head, labels in a["actions"].items()
        for label, p in labels.items()
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("clip", type=Path)
    parser.add_argument("--at", type=float, required=True)
    parser.add_argument("--until", type=float, required=True)
    parser.add_argument("--warm-up", type=float, action="append", required=True)
    parser.add_argument("--bundle", default="default")
    options = parser.parse_args()
    analyst = Analyst(Setup(options.bundle, "openvino", 1, None))
    whole = watch(analyst, options.clip, end_s=options.until)
    after = [line for line in whole if line["pts_s"] >= options.at - 1e-6]
    rows = []
    for warm_up_s in options.warm_up:
        part = watch(
            analyst, options.clip, start_s=options.at, end_s=options.until, warm_up_s=warm_up_s
        )
        assert [line["pts_s"] for line in part] == [line["pts_s"] for line in after]
        far = [(a["pts_s"] - options.at, apart(a, b)) for a, b in zip(after, part, strict=True)]
        shares = [
            max((d for at_s, d in far if low <= at_s < high), default=0.0)
            for low, high in pairwise(_STEPS_S)
        ]
        rows.append((f"{warm_up_s:.0f} s", *(f"{share:.4f}" for share in shares)))
    columns = ("warm-up", "first second", "to 5 s", "to 15 s", "after")
    print_table(f"{options.clip.name}: greatest difference of a probability", columns, rows)


if __name__ == "__main__":
    main()
