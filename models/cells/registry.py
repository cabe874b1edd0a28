"""Cells by the name they have on the command line (``--cell``)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from models.cells.conv_lstm import BottleneckLSTM, ConvLSTMCell
from models.cells.gru import GRUCell
from models.cells.lstm import LSTMCell
from models.cells.peephole import PeepholeLSTMCell

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from torch import Tensor, nn


class VectorCell(Protocol):
    """A cell that can project the inputs of a whole clip at once, ahead of its recurrence."""

    @property
    def from_input(self) -> nn.Linear:
        """Maps x (..., input_size) to what `advance` takes."""

    @property
    def advance(self) -> Callable[..., tuple[Tensor, ...]]:
        """Maps the projected input and the state, each (B, hidden), to the new state, h' first."""


@dataclass(frozen=True, slots=True)
class CellKind:
    """How to make a cell of (input_size, hidden_size), and what its state tensors are called."""

    create: Callable[[int, int], VectorCell]
    parts: tuple[str, ...]


CELLS: Final[Mapping[str, CellKind]] = {
    "lstm": CellKind(LSTMCell, ("h", "c")),
    "peephole": CellKind(PeepholeLSTMCell, ("h", "c")),
    "gru": CellKind(GRUCell, ("h",)),
}
"""Cells whose state is a vector."""

MAP_CELLS: Final[Mapping[str, Callable[[int, int], nn.Module]]] = {
    "conv-lstm": ConvLSTMCell,
    "bottleneck-lstm": BottleneckLSTM,
}
"""Cells whose state is a feature map: (h', c') from x, h and c of shape (B, C, H, W)."""
