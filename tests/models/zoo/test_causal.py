from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch.nn import functional

from models.zoo.causal import CausalConv1d, CausalConv3d, CausalMaxPool3d

if TYPE_CHECKING:
    from models.zoo.stages import Stage


def _blank(stage: Stage, batch: int) -> dict[str, torch.Tensor]:
    return {spec.name: torch.zeros(batch, *spec.shape) for spec in stage.state_spec()}


def test_conv3d_is_an_ordinary_one_on_a_clip_padded_in_front():
    torch.manual_seed(0)
    stage, clip = CausalConv3d("conv", 3, 5, (6, 8)), torch.randn(2, 7, 3, 6, 8)
    ours, state = stage(clip, _blank(stage, 2), torch.ones(clip.shape[:2]))
    padded = functional.pad(clip.transpose(1, 2), (1, 1, 1, 1, 2, 0))
    wanted = functional.conv3d(padded, stage.conv.weight, stage.conv.bias).relu()
    torch.testing.assert_close(ours, wanted.transpose(1, 2), atol=1e-5, rtol=0)
    torch.testing.assert_close(state["conv.past"], clip[:, -2:])


def test_max_pool_is_an_ordinary_one_of_stride_one_in_time():
    torch.manual_seed(0)
    stage, clip = CausalMaxPool3d("pool", 3, (6, 8)), torch.rand(2, 5, 3, 6, 8)
    ours, _ = stage(clip, _blank(stage, 2), torch.ones(clip.shape[:2]))
    padded = functional.pad(clip.transpose(1, 2), (0, 0, 0, 0, 1, 0))
    wanted = functional.max_pool3d(padded, (2, 2, 2), (1, 2, 2))
    torch.testing.assert_close(ours, wanted.transpose(1, 2))


def test_conv1d_is_an_ordinary_one_on_a_sequence_padded_in_front():
    torch.manual_seed(0)
    stage, clip = CausalConv1d("conv", 4, 6), torch.randn(2, 9, 4)
    ours, state = stage(clip, _blank(stage, 2), torch.ones(clip.shape[:2]))
    padded = functional.pad(clip.transpose(1, 2), (2, 0))
    wanted = functional.conv1d(padded, stage.conv.weight, stage.conv.bias).relu()
    torch.testing.assert_close(ours, wanted.transpose(1, 2), atol=1e-6, rtol=0)
    torch.testing.assert_close(state["conv.past"], clip[:, -2:])
