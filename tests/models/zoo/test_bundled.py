from __future__ import annotations

import json

import numpy as np
import onnxruntime as ort
import pytest
import torch

from models.registry import ARCHITECTURES
from models.spec import DT_INPUT, FRAME_INPUT, NEXT_PREFIX
from models.to_onnx import export_onnx
from models.zoo.bundled import (
    NETWORKS,
    Detector,
    PartClassifier,
    StillClassifier,
    ZooNetwork,
    ZooPlan,
    rebuild,
)
from tests.models.zoo.networks import PAIRS, STEPPED, config_of, enliven, stepped_of

_STEPS = 1000


def _output_names(network: ZooNetwork) -> list[str]:
    parts = (
        ("boxes", "confidence", "class_id") if isinstance(network, Detector) else ("probability",)
    )
    return [f"it.{part}" for part in parts]


def _session(network: ZooNetwork, width: int, height: int) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    graph = export_onnx(network, _output_names(network), width, height)
    return ort.InferenceSession(
        graph.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )


def _frames(count: int, height: int, width: int) -> np.ndarray:
    """Return pictures whose brightness drifts, so that there is something to remember."""
    rng = np.random.default_rng(0)
    level = 128 + 100 * np.sin(np.arange(count) / 7)[:, None, None, None]
    noise = rng.normal(0, 40, (count, height, width, 3))
    return np.clip(level + noise, 0, 255).astype(np.uint8)


def _difference(ours: np.ndarray, theirs: np.ndarray) -> float:
    """Return the largest difference, relative where values (of cell states) exceed one."""
    return float((np.abs(ours - theirs) / np.maximum(1, np.abs(ours))).max())


@pytest.mark.parametrize(("arch", "cell"), PAIRS)
def test_the_graph_stays_with_torch_over_a_thousand_steps(arch: str, cell: str):
    network, (height, width) = stepped_of(arch, cell), STEPPED[arch][1]
    session = _session(network, width, height)
    names = [output.name for output in session.get_outputs()]
    frames, dt_s = _frames(_STEPS, height, width), np.full(1, 0.04, np.float32)
    state = network.init_state(1)
    theirs = {name: value.numpy() for name, value in state.items()}
    seen, worst = [], 0.0
    with torch.inference_mode():
        for frame in frames[:, None]:
            outputs, state = network.step(torch.from_numpy(frame), state, torch.from_numpy(dt_s))
            values = session.run(names, {FRAME_INPUT: frame, DT_INPUT: dt_s, **theirs})
            found = dict(zip(names, values, strict=True))
            theirs = {name: found[NEXT_PREFIX + name] for name in theirs}
            ours = {**outputs, **{NEXT_PREFIX + name: value for name, value in state.items()}}
            worst = max(worst, *(_difference(ours[n].numpy(), found[n]) for n in names))
            seen.append(values[0])
    assert worst < 1e-4
    assert np.std(seen, axis=0).max() > 20 * worst, "it hardly moves: parity proves nothing"


@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_the_graph_is_named_as_the_contract_says(arch: str):
    network, (height, width) = stepped_of(arch), STEPPED[arch][1]
    session = _session(network, width, height)
    states = [spec.name for spec in network.state_spec()]
    assert [i.name for i in session.get_inputs()] == [FRAME_INPUT, DT_INPUT, *states]
    assert [o.name for o in session.get_outputs()] == [
        *_output_names(network),
        *(NEXT_PREFIX + name for name in states),
    ]
    assert all(name.startswith("it.") for name in states)


def test_a_picture_in_strips_reads_as_the_whole_picture():
    plan = ZooPlan("row-lstm", config_of("row-lstm"), "it")
    torch.manual_seed(0)
    whole, strips = StillClassifier(plan).eval(), PartClassifier(plan).eval()
    enliven(whole)
    strips.load_state_dict(whole.state_dict())
    picture, dt_s = torch.from_numpy(_frames(1, 28, 28)), torch.full((1,), 0.04)
    with torch.inference_mode():
        wanted, carried = whole.step(picture, {}, dt_s)
        state = strips.init_state(1)
        for strip in picture.split(4, dim=1):
            found, state = strips.step(strip, state, dt_s)
    assert carried == {}
    torch.testing.assert_close(found["it.probability"], wanted["it.probability"])


def test_a_still_graph_carries_nothing_and_agrees_with_torch():
    torch.manual_seed(0)
    network = StillClassifier(ZooPlan("row-lstm", config_of("row-lstm"), "it")).eval()
    enliven(network)
    session = _session(network, 28, 28)
    assert [i.name for i in session.get_inputs()] == [FRAME_INPUT, DT_INPUT]
    frames, dt_s = _frames(5, 28, 28), np.full(5, 1, np.float32)
    (found,) = session.run(None, {FRAME_INPUT: frames, DT_INPUT: dt_s})
    with torch.inference_mode():
        wanted, _ = network.step(torch.from_numpy(frames), {}, torch.from_numpy(dt_s))
    np.testing.assert_allclose(found, wanted["it.probability"], atol=1e-5)
    np.testing.assert_allclose(found.sum(1), 1, atol=1e-5)


def test_boxes_are_fractions_of_the_picture():
    network = stepped_of("peephole-detector")
    frame = torch.from_numpy(_frames(2, 48, 32))
    with torch.inference_mode():
        found, _ = network.step(frame, network.init_state(2), torch.full((2,), 0.04))
    boxes = found["it.boxes"]
    assert boxes.shape == (2, 6, 4)
    assert boxes.min() >= 0
    assert boxes.max() <= 1
    assert (boxes[..., 2:] > boxes[..., :2]).all()
    assert found["it.class_id"].dtype == torch.int64
    # The first place is centred at (8, 8) of 32 x 48 pixels, and its box holds that point.
    assert (boxes[:, 0, :2] < torch.tensor([8 / 32, 8 / 48])).all()
    assert (boxes[:, 0, 2:] > torch.tensor([8 / 32, 8 / 48])).all()


@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_a_network_is_rebuilt_from_what_its_file_says(arch: str):
    plan = ZooPlan(arch, config_of(arch, "gru"), "it")
    network = NETWORKS[arch](plan)
    described = json.loads(network.metadata()["architecture"])
    again = rebuild(described, network.state_dict())
    assert again.plan == plan
    assert not again.training
    assert all(
        torch.equal(a, b) for a, b in zip(network.parameters(), again.parameters(), strict=False)
    )


def test_weights_of_another_network_are_refused():
    plan = ZooPlan("row-lstm", config_of("row-lstm"), "it")
    described = json.loads(NETWORKS[plan.arch](plan).metadata()["architecture"])
    with pytest.raises(RuntimeError, match="Missing key"):
        rebuild(described, {})
