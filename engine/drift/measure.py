"""The long run: float32 and a faster variant on the same frames, each with its own memory."""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, islice
from typing import TYPE_CHECKING

import numpy as np

from engine.backends.base import initial_state
from engine.backends.choice import load_in
from engine.backends.machine import processor, runtime_version
from engine.backends.precision import Precision
from engine.drift.compare import Comparison
from engine.drift.report import SHORTEST_RUN, DriftReport
from engine.drift.store import load_variant
from engine.errors import SourceError
from engine.sources import open_source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from engine.backends.base import Backend, StepOutput
    from engine.bundle import Bundle
    from models.spec import InputSpec


@dataclass(frozen=True, slots=True)
class DriftOptions:
    """What to run.

    Attributes
    ----------
    clips
        Played one after the other, again and again, until there are enough frames. Nothing resets
        memory in between: it is all one stream.
    """

    clips: tuple[str, ...]
    precision: Precision
    backend: str = "openvino"
    frames: int = SHORTEST_RUN


def measure_drift(
    bundle: Bundle, options: DriftOptions, on_frame: Callable[[int], None] = lambda done: None
) -> DriftReport:
    """Run it, and return what was found; see `engine.drift.store.write_report`.

    Raises
    ------
    engine.errors.LongtakeError
        If a clip cannot be read, there is no such variant, or the runtime cannot load it.
    """
    bundle = bundle.untaught or bundle
    frames = repeated(options.clips, bundle.manifest.input)
    frames = chain([next(frames)], frames)  # clips that cannot be read are told of at once
    variant, variant_sha256 = load_variant(bundle, options.precision, options.backend)
    reference = _Runner(load_in(bundle, options.backend, Precision.F32), bundle)
    fast = _Runner(load_in(variant, options.backend, options.precision), bundle)
    comparison = Comparison(bundle.manifest)
    try:
        for done, frame in enumerate(islice(frames, options.frames)):
            # In turns, so that whatever else the machine does hits both.
            first, second = (reference, fast) if done % 2 else (fast, reference)
            first.step(frame)
            second.step(frame)
            pts_s = done / bundle.manifest.input.rate_hz
            comparison.update(reference.said, fast.said, pts_s)
            on_frame(done + 1)
    finally:
        reference.close()
        fast.close()
    return DriftReport(
        bundle=bundle.manifest.name,
        precision=options.precision,
        model_sha256=bundle.model_sha256,
        variant_sha256=variant_sha256,
        backend=options.backend,
        runtime=runtime_version(options.backend),
        processor=processor(options.backend),
        clips=options.clips,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        frames=options.frames,
        memory=comparison.memory(),
        heads=comparison.heads(),
        boxes=comparison.boxes(),
        reference_ms=reference.median_ms,
        fast_ms=fast.median_ms,
    )


def repeated(clips: Sequence[str], spec: InputSpec) -> Iterator[NDArray[np.uint8]]:
    """Yield the frames of all clips without end, (H, W, 3) uint8 at the input size.

    Raises
    ------
    SourceError
        If one cannot be opened, or none has a frame.
    """
    while True:
        found = 0
        for clip in clips:
            with closing(open_source(clip)) as source:
                if source.info.live:
                    raise SourceError(f"{source.info.title} is live.", "Use recordings.")
                while (frame := source.read()) is not None:
                    found += 1
                    yield frame.picture.rgb(spec.width, spec.height)
        if not found:
            raise SourceError(f"There is no frame in {', '.join(clips) or 'no clips'}.")


class _Runner:
    """One of the two, with its memory and its times."""

    def __init__(self, backend: Backend, bundle: Bundle) -> None:
        self._backend = backend
        self._dt_s = np.full(1, 1 / bundle.manifest.input.rate_hz, np.float32)
        self._state = initial_state(bundle.manifest)
        self._times_ns: list[int] = []
        self.said: StepOutput

    @property
    def median_ms(self) -> float:
        return float(np.median(self._times_ns)) / 1e6

    def step(self, frame: NDArray[np.uint8]) -> None:
        begun_ns = time.perf_counter_ns()
        self.said = self._backend.step(frame[np.newaxis], self._dt_s, self._state)
        self._times_ns.append(time.perf_counter_ns() - begun_ns)
        self._state = self.said.state

    def close(self) -> None:
        self._backend.close()
