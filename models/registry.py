"""Architectures by the name they have on the command line (``--arch``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from models.zoo.row_lstm import row_lstm

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from models.zoo.config import ZooConfig
    from models.zoo.stages import Chain

ARCHITECTURES: Final[Mapping[str, Callable[[ZooConfig], Chain]]] = {
    "row-lstm": row_lstm,
}
"""Each returns an untrained network whose step maps (B, ...) uint8 to (B, classes) logits."""
