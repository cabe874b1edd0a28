"""What hands hold: cups, telephones, books and food, as small solids that move with a hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from models.actors.body import Body, template
from models.actors.mesh import PROP_PART, VERTEX, PersonMesh

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_SIZES_M: Final = {
    "cup": (0.07, 0.07, 0.10),
    "phone": (0.15, 0.012, 0.072),
    "book": (0.21, 0.26, 0.02),
    "snack": (0.06, 0.05, 0.05),
}
"""Along the fingers, out of the palm, towards the thumb."""

_PLACES: Final = {
    "cup": (0.55, 0.045, 0.0),
    "phone": (0.60, 0.030, 0.0),
    "book": (0.80, 0.130, 0.02),
    "snack": (0.85, 0.030, 0.02),
}
"""Where the middle is: share of the way from wrist to fingertip; metres out of the palm and
towards the thumb."""

_FACES: Final = ((0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3))


def prop_mesh(body: Body, kind: str, side: str) -> PersonMesh:
    """Return a solid of `kind` on the hand of `side` (``l``; anything else: the right one).

    Raises
    ------
    KeyError
        If there is no such prop.
    """
    bone, wrist, axes, reach = _hand(body, "Left" if side == "l" else "Right")
    share, out, up = _PLACES[kind]
    centre = wrist + axes.T @ np.array([share * reach, out, up])
    corners = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)])
    points = centre + corners * np.array(_SIZES_M[kind]) / 2 @ axes
    vertices = np.zeros(24, VERTEX)
    triangles = []
    for k, face in enumerate(_FACES):
        quad = points[list(face)]
        vertices["position"][4 * k : 4 * k + 4] = quad
        vertices["normal"][4 * k : 4 * k + 4] = _unit(quad.mean(0) - centre)
        triangles += [(4 * k, 4 * k + 1, 4 * k + 2), (4 * k, 4 * k + 2, 4 * k + 3)]
    vertices["place"][:, 2] = PROP_PART
    vertices["bone"][:, 0], vertices["weight"][:, 0] = bone, 1.0
    return PersonMesh(vertices, np.array(triangles, np.int32))


def _hand(body: Body, name: str) -> tuple[int, Array, Array, float]:
    """Return the hand's bone, its wrist, its axes as rows (fingers, palm, thumb) and its length."""
    shared = template()
    joints = body.joints.astype(np.float64)
    tips = dict(zip(shared.landmarks, body.landmarks.astype(np.float64), strict=True))
    bone = shared.bones.index(f"{name}Hand")
    wrist = joints[bone]
    fingers = tips[f"{name.lower()}-fingertip"] - wrist
    along = _unit(fingers)
    thumb = joints[shared.bones.index(f"{name[0]}Thumb")] - wrist
    thumb = _unit(thumb - along * (thumb @ along))
    palm = np.cross(along, thumb) * (1.0 if name == "Left" else -1.0)
    return bone, wrist, np.stack([along, palm, thumb]), float(np.linalg.norm(fingers))


def _unit(vector: Array) -> Array:
    made: Array = vector / np.linalg.norm(vector)
    return made
