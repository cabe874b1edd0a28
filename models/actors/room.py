"""Floor, walls and furniture as coloured, textured boxes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.actors.looks import Colour

    Array = NDArray[np.float64]

VERTEX: Final = np.dtype(
    [("position", "<f4", 3), ("normal", "<f4", 3), ("texture_at", "<f4", 3), ("colour", "<f4", 3)]
)
PLAIN: Final = -1.0

_FACES: Final = (
    (0, 1.0, 1, 2), (0, -1.0, 2, 1), (1, 1.0, 2, 0), (1, -1.0, 0, 2), (2, 1.0, 0, 1),
    (2, -1.0, 1, 0),
)  # fmt: skip
"""Axis of the normal, its sign, and the axes of u and v."""


@dataclass
class Geometry:
    """Triangles collected from boxes.

    Attributes
    ----------
    blocks
        (V,) arrays of `VERTEX`, three vertices a triangle.
    footprints
        x, z and radius in metres of what stands on the floor.
    """

    blocks: list[NDArray[np.void]] = field(default_factory=list)
    footprints: list[tuple[float, float, float]] = field(default_factory=list)

    def box(
        self, centre: Array, size: Array, yaw_rad: float, colour: Colour, layer: float = PLAIN
    ) -> None:
        """Add a box turned about the vertical; textures repeat once a metre."""
        cos, sin = np.cos(yaw_rad), np.sin(yaw_rad)
        turn = np.array([[cos, 0, sin], [0, 1, 0], [-sin, 0, cos]])
        for axis, sign, u, v in _FACES:
            corners = np.zeros((4, 3))
            corners[:, axis] = sign
            corners[:, u], corners[:, v] = (-1, 1, 1, -1), (-1, -1, 1, 1)
            local = corners * np.asarray(size) / 2
            normal = np.zeros(3)
            normal[axis] = sign
            self._quad(local @ turn.T + centre, turn @ normal, local[:, (u, v)], colour, layer)

    def plane(self, corners: Array, normal: Array, metres: Array, colour: Colour, layer: float
    ) -> None:  # fmt: skip
        """Add a four-cornered plane (4, 3) with texture coordinates (4, 2)."""
        self._quad(np.asarray(corners, float), np.asarray(normal, float), metres, colour, layer)

    def _quad(
        self, corners: Array, normal: Array, metres: Array, colour: Colour, layer: float
    ) -> None:
        block = np.zeros(6, VERTEX)
        order = (0, 1, 2, 0, 2, 3)
        block["position"] = corners[list(order)]
        block["normal"] = normal
        block["texture_at"][:, :2] = metres[list(order)]
        block["texture_at"][:, 2] = layer
        block["colour"] = colour
        self.blocks.append(block)

    def vertices(self) -> NDArray[np.void]:
        """Return all (V,) vertices."""
        return np.concatenate(self.blocks) if self.blocks else np.zeros(0, VERTEX)


def walls(
    geometry: Geometry,
    low: Array,
    high: Array,
    height_m: float,
    colours: tuple[Colour, Colour, Colour],
    layers: tuple[float, float],
) -> None:
    """Add floor, four walls and ceiling round the rectangle from `low` to `high` (x, z)."""
    (x0, z0), (x1, z1) = low, high
    floor, wall, ceiling = colours
    flat = np.array([[x0, z0], [x1, z0], [x1, z1], [x0, z1]])
    lying = np.insert(flat, 1, 0.0, axis=1)
    geometry.plane(lying, np.array([0, 1, 0]), flat, floor, layers[0])
    geometry.plane(np.add(lying, (0, height_m, 0)), np.array([0, -1, 0]), flat, ceiling, PLAIN)
    for k in range(4):
        a, b = lying[k], lying[(k + 1) % 4]
        length = float(np.linalg.norm(b - a))
        up = np.array([0, height_m, 0])
        inward = np.cross(up, b - a)
        inward /= np.linalg.norm(inward)
        uv = np.array([[0, 0], [length, 0], [length, height_m], [0, height_m]])
        geometry.plane(np.stack([a, b, b + up, a + up]), -inward, uv, wall, layers[1])


def chair(
    geometry: Geometry, at: Array, yaw_rad: float, seat_m: float, colour: Colour, kind: int
) -> None:
    """Add a seat of height `seat_m` under a pelvis at `at` (x, z): 0 chair, 1 stool, 2 sofa."""
    forward = np.array([np.sin(yaw_rad), 0, np.cos(yaw_rad)])
    side = np.array([np.cos(yaw_rad), 0, -np.sin(yaw_rad)])
    centre = np.array([at[0], 0, at[1]]) + 0.07 * forward
    wide = 1.5 if kind == 2 else 0.46
    seat = np.add(centre, (0, seat_m - 0.03, 0))
    geometry.box(seat, np.array([wide, 0.06, 0.44]), yaw_rad, colour)
    if kind == 2:
        low = np.add(centre, (0, seat_m / 2 - 0.03, 0))
        geometry.box(low, np.array([wide, seat_m - 0.06, 0.42]), yaw_rad, colour)
        for end in (-1, 1):
            arm = np.add(centre + end * side * (wide / 2 + 0.08), (0, seat_m / 2 + 0.1, 0))
            geometry.box(arm, np.array([0.16, seat_m + 0.2, 0.6]), yaw_rad, colour)
    else:
        for dx in (-0.19, 0.19):
            for dz in (-0.18, 0.18):
                leg = np.add(centre + dx * side + dz * forward, (0, seat_m / 2 - 0.03, 0))
                geometry.box(leg, np.array([0.035, seat_m - 0.06, 0.035]), yaw_rad, colour)
    if kind != 1:
        back = np.add(centre - 0.27 * forward, (0, seat_m + 0.22, 0))
        geometry.box(back, np.array([wide, 0.48, 0.05 if kind == 0 else 0.18]), yaw_rad, colour)
    geometry.footprints.append((float(centre[0]), float(centre[2]), wide / 2 + 0.2))


def table(
    geometry: Geometry, at: Array, yaw_rad: float, size: Array, colour: Colour, layer: float
) -> None:
    """Add a table of `size` (width, height, depth) in metres."""
    centre = np.array([at[0], 0, at[1]])
    top = np.add(centre, (0, size[1] - 0.02, 0))
    geometry.box(top, np.array([size[0], 0.04, size[2]]), yaw_rad, colour, layer)
    cos, sin = np.cos(yaw_rad), np.sin(yaw_rad)
    for dx in (-1, 1):
        for dz in (-1, 1):
            x, z = dx * (size[0] / 2 - 0.05), dz * (size[2] / 2 - 0.05)
            leg = np.add(centre, (cos * x + sin * z, size[1] / 2 - 0.02, -sin * x + cos * z))
            geometry.box(leg, np.array([0.05, size[1] - 0.04, 0.05]), yaw_rad, colour)
    geometry.footprints.append((float(at[0]), float(at[1]), float(max(size[0], size[2]) / 2)))


def bed(
    geometry: Geometry, at: Array, yaw_rad: float, height_m: float, colour: Colour, sheet: Colour
) -> None:
    """Add a bed whose surface is `height_m` high, head end at -z of its heading."""
    centre = np.array([at[0], 0, at[1]])
    back = -np.array([np.sin(yaw_rad), 0, np.cos(yaw_rad)])
    wide, long = 1.15, 2.15
    mattress, frame = np.array([wide, 0.18, long]), np.array([wide, height_m - 0.18, long])
    board = np.array([wide, height_m + 0.15, 0.06])
    end = centre + back * (long / 2 + 0.03)
    geometry.box(np.add(centre, (0, height_m - 0.09, 0)), mattress, yaw_rad, sheet)
    geometry.box(np.add(centre, (0, (height_m - 0.18) / 2, 0)), frame, yaw_rad, colour)
    geometry.box(np.add(end, (0, height_m / 2 + 0.075, 0)), board, yaw_rad, colour)
    geometry.footprints.append((float(at[0]), float(at[1]), 1.25))
