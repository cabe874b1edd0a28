"""What happens to carried memory where the stream breaks."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TypeVar

from engine.frame import Cause

if TYPE_CHECKING:
    from collections.abc import Mapping


_E = TypeVar("_E", bound=StrEnum)


class Reaction(StrEnum):
    """What happens to memory at a discontinuity."""

    RESET = "reset"
    """Back to the initial state: nothing before this frame counts."""
    HOLD = "hold"
    """Carried on; the model is told how much time has passed."""
    DECAY = "decay"
    """Carried on, faded towards the initial state by how much time has passed."""
    REPLAY = "replay"
    """Rebuilt by running the frames before once more, from the nearest checkpoint if there is one,
    else with empty memory from a little before."""


@dataclass(frozen=True, slots=True)
class Treatment:
    """A reaction, and for `Reaction.DECAY` its half-life in seconds of stream time."""

    reaction: Reaction
    half_life_s: float | None = None

    def __str__(self) -> str:
        """Return it as `StatePolicy.parse` reads it."""
        if self.half_life_s is None:
            return self.reaction.value
        return f"{self.reaction.value}:{self.half_life_s:g}"


@dataclass(frozen=True, slots=True)
class StateEvent:
    """What was done with memory before a frame, and why.

    Attributes
    ----------
    kept
        Share of the memory that was left, 0..1.
    """

    cause: Cause
    reaction: Reaction
    kept: float


_RESET: Final = Treatment(Reaction.RESET)
_HOLD: Final = Treatment(Reaction.HOLD)
_REPLAY: Final = Treatment(Reaction.REPLAY)

DEFAULTS: Final[Mapping[Cause, Treatment]] = MappingProxyType(
    {
        Cause.START: _RESET,
        Cause.SEEK: _REPLAY,
        # A slow machine drops frames all the time; emptying memory at each would leave none.
        Cause.GAP: _HOLD,
        Cause.DROP: _HOLD,
        Cause.SCENE_CUT: _RESET,
        Cause.RECONNECT: _RESET,
        Cause.SOURCE: _RESET,
        Cause.SIZE: _RESET,
        Cause.BACKEND: _REPLAY,
    }
)
_CARRIES_ON: Final = (Reaction.RESET, Reaction.HOLD, Reaction.DECAY)
POSSIBLE: Final[Mapping[Cause, tuple[Reaction, ...]]] = MappingProxyType(
    dict.fromkeys(Cause, _CARRIES_ON)
    | {
        Cause.START: (Reaction.RESET,),
        Cause.SEEK: (*_CARRIES_ON, Reaction.REPLAY),
        # The memory of one runtime is nothing that another has to understand.
        Cause.BACKEND: (Reaction.RESET, Reaction.REPLAY),
    }
)
"""What can be asked for: there is nothing to replay where the stream itself is lost."""


@dataclass(frozen=True, slots=True)
class StatePolicy:
    """Treatment of memory by the cause of a discontinuity.

    Attributes
    ----------
    treatments
        One per cause; those not named have their default.
    longest_gap_s
        Stream time between two frames from which on memory that would be held is reset: what was
        seen before says too little about now. Memory that decays needs no such limit.
    """

    treatments: Mapping[Cause, Treatment] = field(default_factory=dict)
    longest_gap_s: float = 2.0

    @classmethod
    def parse(cls, text: str) -> StatePolicy:
        """Read ``cause=reaction`` pairs, such as ``gap=decay:1.0,scene-cut=hold``.

        Raises
        ------
        ValueError
            If it names what there is not, or what cannot be; the message says what can.
        """
        treatments = {}
        for part in filter(None, (piece.strip() for piece in text.split(","))):
            name, equals, wanted = part.partition("=")
            if not equals:
                raise ValueError(f"{part!r} is not cause=reaction, such as gap=hold")
            cause = _named(Cause, name.strip(), "a cause")
            treatments[cause] = _parse_treatment(cause, wanted.strip())
        return cls(treatments)

    def __str__(self) -> str:
        """Return what differs from the defaults, as `parse` reads it."""
        return ",".join(
            f"{cause.value}={treatment}"
            for cause, treatment in self.treatments.items()
            if treatment != DEFAULTS[cause]
        )

    def treatment(self, cause: Cause) -> Treatment:
        """Return what is to be done."""
        return self.treatments.get(cause, DEFAULTS[cause])

    def replays(self, cause: Cause) -> bool:
        """Whether memory is rebuilt from what came before, as far as that is known."""
        return self.treatment(cause).reaction is Reaction.REPLAY

    def judge(self, cause: Cause, dt_s: float) -> StateEvent:
        """Return what to do before a frame that comes `dt_s` after the last one.

        Parameters
        ----------
        cause
            `Cause.GAP` where nothing is known but that the times do not follow.
        dt_s
            Stream time; after a jump of any sign and size.
        """
        treatment = self.treatment(cause)
        if treatment.reaction is Reaction.DECAY and treatment.half_life_s is not None:
            kept = 0.5 ** (abs(dt_s) / treatment.half_life_s)
            return StateEvent(cause, Reaction.DECAY, kept)
        if treatment.reaction is Reaction.HOLD and (cause is Cause.SEEK or self._near(dt_s)):
            return StateEvent(cause, Reaction.HOLD, 1.0)
        return StateEvent(cause, Reaction.RESET, 0.0)

    def follows(self, dt_s: float) -> bool:
        """Whether a frame without a mark simply carries on."""
        return self._near(dt_s)

    def _near(self, dt_s: float) -> bool:
        return 0 < dt_s <= self.longest_gap_s


def _parse_treatment(cause: Cause, text: str) -> Treatment:
    name, colon, number = text.partition(":")
    reaction = _named(Reaction, name, "a reaction")
    if reaction not in POSSIBLE[cause]:
        possible = ", ".join(POSSIBLE[cause])
        raise ValueError(f"{cause.value}={reaction.value} cannot be; it takes {possible}")
    if reaction is not Reaction.DECAY:
        if colon:
            raise ValueError(f"{reaction.value} takes no number, only decay does")
        return Treatment(reaction)
    try:
        half_life_s = float(number) if colon else 1.0
    except ValueError:
        raise ValueError(f"{number!r} is no number of seconds") from None
    if not 0 < half_life_s < float("inf"):
        raise ValueError("a half-life is more than 0 seconds")
    return Treatment(reaction, half_life_s)


def _named(kind: type[_E], name: str, what: str) -> _E:
    try:
        return kind(name)
    except ValueError:
        known = ", ".join(member.value for member in kind)
        raise ValueError(f"{name!r} is not {what}: {known}") from None
