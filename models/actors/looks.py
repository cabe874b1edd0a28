"""Skin, hair and clothes."""

from __future__ import annotations

import colorsys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from models.actors.body import Phenotype

Colour = tuple[float, float, float]
"""Linear RGB, 0..1."""

_SKINS: Final[tuple[Colour, ...]] = (
    (0.76, 0.50, 0.38), (0.66, 0.40, 0.28), (0.52, 0.29, 0.18), (0.34, 0.17, 0.10),
    (0.20, 0.10, 0.06), (0.11, 0.055, 0.035),
)  # fmt: skip
_HAIRS: Final[tuple[Colour, ...]] = (
    (0.012, 0.010, 0.009), (0.03, 0.018, 0.011), (0.09, 0.045, 0.02), (0.30, 0.18, 0.07),
    (0.20, 0.06, 0.02),
)  # fmt: skip
_GREY: Final[Colour] = (0.42, 0.41, 0.40)
_BALD: Final = 9.0


@dataclass(frozen=True, slots=True)
class Look:
    """How a person is dressed.

    Attributes
    ----------
    sleeve, hem
        Where sleeves and trouser legs end: 0 shoulder or hip, 1 elbow or knee, 2 wrist or ankle.
    waist_m, collar_m
        Heights on the average body.
    top_pattern, bottom_pattern
        (kind, scale): 0 plain, 1 horizontal, 2 vertical stripes, 3 checks, 4 blotches, 5 a print.
    hairline
        Metres from the head's centre up and back where hair begins; 9 is bald.
    loose_top, loose_bottom
        Metres the cloth stands off the skin.
    prop
        Colour of what is held.
    """

    skin: Colour
    hair: Colour
    top: Colour
    top_2: Colour
    bottom: Colour
    bottom_2: Colour
    shoes: Colour
    beard: Colour
    sleeve: float
    hem: float
    waist_m: float
    collar_m: float
    top_pattern: tuple[float, float]
    bottom_pattern: tuple[float, float]
    hairline: float
    long_hair: bool
    skirt: bool
    loose_top: float
    loose_bottom: float
    prop: Colour


def sample_look(rng: np.random.Generator, who: Phenotype) -> Look:
    """Draw clothes, skin and hair for `who`; `Phenotype.origin` leads the skin tone a little."""
    female = who.male < 0.5
    tone = float(np.clip(rng.beta(1.2, 1.6) * 3.2 + 2.4 * who.origin[0], 0, 4.999))
    skin = _mix(_SKINS[int(tone)], _SKINS[int(tone) + 1], tone % 1)
    grey = rng.random() < np.clip((who.age_years - 35) / 40, 0, 0.9)
    hair = _GREY if grey else _HAIRS[min(int(rng.exponential(1.3)), len(_HAIRS) - 1)]
    skirt = bool(female and rng.random() < 0.25)
    covered = rng.random() < 0.08
    top, bottom = _cloth(rng), _cloth(rng) if rng.random() < 0.5 else _muted(rng)
    if skirt and rng.random() < 0.5:
        bottom = top
    bald = not female and rng.random() < 0.12
    has_beard = not female and who.age_years > 20 and rng.random() < 0.3
    return Look(
        skin=skin,
        hair=_cloth(rng) if covered else hair,
        top=top,
        top_2=_cloth(rng),
        bottom=bottom,
        bottom_2=_mix(bottom, _cloth(rng), 0.5),
        shoes=_cloth(rng) if rng.random() < 0.4 else _muted(rng),
        beard=hair if has_beard else (-1.0, 0.0, 0.0),
        sleeve=float(
            rng.choice((0.12, 0.45, 0.7, 1.3, 1.9, 1.95), p=(0.1, 0.2, 0.2, 0.1, 0.2, 0.2))
        ),
        hem=0.35 if skirt else float(rng.choice((0.5, 0.85, 1.5, 1.95), p=(0.08, 0.12, 0.1, 0.7))),
        waist_m=float(rng.uniform(0.86, 1.0)),
        collar_m=float(rng.uniform(1.30, 1.40)),
        top_pattern=_pattern(rng, 0.5),
        bottom_pattern=_pattern(rng, 0.15),
        hairline=_BALD if bald else float(rng.uniform(0.0, 0.055)),
        long_hair=bool(rng.random() < (0.55 if female else 0.05)) and not bald,
        skirt=skirt,
        loose_top=float(rng.gamma(2.0, 0.006)),
        loose_bottom=float(rng.gamma(2.0, 0.005)),
        prop=_cloth(rng),
    )


def _cloth(rng: np.random.Generator) -> Colour:
    """Return any colour of cloth, from black over dull to bright."""
    value = rng.beta(1.1, 1.5)
    r, g, b = colorsys.hsv_to_rgb(rng.random(), rng.beta(1.0, 1.6), 0.03 + 0.9 * value)
    return (r**2.0, g**2.0, b**2.0)


def _muted(rng: np.random.Generator) -> Colour:
    """Return a colour of jeans, suits and shoes."""
    r, g, b = colorsys.hsv_to_rgb(rng.choice((0.6, 0.62, 0.08, 0.1)), rng.uniform(0, 0.5), 1.0)
    dark = rng.uniform(0.01, 0.25)
    return (r * dark, g * dark, b * dark)


def _pattern(rng: np.random.Generator, probability: float) -> tuple[float, float]:
    """Return (kind, figures per metre)."""
    if rng.random() > probability:
        return (0.0, 1.0)
    return (float(rng.integers(1, 6)), float(rng.uniform(4, 26)))


def _mix(one: Colour, other: Colour, share: float) -> Colour:
    a, b, c = (float(x * (1 - share) + y * share) for x, y in zip(one, other, strict=True))
    return (a, b, c)
