"""What moves, and what it looks like: the encoder's maps against a short trail of themselves.

A frozen picture encoder knows what things look like, so a head that reads its maps as they are
learns rooms instead of deeds. Read against their own recent past, the scene cancels out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import torch
from torch import Tensor
from torch.nn import functional

from models.recurrent import Recurrent
from models.spec import TensorSpec

if TYPE_CHECKING:
    from models.recurrent import TensorState

C4_CHANNELS: Final = 112
C5_CHANNELS: Final = 320
GRID_CHANNELS: Final = C4_CHANNELS + C5_CHANNELS
GRID_CELLS: Final = (9, 12)
MOTION_SIZE: Final = 3 * GRID_CHANNELS
_TRAIL_S: Final = 0.2
_HEAT_S: Final = 1.5
_NO_HEAT: Final = 0.02
_GAIN: Final = 10.0

_SHORTEST_DT_S: Final = 1 / 120
_LONGEST_DT_S: Final = 2.0


def to_grid(c4: Tensor, c5: Tensor) -> Tensor:
    """Bring C4 and C5 of a 384 x 288 picture onto one grid, (B, 432, 9, 12)."""
    return torch.cat((functional.avg_pool2d(c4, 2), c5), dim=1)


class MotionReader(Recurrent):
    """Compares each frame with the trail of the frames before it; nothing in it is trained.

    The trail is an exponential average with a time constant of 0.2 s, so that what is read
    hardly depends on the frame rate. Heat marks where motion was of late and fades within some
    1.5 s: it tells where to look, and stays behind when somebody comes to rest.
    """

    def state_spec(self) -> tuple[TensorSpec, ...]:
        """Return trail, heat, and whether there is a frame to compare with."""
        return (
            TensorSpec(name="trail", shape=(GRID_CHANNELS, *GRID_CELLS)),
            TensorSpec(name="heat", shape=(2, *GRID_CELLS)),
            TensorSpec(name="seen", shape=(1,)),
        )

    def init_state(self, batch: int) -> TensorState:
        """Return the state a stream starts from."""
        return {spec.name: torch.zeros(batch, *spec.shape) for spec in self.state_spec()}

    def step(  # type: ignore[override]
        self, grid: Tensor, state: TensorState, dt_s: Tensor
    ) -> tuple[Tensor, TensorState]:
        """Read one frame.

        Parameters
        ----------
        grid
            (B, 432, 9, 12), see `to_grid`.
        dt_s
            (B,) seconds since the frame before.

        Returns
        -------
        motion, state
            (B, 1296): change of each channel over the whole picture (root mean square,
            compressed), change where the heat is (compressed), look where the heat is.
        """
        dt_s = dt_s.clamp(_SHORTEST_DT_S, _LONGEST_DT_S)
        seen = state["seen"].view(-1, 1, 1, 1)
        change = (grid - state["trail"]) * seen
        keep = torch.exp(-dt_s / _TRAIL_S).view(-1, 1, 1, 1) * seen
        fade = torch.exp(-dt_s / _HEAT_S).view(-1, 1, 1, 1)
        strength = torch.stack(
            (
                change[:, :C4_CHANNELS].square().mean(dim=1).sqrt(),
                change[:, C4_CHANNELS:].square().mean(dim=1).sqrt(),
            ),
            dim=1,
        )
        heat = torch.maximum(strength, state["heat"] * fade * seen)
        motion = torch.cat(
            (
                _compress(change.square().mean(dim=(2, 3)).sqrt()),
                _compress(_where_hot(change.abs(), heat)),
                _where_hot(grid, heat),
            ),
            dim=1,
        )
        following = {
            "trail": keep * state["trail"] + (1 - keep) * grid,
            "heat": heat,
            "seen": torch.ones_like(state["seen"]),
        }
        return motion, following


def _where_hot(grid: Tensor, heat: Tensor) -> Tensor:
    share = heat + _NO_HEAT
    share = share / share.sum(dim=(2, 3), keepdim=True)
    return torch.cat(
        (
            (grid[:, :C4_CHANNELS] * share[:, :1]).sum(dim=(2, 3)),
            (grid[:, C4_CHANNELS:] * share[:, 1:]).sum(dim=(2, 3)),
        ),
        dim=1,
    )


def _compress(x: Tensor) -> Tensor:
    return torch.log1p(_GAIN * x)
