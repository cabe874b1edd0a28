"""A drawn person: proportions, clothes, and painting one pose of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from models.data.figures.camera import Camera, Colour, fill, shaded, tint

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from models.data.figures.poses import Pose

_SKINS: Final[tuple[Colour, ...]] = (
    (150, 180, 225),
    (120, 155, 205),
    (85, 120, 175),
    (60, 85, 130),
)
_HAIRS: Final[tuple[Colour, ...]] = ((25, 25, 30), (35, 50, 75), (70, 110, 160), (130, 135, 140))
_SHIRTS: Final[tuple[Colour, ...]] = (
    (60, 60, 170), (150, 90, 40), (90, 130, 60), (200, 195, 190), (50, 140, 200), (110, 60, 110),
    (45, 45, 50), (160, 150, 60),
)  # fmt: skip
_TROUSERS: Final[tuple[Colour, ...]] = (
    (110, 70, 45), (45, 42, 40), (95, 95, 95), (80, 110, 140), (140, 110, 80)
)  # fmt: skip
_SHOES: Final[tuple[Colour, ...]] = ((40, 40, 45), (220, 220, 220), (50, 70, 110))

# Metres, for a person 1.75 m tall.
_THIGH, _SHIN, _TRUNK, _UPPER_ARM, _FOREARM = 0.44, 0.44, 0.5, 0.29, 0.26
_HIP, _SHOULDER, _HEAD, _FOOT = 0.085, 0.165, 0.1, 0.2


@dataclass(frozen=True, slots=True)
class Look:
    """What tells one person from another. Colours are BGR, `stature` multiplies every length."""

    skin: Colour
    hair: Colour
    shirt: Colour
    trousers: Colour
    shoes: Colour
    long_sleeves: bool
    long_hair: bool
    stature: float
    girth: float

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Look:
        """Return a random look."""

        def pick(colours: tuple[Colour, ...]) -> Colour:
            return tint(colours[rng.integers(len(colours))], rng.uniform(0.85, 1.1))

        return cls(
            skin=pick(_SKINS),
            hair=pick(_HAIRS),
            shirt=pick(_SHIRTS),
            trousers=pick(_TROUSERS),
            shoes=pick(_SHOES),
            long_sleeves=bool(rng.random() < 0.5),
            long_hair=bool(rng.random() < 0.4),
            stature=float(rng.uniform(0.92, 1.06)),
            girth=float(rng.uniform(0.92, 1.2)),
        )


def _along(limb: NDArray[np.float64], side: float) -> NDArray[np.float64]:
    flexion, spread = limb
    return np.array(
        [side * np.sin(spread), -np.cos(spread) * np.cos(flexion), np.cos(spread) * np.sin(flexion)]
    )


def joints(
    pose: Pose, look: Look, place: NDArray[np.float64], heading: float
) -> dict[str, NDArray[np.float64]]:
    """Return world positions (3,) of the joints, the lowest `pose.lift` above the ground.

    Parameters
    ----------
    place
        (x, z) on the ground, metres.
    heading
        0 faces the camera, π/2 the right of the picture.
    """
    up = np.array([0.0, np.cos(pose.lean), np.sin(pose.lean)])
    front = np.array([0.0, -np.sin(pose.lean), np.cos(pose.lean)])
    body = {"pelvis": np.zeros(3), "chest": 0.8 * _TRUNK * up, "neck": (_TRUNK + 0.03) * up}
    body["head"] = (_TRUNK + 0.19) * up + 0.02 * front
    body["face"], body["crown"] = body["head"] + 0.1 * front, body["head"] + 0.1 * up
    body["mane"] = body["neck"] - 0.06 * front
    for name, side, row in (("left", 1.0, 0), ("right", -1.0, 2)):
        out = np.array([side, 0.0, 0.0])
        arm, forearm = _along(pose.limbs[row], side), _along(pose.limbs[row + 1], side)
        thigh, shin = _along(pose.limbs[row + 4], side), _along(pose.limbs[row + 5], side)
        shoulder = body[f"{name} shoulder"] = 0.95 * _TRUNK * up + _SHOULDER * out
        elbow = body[f"{name} elbow"] = shoulder + _UPPER_ARM * arm
        body[f"{name} wrist"] = elbow + _FOREARM * forearm
        body[f"{name} hand"] = elbow + (_FOREARM + 0.07) * forearm
        hip = body[f"{name} hip"] = _HIP * out - np.array([0.0, 0.03, 0.0])
        knee = body[f"{name} knee"] = hip + _THIGH * thigh
        ankle = body[f"{name} ankle"] = knee + _SHIN * shin
        toes = np.array([0.25 * side, shin[2] - 0.05, -shin[1]])
        body[f"{name} toes"] = ankle + _FOOT * toes + 0.05 * shin
        body[f"{name} eye"] = body["head"] + 0.09 * front + 0.036 * out + 0.015 * up
    return _placed(body, pose, look, place, heading)


def _placed(
    body: dict[str, NDArray[np.float64]],
    pose: Pose,
    look: Look,
    place: NDArray[np.float64],
    heading: float,
) -> dict[str, NDArray[np.float64]]:
    points = np.stack(list(body.values())) * look.stature
    cos, sin = np.cos(pose.tilt), np.sin(pose.tilt)
    side = points[:, 0]
    up, front = points[:, 1] * cos - points[:, 2] * sin, points[:, 1] * sin + points[:, 2] * cos
    up = up - up.min() + 0.05 + 0.06 * abs(sin) + pose.lift
    front = front - pose.recede
    cos, sin = np.cos(heading), np.sin(heading)
    world = np.stack(
        [place[0] + side * cos + front * sin, up, place[1] + side * sin - front * cos], 1
    )
    return dict(zip(body, world, strict=True))


class Painter:
    """Paints one pose, far parts first, and keeps the box around all it painted."""

    def __init__(
        self,
        image: NDArray[np.uint8],
        camera: Camera,
        look: Look,
        body: dict[str, NDArray[np.float64]],
    ) -> None:
        self._image, self._camera, self._look, self._body = image, camera, look, body
        names = list(body)
        pixels, scale = camera.project(np.stack(list(body.values())))
        self._pixel = dict(zip(names, pixels, strict=True))
        self._scale = dict(zip(names, scale * look.stature, strict=True))
        self._outlines: list[NDArray[np.float64]] = []

    def paint(self) -> NDArray[np.float64]:
        """Paint the person and return its box (4,): x1 y1 x2 y2 in pixels, not clipped."""
        parts: list[tuple[str, Callable[[], None]]] = [
            ("chest", self._trunk),
            ("head", self._head),
        ]
        if self._look.long_hair:
            parts.append(("mane", self._mane))
        for side in ("left", "right"):
            parts.append((f"{side} elbow", partial(self._arm, side)))
            parts.append((f"{side} knee", partial(self._leg, side)))
        parts.sort(key=lambda part: -self._camera.distance(self._body[part[0]]))
        for _, draw in parts:
            draw()
        outline = np.concatenate(self._outlines)
        return np.concatenate([outline.min(0), outline.max(0)])

    def _limb(self, names: list[str], radii_m: list[float], colour: Colour) -> None:
        centres = np.stack([self._pixel[name] for name in names])
        radii = np.array(radii_m) * [self._scale[name] for name in names]
        self._outlines.append(shaded(self._image, centres, radii, colour))

    def _leg(self, side: str) -> None:
        look, g = self._look, self._look.girth
        self._limb([f"{side} ankle", f"{side} toes"], [0.045, 0.035], look.shoes)
        self._limb([f"{side} knee", f"{side} ankle"], [0.06 * g, 0.045], look.trousers)
        self._limb([f"{side} hip", f"{side} knee"], [0.09 * g, 0.062 * g], look.trousers)

    def _arm(self, side: str) -> None:
        look = self._look
        self._limb([f"{side} wrist", f"{side} hand"], [0.03, 0.036], look.skin)
        sleeve = look.shirt if look.long_sleeves else look.skin
        self._limb([f"{side} elbow", f"{side} wrist"], [0.042, 0.032], sleeve)
        self._limb([f"{side} shoulder", f"{side} elbow"], [0.058, 0.046], look.shirt)

    def _trunk(self) -> None:
        look, g = self._look, self._look.girth
        hips = ["left hip", "right hip", "pelvis"]
        self._limb(hips, [0.085 * g, 0.085 * g, 0.1 * g], look.trousers)
        shirt = ["left shoulder", "right shoulder", "chest", "pelvis"]
        self._limb(shirt, [0.055, 0.055, 0.13 * g, 0.13 * g], look.shirt)
        self._limb(["neck", "head"], [0.052, 0.05], look.skin)

    def _mane(self) -> None:
        self._limb(["crown", "mane"], [0.07, 0.095], self._look.hair)

    def _head(self) -> None:
        away = self._camera.distance(self._body["face"]) - self._camera.distance(self._body["head"])
        if away > 0.03:
            self._face()
            self._hair()
        else:
            self._hair()
            self._face()
            self._features()

    def _hair(self) -> None:
        middle = 0.75 * self._body["head"] + 0.25 * self._body["crown"]
        behind = middle - 0.25 * (self._body["face"] - self._body["head"])
        self._ball(behind, 0.112, self._look.hair)

    def _face(self) -> None:
        ahead = 0.3 * (self._body["face"] - self._body["head"])
        low = 0.35 * (self._body["crown"] - self._body["head"])
        top, chin = self._body["head"] + ahead, self._body["head"] + 0.9 * ahead - 2.2 * low
        pixels, scale = self._camera.project(np.stack([top, chin]))
        radii = np.array([0.092, 0.06]) * scale * self._look.stature
        self._outlines.append(shaded(self._image, pixels, radii, self._look.skin))

    def _ball(self, centre: NDArray[np.float64], radius_m: float, colour: Colour) -> None:
        pixels, scale = self._camera.project(centre[None])
        radius = np.array([radius_m * self._look.stature]) * scale
        self._outlines.append(shaded(self._image, pixels, radius, colour))

    def _features(self) -> None:
        dark = tint(self._look.hair, 0.6)
        down = self._body["crown"] - self._body["head"]
        for side in ("left", "right"):
            eye = self._body[f"{side} eye"]
            self._dot(eye, 0.011, dark)
            self._dot(eye + 0.28 * down, 0.009, tint(self._look.hair, 0.9))
        nose = self._body["face"] - 0.25 * down
        self._dot(nose, 0.013, tint(self._look.skin, 0.8))
        self._dot(nose - 0.42 * down, 0.017, (70, 70, 150))

    def _dot(self, centre: NDArray[np.float64], radius_m: float, colour: Colour) -> None:
        pixels, scale = self._camera.project(centre[None])
        radius = max(1.0, radius_m * float(scale[0]))
        middle = (int(pixels[0, 0]), int(pixels[0, 1]))
        cv2.ellipse(
            self._image,
            middle,
            (int(radius * 1.4), int(radius)),
            0,
            0,
            360,
            colour,
            -1,
            cv2.LINE_AA,
        )


def shadow(image: NDArray[np.uint8], camera: Camera, body: dict[str, NDArray[np.float64]]) -> None:
    """Darken the ground under `body`, softly, the more the lower each joint is."""
    mask = np.zeros((image.shape[0] // 4, image.shape[1] // 4), np.uint8)
    for name in ("pelvis", "head", "left ankle", "right ankle", "left knee", "right knee"):
        point = body[name]
        radius = 0.14 + 0.12 * point[1]
        angles = np.linspace(0, 2 * np.pi, 16, False)
        ring = np.stack(
            [point[0] + radius * np.cos(angles), 0 * angles, point[2] + radius * np.sin(angles)], 1
        )
        layer = np.zeros_like(mask)
        fill(layer, camera.project(ring)[0] / 4, (60 / (0.6 + point[1]), 0, 0))
        cv2.max(mask, layer, mask)
    reach = max(3, image.shape[0] // 120) | 1
    mask = cv2.GaussianBlur(mask, (reach, reach), 0)
    dark = cv2.resize(mask, (image.shape[1], image.shape[0]), interpolation=cv2.INTER_LINEAR)
    cv2.subtract(image, cv2.cvtColor(dark, cv2.COLOR_GRAY2BGR), image)
