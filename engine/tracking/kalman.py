"""A constant-velocity Kalman filter over boxes, all tracks at once and true to time.

State and noise are those of SORT (Bewley et al., ICIP 2016) in the form ByteTrack uses: centre,
aspect ratio and height with their velocities; noise in proportion to the height. Velocities are
per 1/30 s, the interval those noise figures were found at; a step of another length scales motion
and noise, so that variable frame rates and drops are followed truly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_UNIT_S: Final = 1 / 30
_POSITION: Final = 1 / 20
_VELOCITY: Final = 1 / 160
_ASPECT: Final = 1e-2
_ASPECT_VELOCITY: Final = 1e-5
_ASPECT_MEASURED: Final = 1e-1


def to_measurement(xyxy: NDArray[np.floating]) -> Floats:
    """Turn boxes (N, 4) x1 y1 x2 y2 into (N, 4) centre x, centre y, aspect ratio, height."""
    xyxy = np.asarray(xyxy, np.float64)
    size = np.maximum(xyxy[:, 2:] - xyxy[:, :2], 1e-3)
    centre = (xyxy[:, :2] + xyxy[:, 2:]) / 2
    return np.column_stack((centre, size[:, 0] / size[:, 1], size[:, 1]))


def to_xyxy(mean: Floats) -> Floats:
    """Turn states (N, 8) into boxes (N, 4)."""
    height = np.maximum(mean[:, 3], 1e-3)
    width = np.maximum(mean[:, 2] * height, 1e-3)
    half = np.column_stack((width, height)) / 2
    return np.column_stack((mean[:, :2] - half, mean[:, :2] + half))


def start(measurement: Floats) -> tuple[Floats, Floats]:
    """Return mean (N, 8) and covariance (N, 8, 8) of tracks first seen at `measurement` (N, 4)."""
    mean = np.hstack((measurement, np.zeros_like(measurement)))
    height = measurement[:, 3]
    deviation = _deviations(height, 2 * _POSITION, _ASPECT, 10 * _VELOCITY, _ASPECT_VELOCITY)
    return mean, _diagonal(deviation**2)


def predict(mean: Floats, covariance: Floats, dt_s: float) -> tuple[Floats, Floats]:
    """Move tracks forward by `dt_s` seconds."""
    steps = dt_s / _UNIT_S
    motion = np.eye(8)
    motion[:4, 4:] = np.eye(4) * steps
    deviation = _deviations(mean[:, 3], _POSITION, _ASPECT, _VELOCITY, _ASPECT_VELOCITY)
    noise = _diagonal(deviation**2 * steps)
    return mean @ motion.T, motion @ covariance @ motion.T + noise


def correct(mean: Floats, covariance: Floats, measurement: Floats) -> tuple[Floats, Floats]:
    """Take in what was measured, (N, 4), row by row."""
    height = mean[:, 3]
    deviation = np.column_stack(
        (
            height * _POSITION,
            height * _POSITION,
            np.full_like(height, _ASPECT_MEASURED),
            height * _POSITION,
        )
    )
    projected = covariance[:, :4, :4] + _diagonal(deviation**2)
    gain = np.linalg.solve(projected, covariance[:, :4, :]).transpose(0, 2, 1)
    surprise = (measurement - mean[:, :4])[:, :, None]
    corrected = mean + (gain @ surprise)[:, :, 0]
    return corrected, covariance - gain @ projected @ gain.transpose(0, 2, 1)


def _deviations(
    height: Floats, position: float, aspect: float, velocity: float, aspect_velocity: float
) -> Floats:
    size = np.maximum(np.abs(height), 1.0)
    place, speed = size * position, size * velocity
    ratio, ratio_speed = np.full_like(size, aspect), np.full_like(size, aspect_velocity)
    return np.column_stack((place, place, ratio, place, speed, speed, ratio_speed, speed))


def _diagonal(values: Floats) -> Floats:
    return values[:, :, None] * np.eye(values.shape[1])
