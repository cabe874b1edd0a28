"""The language motion programs are written in: moves, holds, cycles and turns.

A program is a generator of steps. Each step starts from the pose the one before it left; a step
with ``labelled=True`` belongs to the action that the program is named for, so that labels begin and
end with the action and not with the way into it.

>>> def waving(m):
...     side = m.hand()
...     yield Move(on(side, arm_out=80, arm_twist=-90, elbow=90), m.s(0.5))
...     yield Cycle({f"elbow_{side}": wave(30)}, m.s(0.5), m.rest())
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.interpolate import PchipInterpolator

from models.actors.channels import CHANNELS, INDEX, Pose

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

RATE_HZ: Final = 60
"""Poses per second that programs are rendered at."""

Curve = Callable[["NDArray[np.float64]"], "NDArray[np.float64]"]
"""Phase, 0..1 within a cycle, to the offset of one channel."""

_EASES: Final[dict[str, Curve]] = {
    "smooth": lambda t: t**3 * (10 - 15 * t + 6 * t**2),  # minimum jerk (Flash & Hogan 1985)
    "fall": lambda t: t**2.2,
    "snap": lambda t: 1 - (1 - t) ** 2.5,
}


@dataclass(frozen=True, slots=True)
class Move:
    """Go to a pose; channels it does not name stay."""

    to: Pose
    seconds: float
    labelled: bool = True
    ease: str = "smooth"


@dataclass(frozen=True, slots=True)
class Hold:
    """Stay."""

    seconds: float
    labelled: bool = True


@dataclass(frozen=True, slots=True)
class Cycle:
    """Repeat curves on top of the pose, swelling in and out over a part of a period.

    Attributes
    ----------
    drift
        Change of a channel per second, for example of ``yaw`` on a curved way.
    fade
        Periods to swell in, and to die away.
    """

    curves: dict[str, Curve]
    period_s: float
    seconds: float
    labelled: bool = True
    drift: Pose = field(default_factory=dict)
    fade: float = 0.5


@dataclass(frozen=True, slots=True)
class Turn:
    """Turn the heading by so many degrees to the left while cycling `curves` (steps)."""

    degrees: float
    seconds: float
    curves: dict[str, Curve] = field(default_factory=dict)
    period_s: float = 1.0
    labelled: bool = True


Step = Move | Hold | Cycle | Turn
Program = Callable[["Improviser"], Iterator[Step]]


def wave(amplitude: float, shift: float = 0.0) -> Curve:
    """Return a sine of `amplitude`, ahead by `shift` periods."""
    return lambda phase: amplitude * np.sin(2 * np.pi * (phase + shift))


def bounce(amplitude: float, shift: float = 0.0) -> Curve:
    """Return a smooth rise from zero to `amplitude` and back once per period."""
    return lambda phase: amplitude * (0.5 - 0.5 * np.cos(2 * np.pi * (phase + shift)))


def arc(height: float, begin: float, end: float) -> Curve:
    """Return a ballistic parabola of `height` between two phases, zero elsewhere."""

    def curve(phase: Array) -> Array:
        t = (np.mod(phase, 1) - begin) / (end - begin)
        return np.where((t > 0) & (t < 1), 4 * height * t * (1 - t), 0.0)

    return curve


def through(*points: tuple[float, float], shift: float = 0.0, scale: float = 1.0) -> Curve:
    """Return a periodic curve through (phase, value) `points` in order, without overshoot."""
    phase, value = np.array(points, np.float64).T
    knots = np.concatenate([phase - 1, phase, phase + 1])
    spline = PchipInterpolator(knots, np.tile(value, 3) * scale)
    return lambda at: spline(np.mod(at + shift, 1.0))


class Improviser:
    """What a program asks for: chance, tempo, handedness, and where the body is now.

    Parameters
    ----------
    rng
        Source of all variation.
    seconds
        How long the program should last in all; programs of fixed length ignore it.

    Attributes
    ----------
    tempo
        Below one quicker, above one slower.
    vigour
        Multiplies amplitudes.
    now
        (D,) channels the last step left, kept up to date while the program is rendered.
    """

    def __init__(self, rng: np.random.Generator, seconds: float, now: Array) -> None:
        self.rng = rng
        self.seconds = seconds
        self.tempo = float(np.exp(rng.normal(0, 0.13)))
        self.vigour = float(np.clip(np.exp(rng.normal(0, 0.15)), 0.7, 1.3))
        self.now = now
        self.elapsed_s = 0.0

    def s(self, seconds: float) -> float:
        """Return a duration near `seconds`, at this performance's tempo."""
        return seconds * self.tempo * float(np.exp(self.rng.normal(0, 0.08)))

    def about(self, value: float, spread: float = 0.1) -> float:
        """Return a value near `value`."""
        return float(value * (1 + self.rng.normal(0, spread)))

    def between(self, low: float, high: float) -> float:
        """Return a value evenly drawn from the range."""
        return float(self.rng.uniform(low, high))

    def chance(self, probability: float) -> bool:
        """Return True with `probability`."""
        return bool(self.rng.random() < probability)

    def hand(self) -> str:
        """Return the side of the hand used, the right one more often."""
        return "r" if self.chance(0.65) else "l"

    def side(self) -> str:
        """Return either side."""
        return "r" if self.chance(0.5) else "l"

    def rest(self, least: float = 0.6, keep: float = 0.0) -> float:
        """Return the seconds still to fill, but for `keep`, and no fewer than `least`."""
        return max(least, self.seconds - self.elapsed_s - keep)

    def channel(self, name: str) -> float:
        """Return the present value of a channel."""
        return float(self.now[INDEX[name]])


@dataclass(frozen=True, slots=True)
class Rendered:
    """A program as numbers.

    Attributes
    ----------
    channels
        (T, D) at `RATE_HZ`.
    labelled
        (T,) bool: the action itself is going on.
    touched
        (D,) bool: the program names this channel.
    """

    channels: Array
    labelled: NDArray[np.bool_]
    touched: NDArray[np.bool_]


def render(program: Program, improviser: Improviser) -> Rendered:
    """Run `program` from the pose ``improviser.now``."""
    rows: list[Array] = []
    labelled: list[NDArray[np.bool_]] = []
    touched = np.zeros(len(CHANNELS), bool)
    for step in program(improviser):
        count = max(1, round(step.seconds * RATE_HZ))
        block = _render_step(step, improviser.now, count, touched)
        rows.append(block)
        labelled.append(np.full(count, step.labelled))
        improviser.now = block[-1].copy()
        improviser.elapsed_s += count / RATE_HZ
    return Rendered(np.concatenate(rows), np.concatenate(labelled), touched)


def _render_step(step: Step, start: Array, count: int, touched: NDArray[np.bool_]) -> Array:
    """Return the (count, D) channels of one step and note what it touches."""
    block = np.repeat(start[None], count, 0)
    t = (np.arange(count) + 1) / count
    if isinstance(step, Move):
        eased = _EASES[step.ease](t)
        for name, value in step.to.items():
            i = INDEX[name]
            touched[i] = True
            block[:, i] += eased * (value - start[i])
    elif isinstance(step, Cycle):
        for name, rate in step.drift.items():
            touched[INDEX[name]] = True
            block[:, INDEX[name]] += rate * t * step.seconds
        _add_curves(block, step.curves, step.period_s, step.seconds, step.fade, touched)
    elif isinstance(step, Turn):
        block[:, INDEX["yaw"]] += step.degrees * _EASES["smooth"](t)
        _add_curves(block, step.curves, step.period_s, step.seconds, 0.5, touched)
    return block


def _add_curves(
    block: Array,
    curves: dict[str, Curve],
    period_s: float,
    seconds: float,
    fade: float,
    touched: NDArray[np.bool_],
) -> None:
    """Add `curves` to (T, D) `block`, dying away at both ends."""
    at_s = (np.arange(len(block)) + 1) / RATE_HZ
    fade_s = max(min(fade * period_s, seconds / 2), 1 / RATE_HZ)
    swell = np.clip(np.minimum(at_s, seconds - at_s) / fade_s, 0, 1)
    swell = swell * swell * (3 - 2 * swell)
    for name, curve in curves.items():
        touched[INDEX[name]] = True
        block[:, INDEX[name]] += swell * curve(np.mod(at_s / period_s, 1.0))
