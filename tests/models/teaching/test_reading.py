"""What a taught head reads, against the encoder's maps themselves."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import torch

from models.heads.motion import GRID_CELLS, GRID_CHANNELS, MotionReader
from models.spec import HeadKind, HeadSpec, InputSpec, Label, Manifest, Provenance, TensorSpec
from models.teaching.head import AVERAGE_S, averages, see, state_spec
from models.teaching.reading import CELLS, CHANNELS, NotTeachableError, Reader, Where


def manifest(*, trail: bool = True) -> Manifest:
    names = ("person", "dog")
    states = [TensorSpec(name="shared.seen", shape=(1,))]
    if trail:
        states.append(TensorSpec(name="shared.trail", shape=(GRID_CHANNELS, *GRID_CELLS)))
    return Manifest(
        name="fake",
        version="1",
        title=Label(en="Fake", zh="假"),
        input=InputSpec(width=384, height=288, rate_hz=25.0),
        state=tuple(states),
        heads=(
            HeadSpec(
                name="objects",
                kind=HeadKind.BOXES,
                labels=tuple(Label(en=name, zh=name) for name in names),
                thresholds=(0.3, 0.3),
            ),
        ),
        files={},
        provenance=Provenance(created="2026-11-21", command="tests"),
    )


def said(box: list[float], confidence: float = 0.9, class_id: int = 0) -> dict[str, np.ndarray]:
    return {
        "objects.boxes": np.array([[[0.0, 0.0, 0.1, 0.1], box]], np.float32),
        "objects.confidence": np.array([[0.1, confidence]], np.float32),
        "objects.class_id": np.array([[0, class_id]], np.int64),
    }


def stream(maps: torch.Tensor, dt_s: float) -> list[dict[str, np.ndarray]]:
    """The shared state before the first frame and after each, by the real reader."""
    reader = MotionReader()
    state = reader.init_state(1)
    states = [state]
    for t in range(len(maps)):
        _, state = reader.step(maps[t : t + 1], state, torch.full((1,), dt_s))
        states.append(state)
    return [{f"shared.{k}": v.numpy() for k, v in state.items()} for state in states]


def nowhere() -> Where:
    return Where(np.zeros((1, 4), np.float32), np.zeros((1, 1), np.float32))


@pytest.mark.parametrize("dt_s", [1 / 120, 0.04, 0.5])
def test_the_map_and_its_change_come_back_out_of_the_trail(dt_s: float) -> None:
    maps = torch.randn(4, GRID_CHANNELS, *GRID_CELLS, generator=torch.Generator().manual_seed(1))
    states = stream(maps, dt_s)
    dt = np.full(1, dt_s, np.float32)
    found = Reader(manifest()).read(states[3], states[4], dt, nowhere())[0]
    look, moved = found.reshape(2, CHANNELS, CELLS, CELLS)
    # Of 9 rows and 12 columns, the middles of three parts are row 1, 4, 7 and between columns.
    columns = maps[3, :CHANNELS].numpy()[:, [1, 4, 7]].reshape(CHANNELS, 3, 12)
    expected = (columns[..., [1, 5, 9]] + columns[..., [2, 6, 10]]) / 2
    np.testing.assert_allclose(look, expected, atol=2e-4)
    trail = states[3]["shared.trail"][0, :CHANNELS][:, [1, 4, 7]]
    before = (trail[..., [1, 5, 9]] + trail[..., [2, 6, 10]]) / 2
    np.testing.assert_allclose(moved, np.log1p(10 * np.abs(expected - before)), atol=2e-3)


def test_on_the_first_frame_nothing_has_moved() -> None:
    maps = torch.randn(1, GRID_CHANNELS, *GRID_CELLS, generator=torch.Generator().manual_seed(2))
    states = stream(maps, 0.04)
    dt = np.full(1, 0.04, np.float32)
    look, moved = Reader(manifest()).read(states[0], states[1], dt, nowhere())[0].reshape(2, -1)
    assert not moved.any()
    assert look.any()


def test_a_person_reads_the_same_wherever_she_stands() -> None:
    reader, dt = Reader(manifest()), np.full(1, 0.04, np.float32)
    pattern = torch.randn(GRID_CHANNELS, 3, 3, generator=torch.Generator().manual_seed(3))
    readings = []
    for row, column in ((1, 2), (5, 8)):
        maps = torch.zeros(1, GRID_CHANNELS, *GRID_CELLS)
        maps[0, :, row : row + 3, column : column + 3] = pattern
        states = stream(maps, 0.04)
        box = [column / 12, row / 9, (column + 3) / 12, (row + 3) / 9]
        where = reader.find(said(box), nowhere())
        readings.append(reader.read(states[0], states[1], dt, where))
    np.testing.assert_allclose(readings[0], readings[1], atol=1e-4)
    assert readings[0].any()


def test_the_person_seen_last_is_where_she_was() -> None:
    reader = Reader(manifest())
    seen = reader.find(said([0.2, 0.1, 0.4, 0.9]), nowhere())
    assert seen.known[0, 0] == 1
    for nothing in (
        said([0.6, 0.1, 0.8, 0.9], confidence=0.2),
        said([0.6, 0.1, 0.8, 0.9], class_id=1),
    ):
        assert reader.find(nothing, seen).box.tolist() == seen.box.tolist()
    assert reader.find(said([0.6, 0.1, 0.8, 0.9], confidence=0.2), nowhere()).known[0, 0] == 0


def test_a_model_without_a_trail_cannot_be_taught() -> None:
    with pytest.raises(NotTeachableError, match="'fake' cannot be taught"):
        Reader(manifest(trail=False))


def test_folding_step_gives_the_averages_of_the_whole_take() -> None:
    maps = torch.randn(6, GRID_CHANNELS, *GRID_CELLS, generator=torch.Generator().manual_seed(4))
    states = stream(maps, 0.04)
    reader, dt = Reader(manifest()), np.full(1, 0.04, np.float32)
    own = {spec.name: np.zeros((1, *spec.shape), np.float32) for spec in state_spec()}
    rows, folded = [], []
    for before, after in pairwise(states):
        seen = see(reader, {**before, **own}, after, said([0.2, 0.1, 0.4, 0.9]), dt)
        own = seen.state
        rows.append(seen.reading[0])
        folded.append(seen.average[0])
    whole = averages(np.stack(rows), np.arange(6, dtype=np.float64) * 0.04)
    np.testing.assert_allclose(np.stack(folded), whole, atol=1e-5)


def test_an_average_forgets_by_the_clock() -> None:
    rows = np.array([[1.0], [0.0]], np.float32)
    found = averages(rows, np.array([0.0, AVERAGE_S]), first_dt_s=100.0)
    assert found[0, 0] == pytest.approx(1.0)
    assert found[1, 0] == pytest.approx(np.exp(-1.0), rel=1e-5)
