"""The shipped head by every cell: whole clips, memory, and the graph that carries its state."""

from __future__ import annotations

import json

import numpy as np
import onnxruntime as ort
import pytest
import torch

from models.bundled_network import ARCHITECTURE_KEY, BundledNetwork
from models.cells.registry import CELLS
from models.heads.actions import SCENE_SIZE, Reading
from models.network import HeadPlan
from models.spec import DT_INPUT, FRAME_INPUT, NEXT_PREFIX
from models.to_onnx import export_onnx
from models.zoo.celled_head import CelledActionHead
from models.zoo.reading_head import FEATURES, ReadingHead
from tests.models.zoo.networks import clock

_PICTURE = (48, FEATURES // 144, 3)
"""Of as many bytes as a frame has features."""
_STEPS = 1000
_STATES = {
    "lstm": ["lstm1.h", "lstm1.c", "lstm2.h", "lstm2.c"],
    "peephole": ["peephole1.h", "peephole1.c", "peephole2.h", "peephole2.c"],
    "gru": ["gru1.h", "gru2.h"],
}


def head_by(cell: str) -> ReadingHead:
    torch.manual_seed(0)
    return ReadingHead(4, 25.0, "softmax", 0.0, cell).eval()


def features(batch: int, frames: int, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(batch, frames, FEATURES, generator=generator)


class Alone(BundledNetwork):
    """The head without an encoder: the bytes of a small picture are its features."""

    def __init__(self, cell: str) -> None:
        super().__init__()
        self.reading = head_by(cell)

    def state_spec(self):
        return self.reading.state_spec()

    def init_state(self, batch):
        return self.reading.init_state(batch)

    def step(self, frame, state, dt_s):
        seen = (frame.flatten(1).float() - 128) / 64
        reading = Reading(seen[:, :SCENE_SIZE], seen[:, SCENE_SIZE:])
        probability, following = self.reading.head.step(reading, state, dt_s)
        return {"it.probability": probability}, following

    def metadata(self):
        return {ARCHITECTURE_KEY: json.dumps({})}


@pytest.mark.parametrize("cell", CELLS)
def test_a_clip_gives_the_same_numbers_as_its_frames_one_by_one(cell: str):
    network, clip = head_by(cell), features(2, 6)
    dt_s = torch.tensor([[0.04, 0.04, 0.1, 0.02, 0.04, 0.3]]).expand(2, -1)
    with torch.inference_mode():
        whole, final = network(clip, network.init_state(2), dt_s)
        state = network.init_state(2)
        for t in range(6):
            output, state = network.step(clip[:, t], state, dt_s[:, t])
            torch.testing.assert_close(output, whole[:, t], atol=1e-5, rtol=0)
    assert [*state] == [*final]
    assert [name for name in state if name.endswith((".h", ".c"))] == _STATES[cell]
    for name, value in state.items():
        torch.testing.assert_close(value, final[name], atol=1e-5, rtol=0)


@pytest.mark.parametrize("cell", CELLS)
def test_the_first_of_300_frames_is_learnt_from_and_nothing_explodes(cell: str):
    network = head_by(cell)
    first = {name: value.requires_grad_() for name, value in network.init_state(1).items()}
    logits, _ = network(features(1, 300), first, clock(1, 300))
    logits[:, -1].square().sum().backward()
    norm = torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
    assert torch.isfinite(norm)
    for name in _STATES[cell]:
        gradient = first[name].grad
        assert gradient is not None
        assert torch.isfinite(gradient).all()
        assert gradient.abs().max() > 0


@pytest.mark.parametrize("cell", CELLS)
def test_the_graph_stays_with_torch_over_a_thousand_steps(cell: str):
    network = Alone(cell).eval()
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    graph = export_onnx(network, ["it.probability"], _PICTURE[1], _PICTURE[0])
    session = ort.InferenceSession(
        graph.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    names = [output.name for output in session.get_outputs()]
    assert {NEXT_PREFIX + state for state in _STATES[cell]} < {*names}
    rng, dt_s = np.random.default_rng(0), np.full(1, 0.04, np.float32)
    pictures = rng.integers(0, 256, (8, 1, *_PICTURE), dtype=np.uint8)
    state = network.init_state(1)
    theirs = {name: value.numpy() for name, value in state.items()}
    seen, worst = [], 0.0
    with torch.inference_mode():
        for picture in pictures[rng.integers(8, size=_STEPS)]:
            outputs, state = network.step(torch.from_numpy(picture), state, torch.from_numpy(dt_s))
            values = session.run(names, {FRAME_INPUT: picture, DT_INPUT: dt_s, **theirs})
            found = dict(zip(names, values, strict=True))
            theirs = {name: found[NEXT_PREFIX + name] for name in theirs}
            ours = {**outputs, **{NEXT_PREFIX + name: value for name, value in state.items()}}
            worst = max(worst, *(float(np.abs(ours[n].numpy() - found[n]).max()) for n in names))
            seen.append(values[0])
    assert worst < 1e-4
    assert np.std(seen, axis=0).max() > 20 * worst, "it hardly moves: parity proves nothing"


@pytest.mark.parametrize("cell", ["peephole", "gru"])
def test_a_plan_builds_it_and_it_shows_what_it_remembers(cell: str):
    arguments = {"labels": 4, "rate_hz": 25.0, "activation": "softmax", "cell": cell}
    head = HeadPlan("actions", "celled-actions", arguments).build()
    network, clip = head_by(cell), features(2, 3)
    assert isinstance(head, CelledActionHead)
    assert head.state_spec() == network.state_spec()
    head.load_state_dict(network.head.state_dict())
    with torch.inference_mode():
        seen, remembered = network.recollect(clip, network.init_state(2), clock(2, 3))
        _, state = network(clip, network.init_state(2), clock(2, 3))
    assert seen.shape == (2, 3, FEATURES - SCENE_SIZE)
    torch.testing.assert_close(remembered[:, -1], state[f"{cell}2.h"])
