"""Where the picture is taken from, and how the camera moves meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

NEAR_M: Final = 0.1
FAR_M: Final = 40.0

VIEWS: Final = ("level", "webcam", "corner", "surveillance", "handheld")


@dataclass(frozen=True, slots=True)
class Shake:
    """Slow and quick unrest of a camera, as sums of sines.

    Attributes
    ----------
    rates_hz, phases
        (N,) each.
    sway_m, turn_deg
        (N, 3) amplitudes: position; yaw, pitch and roll.
    """

    rates_hz: Array
    phases: Array
    sway_m: Array
    turn_deg: Array

    @classmethod
    def sample(cls, rng: np.random.Generator, strength: float) -> Shake:
        """Draw a shake; `strength` 1 is a hand that holds a telephone."""
        rates = rng.uniform((0.2, 0.5, 1.2, 3.0), (0.5, 1.2, 3.0, 7.0))
        falloff = (strength / (0.5 + rates))[:, None]
        return cls(
            rates,
            rng.uniform(0, 2 * np.pi, 4),
            rng.normal(0, 0.018, (4, 3)) * falloff,
            rng.normal(0, (1.1, 0.9, 0.6), (4, 3)) * falloff,
        )

    def at(self, t_s: float) -> tuple[Array, Array]:
        """Return (3,) metres and (3,) degrees at `t_s`."""
        swing = np.sin(2 * np.pi * self.rates_hz * t_s + self.phases)
        return swing @ self.sway_m, swing @ self.turn_deg


@dataclass(frozen=True, slots=True)
class Camera:
    """A pinhole camera that looks from `eye` at `target`.

    Attributes
    ----------
    eye, target
        (3,) metres.
    fov_deg
        Vertical field of view.
    roll_deg
        Clockwise.
    """

    eye: Array
    target: Array
    fov_deg: float
    roll_deg: float = 0.0
    shake: Shake | None = None

    def matrix(self, aspect: float, t_s: float = 0.0, widen: float = 1.0) -> Array:
        """Return the (4, 4) view-projection; `widen` multiplies the extent of the view."""
        eye, yaw, pitch, roll = self.eye, 0.0, 0.0, self.roll_deg
        if self.shake is not None:
            move, turn = self.shake.at(t_s)
            eye = eye + move
            yaw, pitch, roll = turn[0], turn[1], roll + turn[2]
        view = _turned(yaw, pitch, roll) @ look_at(eye, self.target)
        top = np.tan(np.radians(self.fov_deg) / 2) * widen
        return perspective(top, aspect) @ view


def look_at(eye: Array, target: Array) -> Array:
    """Return the (4, 4) world-to-camera matrix; the camera looks along its own -z."""
    forward = (target - eye) / np.linalg.norm(target - eye)
    up = np.array([0.0, 1.0, 0.0]) if abs(forward[1]) < 0.98 else np.array([0.0, 0.0, 1.0])
    right = np.cross(forward, up)
    right /= np.linalg.norm(right)
    made = np.eye(4)
    made[:3, :3] = right, np.cross(right, forward), -forward
    made[:3, 3] = -made[:3, :3] @ eye
    return made


def perspective(top: float, aspect: float) -> Array:
    """Return the (4, 4) projection whose half height at distance 1 is `top`."""
    made = np.zeros((4, 4))
    made[0, 0], made[1, 1] = 1 / (top * aspect), 1 / top
    made[2, 2] = (FAR_M + NEAR_M) / (NEAR_M - FAR_M)
    made[2, 3] = 2 * FAR_M * NEAR_M / (NEAR_M - FAR_M)
    made[3, 2] = -1.0
    return made


def orthographic(half_m: float, depth_m: float) -> Array:
    """Return the (4, 4) projection of a box `half_m` to each side and `depth_m` deep."""
    made = np.diag([1 / half_m, 1 / half_m, -2 / depth_m, 1.0])
    made[2, 3] = -1.0
    return made


def project(matrix: Array, points: Array, size: tuple[int, int]) -> Array:
    """Return (..., 3): pixel x and y of world `points` (..., 3), and depth (behind: <= 0)."""
    at = np.concatenate([points, np.ones((*points.shape[:-1], 1))], -1) @ matrix.T
    depth = at[..., 3]
    safe = np.where(np.abs(depth) < 1e-6, 1e-6, depth)
    x = (at[..., 0] / safe * 0.5 + 0.5) * size[0]
    y = (0.5 - at[..., 1] / safe * 0.5) * size[1]
    return np.stack([x, y, depth], -1)


def _turned(yaw_deg: float, pitch_deg: float, roll_deg: float) -> Array:
    """Return the (4, 4) rotation of a camera about its own axes."""
    a, b, c = np.radians([yaw_deg, pitch_deg, roll_deg])
    yaw = np.array([[np.cos(a), 0, np.sin(a)], [0, 1, 0], [-np.sin(a), 0, np.cos(a)]])
    pitch = np.array([[1, 0, 0], [0, np.cos(b), -np.sin(b)], [0, np.sin(b), np.cos(b)]])
    roll = np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]])
    made = np.eye(4)
    made[:3, :3] = roll @ pitch @ yaw
    return made


_FRAMING: Final = {
    "level": (0.55, 1.0),
    "webcam": (0.8, 1.5),
    "corner": (0.45, 0.9),
    "surveillance": (0.25, 0.65),
    "handheld": (0.55, 1.05),
}
"""How much of the picture the main person's whole motion fills; above one it is cut off."""


def sample_camera(
    rng: np.random.Generator,
    view: str,
    joints: Array,
    aspect: float,
    facing_rad: float | None = None,
) -> Camera:
    """Place a camera of the kind `view` so that it sees the main person.

    Parameters
    ----------
    joints
        (T, B, 3) metres, of whom the camera is to show; first the pelvis of the main person.
    aspect
        Width over height of the picture.
    facing_rad
        Where the person looks; the camera is then put roughly there. None: on any side.
    """
    low, high = joints.min((0, 1)), joints.max((0, 1))
    middle = (low + high) / 2
    spread = float(np.hypot(*np.ptp(joints[:, 0], axis=0)[[0, 2]]))
    distance, above = {
        "level": (rng.uniform(2.4, 5.0), rng.uniform(0.8, 1.7)),
        "webcam": (rng.uniform(1.3, 2.4), rng.uniform(0.7, 1.5)),
        "corner": (rng.uniform(2.8, 5.0), rng.uniform(1.9, 2.7)),
        "surveillance": (rng.uniform(4.0, 7.0), rng.uniform(2.8, 5.0)),
        "handheld": (rng.uniform(2.0, 4.5), rng.uniform(1.2, 1.8)),
    }[view]
    distance += 0.5 * spread
    bearing = rng.uniform(0, 2 * np.pi)
    if facing_rad is not None:
        bearing = facing_rad + rng.normal(0, 0.7)
    eye = np.array(
        [middle[0] + distance * np.sin(bearing), above, middle[2] + distance * np.cos(bearing)]
    )
    seen = joints.reshape(-1, 3) @ look_at(eye, middle)[:3, :3].T + look_at(eye, middle)[:3, 3]
    slopes = np.abs(seen[:, :2]) / np.maximum(-seen[:, 2:], 0.4) / (aspect, 1.0)
    fill = rng.uniform(*_FRAMING[view])
    fov = float(np.clip(np.degrees(2 * np.arctan(1.12 * slopes.max() / fill)), 18, 95))
    aim = middle + rng.normal(0, 0.04 * distance, 3) * (1, 0.6, 1)
    if view == "webcam":
        aim[1] = np.clip(high[1] - rng.uniform(0.25, 0.6), 0.3, None)
    strength = rng.uniform(0.6, 1.8) if view == "handheld" else 0.0
    shake = Shake.sample(rng, strength) if strength else None
    return Camera(eye, aim, fov, float(rng.normal(0, 1.2)), shake)
