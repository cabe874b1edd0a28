"""Bodies of any age, sex and build from the compact body file."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np

from assets import asset

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float32]

_AGES: Final = {"child": 12.0, "young": 25.0, "old": 90.0}
"""Years at which MakeHuman's age targets hold in full."""


@dataclass(frozen=True, slots=True)
class Phenotype:
    """What a body looks like; fields without a unit run from 0 to 1, 0.5 is average.

    Attributes
    ----------
    age_years
        From 8 to 90.
    male
        0 female, 1 male.
    origin
        Shares of the African, Asian and Caucasian targets; they sum to one.
    """

    age_years: float = 30.0
    male: float = 0.5
    muscle: float = 0.5
    weight: float = 0.5
    height: float = 0.5
    origin: tuple[float, float, float] = (1 / 3, 1 / 3, 1 / 3)

    @classmethod
    def sample(cls, rng: np.random.Generator) -> Phenotype:
        """Draw a person: mostly adults, every build."""
        age = rng.uniform(9, 17) if rng.random() < 0.1 else 18 + 62 * rng.beta(1.2, 1.8)
        origin = rng.dirichlet((0.5, 0.5, 0.5))
        return cls(
            age_years=float(age),
            male=float(np.clip(rng.choice((0.08, 0.92)) + rng.normal(0, 0.08), 0, 1)),
            muscle=float(rng.beta(2.5, 2.5)),
            weight=float(rng.beta(2.2, 2.2)),
            height=float(0.5 + 0.4 * (rng.beta(4, 4) - 0.5)),  # the targets reach to giants
            origin=(float(origin[0]), float(origin[1]), float(origin[2])),
        )


@dataclass(frozen=True, slots=True)
class Body:
    """One body at rest, in metres: x to its left, y up, z forward, feet near y = 0.

    Attributes
    ----------
    vertices
        (V, 3) float32 of body, skirt and hair.
    joints
        (B, 3) float32 heads of the bones.
    landmarks
        (L, 3) float32, see `Template.landmarks`.
    """

    vertices: Array
    joints: Array
    landmarks: Array


@dataclass(frozen=True)
class Template:
    """What all bodies share.

    Attributes
    ----------
    bones, parents
        Names and parents (-1 for the root), parents first.
    landmarks
        Names of the points that are neither vertex nor joint: eyes, nose, fingertips and so on.
    bone_index, bone_weight
        (V, 4) uint8 and float32: which bones move a vertex, and how much; weights sum to one.
    triangles
        (F, 3) int32 per part: ``body``, ``skirt``, ``hair``.
    reference
        (V, 3) float32: vertices of the average body, the coordinates that clothes are cut in.
    """

    bones: tuple[str, ...]
    parents: tuple[int, ...]
    landmarks: tuple[str, ...]
    bone_index: NDArray[np.uint8]
    bone_weight: Array
    triangles: dict[str, NDArray[np.int32]]
    reference: Array
    _base: Array
    _basis: Array
    _coefficients: Array
    _targets: tuple[str, ...]

    def body(self, who: Phenotype) -> Body:
        """Return the body of `who`."""
        weights = np.array([_weight(name, who) for name in self._targets], np.float32)
        rows = self._base + np.tensordot(weights @ self._coefficients, self._basis, 1)
        count, bones = len(self.bone_index), len(self.bones)
        rows[:, 1] -= rows[self.triangles["body"].ravel(), 1].min()
        return Body(rows[:count], rows[count : count + bones], rows[count + bones :])


@cache
def template() -> Template:
    """Read ``assets/actors/body.npz`` once; raises `FileNotFoundError` when it is missing."""
    with np.load(asset("actors/body.npz"), allow_pickle=False) as file:
        weight = file["bone_weight"].astype(np.float32)
        count = len(weight)
        made = Template(
            bones=tuple(file["bones"].tolist()),
            parents=tuple(file["parents"].tolist()),
            landmarks=tuple(file["landmarks"].tolist()),
            bone_index=file["bone_index"],
            bone_weight=weight / weight.sum(1, keepdims=True),
            triangles={
                part: file[f"{part}_triangles"].astype(np.int32)
                for part in ("body", "skirt", "hair")
            },
            reference=np.zeros((count, 3), np.float32),
            _base=file["base"],
            _basis=file["basis"].astype(np.float32),
            _coefficients=file["coefficients"].astype(np.float32),
            _targets=tuple(file["targets"].tolist()),
        )
    made.reference[:] = made.body(Phenotype()).vertices
    return made


def _ramp(value: float, low: str, middle: str, high: str) -> dict[str, float]:
    """Share `value` in 0..1 between three targets."""
    return {
        low: max(0.0, 1 - 2 * value),
        middle: 1 - abs(2 * value - 1),
        high: max(0.0, 2 * value - 1),
    }


def _weight(name: str, who: Phenotype) -> float:
    """Return how much of the target `name` (MakeHuman's macro naming) `who` has."""
    young = _AGES["young"]
    ageing = (who.age_years - young) / (
        _AGES["old"] - young if who.age_years > young else young - _AGES["child"]
    )
    shares = {
        **dict(zip(("african", "asian", "caucasian"), who.origin, strict=True)),
        **_ramp(np.clip(0.5 + ageing / 2, 0, 1), "child", "young", "old"),
        **_ramp(who.muscle, "minmuscle", "averagemuscle", "maxmuscle"),
        **_ramp(who.weight, "minweight", "averageweight", "maxweight"),
        **_ramp(who.height, "minheight", "", "maxheight"),
        "male": who.male,
        "female": 1 - who.male,
        "universal": 1.0,
    }
    product = 1.0
    for part in name.removeprefix("height/").split("-"):
        product *= shares[part]
    return product
