"""A model five times slower than its live source: little waits, nothing is lost unsaid."""

from __future__ import annotations

import time
from itertools import pairwise

import numpy as np

from engine.backends import create_backend
from engine.bundle import load_bundle
from engine.frame import Cause
from engine.pipeline import Pipeline, RunState
from engine.predictor import Predictor
from engine.sources import open_source
from tests.faults.long import count, say

RATE_HZ = 30
STEP_S = 5 / RATE_HZ


class Slow:
    """A runtime that takes its time."""

    name, device = "slow", "none"

    def __init__(self, backend):
        self._backend = backend

    def step(self, frame, dt_s, state):
        time.sleep(STEP_S)
        return self._backend.step(frame, dt_s, state)


class Counting:
    """A source that counts what it gave, beside the pipeline."""

    def __init__(self, source):
        self._source, self.given = source, []

    def __getattr__(self, name):
        return getattr(self._source, name)

    def read(self):
        frame = self._source.read()
        if frame is not None:
            self.given.append(frame.index)
        return frame


class Notes:
    def __init__(self):
        self.results, self.late_s = [], []

    def write(self, frame, result):
        self.late_s.append((time.monotonic_ns() - frame.captured_ns) / 1e9)
        self.results.append(result)

    def close(self):
        pass

    abort = close


def test_a_model_five_times_too_slow(tiny_bundle):
    bundle = load_bundle(tiny_bundle)
    source = Counting(open_source(f"lavfi:testsrc2=size=160x120:rate={RATE_HZ}"))
    notes = Notes()
    predictor = Predictor(bundle, Slow(create_backend(bundle, "onnxruntime")))
    pipeline = Pipeline(source, predictor, [notes])
    pipeline.start()
    waiting = []
    deadline = time.monotonic() + count(4, 60)
    while time.monotonic() < deadline:
        status = pipeline.status()
        taken = status.processed + status.dropped + status.discarded
        waiting.append(status.captured - taken - 1)  # one is with the model
        time.sleep(0.05)
    begun = time.monotonic()
    pipeline.stop()
    stopped_s = time.monotonic() - begun
    status = pipeline.status()
    assert status.state is RunState.STOPPED
    assert stopped_s < 1.0
    assert max(waiting) <= 2
    # Of the two that wait the older one is next: it came up to a frame before the model was free.
    assert np.median(notes.late_s[2:]) <= 2 * STEP_S
    assert len(source.given) + source.status.dropped == status.captured
    # The source numbers what it lost itself, which it does when the machine is very busy.
    assert source.given[-1] + 1 == status.captured
    seen = [result.index for result in notes.results]
    skipped = sum(b - a - 1 for a, b in pairwise(seen)) + seen[0]
    # Dropped behind the last frame shown are those that the next one would have told of.
    behind = status.dropped - skipped
    assert 0 <= behind <= status.captured - 1 - seen[-1]
    assert status.captured - (status.processed + status.dropped + status.discarded) in (0, 1)
    assert status.dropped > 2 * status.processed
    causes = {result.event.cause for result in notes.results[1:] if result.event}
    assert causes == {Cause.DROP}
    assert notes.results[-1].memory_s > 2  # dropping frames does not empty memory
    say(
        f"{status.captured} frames came, {status.processed} were seen, {status.dropped} dropped; "
        f"at most {max(waiting)} waited; median latency "
        f"{np.median(notes.late_s[2:]) / STEP_S:.2f} inference times"
    )
