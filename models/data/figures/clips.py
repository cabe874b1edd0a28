"""Clips of drawn people who act to a script, with the truth about every frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from models.data.figures.body import Look, Painter, joints, shadow
from models.data.figures.camera import Camera
from models.data.figures.places import PLACES, paint_chair, paint_place
from models.data.figures.poses import MOTIONS, SEAT_M, Pose

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

ACTIONS: Final = tuple(MOTIONS)

_SUPERSAMPLING: Final = 2
_BLEND_S: Final = 0.4
_GET_UP_S: Final = 1.0
_LEAST_VISIBLE: Final = 0.25
_CHAIR: Final = (70, 100, 140)


@dataclass(frozen=True, slots=True)
class Part:
    """One entry of a role: an action, for so long, facing there.

    Attributes
    ----------
    heading
        Radians: 0 faces the camera, π/2 the right of the picture; None goes on as before.
    """

    action: str
    duration_s: float
    heading: float | None = None


@dataclass(frozen=True, slots=True)
class Role:
    """What one person does; it stays with its last action when the script is over.

    Attributes
    ----------
    start
        (x, z) on the ground in metres: to the right of the picture's middle, away from the camera.
    """

    parts: tuple[Part, ...]
    start: tuple[float, float] = (0.0, 5.0)


@dataclass(frozen=True, slots=True)
class FigureTruth:
    """What is in one frame.

    Attributes
    ----------
    boxes
        (N, 4) float32 pixels, x1 y1 x2 y2, clipped to the picture; people nearly out of it are
        left out. Occlusion by others is not taken off.
    ids
        (N,) int64, the index of each person's role.
    actions
        N names out of `ACTIONS`.
    """

    boxes: NDArray[np.float32]
    ids: NDArray[np.int64]
    actions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Moment:
    """Where a person is and what it does."""

    pose: Pose
    place: NDArray[np.float64]
    heading: float
    action: str


def _moments(role: Role, rate_hz: float, frames: int, tempo: float) -> list[_Moment]:
    """Play `role` frame by frame; `tempo` is how fast this person does everything."""
    place, heading = np.array(role.start, np.float64), role.parts[0].heading or 0.0
    moments: list[_Moment] = []
    last: Pose | None = None
    for index, part in enumerate(role.parts):
        final = index == len(role.parts) - 1
        count = frames - len(moments) if final else round(part.duration_s * rate_hz)
        motion, goal = MOTIONS[part.action], heading if part.heading is None else part.heading
        settle = _GET_UP_S if last is not None and abs(last.tilt) > 0.8 else _BLEND_S
        for step in range(min(count, frames - len(moments))):
            t = step / rate_hz
            pose = motion.pose(t * tempo)
            if last is not None and t < settle:
                pose = last.blend(pose, _smooth(t / settle))
            heading += (goal - heading) * min(1.0, 7.0 / rate_hz)
            ahead = np.array([np.sin(heading), -np.cos(heading)])
            place = place + ahead * motion.speed * tempo / rate_hz
            moments.append(_Moment(pose, place, heading, part.action))
        last = moments[-1].pose
    return moments


def _smooth(share: float) -> float:
    return share * share * (3.0 - 2.0 * share)


def render_clip(
    seed: int,
    cast: Sequence[Role],
    *,
    duration_s: float,
    size: tuple[int, int] = (640, 360),
    rate_hz: float = 30.0,
    place: str | None = None,
    camera: Camera | None = None,
) -> Iterator[tuple[NDArray[np.uint8], FigureTruth]]:
    """Draw `cast` acting; the same arguments give the same frames to the bit.

    Parameters
    ----------
    size
        Width and height in pixels.
    place
        One of `models.data.figures.places.PLACES`; None lets the seed choose.
    camera
        Its size is replaced by `size`; None lets the seed choose.

    Yields
    ------
    BGR uint8 (H, W, 3) and what is in it.
    """
    rng = np.random.default_rng(seed)
    view = camera or Camera(
        0, 0, rng.uniform(1.0, 1.3), rng.uniform(1.3, 2.3), rng.uniform(0.08, 0.2)
    )
    view = Camera(
        size[0] * _SUPERSAMPLING, size[1] * _SUPERSAMPLING, view.focal, view.height_m, view.pitch
    )
    empty = paint_place(place or str(rng.choice(sorted(PLACES))), view, rng)
    looks = [Look.draw(rng) for _ in cast]
    frames = round(duration_s * rate_hz)
    played = [_moments(role, rate_hz, frames, rng.uniform(0.9, 1.1)) for role in cast]
    seats = [next((m for m in moments if m.action == "sitting"), None) for moments in played]
    for moments in zip(*played, strict=True):
        image = empty.copy()
        boxes = _paint_people(image, view, looks, moments, seats) / _SUPERSAMPLING
        yield _develop(image, size, rng), _truth(boxes, moments, size)


def _paint_people(
    image: NDArray[np.uint8],
    camera: Camera,
    looks: Sequence[Look],
    moments: Sequence[_Moment],
    seats: Sequence[_Moment | None],
) -> NDArray[np.float64]:
    """Paint the far ones first and return boxes (N, 4) in the order of `moments`."""
    bodies = [
        joints(m.pose, look, m.place, m.heading) for m, look in zip(moments, looks, strict=True)
    ]
    for body in bodies:
        shadow(image, camera, body)
    boxes = np.zeros((len(moments), 4))
    for i in sorted(range(len(moments)), key=lambda i: -moments[i].place[1]):
        seat = seats[i]
        if seat is not None:
            behind = SEAT_M * np.array([np.sin(seat.heading), -np.cos(seat.heading)])
            paint_chair(image, camera, seat.place - behind, seat.heading, _CHAIR)
        boxes[i] = Painter(image, camera, looks[i], bodies[i]).paint()
    return boxes


def _develop(
    image: NDArray[np.uint8], size: tuple[int, int], rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Return the picture at its final size, with a camera's noise."""
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    noise = rng.normal(0, 2.0, (size[1], size[0], 1)).astype(np.float32)
    return np.asarray(np.clip(small + noise, 0, 255), np.uint8)


def _truth(
    boxes: NDArray[np.float64], moments: Sequence[_Moment], size: tuple[int, int]
) -> FigureTruth:
    limits = np.array([*size, *size], np.float64)
    clipped = np.clip(boxes, 0, limits)
    visible = _area(clipped) > _LEAST_VISIBLE * _area(boxes)
    return FigureTruth(
        clipped[visible].astype(np.float32),
        np.flatnonzero(visible),
        tuple(m.action for m, seen in zip(moments, visible, strict=True) if seen),
    )


def _area(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1]))
