"""Actors as a set to train on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from models.actors import sample_clip
from models.actors.writers import write_clip
from models.data.actors_set import read_actors
from tests.models.actors.conftest import SIZE

if TYPE_CHECKING:
    from pathlib import Path

    from models.actors import Renderer


def test_a_fall_goes_on_for_a_while_on_the_floor(tmp_path: Path, renderer: Renderer):
    clip = sample_clip(
        3, actions=["falling backward"], seconds=6.0, people=1, size=SIZE, rate_hz=5,
        steady_rate=True,
    )  # fmt: skip
    write_clip(clip, tmp_path / "clip-1.mp4", tmp_path / "clip-1.jsonl", renderer=renderer)
    (fall,) = (at.interval for at in clip.intervals() if at.interval.label == "falling")
    (read,) = read_actors(tmp_path, on_floor_s=1.0)
    assert (read.path.name, read.dataset, read.group) == ("clip-1.mp4", "actors", "clip-1")
    times = np.arange(0, 6, 0.01)
    truth, weight = read.targets(("falling", "lying"), times)
    fallen = times[truth[:, 0] > 0]
    assert fallen[0] == pytest.approx(fall.start_s, abs=0.02)
    assert fallen[-1] == pytest.approx(min(fall.end_s + 1.0, 5.99), abs=0.02)
    assert truth[:, 1].any()
    assert weight[times > fallen[-1] + 0.3, 0].all()


def test_an_empty_folder_has_no_clips(tmp_path: Path):
    assert list(read_actors(tmp_path)) == []
