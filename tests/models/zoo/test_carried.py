"""Memory that is carried from batch to batch, and gradients that are not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.nn import functional

from models.data.clips import Clip
from models.data.examples import Batch, RecordingExamples, Timing
from models.data.streams import Streams
from models.registry import ARCHITECTURES
from models.training.zoo_data import ZooData
from models.training.zoo_tasks import Balance, naming
from models.training.zoo_trainer import Start, ZooRecipe, ZooTrainer
from models.zoo.config import ZooConfig

_FRAMES, _WINDOWS, _SIZE = 4, 3, 32


def recordings(count: int, seed: int = 0) -> RecordingExamples:
    """Return recordings of three windows, nothing random about how they are walked through."""
    rng = np.random.default_rng(seed)
    length = _FRAMES * _WINDOWS
    clips = [
        Clip(rng.integers(0, 256, (length, _SIZE, _SIZE, 3), dtype=np.uint8), np.arange(length) / 8)
        for _ in range(count)
    ]
    labels = np.arange(count) % 2
    return RecordingExamples(clips, labels, Timing(_FRAMES, 8.0, stretch=1.0, drop=0.0))


def trainer(streams: float, batch: int = 4, **changes: object) -> ZooTrainer[torch.Tensor]:
    torch.manual_seed(0)
    parts = [recordings(8, seed) for seed in range(3)]
    task = naming(ZooData("", ("a", "b"), _SIZE, _SIZE, 8.0, *parts), Balance.NONE)
    config = ZooConfig(2, _SIZE, _SIZE, scale=0.125, dropout=0.0, clock_hz=8.0)
    recipe = ZooRecipe(epochs=2, batch=batch, streams=streams, **changes)  # type: ignore[arg-type]
    return ZooTrainer(ARCHITECTURES["cnn-lstm"](config), recipe, task.examples, task.loss)


def test_a_row_watches_each_recording_from_beginning_to_end():
    examples = recordings(5)
    streams = Streams(examples, 2, (1,))
    begun = [streams.next() for _ in range(2 * _WINDOWS)]
    assert [b.fresh.tolist() for b in begun] == [[n % _WINDOWS == 0] * 2 for n in range(6)]
    watched = torch.cat([b.batch.clips[0] for b in begun[:_WINDOWS]])
    wholes = [torch.from_numpy(clip.frames) for clip in examples._recordings]
    assert sum(torch.equal(watched, whole) for whole in wholes) == 1
    first, second = (begun[0].batch.clips[row] for row in (0, 1))
    assert not torch.equal(first, second), "rows deal from one pack"


def test_carried_memory_equals_one_long_forward():
    one = trainer(streams=1.0, learning_rate=0.0, weight_decay=0.0)
    seen: list[tuple[Batch[torch.Tensor], Start]] = []
    learn = one._loss
    one._loss = lambda network, batch, start: (  # type: ignore[assignment]
        seen.append((batch, start)),
        learn(network, batch, start),
    )[1]
    for _ in range(_WINDOWS):
        one.advance()
        if len(seen) < _WINDOWS:
            one.step = 1  # stay inside one epoch: streams begin anew with each
    clips, dt_s = (
        torch.cat([getattr(b, part) for b, _ in seen], dim=1) for part in ("clips", "dt_s")
    )
    with torch.no_grad():
        _, whole = one.network(clips, one.network.init_state(len(clips)), dt_s)
    assert [start.fresh.all().item() for _, start in seen] == [True, False, False]
    for name, value in whole.items():
        torch.testing.assert_close(one._carried[name], value, atol=1e-5, rtol=0)
    assert max(float(v.abs().max()) for v in one._carried.values()) > 1e-3


def test_gradients_end_where_the_batch_begins():
    one = trainer(streams=1.0)
    one.advance()
    assert not any(value.requires_grad for value in one._carried.values())
    one.step = 1
    _, start = one._batch()
    assert not start.fresh.any()
    assert all(value.grad_fn is None for value in start.state.values())


def test_half_of_a_mixed_batch_goes_on_and_half_begins():
    one = trainer(streams=0.5)
    one.advance()
    one.step = 1
    batch, start = one._batch()
    assert start.fresh.tolist() == [False, False, True, True]
    assert batch.clips.shape[:2] == (4, _FRAMES)
    for value in start.state.values():
        assert value[:2].abs().max() > 0
        assert value[2:].abs().max() == 0


def test_streams_begin_anew_with_every_epoch_so_that_a_killed_run_ends_alike(tmp_path):
    through, killed, resumed = (trainer(streams=0.5) for _ in range(3))
    assert through.steps == 4
    for _ in range(4):
        through.advance()
    for _ in range(2):
        killed.advance()
    killed.save(tmp_path / "checkpoint")
    resumed.load(tmp_path / "checkpoint")
    for _ in range(2):
        resumed.advance()
    for name, value in through.network.state_dict().items():
        assert torch.equal(value, resumed.network.state_dict()[name]), name


def test_only_the_start_of_rows_that_begin_is_left_unheard():
    one = trainer(streams=0.5)
    batch = one.examples.batch(np.array([0, 1]), None)
    state = one.network.init_state(2)
    losses = {
        fresh: one._loss(one.network, batch, Start(state, torch.full((2,), fresh)))[0]
        for fresh in (True, False)
    }
    logits, _ = one.network(batch.clips, state, batch.dt_s)
    wanted = batch.truth.repeat_interleave(_FRAMES)
    every = functional.cross_entropy(logits.flatten(0, 1), wanted)
    torch.testing.assert_close(losses[False], every)
    assert losses[True] != losses[False]


@pytest.mark.parametrize("streams", [0.0, 0.5])
def test_mixed_precision_learns_as_float32_does(streams: float):
    exact, mixed = (trainer(streams, learning_rate=3e-3, mixed=m) for m in (False, True))
    for _ in range(3):
        one, other = exact.advance(), mixed.advance()
        assert one == pytest.approx(other, rel=0.02)
        assert one != other
    assert all(p.dtype == torch.float32 for p in mixed.network.parameters())


def test_a_recipe_that_streams_is_another_training():
    still, streamed = trainer(0.0), trainer(0.5)
    assert replace(still.recipe, streams=0.5) == streamed.recipe
    assert still.advance() != streamed.advance()
