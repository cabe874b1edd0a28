"""Backgrounds: a room, a street, a plain wall."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from models.data.figures.camera import Camera, Colour, block, quad, tint

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    Place = Callable[[NDArray[np.uint8], Camera, np.random.Generator], None]

_WALLS: Final[tuple[Colour, ...]] = (
    (200, 208, 212),
    (205, 195, 180),
    (180, 200, 205),
    (190, 205, 190),
)
_WOODS: Final[tuple[Colour, ...]] = ((90, 125, 165), (70, 100, 140), (120, 145, 170))
_CLOTHS: Final[tuple[Colour, ...]] = ((120, 90, 60), (80, 80, 150), (95, 120, 90), (110, 110, 115))


def _pick(rng: np.random.Generator, colours: tuple[Colour, ...]) -> Colour:
    return tint(colours[rng.integers(len(colours))], rng.uniform(0.85, 1.1))


def _backdrop(image: NDArray[np.uint8], top: Colour, bottom: Colour, rows: tuple[int, int]) -> None:
    """Fill `rows` with a vertical gradient."""
    first, last = rows
    share = np.linspace(0, 1, max(1, last - first))[:, None, None]
    image[first:last] = (1 - share) * np.array(top) + share * np.array(bottom)


def _horizon(camera: Camera, distance_m: float) -> int:
    row = camera.project(np.array([[0.0, 0.0, distance_m]]))[0][0, 1]
    return int(np.clip(row, 1, camera.height - 1))


def _wall_and_floor(
    image: NDArray[np.uint8], camera: Camera, wall: Colour, floor: Colour, depth_m: float
) -> None:
    row = _horizon(camera, depth_m)
    _backdrop(image, tint(wall, 0.95), tint(wall, 0.82), (0, row))
    _backdrop(image, tint(floor, 0.7), tint(floor, 1.05), (row, camera.height))


def _plain(image: NDArray[np.uint8], camera: Camera, rng: np.random.Generator) -> None:
    _wall_and_floor(image, camera, _pick(rng, _WALLS), _pick(rng, _WALLS), 9.0)


def _window(image: NDArray[np.uint8], camera: Camera, left: float, z: float) -> None:
    def pane(x1: float, x2: float, colour: Colour, inset: float) -> None:
        low, high = 1.0 + inset, 2.4 - inset
        quad(image, camera, [(x1, low, z), (x2, low, z), (x2, high, z), (x1, high, z)], colour)

    pane(left, left + 1.6, (235, 238, 240), 0.0)
    pane(left + 0.08, left + 0.77, (225, 200, 165), 0.08)
    pane(left + 0.83, left + 1.52, (220, 195, 160), 0.08)


def _room(image: NDArray[np.uint8], camera: Camera, rng: np.random.Generator) -> None:
    depth = 8.0
    floor = _pick(rng, _WOODS)
    _wall_and_floor(image, camera, _pick(rng, _WALLS), floor, depth)
    for x in np.arange(-8.0, 8.0, 0.45):
        quad(image, camera, [(x, 0, 0.9), (x + 0.02, 0, 0.9), (x + 0.02, 0, depth), (x, 0, depth)],
             tint(floor, 0.62))  # fmt: skip
    skirting = [(-9, 0, depth), (9, 0, depth), (9, 0.12, depth), (-9, 0.12, depth)]
    quad(image, camera, skirting, (225, 228, 230))
    side = rng.choice((-1.0, 1.0))
    _window(image, camera, side * 2.6 - 0.8, depth - 0.01)
    block(image, camera, (-side * 1.1, 1.35, depth), (0.9, 0.65, 0.03), (60, 75, 90))
    block(image, camera, (-side * 1.1, 1.41, depth - 0.05), (0.78, 0.53, 0.01), (150, 140, 90))
    _sofa(image, camera, -side * 2.6, depth - 0.6, _pick(rng, _CLOTHS))
    block(image, camera, (side * 0.6, 0, depth - 0.4), (1.1, 0.75, 0.4), _pick(rng, _WOODS))
    block(image, camera, (side * 0.8, 0.75, depth - 0.4), (0.2, 0.32, 0.2), (90, 150, 110))


def _sofa(image: NDArray[np.uint8], camera: Camera, x: float, z: float, colour: Colour) -> None:
    block(image, camera, (x, 0.0, z + 0.3), (1.9, 0.85, 0.25), tint(colour, 0.9))
    block(image, camera, (x, 0.0, z), (1.9, 0.42, 0.8), colour)
    for end in (-0.95, 0.95):
        block(image, camera, (x + end, 0.0, z), (0.22, 0.6, 0.85), tint(colour, 1.05))


def _street(image: NDArray[np.uint8], camera: Camera, rng: np.random.Generator) -> None:
    row = _horizon(camera, 40.0)
    _backdrop(image, (225, 195, 160), (238, 228, 215), (0, row))
    _backdrop(image, (150, 152, 155), (165, 168, 170), (row, camera.height))
    x = -24.0
    while x < 24.0:
        width, height = rng.uniform(4, 8), rng.uniform(6, 14)
        _house(image, camera, x, width, height, _pick(rng, _WALLS + _WOODS))
        x += width
    quad(image, camera, [(-40, 0, 9), (40, 0, 9), (40, 0, 15), (-40, 0, 15)], (95, 95, 97))
    for dash in np.arange(-20.0, 20.0, 3.0):
        quad(image, camera,
             [(dash, 0, 11.9), (dash + 1.4, 0, 11.9), (dash + 1.4, 0, 12.1), (dash, 0, 12.1)],
             (215, 220, 220))  # fmt: skip
    quad(
        image, camera, [(-40, 0, 8.8), (40, 0, 8.8), (40, 0.12, 9), (-40, 0.12, 9)], (185, 188, 190)
    )
    for place in rng.uniform(-7, 7, 2):
        _tree(image, camera, rng, float(place), 8.3)


def _house(
    image: NDArray[np.uint8], camera: Camera, x: float, width: float, height: float, colour: Colour
) -> None:
    z = 17.0
    quad(image, camera, [(x, 0, z), (x + width, 0, z), (x + width, height, z), (x, height, z)],
         tint(colour, 0.85))  # fmt: skip
    for left in np.arange(x + 0.6, x + width - 1.2, 1.8):
        for low in np.arange(1.0, height - 1.5, 2.6):
            corners = [
                (left, low, z),
                (left + 1, low, z),
                (left + 1, low + 1.5, z),
                (left, low + 1.5, z),
            ]
            quad(image, camera, corners, tint(colour, 0.5))


def _tree(
    image: NDArray[np.uint8], camera: Camera, rng: np.random.Generator, x: float, z: float
) -> None:
    block(image, camera, (x, 0, z), (0.22, 2.4, 0.22), (60, 80, 100))
    for _ in range(40):
        leaf = np.array([[x, 3.0, z]]) + rng.normal(0, 0.45, (1, 3))
        pixels, scale = camera.project(leaf)
        centre = (int(pixels[0, 0]), int(pixels[0, 1]))
        green = tint((60, 125, 75), rng.uniform(0.6, 1.2))
        cv2.circle(image, centre, int(0.35 * scale[0]), green, -1, cv2.LINE_AA)


PLACES: Final[Mapping[str, Place]] = {"plain": _plain, "room": _room, "street": _street}


def paint_place(name: str, camera: Camera, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return the empty place `name` (a key of `PLACES`) as BGR (H, W, 3)."""
    image = np.zeros((camera.height, camera.width, 3), np.uint8)
    PLACES[name](image, camera, rng)
    # Walls and floors are never of one colour: blotches, then a fine grain.
    coarse = rng.normal(0, 2.5, (9, 16)).astype(np.float32)
    blotches = cv2.resize(coarse, (camera.width, camera.height), interpolation=cv2.INTER_CUBIC)
    grain = rng.normal(0, 3, (camera.height, camera.width)).astype(np.float32)
    rough = image.astype(np.float32) + (blotches + grain)[..., None]
    soft = cv2.GaussianBlur(np.clip(rough, 0, 255).astype(np.uint8), (0, 0), camera.height / 700)
    return np.asarray(soft, np.uint8)


def paint_chair(
    image: NDArray[np.uint8],
    camera: Camera,
    place: NDArray[np.float64],
    heading: float,
    colour: Colour,
) -> None:
    """Paint a chair at `place` (x, z) whose sitter faces `heading`."""
    turn = heading
    cos, sin = np.cos(turn), np.sin(turn)

    def at(side: float, front: float) -> tuple[float, float]:
        return place[0] + side * cos + front * sin, place[1] + side * sin - front * cos

    pieces = [
        ((*at(0, 0.02), 0.40), (0.46, 0.05, 0.46)),
        ((*at(0, -0.22), 0.45), (0.44, 0.5, 0.05)),
    ]
    pieces += [((*at(s, f), 0.0), (0.05, 0.4, 0.05)) for s in (-0.2, 0.2) for f in (-0.2, 0.2)]
    pieces.sort(key=lambda piece: (piece[0][2] > 0.3, -piece[0][1]))
    for (x, z, bottom), size in pieces:
        block(image, camera, (x, bottom, z), size, colour, turn=turn)
