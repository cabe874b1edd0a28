"""Stages: layers over a clip that take their memory as an argument and hand it back.

A stage sees a clip of any length T ≥ 1 and the state left by the frames before it; what it puts out
for a frame depends on no later one. So a network made of stages streams by being given clips of one
frame, and gives the same numbers as on the whole clip.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Final, cast

import torch
from torch import Tensor, nn

from models.cells.registry import CELLS, MAP_CELLS
from models.spec import TensorSpec
from models.zoo.foresighted import Foresighted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.recurrent import TensorState
    from models.zoo.config import ZooConfig


_FEWEST_PERIODS: Final = 1 / 8
_MOST_PERIODS: Final = 16.0


class Stage(nn.Module):
    """One layer of a `Chain`."""

    def state_spec(self) -> tuple[TensorSpec, ...]:
        """Return the names and shapes (without batch) of the state tensors; none by default."""
        return ()

    @abstractmethod
    def forward(self, clip: Tensor, state: TensorState, dt_s: Tensor) -> tuple[Tensor, TensorState]:
        """Map (B, T, ...) to (B, T, ...).

        Parameters
        ----------
        state
            Holds at least the tensors of `state_spec`.
        dt_s
            (B, T) float32, seconds from the frame before to each.

        Returns
        -------
        output, state
            The state holds exactly the tensors of `state_spec`, as they are after the last frame.
        """


class PerFrame(Stage):
    """A module applied to every frame on its own."""

    def __init__(self, *modules: nn.Module) -> None:
        super().__init__()
        self.module = nn.Sequential(*modules)

    def forward(self, clip: Tensor, state: TensorState, dt_s: Tensor) -> tuple[Tensor, TensorState]:
        """Map (B, T, ...) to (B, T, ...)."""
        output: Tensor = self.module(clip.flatten(0, 1))
        return split_time(output, clip.shape[1]), {}


class RecurrentLayer(Stage):
    """A layer of one of `models.cells.registry.CELLS`.

    Parameters
    ----------
    name
        Prefix of its state tensors.
    cell
        Key of the registry.
    """

    def __init__(self, name: str, cell: str, inputs: int, hidden: int) -> None:
        super().__init__()
        kind = CELLS[cell]
        self.cell = kind.create(inputs, hidden)
        self.hidden = hidden
        self._names = tuple(f"{name}.{part}" for part in kind.parts)

    def state_spec(self) -> tuple[TensorSpec, ...]:
        """Return h, and c where the cell has one."""
        return tuple(TensorSpec(name=name, shape=(self.hidden,)) for name in self._names)

    def forward(self, clip: Tensor, state: TensorState, dt_s: Tensor) -> tuple[Tensor, TensorState]:
        """Map (B, T, inputs) to (B, T, hidden)."""
        memory = tuple(state[name] for name in self._names)
        outputs = []
        for projected in self.cell.from_input(clip).unbind(1):
            memory = self.cell.advance(projected, *memory)
            outputs.append(memory[0])
        return torch.stack(outputs, dim=1), dict(zip(self._names, memory, strict=True))


class Clock(Stage):
    """Tells what follows how long ago the last frame was, in one more number.

    The articles' networks count frames, so that twice the rate is half the speed to them. With
    this, what the memory makes of a frame can depend on the time that it stands for.

    Parameters
    ----------
    rate_hz
        At which that number is 0; at half the rate it is log 2.
    """

    def __init__(self, rate_hz: float) -> None:
        super().__init__()
        self._rate_hz = rate_hz

    def forward(self, clip: Tensor, state: TensorState, dt_s: Tensor) -> tuple[Tensor, TensorState]:
        """Map (B, T, F) to (B, T, F + 1)."""
        periods = (dt_s * self._rate_hz).clamp(_FEWEST_PERIODS, _MOST_PERIODS)
        return torch.cat((clip, periods.log().unsqueeze(2).to(clip.dtype)), dim=2), {}


class MapLayer(Stage):
    """A recurrent layer over feature maps.

    Parameters
    ----------
    cell
        Key of ``MAP_CELLS``, whose gates see a neighbourhood, or of ``CELLS``, which then run at
        every place of the map with the same weights.
    size
        Height and width of the map.
    """

    def __init__(
        self, name: str, cell: str, inputs: int, hidden: int, size: tuple[int, int]
    ) -> None:
        super().__init__()
        self._shape = (hidden, *size)
        self.cell: nn.Module
        parts: tuple[str, ...] = ("h", "c")
        if cell in MAP_CELLS:
            self.cell = MAP_CELLS[cell](inputs, hidden)
        else:
            self.cell = cast("nn.Module", CELLS[cell].create(inputs, hidden))
            parts = CELLS[cell].parts
        self._everywhere = cell in CELLS
        self._names = tuple(f"{name}.{part}" for part in parts)

    def state_spec(self) -> tuple[TensorSpec, ...]:
        """Return h, and c where the cell has one, each (hidden, H, W)."""
        return tuple(TensorSpec(name=name, shape=self._shape) for name in self._names)

    def forward(self, clip: Tensor, state: TensorState, dt_s: Tensor) -> tuple[Tensor, TensorState]:
        """Map (B, T, inputs, H, W) to (B, T, hidden, H, W)."""
        memory = tuple(state[name] for name in self._names)
        outputs = []
        for frame in clip.unbind(1):
            memory = self._advance(frame, memory)
            outputs.append(memory[0])
        return torch.stack(outputs, dim=1), dict(zip(self._names, memory, strict=True))

    def _advance(self, frame: Tensor, memory: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        if not self._everywhere:
            return cast("tuple[Tensor, ...]", self.cell(frame, *memory))
        places = self.cell(_to_places(frame), *map(_to_places, memory))
        return tuple(
            part.reshape(-1, *self._shape[1:], self._shape[0]).permute(0, 3, 1, 2)
            for part in places
        )


def clock_stage(config: ZooConfig) -> dict[str, Stage]:
    """Return the `Clock` of an architecture by its name in the `Chain`, if it is to have one."""
    return {} if config.clock_hz is None else {"clock": Clock(config.clock_hz)}


def split_time(frames: Tensor, count: int) -> Tensor:
    """Turn (B * T, ...) into (B, T, ...), where T is `count`."""
    return frames.reshape(-1, count, *frames.shape[1:])


def _by_place(clip: Tensor) -> Tensor:
    """Turn (B, T, C, H, W) into (B * H * W, T, C); leave (B, T, C) as it is."""
    return clip.permute(0, 3, 4, 1, 2).flatten(0, 2) if clip.ndim == 5 else clip


def _to_places(maps: Tensor) -> Tensor:
    """Turn (B, C, H, W) into (B * H * W, C)."""
    return maps.permute(0, 2, 3, 1).flatten(0, 2)


class Chain(Foresighted):
    """Stages one after the other: a whole network by the recurrent contract.

    ``dt_s`` changes something where one of the stages is a `Clock`.

    Parameters
    ----------
    stages
        By name, in order.
    """

    def __init__(self, stages: Mapping[str, Stage]) -> None:
        super().__init__()
        self.stages = nn.ModuleDict(stages)

    def state_spec(self) -> tuple[TensorSpec, ...]:
        """Return the state of every stage, in order."""
        return tuple(spec for stage in self._in_order() for spec in stage.state_spec())

    def step(  # type: ignore[override]
        self, features: Tensor, state: TensorState, dt_s: Tensor
    ) -> tuple[Tensor, TensorState]:
        """Take one frame (B, ...); see `models.recurrent.Recurrent.step`."""
        output, state = self.forward(features.unsqueeze(1), state, dt_s.unsqueeze(1))
        return output.squeeze(1), state

    def forward(  # type: ignore[override]
        self, clip: Tensor, state: TensorState, dt_s: Tensor
    ) -> tuple[Tensor, TensorState]:
        """Take a clip (B, T, ...); see `models.recurrent.Recurrent.forward`."""
        following: dict[str, Tensor] = {}
        for stage in self._in_order():
            clip, part = stage(clip, state, dt_s)
            following.update(part)
        return clip, following

    def recollect(self, clip: Tensor, state: TensorState, dt_s: Tensor) -> tuple[Tensor, Tensor]:
        """See `Foresighted.recollect`."""
        seen: Tensor | None = None
        remembered = clip
        for stage in self._in_order():
            if seen is None and isinstance(stage, (Clock, RecurrentLayer, MapLayer)):
                seen = clip = clip.detach()
            clip, _ = stage(clip, state, dt_s)
            if isinstance(stage, (RecurrentLayer, MapLayer)):
                remembered = clip
        if seen is None:
            raise ValueError("The network has no memory.")
        return _by_place(seen), _by_place(remembered)

    def _in_order(self) -> tuple[Stage, ...]:
        return tuple(cast("Stage", stage) for stage in self.stages.values())
