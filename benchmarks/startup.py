"""Seconds from the command to what was asked for.

``python -m benchmarks.startup [--rounds N] [--json FILE]``

The window is timed until a picture of it, with the first frame annotated, is saved; offscreen.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from benchmarks.children import longtake
from benchmarks.media import benchmark_clip
from benchmarks.rounds import interleave, parser, tell

GOAL_S = 2.0
_TORCH = re.compile(r"\|\s+torch$", re.MULTILINE)


def main() -> None:
    arguments = parser("benchmarks.startup", __doc__, rounds=5).parse_args()
    clip = str(benchmark_clip(90))
    with tempfile.TemporaryDirectory() as folder:
        picture = str(Path(folder) / "window.png")
        window = "gui", clip, "--screenshot", picture
        # Also lets the choice of a runtime be remembered, which a first start takes seconds for.
        imports = longtake(*window, PYTHONPROFILEIMPORTTIME="1").errors
        ways = {
            "--version": lambda: longtake("--version").seconds,
            "annotate, 3 frames": lambda: (
                longtake("annotate", clip, "--no-video", "--end", "0.1", "-q").seconds
            ),
            "gui, first annotated frame": lambda: longtake(*window).seconds,
        }
        figures = interleave(ways, arguments.rounds)
    tell("From the command on", "seconds", figures, {}, arguments.json)
    print(f"goal: gui ≤ {GOAL_S:g} s; imports torch: {'yes' if _TORCH.search(imports) else 'no'}")


if __name__ == "__main__":
    main()
