"""The shipped action head with another cell: ``longtake train --arch longtake --cell gru``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from models.heads.actions import ActionHead
from models.zoo.stages import RecurrentLayer

if TYPE_CHECKING:
    from torch import Tensor

    from models.recurrent import TensorState
    from models.spec import TensorSpec

OWN_CELL: Final = "lstm"
"""What `ActionHead` remembers by."""


class CelledActionHead(ActionHead):
    """An `ActionHead` whose two layers are of one of `models.cells.registry.CELLS`.

    Their state is called after the cell, such as ``gru1.h``.

    Parameters
    ----------
    cell
        Key of the registry.
    labels, rate_hz, activation, scene, hidden, dropout
        See `ActionHead`.
    """

    def __init__(
        self,
        labels: int,
        rate_hz: float,
        activation: Literal["sigmoid", "softmax"] = "sigmoid",
        *,
        cell: str,
        scene: bool = True,
        hidden: tuple[int, int] = (128, 64),
        dropout: float = 0.5,
    ) -> None:
        super().__init__(labels, rate_hz, activation, scene=scene, hidden=hidden, dropout=dropout)
        inputs = self.lstm1.input_size
        del self.lstm1, self.lstm2
        self.first = RecurrentLayer(f"{cell}1", cell, inputs, hidden[0])
        self.second = RecurrentLayer(f"{cell}2", cell, hidden[0], hidden[1])

    def state_spec(self) -> tuple[TensorSpec, ...]:
        """Return the state of both layers, and what change is told by."""
        told = [spec for spec in super().state_spec() if not spec.name.startswith("lstm")]
        return (*self.first.state_spec(), *self.second.state_spec(), *told)

    def _remember(self, x: Tensor, state: TensorState) -> tuple[Tensor, dict[str, Tensor]]:
        lower, first = self.first(x, state, x)
        upper, second = self.second(self.dropout(lower), state, x)
        return self.dense(self.dropout(upper)), {**first, **second}


def action_head(
    labels: int,
    rate_hz: float,
    activation: Literal["sigmoid", "softmax"],
    dropout: float,
    cell: str | None = None,
) -> ActionHead:
    """Return a head that remembers by `cell`; None for its own."""
    if cell in (None, OWN_CELL):
        return ActionHead(labels, rate_hz, activation, dropout=dropout)
    return CelledActionHead(labels, rate_hz, activation, cell=cell, dropout=dropout)
