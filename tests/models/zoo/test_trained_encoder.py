"""The encoder in two parts, the last of which is trained along with a head."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch

from models.data.examples import Batch
from models.encoders.efficientnet_lite import EfficientNetLite0
from models.encoders.parting import FrozenPart, TrainedPart
from models.network import HeadPlan, LongtakeNetwork
from models.training.zoo_trainer import ZooRecipe, ZooTrainer
from models.zoo.trained_encoder import TrainedEncoderHead

_SIZE = (384, 288)


@pytest.fixture(scope="module")
def encoder() -> EfficientNetLite0:
    torch.manual_seed(0)
    made = EfficientNetLite0()
    for part in made.modules():
        if isinstance(part, torch.nn.BatchNorm2d):  # as if it had seen pictures
            part.running_mean.normal_(0, 0.1)
            part.running_var.uniform_(0.5, 1.5)
            part.weight.data.uniform_(0.8, 1.6)
    return made.eval()


def frames_of(count: int, seed: int = 0) -> torch.Tensor:
    shape = (count, _SIZE[1], _SIZE[0], 3)
    return torch.from_numpy(np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8))


def head_of(encoder: EfficientNetLite0, stages: int = 1) -> TrainedEncoderHead:
    torch.manual_seed(1)
    return TrainedEncoderHead(encoder, stages, _SIZE, 3, 25.0, "softmax", 0.0).eval()


@pytest.mark.parametrize("stages", [1, 2, 3])
@torch.inference_mode()
def test_both_parts_together_are_the_encoder(encoder: EfficientNetLite0, stages: int):
    frames = frames_of(2)
    row = FrozenPart(encoder, stages)(frames)
    part = TrainedPart(encoder, stages, _SIZE)
    assert row.shape == (2, part.features)
    _, c4, c5 = encoder(frames)
    found = part(row)
    torch.testing.assert_close(found[0], c4)
    torch.testing.assert_close(found[1], c5)


def test_no_more_stages_than_pay(encoder: EfficientNetLite0):
    with pytest.raises(ValueError, match="One to 3 stages"):
        FrozenPart(encoder, 4)


@torch.inference_mode()
def test_a_clip_at_once_is_the_network_frame_by_frame(encoder: EfficientNetLite0):
    trained = head_of(encoder)
    plan = HeadPlan("own", "actions", {"labels": 3, "rate_hz": 25.0, "activation": "softmax"})
    network = LongtakeNetwork((plan,)).eval()
    network.encoder.load_state_dict(encoder.state_dict())
    network.heads["own"].load_state_dict(trained.head.state_dict())
    frames, dt_s = frames_of(4), torch.tensor([[0.04, 0.04, 0.12, 0.04]])
    rows = FrozenPart(encoder, 1)(frames)[None]
    logits, last = trained(rows, trained.init_state(1), dt_s)
    state, ours = network.init_state(1), trained.init_state(1)
    for t in range(4):
        outputs, state = network.step(frames[t : t + 1], state, dt_s[:, t])
        one, ours = trained.step(rows[:, t], ours, dt_s[:, t])
        torch.testing.assert_close(one, logits[:, t], atol=1e-5, rtol=1e-5)
        torch.testing.assert_close(
            outputs["own.probability"], logits[:, t].softmax(-1), atol=1e-5, rtol=1e-5
        )
    assert last.keys() == ours.keys()
    for name, value in ours.items():
        torch.testing.assert_close(last[name], value, atol=1e-5, rtol=1e-5)


class OneClip:
    """The same window again and again; its first frames are held, as those of a short clip."""

    def __init__(self, rows: torch.Tensor) -> None:
        self._rows = rows

    def __len__(self) -> int:
        return 2

    def batch(self, chosen, rng):
        rows = self._rows.expand(len(chosen), -1, -1)
        return Batch(rows, torch.full(rows.shape[:2], 0.04), torch.zeros(len(chosen)).long())


def loss_of(network, batch, start):
    logits, following = network(batch.clips, start.state, batch.dt_s)
    return torch.nn.functional.cross_entropy(logits[:, -1], batch.truth), following


def test_the_last_stage_learns_gently_and_its_normalisation_not_at_all(encoder: EfficientNetLite0):
    network = head_of(encoder)
    before = copy.deepcopy(network.state_dict())
    rows = FrozenPart(encoder, 1)(torch.cat((frames_of(1), frames_of(1), frames_of(1, 1))))
    recipe = ZooRecipe(epochs=3, batch=2, learning_rate=1e-3, weight_decay=0.0)
    trainer = ZooTrainer(network, recipe, OneClip(rows.detach()[None]), loss_of)
    losses = [trainer.advance() for _ in range(3)]
    assert np.isfinite(losses).all()
    assert losses[-1] < losses[0]
    moved = {
        name: float((value - before[name]).abs().max())
        for name, value in network.state_dict().items()
        if value.is_floating_point()
    }
    assert all(np.isfinite(list(moved.values())))
    convolution = moved["encoder.blocks.0.project.0.weight"]
    assert 0 < convolution < 4e-4  # a tenth of what the head moves by in three steps of Adam
    assert moved["head.dense.weight"] > 1e-3
    norms = [n for n in moved if n.startswith("encoder.") and n.split(".")[-2] == "1"]
    assert len(norms) == 12
    assert max(moved[name] for name in norms) == 0
    learnt = copy.deepcopy(encoder)
    network.encoder.put_into(learnt)
    torch.testing.assert_close(
        learnt.blocks[-1].state_dict(), network.encoder.blocks[0].state_dict()
    )
