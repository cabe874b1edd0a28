"""Architectures by the name they have on the command line (``--arch``)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from models.data.patches import cut_patches, cut_rows
from models.zoo.cnn_lstm import cnn_lstm
from models.zoo.conv3d_lstm import conv3d_lstm
from models.zoo.patch_lstm import PATCH_SIDE, patch_conv1d_lstm
from models.zoo.peephole_detector import peephole_detector
from models.zoo.row_lstm import row_lstm

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from torch import Tensor

    from models.zoo.config import ZooConfig
    from models.zoo.stages import Chain

ARCHITECTURES: Final[Mapping[str, Callable[[ZooConfig], Chain]]] = {
    "cnn-lstm": cnn_lstm,
    "row-lstm": row_lstm,
    "conv3d-lstm": conv3d_lstm,
    "patch-conv1d-lstm": patch_conv1d_lstm,
    "peephole-detector": peephole_detector,
}
"""The articles' systems, 000 to 004, untrained. What a step takes and puts out, each one says."""

PARTS: Final[Mapping[str, Callable[[Tensor], Tensor]]] = {
    "row-lstm": cut_rows,
    "patch-conv1d-lstm": partial(cut_patches, side=PATCH_SIDE),
}
"""Architectures whose sequence is one grey picture: how (B, H, W) is cut into (B, T, ...)."""
