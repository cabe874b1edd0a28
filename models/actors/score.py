"""Putting actions one after another, gestures on top, and saying when each goes on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.ndimage import gaussian_filter1d

from models.actors.channels import CHANNELS, INDEX, UPPER_BODY, dense
from models.actors.language import RATE_HZ, Improviser, render
from models.actors.motions import ACTIONS, LIE, SIT, STAND, Action, Posture
from models.actors.motions.poses import lying, sitting, standing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_WAYS: Final[dict[tuple[Posture, Posture], tuple[str, ...]]] = {
    (STAND, SIT): ("sitting down",),
    (SIT, STAND): ("standing up",),
    (STAND, LIE): ("lying down",),
    (LIE, STAND): ("getting up",),
    (SIT, LIE): ("standing up", "lying down"),
    (LIE, SIT): ("getting up", "sitting down"),
}
_BLEND_S: Final = 0.45
_SMOOTH_S: Final = 0.025
_SWAY: Final = {
    "bend": 1.0, "side": 1.0, "twist": 1.2, "nod": 2.0, "turn": 3.0, "tilt": 1.2, "pelvis": 0.6,
    "roll": 0.3, "pitch": 0.3, "arm_l": 1.5, "arm_r": 1.5, "arm_out_l": 1.2, "arm_out_r": 1.2,
    "elbow_l": 2.5, "elbow_r": 2.5,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Act:
    """An action for so many seconds (which those of fixed length ignore)."""

    name: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Gesture:
    """A gesture on top of the acts, from `start_s` on."""

    name: str
    start_s: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Interval:
    """A label that holds from `start_s` until `end_s`."""

    label: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Held:
    """A prop in the left or right hand (or both, for a book), from `start_s` until `end_s`."""

    prop: str
    side: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Score:
    """One person's part.

    Attributes
    ----------
    channels
        (T, D) at `RATE_HZ`.
    labels
        T sets of labels.
    """

    channels: Array
    labels: tuple[frozenset[str], ...]
    held: tuple[Held, ...] = ()

    @property
    def seconds(self) -> float:
        """Length."""
        return len(self.channels) / RATE_HZ

    def until(self, end_s: float) -> Score:
        """Return the part before `end_s`."""
        count = round(end_s * RATE_HZ) + 1
        return replace(self, channels=self.channels[:count], labels=self.labels[:count])

    def intervals(self) -> list[Interval]:
        """Return when each label holds, in order of time."""
        found: list[Interval] = []
        for label in sorted(frozenset().union(*self.labels)):
            holds = np.array([0, *(label in at for at in self.labels), 0])
            edges = np.flatnonzero(np.diff(holds)) / RATE_HZ
            found += [
                Interval(label, float(a), float(b))
                for a, b in zip(edges[::2], edges[1::2], strict=True)
            ]
        return sorted(found, key=lambda interval: (interval.start_s, interval.label))


def play(rng: np.random.Generator, acts: Sequence[Act], gestures: Sequence[Gesture] = ()) -> Score:
    """Perform `acts` in order, with the ways between their postures, and `gestures` on top."""
    channels, labels = _play_acts(rng, acts)
    held = []
    for gesture in gestures:
        if prop := _overlay(rng, gesture, channels, labels):
            held.append(prop)
    _add_sway(rng, channels)
    channels = gaussian_filter1d(channels, _SMOOTH_S * RATE_HZ, axis=0, mode="nearest")
    return Score(channels, tuple(frozenset(at) for at in labels), tuple(held))


def with_ways(acts: Sequence[Act]) -> list[Act]:
    """Return `acts` with the actions between that lead from posture to posture."""
    made: list[Act] = []
    for act in acts:
        if made:
            ways = _WAYS.get((ACTIONS[made[-1].name].end, ACTIONS[act.name].start), ())
            made += [Act(way, 0.0) for way in ways]
        made.append(act)
    return made


def _play_acts(rng: np.random.Generator, acts: Sequence[Act]) -> tuple[Array, list[set[str]]]:
    """Return channels and labels of the acts alone."""
    start = Improviser(rng, 0.0, np.zeros(len(CHANNELS)))
    first = {STAND: standing, SIT: sitting, LIE: lying}[ACTIONS[acts[0].name].start]
    now = dense(first(start))
    blocks: list[Array] = []
    labels: list[set[str]] = []
    for act in with_ways(acts):
        action = ACTIONS[act.name]
        rendered = render(action.program, Improviser(rng, act.seconds, now))
        now = rendered.channels[-1].copy()
        blocks.append(rendered.channels)
        labels += [_labels(action, bool(on)) for on in rendered.labelled]
    return np.concatenate(blocks), labels


def _labels(action: Action, labelled: bool) -> set[str]:
    if not labelled:
        return {str(action.start)}
    return {action.name, *action.also, *([str(action.start)] if action.keeps else [])}


def _overlay(
    rng: np.random.Generator, gesture: Gesture, channels: Array, labels: list[set[str]]
) -> Held | None:
    """Blend a gesture into `channels` and `labels`; return what it holds."""
    action = ACTIONS[gesture.name]
    begin = round(gesture.start_s * RATE_HZ)
    rendered = render(action.program, Improviser(rng, gesture.seconds, channels[begin].copy()))
    count = min(len(rendered.channels), len(channels) - begin)
    free = np.isin(CHANNELS, UPPER_BODY) & rendered.touched
    t = (count - np.arange(count)) / (_BLEND_S * RATE_HZ)
    leaving = begin + count < len(channels)
    share = np.clip(t, 0, 1) if leaving else np.ones(count)
    share = (share**2 * (3 - 2 * share))[:, None]
    part = channels[begin : begin + count]
    # What the legs do goes on below; the trunk's own lean is kept under the gesture's.
    part[:, free] += share * (rendered.channels[:count, free] - part[:, free])
    until = count - round(_BLEND_S * RATE_HZ / 2) if leaving else count
    for i in range(max(until, 0)):
        if rendered.labelled[i]:
            labels[begin + i].add(gesture.name)
    if not action.prop:
        return None
    arms = {s for s in "lr" if free[INDEX[f"elbow_{s}"]]}
    side = "both" if len(arms) == 2 else next(iter(arms))
    return Held(action.prop, side, gesture.start_s, gesture.start_s + count / RATE_HZ)


def _add_sway(rng: np.random.Generator, channels: Array) -> None:
    """Add the small unrest of a living body."""
    at_s = np.arange(len(channels)) / RATE_HZ
    for name, size in _SWAY.items():
        for _ in range(2):
            rate_hz, phase = rng.uniform(0.12, 0.6), rng.uniform(0, 2 * np.pi)
            channels[:, INDEX[name]] += (
                size * rng.normal(0, 0.6) * np.sin(2 * np.pi * rate_hz * at_s + phase)
            )
