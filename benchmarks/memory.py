"""The most memory that a process holds at once, in megabytes (RSS).

``python -m benchmarks.memory [--bundle NAME] [--seconds S] [--rounds N] [--json FILE]``
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.children import longtake
from benchmarks.media import benchmark_clip
from benchmarks.rounds import interleave, parser, tell


def main() -> None:
    options = parser("benchmarks.memory", __doc__, rounds=3)
    options.add_argument("--bundle", default="default")
    options.add_argument("--seconds", type=float, default=15, help="that the window streams")
    arguments = options.parse_args()
    clip, bundle = str(benchmark_clip(300)), ("--bundle", arguments.bundle)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.mp4"

        def export() -> float:
            out.unlink(missing_ok=True)
            return longtake("annotate", clip, "-o", str(out), "-q", *bundle).peak_mb

        ways = {
            "annotate --no-video": lambda: (
                longtake("annotate", clip, "--no-video", "-q", *bundle).peak_mb
            ),
            "annotate -o, 720p": export,
            "window streaming 720p": lambda: (
                longtake("gui", clip, *bundle, end_s=arguments.seconds).peak_mb
            ),
        }
        figures = interleave(ways, arguments.rounds)
    tell("Most memory held at once", "MB", figures, {}, arguments.json)
    print("goals: annotate --no-video ≤ 250, window ≤ 450")


if __name__ == "__main__":
    main()
