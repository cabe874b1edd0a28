"""Milliseconds a frame by runtime, precision and number of threads, on one bundle.

``python -m benchmarks.model [--bundle NAME] [--rounds N] [--json FILE]``

The int8 rows need ``longtake quantize`` to have been run; no row asks whether it drifts.
"""

from __future__ import annotations

import os
import statistics
from functools import partial
from typing import TYPE_CHECKING

from benchmarks.rounds import interleave, parser, tell
from engine.backends.choice import PROVIDERS, load_in, measure_step_ms
from engine.backends.precision import Precision, fast_runtimes
from engine.bundle import load_bundle
from engine.drift.store import load_variant
from engine.errors import LongtakeError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.backends import Backend
    from engine.bundle import Bundle


def load_all(bundle: Bundle) -> Iterator[tuple[str, Backend]]:
    """Yield every combination that can be had; say of the others why not."""
    for name in PROVIDERS:
        for precision in Precision:
            if precision is not Precision.F32 and name not in fast_runtimes(precision):
                continue
            for threads in sorted({1, os.cpu_count() or 1}):
                row = f"{name} {precision.value}, {threads} thread{'s' * (threads > 1)}"
                try:
                    variant, _ = load_variant(bundle, precision, name)
                    yield row, load_in(variant, name, precision, threads)
                except (LongtakeError, ImportError) as error:
                    print(f"{row}: left out: {error}")


def ratios(medians: dict[str, float]) -> dict[str, float]:
    """Return how the fastest compares: with PyTorch, and with float32 on the same runtime."""
    cpu = {name: ms for name, ms in medians.items() if not name.startswith("torch")}
    exact = {name: ms for name, ms in cpu.items() if " f32" in name}
    found = {}
    if eager := [ms for name, ms in medians.items() if name.startswith("torch")]:
        found["torch eager ÷ best f32"] = min(eager) / min(exact.values())
        found["torch eager ÷ best"] = min(eager) / min(cpu.values())
    for name, ms in cpu.items():
        runtime, precision = name.split(",")[0].split(" ")
        if precision != "f32":
            found[f"f32 ÷ {name}"] = exact[name.replace(f"{runtime} {precision}", f"{runtime} f32")]
            found[f"f32 ÷ {name}"] /= ms
    return found


def main() -> None:
    options = parser("benchmarks.model", __doc__, rounds=7)
    options.add_argument("--bundle", default="default")
    arguments = options.parse_args()
    bundle = load_bundle(arguments.bundle)
    loaded = dict(load_all(bundle))
    ways = {name: partial(measure_step_ms, bundle, backend) for name, backend in loaded.items()}
    figures = interleave(ways, arguments.rounds)
    for backend in loaded.values():
        backend.close()
    medians = {name: statistics.median(found) for name, found in figures.items()}
    title = f"One step of bundle {arguments.bundle!r}, batch 1"
    tell(title, "ms a frame", figures, ratios(medians), arguments.json)


if __name__ == "__main__":
    main()
