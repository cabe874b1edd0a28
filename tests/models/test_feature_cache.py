"""What was encoded once is found again, and never taken for another recording's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from models.data.action_sets import LabelledClip
from models.data.feature_cache import SAMPLINGS, FeatureCache
from models.encoders.efficientnet_lite import EfficientNetLite0

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def encoder() -> EfficientNetLite0:
    torch.manual_seed(0)
    return EfficientNetLite0().eval()


def test_a_recording_drawn_anew_under_its_old_name_is_encoded_anew(
    tmp_path: Path, make_clip, encoder: EfficientNetLite0
) -> None:
    folder = tmp_path / "cache"

    def folder_of(name: str) -> Path:
        (tmp_path / name).mkdir()
        return tmp_path / name

    clips = [
        LabelledClip(make_clip(folder_of(name) / "clip.mp4", frames=count), "acted", "nobody", ())
        for name, count in (("first", 4), ("second", 6))
    ]
    assert clips[0].key == clips[1].key
    first, second = FeatureCache(folder, encoder, 1).load(clips)
    assert (len(first.times_s), len(second.times_s)) == (4, 6)
    made = {path.name: path.stat().st_mtime_ns for path in folder.glob("*.npz")}
    (again,) = FeatureCache(folder, encoder, 1).load(clips[:1])
    np.testing.assert_array_equal(again.scene, first.scene)
    assert made == {path.name: path.stat().st_mtime_ns for path in folder.glob("*.npz")}


def test_a_recording_that_is_gone_is_left_out(
    tmp_path: Path, encoder: EfficientNetLite0, caplog: pytest.LogCaptureFixture
) -> None:
    clip = LabelledClip(tmp_path / "gone.mp4", "acted", "nobody", ())
    assert FeatureCache(tmp_path / "cache", encoder, 1).load([clip]) == []
    assert "gone.mp4" in caplog.text


@pytest.mark.parametrize(("recorded_hz", "every"), [(30.0, 6), (25.0, 5), (15.0, 3), (4.0, 1)])
def test_five_a_second_are_five_a_second_of_any_recording(recorded_hz: float, every: int) -> None:
    picked = SAMPLINGS["five"].pick(np.arange(40) / recorded_hz, seed=1)
    np.testing.assert_array_equal(picked, np.arange(0, 40, every))
    assert SAMPLINGS["five"].rate(recorded_hz) == min(5.0, recorded_hz)
