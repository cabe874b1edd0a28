from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file

from models.registry import ARCHITECTURES
from models.zoo.config import ZooConfig
from tests.models.zoo.networks import PAIRS, clock, network_of, random_clip

pytestmark = pytest.mark.filterwarnings("ignore::hypothesis.errors.NonInteractiveExampleWarning")


@settings(max_examples=60, deadline=None)
@given(
    pair=st.sampled_from(PAIRS),
    batch=st.integers(1, 3),
    frames=st.integers(1, 9),
    seed=st.integers(0, 1000),
)
def test_a_clip_gives_the_same_numbers_as_its_frames_one_by_one(pair, batch, frames, seed):
    network = network_of(*pair, seed=seed)
    clip, dt_s = random_clip(pair[0], batch, frames, seed), clock(batch, frames)
    with torch.no_grad():
        whole, final = network(clip, network.init_state(batch), dt_s)
        state, outputs = network.init_state(batch), []
        for t in range(frames):
            output, state = network.step(clip[:, t], state, dt_s[:, t])
            outputs.append(output)
    torch.testing.assert_close(torch.stack(outputs, 1), whole, atol=1e-5, rtol=0)
    assert state.keys() == final.keys()
    for name, value in state.items():
        torch.testing.assert_close(value, final[name], atol=1e-5, rtol=0)


@pytest.mark.parametrize(("arch", "cell"), PAIRS)
def test_the_state_is_what_is_specified_and_every_part_of_it_moves(arch: str, cell: str):
    network = network_of(arch, cell)
    with torch.no_grad():
        _, state = network(random_clip(arch, 2, 3), network.init_state(2), clock(2, 3))
    assert {name: tuple(value.shape) for name, value in state.items()} == {
        spec.name: (2, *spec.shape) for spec in network.state_spec()
    }
    assert all(value.abs().max() > 0 for value in state.values())


@pytest.mark.parametrize(("arch", "cell"), PAIRS)
def test_a_saved_state_goes_on_where_it_was(arch: str, cell: str, tmp_path):
    network, clip = network_of(arch, cell), random_clip(arch, 1, 8)
    with torch.no_grad():
        whole, _ = network(clip, network.init_state(1), clock(1, 8))
        _, state = network(clip[:, :5], network.init_state(1), clock(1, 5))
        save_file({k: v.contiguous() for k, v in state.items()}, tmp_path / "state.safetensors")
        later, _ = network(clip[:, 5:], load_file(tmp_path / "state.safetensors"), clock(1, 3))
        forgetful, _ = network(clip[:, 5:], network.init_state(1), clock(1, 3))
    torch.testing.assert_close(later, whole[:, 5:], atol=1e-5, rtol=0)
    assert not torch.allclose(forgetful, whole[:, 5:], atol=1e-4)


@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_no_answer_depends_on_a_later_frame(arch: str):
    network, clip = network_of(arch), random_clip(arch, 1, 8)
    other = clip.clone()
    other[:, 5:] = 255 - other[:, 5:]
    with torch.no_grad():
        one, _ = network(clip, network.init_state(1), clock(1, 8))
        two, _ = network(other, network.init_state(1), clock(1, 8))
    torch.testing.assert_close(one[:, :5], two[:, :5], atol=1e-6, rtol=0)
    assert not torch.allclose(one[:, 5:], two[:, 5:], atol=1e-4)


@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_streams_of_a_batch_do_not_touch_each_other(arch: str):
    network, clip = network_of(arch), random_clip(arch, 3, 4)
    with torch.no_grad():
        together, _ = network(clip, network.init_state(3), clock(3, 4))
        alone, _ = network(clip[1:2], network.init_state(1), clock(1, 4))
    torch.testing.assert_close(together[1:2], alone, atol=1e-5, rtol=0)


@pytest.mark.parametrize(("arch", "cell"), PAIRS)
def test_the_first_of_300_frames_is_learnt_from_and_nothing_explodes(arch: str, cell: str):
    network = network_of(arch, cell).train()
    first = {
        spec.name: torch.zeros(1, *spec.shape, requires_grad=True) for spec in network.state_spec()
    }
    output, _ = network(random_clip(arch, 1, 300), first, clock(1, 300))
    output[:, -1].square().sum().backward()
    norm = torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
    assert torch.isfinite(norm)
    assert norm > 0
    clipped = torch.stack([p.grad.norm() for p in network.parameters() if p.grad is not None])
    assert clipped.norm() <= 1.0 + 1e-4
    reached = [value.grad for name, value in first.items() if name.endswith((".h", ".c"))]
    assert all(g is not None and torch.isfinite(g).all() and g.abs().max() > 0 for g in reached)


def test_sizes_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="multiple of 32"):
        ARCHITECTURES["cnn-lstm"](ZooConfig(2, 100, 64))


def test_the_articles_sizes_are_the_defaults():
    layers = {
        name: [s.shape for s in build(ZooConfig(10, 224, 224)).state_spec() if s.name[-1] == "h"]
        for name, build in ARCHITECTURES.items()
    }
    assert layers == {
        "cnn-lstm": [(128,), (64,)],
        "row-lstm": [(128,), (128,)],
        "conv3d-lstm": [(128,), (128,)],
        "patch-conv1d-lstm": [(128,), (64,)],
        "peephole-detector": [(128, 14, 14)],
    }
