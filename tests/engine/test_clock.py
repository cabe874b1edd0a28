"""Frames count by when they come."""

from __future__ import annotations

import numpy as np
import pytest

from engine.backends import create_backend
from engine.backends.base import StepOutput, initial_state
from engine.bundle import load_bundle
from engine.clock import Clock, reads_time


@pytest.fixture(scope="module")
def bundle(tiny_bundle):
    return load_bundle(tiny_bundle)


@pytest.fixture(scope="module")
def deaf(bundle):
    """The tiny bundle reads no time."""
    return create_backend(bundle, "onnxruntime")


class Timed:
    """A runtime whose state fades with time."""

    def __init__(self, backend):
        self._backend = backend

    def step(self, frame, dt_s, state):
        output = self._backend.step(frame, dt_s, state)
        fade = np.exp(-dt_s, dtype=np.float32)
        return StepOutput(output.heads, {n: v * fade[:, None] for n, v in output.state.items()})


def test_whether_a_model_reads_the_time_is_found_out(bundle, deaf):
    assert not reads_time(deaf, bundle.manifest)
    assert reads_time(Timed(deaf), bundle.manifest)


def test_the_shipped_models_are_told_apart():
    known = {"default": True, "mnist-rows": False}
    for name, reads in known.items():
        shipped = load_bundle(name)
        backend = create_backend(shipped, "onnxruntime")
        assert reads_time(backend, shipped.manifest) is reads
        backend.close()


def test_a_model_without_a_clock_gets_no_more_frames_than_it_was_trained_with(bundle, deaf):
    clock = Clock(deaf, bundle.manifest)
    period_s = 1 / bundle.manifest.input.rate_hz
    assert clock.is_early(0.9 * period_s)
    assert not clock.is_early(0.995 * period_s)
    assert not clock.is_early(3 * period_s)


def test_a_model_with_a_clock_takes_frames_up_to_twice_as_fast(bundle, deaf):
    clock = Clock(Timed(deaf), bundle.manifest)
    period_s = 1 / bundle.manifest.input.rate_hz
    assert not clock.is_early(0.6 * period_s)
    assert clock.is_early(0.4 * period_s)


def test_a_model_without_memory_takes_every_frame(bundle, deaf):
    manifest = bundle.manifest.model_copy(update={"state": ()})
    assert initial_state(manifest) == {}
    assert not Clock(deaf, manifest).is_early(1e-4)
