"""The vertices of one dressed person, ready for the graphics card."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np

from models.actors.body import Body, Phenotype, template

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.actors.looks import Look

VERTEX: Final = np.dtype(
    [
        ("position", "<f4", 3),
        ("normal", "<f4", 3),
        ("reference", "<f4", 3),
        ("place", "<f4", 3),
        ("bone", "u1", 4),
        ("weight", "<f4", 4),
    ]
)
"""``place``: along the arm and along the leg (0 root, 1 middle joint, 2 end), and the part."""

_PARTS: Final = ("body", "skirt", "hair")
PROP_PART: Final = 3.0
"""The number of what is held, after those of the body's own parts."""
_ABSENT: Final = -1.0


@dataclass(frozen=True, slots=True)
class PersonMesh:
    """Vertices (V,) of `VERTEX` and (F, 3) int32 triangles."""

    vertices: NDArray[np.void]
    triangles: NDArray[np.int32]


def dressed(body: Body, look: Look) -> PersonMesh:
    """Return the mesh of `body` wearing `look`; loose cloth stands off the skin."""
    shared = template()
    parts = ["body"]
    parts += ["skirt"] if look.skirt else []
    parts += ["hair"] if look.long_hair else []
    triangles = np.concatenate([shared.triangles[part] for part in parts])
    vertices = np.zeros(len(body.vertices), VERTEX)
    normals = vertex_normals(body.vertices, triangles)
    place, part = _places()
    off = np.zeros(len(vertices), np.float32)
    body_part = part == 0
    height = shared.reference[:, 1]
    sleeved = (place[:, 0] > 0) & (place[:, 0] < look.sleeve)
    trunk = (place[:, 0] <= 0) & (height > look.waist_m - 0.05) & (height < look.collar_m)
    legs = (height <= look.waist_m) & (place[:, 1] < look.hem) & (place[:, 0] <= 0)
    off[body_part & (sleeved | trunk)] = look.loose_top
    off[body_part & legs] = look.loose_bottom
    off[body_part & (place[:, 1] > 1.9)] = 0.006
    vertices["position"] = body.vertices + normals * off[:, None]
    vertices["normal"] = normals
    vertices["reference"] = shared.reference
    vertices["place"][:, :2], vertices["place"][:, 2] = place, part
    vertices["bone"], vertices["weight"] = shared.bone_index, shared.bone_weight
    return PersonMesh(vertices, triangles)


def vertex_normals(
    vertices: NDArray[np.float32], triangles: NDArray[np.int32]
) -> NDArray[np.float32]:
    """Return (V, 3) unit normals, the mean of the faces around; zero where no face is."""
    a, b, c = (vertices[triangles[:, i]] for i in range(3))
    faces = np.cross(b - a, c - a)
    normals = np.zeros_like(vertices)
    for i in range(3):
        np.add.at(normals, triangles[:, i], faces)
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    return normals


@cache
def _places() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return (V, 2) positions along arm and leg and (V,) the number of the part."""
    shared = template()
    joints = shared.body(Phenotype()).joints
    at = {name: joints[i] for i, name in enumerate(shared.bones)}
    owner = np.array(shared.bones)[shared.bone_index[:, 0]]
    place = np.full((len(owner), 2), _ABSENT, np.float32)
    for side, short in (("Left", "L"), ("Right", "R")):
        fingers = (f"{side}Hand", f"{short}Thumb", f"{side}FingerBase", f"{side}HandFinger1")
        arm = (f"{side}Arm", f"{side}ForeArm", f"{side}Hand")
        leg = (f"{side}UpLeg", f"{side}Leg", f"{side}Foot")
        ends = (fingers, (f"{side}Foot", f"{side}ToeBase"))
        for column, chain in enumerate((arm, leg)):
            for k, bone in enumerate(chain[:2]):
                mine = owner == bone
                axis = at[chain[k + 1]] - at[bone]
                along = (shared.reference[mine] - at[bone]) @ axis / (axis @ axis)
                place[mine, column] = np.clip(k + along, 0.02, 2.0)
            place[np.isin(owner, ends[column]), column] = 2.1
    # The ankle bone owns skin well above the shoe.
    part = np.zeros(len(owner), np.float32)
    for number, name in enumerate(_PARTS):
        part[np.unique(shared.triangles[name])] = number
    return place, part
