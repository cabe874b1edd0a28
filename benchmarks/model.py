"""Milliseconds a frame by runtime, precision and number of threads, on one bundle.

``python -m benchmarks.model [--bundle NAME] [--streams N ...] [--rounds N] [--json FILE]``

The int8 rows need ``longtake quantize`` to have been run; no row asks whether it drifts. Where
there is a graphics card, rows of every runtime and way on it appear by themselves, of one stream
and of several at once, and how many streams of the bundle's rate each would keep up with.
"""

from __future__ import annotations

import os
import statistics
from functools import partial
from typing import TYPE_CHECKING, Final

from benchmarks.card import find_card, load_ways
from benchmarks.rounds import interleave, parser, tell
from engine.backends.choice import PROVIDERS, load_in, measure_step_ms
from engine.backends.precision import Precision, fast_runtimes
from engine.bundle import load_bundle
from engine.drift.store import load_variant
from engine.errors import LongtakeError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.backends import Backend
    from engine.backends.device import Device
    from engine.bundle import Bundle


_ON_CARDS: Final = ("torch", "tensorrt", "onnxruntime-cuda")
"""Runtimes that run on a card where there is one, so that threads mean nothing to them."""
_STREAMS_ON_CARDS: Final = (1, 8, 32)
_AT_ONCE: Final = " at once"


def load_all(bundle: Bundle, card: Device | None) -> Iterator[tuple[str, Backend]]:
    """Yield every combination that can be had; say of the others why not."""
    if card is not None:
        yield from load_ways(bundle, card)
    for name in PROVIDERS:
        for precision in Precision:
            if precision is not Precision.F32 and name not in fast_runtimes(precision):
                continue
            on_card = card is not None and name in _ON_CARDS
            for threads in (1,) if on_card else sorted({1, os.cpu_count() or 1}):
                how = "as in the app" if on_card else f"{threads} thread{'s' * (threads > 1)}"
                row = f"{name} {precision.value}, {how}"
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
    if eager := [ms for name, ms in medians.items() if _is_eager(name)]:
        found["torch eager ÷ best f32"] = min(eager) / min(exact.values())
        found["torch eager ÷ best"] = min(eager) / min(cpu.values())
    for name, ms in cpu.items():
        runtime, precision = name.split(",")[0].split(" ")
        if precision != "f32":
            found[f"f32 ÷ {name}"] = exact[name.replace(f"{runtime} {precision}", f"{runtime} f32")]
            found[f"f32 ÷ {name}"] /= ms
    return found


def _is_eager(name: str) -> bool:
    """Whether this is PyTorch as it comes: on a processor, or on a card in the row that says so."""
    return name.startswith("torch") and ("thread" in name or name.endswith("eager"))


def keeps_up(medians: Mapping[str, float], rate_hz: float) -> dict[str, float]:
    """Return how many streams each row would run, by milliseconds of a step of so many."""
    return {
        f"streams at {rate_hz:g} a second: {row}": _streams_of(row) * 1e3 / rate_hz / ms
        for row, ms in medians.items()
    }


def _streams_of(row: str) -> int:
    """Return how many streams step at once in a row."""
    several = row.rpartition(", ")[2].removesuffix(_AT_ONCE)
    return int(several) if row.endswith(_AT_ONCE) else 1


def main() -> None:
    options = parser("benchmarks.model", __doc__, rounds=7)
    options.add_argument("--bundle", default="default")
    options.add_argument("--streams", type=int, nargs="+", help="at once, in a batch")
    arguments = options.parse_args()
    bundle, card = load_bundle(arguments.bundle), find_card()
    loaded = dict(load_all(bundle, card))
    ways = {
        name + (f", {streams}{_AT_ONCE}" if streams > 1 else ""): partial(
            measure_step_ms, bundle, backend, streams
        )
        for streams in arguments.streams or ((1,) if card is None else _STREAMS_ON_CARDS)
        for name, backend in loaded.items()
    }
    figures = interleave(ways, arguments.rounds)
    for backend in loaded.values():
        backend.close()
    medians = {name: statistics.median(found) for name, found in figures.items()}
    compared = ratios({name: ms for name, ms in medians.items() if _streams_of(name) == 1})
    if len(medians) > len(loaded):
        compared |= keeps_up(medians, bundle.manifest.input.rate_hz)
    title = f"One step of bundle {arguments.bundle!r}, of one stream where no number is told"
    tell(title, "ms a step", figures, compared, arguments.json)


if __name__ == "__main__":
    main()
