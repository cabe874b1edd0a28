"""What every network that can be written as a bundle offers."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Final

from torch import Tensor, nn

if TYPE_CHECKING:
    from models.recurrent import TensorState
    from models.spec import TensorSpec

ARCHITECTURE_KEY: Final = "architecture"
"""Key of the weights file's header under which a network describes itself, in JSON."""


class BundledNetwork(nn.Module):
    """Frame in, result out, state in, state out.

    Tensors are named as `models.spec` lays down: states ``<head>.<cell>``, outputs
    ``<head>.<part>``.
    """

    @abstractmethod
    def state_spec(self) -> tuple[TensorSpec, ...]:
        """Return names and shapes (without batch) of all state tensors."""

    @abstractmethod
    def init_state(self, batch: int) -> TensorState:
        """Return the state a stream starts from."""

    @abstractmethod
    def step(
        self, frame: Tensor, state: TensorState, dt_s: Tensor
    ) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
        """Take one frame of each of B streams.

        Parameters
        ----------
        frame
            (B, H, W, 3) uint8 RGB.
        dt_s
            (B,) float32, seconds since the previous frame of the same stream.

        Returns
        -------
        outputs, state
            Named as in `models.spec`.
        """

    @abstractmethod
    def metadata(self) -> dict[str, str]:
        """Return what rebuilding it needs besides the weights, under `ARCHITECTURE_KEY`."""
