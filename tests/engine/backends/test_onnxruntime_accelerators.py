"""ONNX Runtime on other devices: tried with its provider for processors in their place."""

from __future__ import annotations

import numpy as np
import pytest

from engine.backends import create_backend, initial_state
from engine.backends.choice import PROVIDERS, Provider
from engine.backends.onnxruntime_accelerators import ACCELERATORS, Accelerator
from engine.bundle import load_bundle
from engine.errors import BackendError

HERE = Accelerator("onnxruntime-here", "CPUExecutionProvider", "onnxruntime")
NOWHERE = Accelerator("onnxruntime-nowhere", "AbacusExecutionProvider", "abacus")


@pytest.fixture(scope="module")
def bundle(tiny_bundle):
    return load_bundle(tiny_bundle)


def test_rows_of_a_batch_are_what_they_are_alone(bundle):
    spec = bundle.manifest.input
    clip = np.random.default_rng(1).integers(
        0, 256, (5, 3, spec.height, spec.width, 3), dtype=np.uint8
    )
    batched, alone = HERE.create(bundle, 1), PROVIDERS["onnxruntime"].create(bundle, 1, None)
    many, dt_s = initial_state(bundle.manifest, 3), np.full(3, 1 / 30, np.float32)
    single = [initial_state(bundle.manifest) for _ in range(3)]
    for frames in clip:
        output = batched.step(frames, dt_s, many)
        many = output.state
        for row in range(3):
            one = slice(row, row + 1)
            expected = alone.step(frames[one], dt_s[one], single[row])
            single[row] = expected.state
            for found, said in ((output.heads, expected.heads), (many, expected.state)):
                for name in said:
                    np.testing.assert_allclose(found[name][one], said[name], atol=1e-5)


def test_one_that_is_not_here_names_the_package_that_brings_it(bundle, monkeypatch):
    providers = {**PROVIDERS, NOWHERE.name: Provider(NOWHERE.probe, NOWHERE.create)}
    monkeypatch.setattr("engine.backends.choice.PROVIDERS", providers)
    with pytest.raises(BackendError, match="no AbacusExecutionProvider; the package abacus"):
        create_backend(bundle, NOWHERE.name)


def test_what_runs_on_the_processor_after_all_is_refused(bundle):
    with pytest.raises(BackendError, match=r"AbacusExecutionProvider|cannot load"):
        NOWHERE.create(bundle, 1)


def test_all_are_among_the_backends():
    assert {one.name for one in ACCELERATORS} <= PROVIDERS.keys()
