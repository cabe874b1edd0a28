"""What runs on a card, on addresses of the host: the same results, and no copy of what is carried.

All but the lines that speak of streams and captures is what a card would run.
"""

from __future__ import annotations

import functools

import numpy as np
import pytest

from engine.backends import create_backend, initial_state
from engine.backends.choice import PROVIDERS
from engine.backends.graph_part import part_of
from engine.backends.onnxruntime_cuda import CudaOnnxRuntimeBackend
from engine.bundle import load_bundle
from engine.errors import BackendError
from tests.engine.backends.fake_device import HostDevice

DT_S = np.full(1, 1 / 30, np.float32)


@functools.cache
def default():
    return load_bundle("default")


@functools.cache
def usual(name):
    """Return the backend of a processor that the one for cards has to agree with."""
    return PROVIDERS[name].create(default(), 1)


def on_host(name, bundle=None, heads=None):
    """Return a backend for cards, and the device that takes the card's place."""
    device = HostDevice()
    if name == "onnxruntime":
        return CudaOnnxRuntimeBackend(bundle or default(), heads, device), device
    torch_cuda = pytest.importorskip("engine.backends.torch_cuda", reason="needs the extra train")
    return torch_cuda.CudaTorchBackend(bundle or default(), device), device


def frames(bundle, count, rows=1):
    spec = bundle.manifest.input
    rng = np.random.default_rng(5)
    picture = rng.integers(0, 256, (rows, spec.height, spec.width, 3), dtype=np.uint8)
    return [np.roll(picture, 9 * place, axis=2) for place in range(count)]


def assert_same(found, expected):
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        np.testing.assert_allclose(found[name], value, atol=1e-5, rtol=1e-5, err_msg=name)


@pytest.mark.parametrize("name", ["onnxruntime", "torch"])
def test_a_clip_is_what_it_is_elsewhere_and_memory_stays(name):
    backend, device = on_host(name)
    reference = usual(name)
    state = same = initial_state(default().manifest)
    allocations = device.allocations
    for place, frame in enumerate(frames(default(), 6)):
        uploads, downloads = device.uploads, device.downloads
        output, expected = backend.step(frame, DT_S, state), reference.step(frame, DT_S, same)
        assert_same(output.heads, expected.heads)
        state, same = output.state, expected.state
        if place == 1:
            kept, as_kept = state, same
        if place == 3:
            assert_same(state, same)  # read in the middle, and stepped from all the same
        if place > 3:  # nothing but the frame and the seconds, and what is said
            assert device.uploads == uploads + 2
            assert device.downloads == downloads + len(output.heads)
    assert device.allocations == allocations
    fork = backend.step(frame, DT_S, kept)
    assert_same(fork.state, reference.step(frame, DT_S, as_kept).state)
    backend.close()
    backend.close()
    assert_same(state, same)
    assert not device.memory
    with pytest.raises(BackendError, match="released"):
        backend.step(frame, DT_S, state)


def test_rows_are_what_they_are_alone(tiny_bundle):
    bundle = load_bundle(tiny_bundle)
    backend, device = on_host("onnxruntime", bundle)
    reference = create_backend(bundle, "onnxruntime")
    for rows in (3, 1, *range(2, 12), 3):
        state = initial_state(bundle.manifest, rows)
        singles = [initial_state(bundle.manifest)] * rows
        dt_s = np.full(rows, 1 / 30, np.float32)
        for frame in frames(bundle, 3, rows):
            output = backend.step(frame, dt_s, state)
            state = output.state
            for row in range(rows):
                one = slice(row, row + 1)
                alone = reference.step(frame[one], dt_s[one], singles[row])
                singles[row] = alone.state
                assert_same({n: v[one] for n, v in output.heads.items()}, alone.heads)
                assert_same({n: v[one] for n, v in state.items()}, alone.state)
    per_size = 2 * len(bundle.manifest.state) + 6  # frame, seconds and four outputs
    assert len(device.memory) == 8 * per_size  # of the last eight sizes only


def test_a_part_of_the_heads_leaves_out_the_others_memory(tiny_bundle):
    bundle = load_bundle(tiny_bundle)
    heads = [bundle.manifest.head("actions")]
    backend, _ = on_host("onnxruntime", bundle, heads)
    output = backend.step(
        frames(bundle, 1)[0], DT_S, initial_state(part_of(bundle.manifest, heads))
    )
    assert set(output.heads) == {"actions.probability"}
    assert set(output.state) == {"actions.trace.h"}


def test_a_state_of_another_size_is_refused(tiny_bundle):
    bundle = load_bundle(tiny_bundle)
    backend, _ = on_host("onnxruntime", bundle)
    with pytest.raises(BackendError, match=r"'actions.trace.h' has the shape \(1, 1\)"):
        backend.step(
            frames(bundle, 1)[0],
            DT_S,
            {n: np.zeros((1, 1)) for n in initial_state(bundle.manifest)},
        )


def test_a_failed_binding_gives_its_memory_back(tiny_bundle, monkeypatch):
    bundle = load_bundle(tiny_bundle)
    device = HostDevice()

    def fail(engine, addresses):
        raise BackendError("no")

    monkeypatch.setattr("engine.backends.onnxruntime_cuda.BoundSession.bind", fail)
    with pytest.raises(BackendError, match="no"):
        CudaOnnxRuntimeBackend(bundle, None, device)
    assert device.allocations
    assert not device.memory


def test_a_step_can_be_captured():
    """Whatever asks for a value, or makes a tensor elsewhere, would fail on tensors without any."""
    torch = pytest.importorskip("torch", reason="needs the extra train")
    from engine.backends.base import first_inputs
    from engine.backends.torch_backend import network_of
    from engine.backends.torch_cuda import step_of_tensors

    network = network_of(default()).to("meta")
    given = {
        n: torch.from_numpy(v).to("meta") for n, v in first_inputs(default().manifest, 2).items()
    }
    with torch.inference_mode():
        made = step_of_tensors(network, given)
    assert {value.device.type for value in made.values()} == {"meta"}
    assert {len(value) for value in made.values()} == {2}
