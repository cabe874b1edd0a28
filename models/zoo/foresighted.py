"""What pre-training needs of a network beyond the recurrent contract."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from models.recurrent import Recurrent

if TYPE_CHECKING:
    from torch import Tensor

    from models.recurrent import TensorState


class Foresighted(Recurrent):
    """A recurrent network that shows what its memory is given and what it then holds."""

    @abstractmethod
    def recollect(self, clip: Tensor, state: TensorState, dt_s: Tensor) -> tuple[Tensor, Tensor]:
        """Take a clip (B, T, ...), as `forward` does.

        Returns
        -------
        seen, remembered
            (N, T, F), from which nothing is learnt, and (N, T, H); N is B, or B times the places
            of a map.
        """
