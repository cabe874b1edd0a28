from __future__ import annotations

import numpy as np
import pytest

from engine.tracking import kalman


def _reference(mean, covariance, measurement, dt_s):
    """One predict and correct of one track, written from the textbook with full matrices."""
    steps, height = dt_s * 30, mean[3]
    motion = np.block([[np.eye(4), steps * np.eye(4)], [np.zeros((4, 4)), np.eye(4)]])
    place, speed = height / 20, height / 160
    noise = np.diag(np.square([place, place, 1e-2, place, speed, speed, 1e-5, speed])) * steps
    mean, covariance = motion @ mean, motion @ covariance @ motion.T + noise
    seen = np.eye(4, 8)
    place = mean[3] / 20
    measured = np.diag(np.square([place, place, 1e-1, place]))
    gain = covariance @ seen.T @ np.linalg.inv(seen @ covariance @ seen.T + measured)
    return mean + gain @ (measurement - seen @ mean), (np.eye(8) - gain @ seen) @ covariance


def test_all_at_once_is_each_by_the_book():
    random = np.random.default_rng(0)
    measurements = random.uniform(50, 200, (5, 4))
    mean, covariance = kalman.start(measurements)
    mean[:, 4:] = random.normal(0, 1, (5, 4))
    new = measurements + random.normal(0, 3, (5, 4))
    expected = [_reference(*row, 0.1) for row in zip(mean, covariance, new, strict=True)]
    got = kalman.correct(*kalman.predict(mean, covariance, 0.1), new)
    np.testing.assert_allclose(got[0], [m for m, _ in expected], rtol=1e-9)
    np.testing.assert_allclose(got[1], [c for _, c in expected], rtol=1e-7, atol=1e-9)


def test_speed_is_learnt_from_motion():
    mean, covariance = kalman.start(np.array([[0.0, 0, 0.5, 80]]))
    for i in range(1, 60):
        mean, covariance = kalman.predict(mean, covariance, 1 / 30)
        mean, covariance = kalman.correct(mean, covariance, np.array([[4.0 * i, 0, 0.5, 80]]))
    ahead, _ = kalman.predict(mean, covariance, 0.5)
    assert ahead[0, 0] == pytest.approx(4 * 59 + 0.5 * 30 * 4, rel=0.02)


def test_doubt_grows_with_time_not_with_frames():
    mean, covariance = kalman.start(np.array([[0.0, 0, 0.5, 80]]))
    _, at_once = kalman.predict(mean, covariance, 1.0)
    stepwise = covariance
    for _ in range(30):
        mean, stepwise = kalman.predict(mean, stepwise, 1 / 30)
    # Noise that enters on the way moves on, so many steps leave a little more of it.
    ratio = stepwise[0, 0, 0] / at_once[0, 0, 0]
    assert 1 <= ratio < 3


def test_boxes_come_back():
    boxes = np.array([[1.0, 2, 31, 62], [0, 0, 5, 5]])
    mean, _ = kalman.start(kalman.to_measurement(boxes))
    np.testing.assert_allclose(kalman.to_xyxy(mean), boxes)


def test_covariance_stays_symmetric_and_positive():
    mean, covariance = kalman.start(np.array([[10.0, 10, 0.5, 80]]))
    for dt_s in [1 / 60, 1 / 10, 1.0, 1 / 30] * 25:
        mean, covariance = kalman.correct(
            *kalman.predict(mean, covariance, dt_s), np.array([[10.0, 10, 0.5, 80]])
        )
    np.testing.assert_allclose(covariance[0], covariance[0].T, rtol=1e-6, atol=1e-9)
    assert np.linalg.eigvalsh((covariance[0] + covariance[0].T) / 2).min() > 0
