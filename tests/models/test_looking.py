"""Joints of clips are found once, for every variant, and never taken for another reader's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from models.data.action_sets import LabelledClip
from models.data.clips import read_clip
from models.data.feature_cache import FeatureCache
from models.data.joint_cache import JointCache
from models.data.look import SIZE, Look
from models.encoders.efficientnet_lite import EfficientNetLite0
from models.heads.body import BodyReader

if TYPE_CHECKING:
    from pathlib import Path


def _look(folder: Path, seed: int) -> tuple[EfficientNetLite0, BodyReader, Look]:
    torch.manual_seed(seed)
    encoder, reader = EfficientNetLite0().eval(), BodyReader().eval()
    weights = folder / f"body{seed}.safetensors"
    save_file(reader.state_dict(), weights)
    return encoder, reader, Look(encoder, weights, folder / "look")


@pytest.fixture
def clip(tmp_path: Path, make_clip) -> LabelledClip:
    return LabelledClip(make_clip(tmp_path / "clip.mp4", frames=3), "made", "nobody", ())


@torch.inference_mode()
def test_joints_are_those_of_encoder_and_reader(tmp_path: Path, clip: LabelledClip) -> None:
    encoder, reader, look = _look(tmp_path, 0)
    frames = read_clip(clip.path, SIZE).frames
    wanted = reader(encoder(torch.from_numpy(frames))).numpy()
    np.testing.assert_allclose(look(frames), wanted, atol=2e-3)


def test_what_was_seen_once_is_recalled(tmp_path: Path, clip: LabelledClip) -> None:
    encoder, _, look = _look(tmp_path, 0)
    (features,) = FeatureCache(tmp_path / "features", encoder, 2).load([clip])
    assert features.joints is None
    seen = JointCache(tmp_path / "joints", look, 31.0).attach(features).joints
    assert seen is not None
    assert seen.shape == (2, 3, 13, 3)
    blind = JointCache(tmp_path / "joints", _Blind(look.name), 31.0)  # type: ignore[arg-type]
    np.testing.assert_array_equal(blind.attach(features).joints, seen)
    with pytest.raises(AssertionError, match="looked"):
        JointCache(tmp_path / "joints", _Blind("another"), 31.0).attach(features)  # type: ignore[arg-type]


class _Blind:
    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, _: object) -> None:
        raise AssertionError("looked again")
