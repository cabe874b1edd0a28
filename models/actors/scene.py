"""Choosing place, light and camera for a cast."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from models.actors import room
from models.actors.body import template
from models.actors.camera import VIEWS, Camera, sample_camera
from models.actors.cast import Player, paired, seated
from models.actors.contact import contact_points
from models.actors.shot import Backdrop, Light
from models.actors.surfaces import FLOORS, WALLS, picture, surface

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from models.actors.looks import Colour

    Array = NDArray[np.float64]

_FLOOR_LAYER, _WALL_LAYER, _WOOD_LAYER, _PICTURE_LAYER = range(4)
_CLEAR_M: Final = 0.55
_PHOTO_SIDE: Final = 320


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything but the people."""

    backdrop: Backdrop
    light: Light
    camera: Camera
    view: str


def sample_scene(
    rng: np.random.Generator,
    cast: Sequence[Player],
    *,
    aspect: float = 4 / 3,
    view: str | None = None,
    photos: Sequence[Path] = (),
    occluded: bool = True,
) -> Scene:
    """Build a place round `cast`.

    Parameters
    ----------
    aspect
        Width over height of the picture.
    view
        One of `camera.VIEWS`; drawn when None.
    photos
        Photographs to draw backgrounds from; a room is built when empty.
    occluded
        Now and then put something between camera and people.
    """
    view = view or str(rng.choice(VIEWS, p=(0.3, 0.15, 0.2, 0.15, 0.2)))
    facing = _facing_rad(cast[0]) if rng.random() < 0.7 else None
    if facing is not None and paired(cast):
        facing += float(rng.choice((-1.0, 1.0))) * np.pi / 2  # neither hides the other
    shown = [player.performance.motion.joints for player in cast[: 1 + paired(cast)]]
    least = min(map(len, shown))
    joints = np.concatenate([each[:least] for each in shown], axis=1)
    camera = sample_camera(rng, view, joints, aspect, facing)
    paths = [player.performance.motion.joints for player in cast]
    geometry = room.Geometry()
    reach = np.concatenate([path[:, :, ::2].reshape(-1, 2) for path in paths])
    low = np.minimum(reach.min(0), camera.eye[::2]) - rng.uniform(0.4, 1.8, 2)
    high = np.maximum(reach.max(0), camera.eye[::2]) + rng.uniform(0.4, 1.8, 2)
    photo = _photo(rng, photos) if photos else None
    ceiling = max(float(rng.uniform(2.4, 3.2)), float(camera.eye[1]) + 0.4)
    room.walls(geometry, low, high, ceiling, _wall_colours(rng), (_FLOOR_LAYER, _WALL_LAYER))
    if photo is not None:
        del geometry.blocks[1:]  # only the floor, to catch shadows
    for player in cast:
        _seat(rng, geometry, player)
    if photo is None:
        _pictures(rng, geometry, low, high, ceiling)
        _furnish(rng, geometry, low, high, reach, camera)
    if occluded and rng.random() < 0.12:
        _occlude(rng, geometry, camera, cast[0])
    surfaces = np.stack(
        [
            surface(rng, str(rng.choice(FLOORS))),
            surface(rng, str(rng.choice(WALLS))),
            surface(rng, "planks"),
            picture(rng),
        ]
    )
    return Scene(Backdrop(geometry.vertices(), surfaces, photo), _light(rng, reach), camera, view)


def _facing_rad(player: Player) -> float:
    """Return where the chest looks on average."""
    forward = player.performance.motion.turns[:, 0, :, 2].mean(0)
    return float(np.arctan2(forward[0], forward[2]))


def _seat(rng: np.random.Generator, geometry: room.Geometry, player: Player) -> None:
    """Put chairs under those who sit, and a bed under who lies on one."""
    motion = player.performance.motion
    if player.bed_m:
        bones = template().bones
        feet = motion.joints[0, [bones.index("LeftFoot"), bones.index("RightFoot")]].mean(0)
        head = motion.joints[0, bones.index("Head")]
        away = (feet - head)[::2]
        yaw = float(np.arctan2(away[0], away[1]))
        at = (feet + head)[::2] / 2
        room.bed(geometry, at, yaw, player.bed_m, _dull(rng), _dull(rng))
        return
    kind = int(rng.choice((0, 1, 2), p=(0.6, 0.2, 0.2)))
    colour = _dull(rng)
    for begin, end in seated(player):
        frame = begin + min(30, (end - begin) // 2)
        turns, hips = motion.turns[frame, 0], motion.joints[frame, 0]
        yaw = float(np.arctan2(turns[0, 2], turns[2, 2]))
        # What touches the seat: the lowest skin near the pelvis.
        points = contact_points(player.body)
        at = type(motion)(motion.turns[frame : frame + 1], motion.joints[frame : frame + 1])
        skin = at.skinned(player.body, points)[0]
        near = np.hypot(*(skin - hips)[:, ::2].T) < 0.2
        seat = float(np.clip(skin[near, 1].min(), 0.15, 0.8))
        room.chair(geometry, hips[::2], yaw, seat, colour, kind)
        if rng.random() < 0.3:
            ahead = np.array([np.sin(yaw), np.cos(yaw)]) * 0.75
            size = np.array([rng.uniform(0.8, 1.6), rng.uniform(0.62, 0.78), 0.55])
            room.table(geometry, hips[::2] + ahead, yaw, size, _dull(rng), _WOOD_LAYER)


def _pictures(
    rng: np.random.Generator, geometry: room.Geometry, low: Array, high: Array, ceiling_m: float
) -> None:
    """Hang pictures, windows and doors on the walls."""
    for _ in range(int(rng.integers(0, 6))):
        side = int(rng.integers(0, 4))
        along = rng.uniform(low, high)
        wide, tall = rng.uniform(0.3, 1.4), rng.uniform(0.3, 1.1)
        door = rng.random() < 0.25
        if door:
            wide, tall = 0.85, 2.05
        y = tall / 2 if door else rng.uniform(1.0, max(1.1, ceiling_m - 0.6))
        axis, edge = side % 2, (low, high)[side // 2][side % 2]
        along[axis] = edge + (0.012 if side < 2 else -0.012)
        size = np.array([0.02, tall, wide] if axis == 0 else [wide, tall, 0.02])
        layer = room.PLAIN if door else _PICTURE_LAYER
        geometry.box(np.array([along[0], y, along[1]]), size, 0.0, _dull(rng, 0.5), layer)


def _furnish(
    rng: np.random.Generator,
    geometry: room.Geometry,
    low: Array,
    high: Array,
    reach: Array,
    camera: Camera,
) -> None:
    """Add tables, shelves and a bed where nobody goes and the camera does not stand."""
    taken = np.concatenate([reach[::7], camera.eye[None, ::2]])
    for _ in range(int(rng.integers(0, 6))):
        at = rng.uniform(low, high)
        wide, deep = rng.uniform(0.4, 1.6), rng.uniform(0.3, 0.8)
        if np.hypot(*(taken - at).T).min() < max(wide, deep) / 2 + _CLEAR_M:
            continue
        tall = rng.uniform(0.3, 1.9)
        if tall > 0.6 and _off_line_m(at, camera) < max(wide, deep) / 2 + 0.4:
            continue
        yaw = float(rng.choice((0, np.pi / 2)) + rng.normal(0, 0.08))
        if rng.random() < 0.4:
            size = np.array([wide, min(tall, 0.85), deep])
            room.table(geometry, at, yaw, size, _dull(rng), _WOOD_LAYER)
        else:
            centre = np.array([at[0], tall / 2, at[1]])
            geometry.box(centre, np.array([wide, tall, deep]), yaw, _dull(rng), _WOOD_LAYER)


def _off_line_m(at: Array, camera: Camera) -> float:
    """Return how far `at` (x, z) is from the line between camera and what it looks at."""
    eye, target = camera.eye[::2], camera.target[::2]
    way = target - eye
    share = np.clip((at - eye) @ way / (way @ way), 0, 1)
    return float(np.hypot(*(eye + share * way - at)))


def _occlude(
    rng: np.random.Generator, geometry: room.Geometry, camera: Camera, player: Player
) -> None:
    """Put something between camera and person that hides a part."""
    middle = player.performance.root.mean(0)
    share = rng.uniform(0.35, 0.65)
    at = camera.eye + (middle - camera.eye) * share
    across = np.cross(middle - camera.eye, (0, 1, 0))
    beside_m = rng.choice((-1, 1)) * rng.uniform(0.1, 0.5) * share
    at = at + across / np.linalg.norm(across) * beside_m
    tall = rng.uniform(0.4, 1.1) if rng.random() < 0.6 else 2.4
    wide, deep = share * rng.uniform(0.08, 0.32, 2)  # seen from here, no wider than a trunk
    size = np.array([wide, tall, deep])
    geometry.box(np.array([at[0], tall / 2, at[2]]), size, rng.uniform(0, 3), _dull(rng))


def _light(rng: np.random.Generator, reach: Array) -> Light:
    """Draw sun or ceiling lamp, its colour, and how much light comes from everywhere."""
    azimuth, height = rng.uniform(0, 2 * np.pi), rng.uniform(0.6, 1.45)
    direction = np.array(
        [np.cos(height) * np.sin(azimuth), np.sin(height), np.cos(height) * np.cos(azimuth)]
    )
    contrast = rng.uniform(0.15, 0.75)
    level = rng.uniform(0.8, 1.5)
    warm = rng.normal(0, 0.08)
    key = level * contrast * 1.6 * np.array([1 + warm, 1.0, 1 - warm])
    sky = level * (1 - contrast) * 0.9 * np.array([1 - warm, 1.0, 1 + warm])
    lamp = rng.uniform(0, 0.9) * np.array([1.0, 0.95, 0.85])
    lamp_at = rng.uniform(reach.min(0) - 1, reach.max(0) + 1)
    return Light(
        direction,
        _triple(key),
        _triple(sky),
        _triple(sky * rng.uniform(0.3, 0.7)),
        (float(lamp_at[0]), float(rng.uniform(0.8, 2.3)), float(lamp_at[1])),
        _triple(lamp),
    )


def _wall_colours(rng: np.random.Generator) -> tuple[Colour, Colour, Colour]:
    floor = _dull(rng)
    tint = 0.07 if rng.random() < 0.3 else 0.02
    wall = _triple(rng.uniform(0.2, 0.85) * (1 + rng.normal(0.0, tint, 3) + (0.03, 0, -0.04)))
    return floor, wall, _triple(np.full(3, rng.uniform(0.5, 0.9)))


def _dull(rng: np.random.Generator, level: float = 0.3) -> Colour:
    """Return a colour of furniture."""
    base = rng.beta(1.5, 2.0) * 2 * level
    if rng.random() < 0.5:  # wood: red over green over blue
        return _triple(base * np.exp(np.array([0.25, 0, -0.45]) * rng.uniform(0.3, 1.5)))
    return _triple(base * np.exp(rng.normal(0, rng.choice((0.06, 0.25)), 3)))


def _triple(values: Array) -> Colour:
    r, g, b = (float(np.clip(v, 0.005, 2.0)) for v in values)
    return (r, g, b)


def _photo(rng: np.random.Generator, photos: Sequence[Path]) -> NDArray[np.uint8]:
    """Return one of `photos`, reduced."""
    path = photos[int(rng.integers(len(photos)))]
    image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if image is None:
        raise ValueError(f"{path} is no picture that can be read; remove it from the folder.")
    image = cv2.resize(image, (_PHOTO_SIDE, _PHOTO_SIDE), interpolation=cv2.INTER_AREA)
    if rng.random() < 0.5:
        image = image[:, ::-1]
    return np.ascontiguousarray(image[..., ::-1], np.uint8)
