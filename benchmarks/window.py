"""What memory saves: a step with carried state against running a window of frames again.

``python -m benchmarks.window [--bundle NAME] [--window N] [--rounds N] [--json FILE]``

The same network and runtime in both. Without carried state the answer to every new frame takes all
frames of the window: one after the other, or their encoders side by side on all cores.
"""

from __future__ import annotations

import os
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.rounds import interleave, parser, tell
from engine.backends import initial_state
from engine.backends.base import Divisible
from engine.backends.choice import load_in
from engine.backends.precision import Precision
from engine.bundle import load_bundle

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.backends import Backend
    from engine.bundle import Bundle


class Bench:
    """A runtime with some pictures; each way returns milliseconds for one new frame."""

    def __init__(self, bundle: Bundle, backend: Backend, window: int) -> None:
        spec = bundle.manifest.input
        rng = np.random.default_rng(0)
        self._frames = rng.integers(0, 256, (window, 1, spec.height, spec.width, 3), np.uint8)
        self._dt_s = np.full(1, 1 / spec.rate_hz, np.float32)
        self._backend = backend
        self._zero = initial_state(bundle.manifest)
        self._state = self._zero

    def stateful(self) -> float:
        """Carry the state, as many steps as a window has frames."""

        def steps() -> None:
            for frame in self._frames:
                self._state = self._backend.step(frame, self._dt_s, self._state).state

        return _ms(steps) / len(self._frames)

    def window(self) -> float:
        """Run the whole window from nothing."""

        def steps() -> None:
            state = self._zero
            for frame in self._frames:
                state = self._backend.step(frame, self._dt_s, state).state

        return _ms(steps)

    def window_side_by_side(self) -> float:
        """Run the whole window from nothing, its encoders on all cores at once."""
        encoder = self._backend.encoder() if isinstance(self._backend, Divisible) else None
        if encoder is None:
            return self.window()

        def steps() -> None:
            state = self._zero
            with ThreadPoolExecutor(encoder.lanes) as pool:
                for encoded in pool.map(encoder.encode, self._frames):
                    state = encoder.advance(encoded, self._dt_s, state).state

        return _ms(steps)


def _ms(work: Callable[[], None]) -> float:
    begun = time.perf_counter_ns()
    work()
    return (time.perf_counter_ns() - begun) / 1e6


def main() -> None:
    options = parser("benchmarks.window", __doc__, rounds=7)
    options.add_argument("--bundle", default="default")
    options.add_argument("--backend", default="openvino")
    options.add_argument("--window", type=int, default=16)
    arguments = options.parse_args()
    bundle = load_bundle(arguments.bundle)
    one = load_in(bundle, arguments.backend, Precision.F32, 1)
    cores = load_in(bundle, arguments.backend, Precision.F32, os.cpu_count() or 1)
    single, many = (Bench(bundle, backend, arguments.window) for backend in (one, cores))
    names = "step, 1 thread", "window, 1 thread", "step, all cores", "window, all cores"
    work = (single.stateful, single.window, many.stateful, many.window_side_by_side)
    many.window_side_by_side()  # loads what it needs besides
    figures = interleave(dict(zip(names, work, strict=True)), arguments.rounds)
    one.close()
    cores.close()
    step1, window1, step, window = (statistics.median(figures[name]) for name in names)
    ratios = {
        "window ÷ step, 1 thread": window1 / step1,
        "window ÷ step, all cores": window / step,
    }
    title = f"A new frame, with memory and with a window of {arguments.window}"
    tell(title, "ms", figures, ratios, arguments.json)


if __name__ == "__main__":
    main()
