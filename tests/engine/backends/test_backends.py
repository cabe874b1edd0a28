from __future__ import annotations

import re
import threading
import time

import numpy as np
import pytest

from engine.backends import create_backend, initial_state, probe_backends, runs_parts
from engine.backends.choice import PROVIDERS, explain_choice
from engine.backends.graph_part import part_of
from engine.bundle import load_bundle
from engine.errors import BackendError
from tests.fixtures.bundles import HEIGHT, KEEP, WIDTH

RUNTIMES = ("openvino", "onnxruntime")


def frames(count, batch=1, seed=0):
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (count, batch, HEIGHT, WIDTH, 3), dtype=np.uint8)


def run(backend, bundle, clip):
    batch = clip.shape[1]
    state = initial_state(bundle.manifest, batch)
    outputs = []
    for frame in clip:
        output = backend.step(frame, np.full(batch, 1 / 30, np.float32), state)
        state = output.state
        outputs.append(output)
    return outputs


@pytest.fixture(scope="module")
def bundle(tiny_bundle):
    return load_bundle(tiny_bundle)


@pytest.mark.parametrize("name", RUNTIMES)
def test_state_goes_in_and_comes_out(bundle, name):
    backend = create_backend(bundle, name)
    clip = frames(20)
    expected = np.zeros(3)
    for frame, output in zip(clip, run(backend, bundle, clip), strict=True):
        expected = KEEP * expected + (1 - KEEP) * frame[0].mean(axis=(0, 1)) / 255
        np.testing.assert_allclose(output.state["actions.trace.h"][0], expected, atol=1e-5)
    assert output.state["objects.count.h"][0, 0] == 20
    assert output.heads["objects.boxes"].shape == (1, 3, 4)


@pytest.mark.parametrize("name", RUNTIMES)
def test_a_state_once_handed_out_never_changes(bundle, name):
    backend = create_backend(bundle, name)
    outputs = run(backend, bundle, frames(5))
    counts = [int(output.state["objects.count.h"][0, 0]) for output in outputs]
    assert counts == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("name", RUNTIMES)
def test_a_state_of_another_size_is_refused(bundle, name):
    backend = create_backend(bundle, name)
    state = {n: np.zeros((1, 1), np.float32) for n in initial_state(bundle.manifest)}
    with pytest.raises(BackendError, match="failed on a frame"):
        backend.step(frames(1)[0], np.full(1, 1 / 30, np.float32), state)


def test_both_halves_of_the_shipped_model_are_planned_once():
    stepper = PROVIDERS["openvino"].create(load_bundle("default"), 1, None)._stepper
    for half in (stepper._first, stepper._second):
        request = half._free.get()
        assert request._inputs and not request._unsized and not request._unsized_outputs


@pytest.mark.parametrize("name", RUNTIMES)
def test_a_batch_is_its_streams_side_by_side(bundle, name):
    backend = create_backend(bundle, name)
    clip = frames(6, batch=3)
    together = run(backend, bundle, clip)
    for row in range(3):
        alone = run(backend, bundle, clip[:, row : row + 1])
        for a, b in zip(together, alone, strict=True):
            np.testing.assert_allclose(
                a.state["actions.trace.h"][row], b.state["actions.trace.h"][0], atol=1e-6
            )


@pytest.mark.parametrize("name", RUNTIMES)
@pytest.mark.parametrize("threads", [1, 2])
def test_rows_on_threads_of_their_own_are_not_mixed_up(bundle, name, threads):
    backend = PROVIDERS[name].create(bundle, threads, None)
    clip = frames(4, batch=9)
    together = run(backend, bundle, clip)
    for row in range(9):
        alone = run(backend, bundle, clip[:, row : row + 1])
        np.testing.assert_allclose(
            together[-1].heads["actions.probability"][row],
            alone[-1].heads["actions.probability"][0],
            atol=1e-6,
        )
    backend.close()


@pytest.mark.parametrize("name", RUNTIMES)
def test_a_part_of_the_heads_says_what_they_say_in_the_whole(bundle, name):
    heads = [bundle.manifest.head("actions")]
    part = create_backend(bundle, name, heads=heads, batch=2)
    assert runs_parts(part)
    whole = create_backend(bundle, name)
    state = initial_state(part_of(bundle.manifest, heads), 2)
    full = initial_state(bundle.manifest, 2)
    assert set(state) == {"actions.trace.h"}
    for frame in frames(5, batch=2):
        dt_s = np.full(2, 1 / 30, np.float32)
        output, expected = part.step(frame, dt_s, state), whole.step(frame, dt_s, full)
        state, full = output.state, expected.state
        assert set(output.heads) == {"actions.probability"}
        np.testing.assert_allclose(
            output.heads["actions.probability"], expected.heads["actions.probability"], atol=1e-6
        )


def test_runtimes_agree(bundle):
    clip = frames(50)
    first, second = (run(create_backend(bundle, name), bundle, clip) for name in RUNTIMES)
    for a, b in zip(first, second, strict=True):
        for name in a.heads:
            np.testing.assert_allclose(a.heads[name], b.heads[name], atol=1e-5)


def test_auto_remembers_what_it_measured(bundle, tmp_path, monkeypatch):
    first = create_backend(bundle)
    memo = (tmp_path / "longtake-cache" / "backend-choice.json").read_text()
    assert first.name in memo
    monkeypatch.setattr("engine.backends.choice.measure_step_ms", None)  # must not measure again
    assert create_backend(bundle).name == first.name


def test_the_choice_is_explained(bundle, monkeypatch):
    monkeypatch.setattr("engine.backends.choice.usable_cores", lambda: 2)
    assert explain_choice(bundle).startswith("not measured yet")
    chosen = create_backend(bundle).name
    other = next(name for name in ("openvino", "onnxruntime") if name != chosen)
    said = explain_choice(bundle)
    assert re.match(rf"{chosen} on 1 thread [\d.]+ ms a frame: the fastest here; one thread", said)
    assert re.search(rf"Others: {other} on 1 thread [\d.]+ ms a frame", said)


def test_a_busy_machine_does_not_make_one_thread_look_slow(bundle, monkeypatch):
    class Waits:
        def __init__(self, bundle, threads, heads):
            self._inner = PROVIDERS["onnxruntime"].create(bundle, threads, heads)
            self.name, self.device, self.close = "onnxruntime", "CPU", self._inner.close

        def step(self, *given):
            time.sleep(0.03)  # as if others had the processor
            return self._inner.step(*given)

    waits = PROVIDERS["onnxruntime"].__class__(lambda: "1", Waits)
    monkeypatch.setattr("engine.backends.choice.PROVIDERS", {**PROVIDERS, "onnxruntime": waits})
    monkeypatch.setattr("engine.backends.choice.usable_cores", lambda: 2)
    create_backend(bundle)
    assert "onnxruntime on 1 thread" in (said := explain_choice(bundle))
    assert "2 threads" not in said


def test_what_cannot_be_tried_is_told(bundle, monkeypatch):
    def refuse(bundle, threads, heads):
        raise BackendError("refused for the test")

    broken = PROVIDERS["openvino"].__class__(lambda: "1", refuse)
    monkeypatch.setattr("engine.backends.choice.PROVIDERS", {**PROVIDERS, "openvino": broken})
    create_backend(bundle)
    assert "openvino: refused for the test" in explain_choice(bundle)


@pytest.mark.parametrize("name", RUNTIMES)
def test_threads_of_a_named_backend_are_measured_once(bundle, name, monkeypatch):
    first = create_backend(bundle, name)
    monkeypatch.setattr("engine.backends.choice.measure_step_ms", None)
    assert create_backend(bundle, name).device == first.device


def test_one_backend_at_a_time_is_in_memory_while_they_are_measured(bundle, monkeypatch):
    alive, most = set(), []

    class Counted:
        def __init__(self, bundle, threads, heads):
            self._inner = PROVIDERS["onnxruntime"].create(bundle, threads, heads)
            self.name, self.device, self.step = "openvino", "CPU", self._inner.step
            alive.add(self)
            most.append(len(alive))

        def close(self):
            alive.discard(self)

    counted = PROVIDERS["openvino"].__class__(lambda: "1", Counted)
    monkeypatch.setattr("engine.backends.choice.PROVIDERS", {**PROVIDERS, "openvino": counted})
    monkeypatch.setattr("engine.backends.choice._SHARE_OF_PERIOD", 0.0)
    monkeypatch.setattr("engine.backends.choice.usable_cores", lambda: 2)
    create_backend(bundle, "openvino")
    assert len(most) == 3  # on one thread, on two, and the better of them
    assert max(most) == 1


def test_an_unknown_backend_lists_the_known(bundle):
    with pytest.raises(BackendError, match=r"no backend 'abacus'.*openvino"):
        create_backend(bundle, "abacus")


def test_a_backend_that_is_not_installed_says_why(bundle, monkeypatch):
    def missing():
        raise ImportError("No module named 'openvino'")

    broken = PROVIDERS["openvino"].__class__(missing, PROVIDERS["openvino"].create)
    monkeypatch.setattr("engine.backends.choice.PROVIDERS", {**PROVIDERS, "openvino": broken})
    with pytest.raises(BackendError, match="not available: No module named 'openvino'"):
        create_backend(bundle, "openvino")
    probe = next(probe for probe in probe_backends() if probe.name == "openvino")
    assert not probe.available
    assert probe.detail == "No module named 'openvino'"


def test_auto_falls_back_and_names_every_failure(bundle, monkeypatch):
    def refuse(bundle, threads, heads):
        raise BackendError("refused for the test")

    broken = {name: PROVIDERS[name].__class__(lambda: "1", refuse) for name in PROVIDERS}
    monkeypatch.setattr(
        "engine.backends.choice.PROVIDERS", {**broken, "onnxruntime": PROVIDERS["onnxruntime"]}
    )
    assert create_backend(bundle).name == "onnxruntime"
    monkeypatch.setattr("engine.backends.choice.PROVIDERS", broken)
    with pytest.raises(BackendError, match=r"openvino: refused.*onnxruntime: refused"):
        create_backend(bundle)


@pytest.mark.parametrize("name", RUNTIMES)
def test_a_backend_that_is_dropped_leaves_no_thread(bundle, name):
    backend = PROVIDERS[name].create(bundle, 2, None)
    run(backend, bundle, frames(1, batch=3))
    rows = [thread for thread in threading.enumerate() if thread.name.startswith("longtake-row")]
    assert rows
    del backend
    for thread in rows:
        thread.join(5)
    assert not any(thread.is_alive() for thread in rows)
