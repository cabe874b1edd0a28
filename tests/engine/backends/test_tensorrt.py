"""Plans for cards that need not be here."""

from __future__ import annotations

from functools import partial

import numpy as np
import onnxruntime as ort
import pytest

from engine.backends import create_backend, initial_state
from engine.backends.choice import PROVIDERS, Provider
from engine.backends.device import EngineTensor
from engine.backends.precision import Precision
from engine.backends.tensorrt_backend import TensorRtBackend, cached_plan
from engine.backends.tensorrt_builder import build_plan
from engine.backends.tensorrt_graph import plan_graph
from engine.backends.tensorrt_library import load_library
from engine.bundle import load_bundle
from engine.errors import BackendError
from models.spec import DT_INPUT, FRAME_INPUT, NEXT_PREFIX
from tests.engine.backends.fake_device import FakeDevice


@pytest.fixture(scope="module")
def library():
    try:
        return load_library()
    except ImportError as error:
        pytest.skip(f"TensorRT is {error}")


@pytest.fixture(scope="module")
def bundle(tiny_bundle):
    return load_bundle(tiny_bundle)


@pytest.fixture(scope="module")
def default():
    return load_bundle("default")


def test_the_default_bundle_has_a_plan_for_ada_cards(default, library):
    phases = []
    graph = plan_graph(default, Precision.FP16)
    plan = build_plan(library, graph, "SM89", lambda phase, done, steps: phases.append(phase))
    manifest = default.manifest
    states = {spec.name: (1, *spec.shape) for spec in manifest.state}
    given = {tensor.name: tensor for tensor in plan.tensors if tensor.given}
    made = {tensor.name: tensor for tensor in plan.tensors if not tensor.given}
    assert given.keys() == {FRAME_INPUT, DT_INPUT, *states}
    assert given[FRAME_INPUT].dtype == "uint8"
    assert given[FRAME_INPUT].shape == (1, manifest.input.height, manifest.input.width, 3)
    said = {name for head in manifest.heads for name in head.output_names}
    assert made.keys() == {*said, *(NEXT_PREFIX + name for name in states)}
    for name, shape in states.items():
        assert given[name].shape == made[NEXT_PREFIX + name].shape == shape
        assert given[name].dtype == made[NEXT_PREFIX + name].dtype == "float32"
    assert len(plan.data) > 1 << 20
    assert phases


def test_the_graph_of_a_plan_computes_the_same(default):
    rng = np.random.default_rng(0)
    spec = default.manifest.input
    feed = {
        FRAME_INPUT: rng.integers(0, 256, (1, spec.height, spec.width, 3), dtype=np.uint8),
        DT_INPUT: np.full(1, 1 / spec.rate_hz, np.float32),
        **initial_state(default.manifest),
    }
    exact = _run(default.model_path.read_bytes(), feed)
    same = _run(plan_graph(default, Precision.F32), feed)
    half = _run(plan_graph(default, Precision.FP16), feed)
    for name, value in exact.items():
        if value.dtype == np.float32:
            np.testing.assert_allclose(same[name], value, atol=1e-4)
            assert half[name].dtype == np.float32
    memory = [name for name in exact if name.endswith((".h", ".c"))]
    assert memory
    for name in memory:
        a, b = exact[name].ravel(), half[name].ravel()
        assert a @ b > 0.999 * np.linalg.norm(a) * np.linalg.norm(b)


def _run(graph, feed):
    session = ort.InferenceSession(graph)
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(None, feed), strict=True))


def test_a_plan_is_built_once(bundle, library, monkeypatch):
    graph = plan_graph(bundle, Precision.F32)
    first = cached_plan(graph, Precision.F32, library, "SM89", "")
    monkeypatch.setattr("engine.backends.tensorrt_backend.build_plan", None)
    assert cached_plan(graph, Precision.F32, library, "SM89", "another") == first


def test_what_cannot_be_built_says_why(bundle, library):
    graph = plan_graph(bundle, Precision.F32)
    with pytest.raises(BackendError, match=r"no plans for 'SM10'.*SM89"):
        build_plan(library, graph, "SM10")
    with pytest.raises(BackendError, match="cannot read the graph"):
        build_plan(library, b"no graph", "SM89")
    with pytest.raises(BackendError, match="no plans in bf16"):
        plan_graph(bundle, Precision.BF16)


def test_without_a_card_a_processor_runs_the_model(bundle, monkeypatch, caplog):
    def missing():
        raise ImportError("there is no NVIDIA driver on this machine")

    missing_card = Provider(missing, TensorRtBackend)
    monkeypatch.setattr("engine.backends.choice.PROVIDERS", {**PROVIDERS, "tensorrt": missing_card})
    backend = create_backend(bundle, "tensorrt")
    assert backend.name in ("openvino", "onnxruntime")
    assert "no NVIDIA driver" in caplog.text


def test_a_step_copies_the_frame_and_what_is_said(bundle, library):
    device = FakeDevice()
    load = partial(_EngineLikeTiny, device)
    backend = TensorRtBackend(bundle, 1, device=device, load=load)
    frame = np.zeros((1, 48, 64, 3), np.uint8)
    dt_s = np.full(1, 1 / 30, np.float32)
    state = initial_state(bundle.manifest)
    output = backend.step(frame, dt_s, state)
    up, down = device.uploads, device.downloads
    for _ in range(10):
        output = backend.step(frame, dt_s, output.state)
    # frame and seconds go up; probability, boxes, confidence, class come down
    assert (device.uploads - up, device.downloads - down) == (20, 40)
    assert output.state["objects.count.h"][0, 0] == 11
    rows = backend.step(
        frame.repeat(3, 0), dt_s.repeat(3), {n: v.repeat(3, 0) for n, v in output.state.items()}
    )
    assert rows.state["objects.count.h"][:, 0].tolist() == [12, 12, 12]
    backend.close()
    assert output.state["objects.count.h"][0, 0] == 11
    with pytest.raises(BackendError, match="released"):
        backend.step(frame, dt_s, output.state)


class _EngineLikeTiny:
    """Runs the tiny bundle's graph, on the bytes at the addresses given."""

    tensors = (
        EngineTensor(FRAME_INPUT, (1, 48, 64, 3), "uint8", True),
        EngineTensor(DT_INPUT, (1,), "float32", True),
        EngineTensor("actions.trace.h", (1, 3), "float32", True),
        EngineTensor("objects.count.h", (1, 1), "float32", True),
        EngineTensor("actions.probability", (1, 3), "float32", False),
        EngineTensor("objects.boxes", (1, 3, 4), "float32", False),
        EngineTensor("objects.confidence", (1, 3), "float32", False),
        EngineTensor("objects.class_id", (1, 3), "int64", False),
        EngineTensor("next.actions.trace.h", (1, 3), "float32", False),
        EngineTensor("next.objects.count.h", (1, 1), "float32", False),
    )

    def __init__(self, device, plan, library, same_device):
        self._device = device

    def bind(self, addresses):
        assert addresses.keys() == {tensor.name for tensor in self.tensors}
        memory = self._device.memory

        def run():
            count = np.frombuffer(memory[addresses["objects.count.h"]], np.float32)
            memory[addresses["next.objects.count.h"]][:] = (count + 1).tobytes()

        return run
