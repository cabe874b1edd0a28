"""When carried memory is kept and when it is emptied."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from engine.frame import Discontinuity

if TYPE_CHECKING:
    from collections.abc import Mapping


class Reaction(StrEnum):
    """What happens to memory at a discontinuity."""

    RESET = "reset"
    """Back to the initial state: nothing before this frame counts."""
    HOLD = "hold"
    """Carried on; the model is told how much time has passed."""


_DEFAULT_REACTIONS: Final[Mapping[Discontinuity, Reaction]] = MappingProxyType(
    {
        Discontinuity.START: Reaction.RESET,
        Discontinuity.SEEK: Reaction.RESET,
        Discontinuity.SOURCE: Reaction.RESET,
        Discontinuity.SCENE_CUT: Reaction.RESET,
        # A slow machine drops frames all the time; emptying memory at each would leave none.
        Discontinuity.GAP: Reaction.HOLD,
    }
)


@dataclass(frozen=True, slots=True)
class StatePolicy:
    """Reaction to each kind of discontinuity.

    Attributes
    ----------
    reactions
        One per kind.
    longest_gap_s
        Stream time between two frames from which on memory is reset whatever the kind: what was
        seen before says too little about now.
    """

    reactions: Mapping[Discontinuity, Reaction] = field(default_factory=lambda: _DEFAULT_REACTIONS)
    longest_gap_s: float = 2.0

    def reaction(self, discontinuity: Discontinuity | None, dt_s: float) -> Reaction:
        """Return what to do before a frame that comes `dt_s` after the last one."""
        if dt_s > self.longest_gap_s or dt_s <= 0:
            return Reaction.RESET
        return Reaction.HOLD if discontinuity is None else self.reactions[discontinuity]
