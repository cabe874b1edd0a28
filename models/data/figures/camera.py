"""A pinhole camera and the few shapes drawn through it.

World axes in metres: x to the right, y up from the ground, z away from the camera.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

Colour = tuple[float, float, float]  # BGR, 0..255

_NEAREST_M: Final = 0.3
_SHIFT: Final = 4  # cv2 takes sub-pixel coordinates as fixed-point numbers
_CIRCLE: Final = np.stack(
    [np.cos(np.linspace(0, 2 * np.pi, 20, False)), np.sin(np.linspace(0, 2 * np.pi, 20, False))], 1
)


@dataclass(frozen=True, slots=True)
class Camera:
    """Where the camera stands and what it takes in.

    Attributes
    ----------
    width, height
        Pixels of the picture.
    focal
        Focal length in picture heights.
    height_m, pitch
        Height above the ground and downward tilt in radians.
    """

    width: int
    height: int
    focal: float = 1.15
    height_m: float = 1.55
    pitch: float = 0.12

    def project(
        self, points: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return pixels (N, 2) and pixels per metre (N,) of world `points` (N, 3)."""
        x, y, z = points[:, 0], points[:, 1] - self.height_m, points[:, 2]
        cos, sin = np.cos(self.pitch), np.sin(self.pitch)
        depth = np.maximum(_NEAREST_M, z * cos - y * sin)
        scale = self.focal * self.height / depth
        down = -(y * cos + z * sin)
        return np.stack([self.width / 2 + x * scale, self.height / 2 + down * scale], 1), scale

    def distance(self, point: NDArray[np.float64]) -> float:
        """Return metres from the camera to `point` (3,), for painting far things first."""
        return float(np.hypot(np.hypot(point[0], point[1] - self.height_m), point[2]))


def fill(image: NDArray[np.uint8], outline: NDArray[np.float64], colour: Colour) -> None:
    """Fill a convex `outline` (N, 2) of pixels."""
    fixed = np.round(outline * (1 << _SHIFT)).astype(np.int32)
    cv2.fillConvexPoly(image, fixed, colour, cv2.LINE_AA, _SHIFT)


def shaded(
    image: NDArray[np.uint8],
    centres: NDArray[np.float64],
    radii: NDArray[np.float64],
    colour: Colour,
    *,
    layers: int = 5,
) -> NDArray[np.float64]:
    """Paint the hull of discs as a rounded body lit from the upper left; return its outline.

    Parameters
    ----------
    centres, radii
        (N, 2) and (N,) pixels.
    """
    for layer in range(layers):
        share = layer / max(1, layers - 1)
        light = 0.62 + 0.5 * share
        offset = -0.28 * share * radii[:, None] * np.array([[0.8, 0.6]])
        discs = centres[:, None] + offset[:, None] + _scaled(radii * (1 - 0.72 * share))
        hull = cv2.convexHull(discs.reshape(-1, 2).astype(np.float32))[:, 0]
        fill(image, hull, tint(colour, light))
        if layer == 0:
            outline = np.asarray(hull, np.float64)
    return outline


def _scaled(radii: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(radii[:, None, None] * _CIRCLE[None])


def tint(colour: Colour, light: float) -> Colour:
    """Return `colour` under `light` (1: as it is)."""
    b, g, r = (float(np.clip(c * light, 0, 255)) for c in colour)
    return b, g, r


def quad(
    image: NDArray[np.uint8], camera: Camera, corners: Sequence[Sequence[float]], colour: Colour
) -> None:
    """Fill a flat convex shape given by world `corners` (N, 3)."""
    fill(image, camera.project(np.asarray(corners, np.float64))[0], colour)


def block(
    image: NDArray[np.uint8],
    camera: Camera,
    centre: Sequence[float],
    size: Sequence[float],
    colour: Colour,
    *,
    turn: float = 0.0,
) -> None:
    """Paint a box standing at `centre` (x, bottom y, z) with `size` (x, y, z), turned about y."""
    cos, sin = np.cos(turn), np.sin(turn)
    half_x, half_z = size[0] / 2, size[2] / 2
    floor = [(-half_x, -half_z), (half_x, -half_z), (half_x, half_z), (-half_x, half_z)]
    ring = [(centre[0] + a * cos - b * sin, centre[2] + a * sin + b * cos) for a, b in floor]
    bottom, top = centre[1], centre[1] + size[1]
    sides = []
    for i, light in enumerate((0.85, 0.7, 0.6, 0.95)):
        (xa, za), (xb, zb) = ring[i], ring[(i + 1) % 4]
        corners = [(xa, bottom, za), (xb, bottom, zb), (xb, top, zb), (xa, top, za)]
        sides.append((np.hypot(xa + xb, za + zb), corners, light))
    for _, corners, light in sorted(sides, key=lambda side: -side[0]):
        quad(image, camera, corners, tint(colour, light))
    if top < camera.height_m:
        quad(image, camera, [(x, top, z) for x, z in ring], tint(colour, 1.1))
