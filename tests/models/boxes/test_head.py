"""The box head: memory in and out, decoding, export."""

from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

from models.data.boxes import COCO_NAMES
from models.heads.boxes import STRIDES, BoxHead, first_highest, locations

GRIDS = ((40, 36, 48), (112, 18, 24), (320, 9, 12))
PLACES = 1728 + 432 + 108


def make_head(channels: int = 16, *, evidence: bool = False) -> BoxHead:
    """A head whose normalisation has seen something, so that memory shows in the output."""
    torch.manual_seed(0)
    head = BoxHead(channels, evidence=evidence)
    if head.evidence is not None:
        for name in ("expand", "classes"):
            getattr(head.evidence, name).normal_(std=0.1)
    with torch.no_grad():
        head.forward_raw(clip(2, 3), head.init_state(2))
        head.dense.classes.weight.mul_(50)
        head.dense.sides.weight.mul_(10)
    return head.eval()


def clip(batch: int, frames: int, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    rng = torch.Generator().manual_seed(seed)
    c3, c4, c5 = (torch.randn(batch, frames, *grid, generator=rng) for grid in GRIDS)
    return c3, c4, c5


def at(features: tuple[torch.Tensor, ...], t: int) -> tuple[torch.Tensor, ...]:
    return tuple(level[:, t] for level in features)


@pytest.mark.parametrize("evidence", [False, True])
@torch.no_grad()
def test_a_clip_gives_what_its_frames_give_one_by_one(evidence: bool) -> None:
    head, features = make_head(evidence=evidence), clip(2, 5)
    whole, last = head.forward(features, head.init_state(2), torch.full((2, 5), 0.1))
    state = head.init_state(2)
    for t in range(5):
        one, state = head.step(at(features, t), state, torch.full((2,), 0.1))
        for name in ("boxes", "confidence"):
            torch.testing.assert_close(one[name], whole[name][:, t], atol=1e-5, rtol=1e-5)
    for name, value in state.items():
        torch.testing.assert_close(value, last[name], atol=1e-5, rtol=1e-5)


@torch.no_grad()
def test_output_is_what_the_contract_says() -> None:
    head = make_head()
    output, state = head.step(at(clip(3, 1), 0), head.init_state(3), torch.ones(3))
    assert output["boxes"].shape == (3, PLACES, 4)
    assert output["confidence"].shape == output["class_id"].shape == (3, PLACES)
    assert output["class_id"].dtype == torch.int64
    assert 0 <= output["boxes"].min() and output["boxes"].max() <= 1
    assert (output["boxes"][..., 2:] >= output["boxes"][..., :2]).all()
    assert {s.name: (3, *s.shape) for s in head.state_spec()} == {
        name: tuple(value.shape) for name, value in state.items()
    }


@torch.no_grad()
def test_memory_changes_what_is_seen_and_a_reset_undoes_it() -> None:
    head, features = make_head(), clip(1, 4)
    _, state = head.forward_raw(features, head.init_state(1))
    now = at(clip(1, 1, seed=1), 0)
    (warm, _), _ = head.step_raw(now, state)
    (cold, _), _ = head.step_raw(now, head.init_state(1))
    (again, _), _ = head.step_raw(now, head.init_state(1))
    assert (warm - cold).abs().max() > 1e-3
    assert torch.equal(cold, again)


@torch.no_grad()
def test_streams_of_a_batch_do_not_mix() -> None:
    head, both = make_head(), clip(2, 3)
    (together, _), _ = head.forward_raw(both, head.init_state(2))
    alone = tuple(level[1:] for level in both)
    (apart, _), _ = head.forward_raw(alone, head.init_state(1))
    torch.testing.assert_close(together[1:], apart, atol=1e-4, rtol=1e-4)


@torch.no_grad()
def test_warming_to_and_fro_is_watching_those_frames() -> None:
    head, features = make_head(), clip(1, 3)
    order = [1, 2, 1, 0]
    warmed = head.warm((features[1], features[2]), order, head.init_state(1))
    shown = tuple(level[:, order] for level in features)
    _, expected = head.forward_raw(shown, head.init_state(1))
    for name, value in warmed.items():
        torch.testing.assert_close(value, expected[name], atol=1e-5, rtol=1e-5)


def test_memory_stays_bounded_over_a_thousand_frames() -> None:
    head = make_head()
    features = tuple(level[:, 0] * 3 for level in clip(1, 1))
    state = head.init_state(1)
    with torch.no_grad():
        middle, high = (
            lateral(level) for lateral, level in zip(head.laterals[1:], features[1:], strict=True)
        )
        for _ in range(1000):
            _, _, state = head._recall(middle, high, state)
    assert all(torch.isfinite(value).all() for value in state.values())
    assert state["lstm4.h"].abs().max() <= 6


def test_sides_are_measured_in_strides_from_the_location() -> None:
    head = BoxHead(8)
    sides = torch.log(torch.tensor([1.0, 2.0, 3.0, 4.0])).expand(1, PLACES, 4)
    boxes = head.decode_sides(sides)
    # First location of stride 8: centre (4, 4); 1, 2, 3, 4 strides to left, top, right, bottom.
    torch.testing.assert_close(boxes[0, 0], torch.tensor([-4.0, -12.0, 28.0, 36.0]))
    # First of stride 32, after all of 8 and 16.
    torch.testing.assert_close(boxes[0, 1728 + 432], torch.tensor([-16.0, -48.0, 112.0, 144.0]))


def test_of_equal_logits_the_first_counts_as_torch_has_it() -> None:
    logits = torch.randint(-3, 3, (2, 500, 7), generator=torch.Generator().manual_seed(1)).float()
    best, place = first_highest(logits)
    expected = logits.max(-1)
    assert torch.equal(best, expected.values)
    assert torch.equal(place, expected.indices)
    assert place.dtype == torch.int64


def test_locations_cover_the_picture_level_by_level() -> None:
    centres, strides = locations(384, 288)
    assert [int((strides == s).sum()) for s in STRIDES] == [1728, 432, 108]
    assert centres[1].tolist() == [12.0, 4.0]
    assert centres.min() == 4 and centres[:, 0].max() == 380 and centres[:, 1].max() == 284


def test_size_is_about_one_megabyte() -> None:
    parameters = sum(p.numel() for p in BoxHead().parameters())
    assert parameters <= 350_000
    assert len(COCO_NAMES) == 80


class _Flat(torch.nn.Module):
    """The head with state as plain tensors, as an exported graph has it."""

    def __init__(self, head: BoxHead) -> None:
        super().__init__()
        self.head = head
        self.names = [spec.name for spec in head.state_spec()]

    def forward(self, c3, c4, c5, *state):  # type: ignore[no-untyped-def]
        named = dict(zip(self.names, state, strict=True))
        output, following = self.head.step((c3, c4, c5), named, torch.ones(1))
        return (*output.values(), *(following[name] for name in self.names))


@pytest.fixture(scope="module", params=[False, True])
def exported(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[_Flat, Path]:
    flat = _Flat(make_head(evidence=request.param)).eval()
    path = tmp_path_factory.mktemp("onnx") / "head.onnx"
    inputs = ["c3", "c4", "c5", *flat.names]
    outputs = ["boxes", "confidence", "class_id", *(f"next.{name}" for name in flat.names)]
    example = (*at(clip(1, 1), 0), *flat.head.init_state(1).values())
    torch.onnx.export(
        flat,
        example,
        path,
        input_names=inputs,
        output_names=outputs,
        dynamic_axes={name: {0: "batch"} for name in (*inputs, *outputs)},
        opset_version=17,
        dynamo=False,
    )
    return flat, path


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::torch.jit.TracerWarning")
@pytest.mark.parametrize("batch", [1, 3])
def test_the_exported_graph_gives_the_same_boxes(exported: tuple[_Flat, Path], batch: int) -> None:
    flat, path = exported
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    features, state = clip(batch, 3), tuple(flat.head.init_state(batch).values())
    for t in range(3):
        now = (*at(features, t), *state)
        with torch.no_grad():
            wanted = [value.numpy() for value in flat(*now)]
        feed = {i.name: v.numpy() for i, v in zip(session.get_inputs(), now, strict=True)}
        got = session.run(None, feed)
        # Two classes can tie to the last bit; which of them is named is then a matter of rounding.
        assert (got[2] == wanted[2]).mean() > 0.995
        for ours, theirs in zip(got[:2] + got[3:], wanted[:2] + wanted[3:], strict=True):
            np.testing.assert_allclose(ours, theirs, atol=2e-4)
        state = tuple(torch.from_numpy(value) for value in got[3:])
