"""A bundle's boxes on films of pictures: rates, memory, calibration, classes that are not known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from models.data.box_sets import BoxSet
from models.data.boxes import BoxLabels, BoxPicture
from models.data.boxes_motion import random_camera
from models.data.splits import DataError
from models.evaluation.boxes_bundle import (
    BoxMeasurement,
    box_calibration_error,
    known_pictures,
)
from models.evaluation.graph import RunNetwork
from models.spec import Manifest, TensorSpec

if TYPE_CHECKING:
    from pathlib import Path


def boxes(*sides: tuple[float, float, float, float], score: float = 1.0) -> BoxLabels:
    count = len(sides)
    return BoxLabels(
        np.array(sides, np.float32).reshape(-1, 4),
        np.zeros(count, np.int64),
        np.full(count, score, np.float32),
        np.zeros(count, bool),
    )


class Counting(RunNetwork):
    """Finds a box at the same place, as surely as it has seen frames; notes how it was fed."""

    def __init__(self) -> None:
        manifest = Manifest.model_construct(state=(TensorSpec(name="objects.h", shape=(1,)),))
        super().__init__(manifest, self._look_on)
        self.gaps_s: list[float] = []

    def _look_on(self, frame, dt_s, state):
        seen = state["objects.h"] + 1
        self.gaps_s.append(float(dt_s[0]))
        found = {
            "objects.boxes": np.array([[[0.2, 0.2, 0.8, 0.8]]], np.float32),
            "objects.confidence": np.minimum(seen / 25, 1).astype(np.float32),
            "objects.class_id": np.zeros((1, 1), np.int64),
        }
        return found, {"objects.h": seen}


@pytest.fixture
def picture(tmp_path: Path) -> BoxPicture:
    path = tmp_path / "a.png"
    cv2.imwrite(str(path), np.full((60, 80, 3), 90, np.uint8))
    return BoxPicture(path, boxes((0.2, 0.2, 0.8, 0.8)))


def test_each_rate_shows_the_last_frame_after_as_many_as_fit_in_the_time(picture: BoxPicture):
    network = Counting()
    measurement = BoxMeasurement(network, "objects", (64, 48))
    found = measurement.figures([picture], rates_hz=(30.0, 15.0, 5.0))
    assert found.keys() == {"memory", "no_memory", "stills", "at_30_fps", "at_15_fps", "at_5_fps"}
    assert found["stills"]["ap"] == pytest.approx(1.0)
    # 0.8 seconds: 9 frames at 10 a second, one alone, then 25, 13 and 5, and one still.
    assert len(network.gaps_s) == 9 + 1 + 25 + 13 + 5 + 1
    np.testing.assert_allclose(network.gaps_s[:10], 0.1, rtol=1e-5)
    np.testing.assert_allclose(network.gaps_s[10:35], 1 / 30, rtol=1e-5)
    np.testing.assert_allclose(network.gaps_s[-6:-1], 0.2, rtol=1e-5)


def test_frames_that_come_too_early_for_a_network_are_left_out(picture: BoxPicture):
    network = Counting()
    measurement = BoxMeasurement(network, "objects", (64, 48), lambda gap_s: gap_s < 0.099)
    measurement.figures([picture], rates_hz=(30.0,))
    assert len(network.gaps_s) == 9 + 1 + 1 + 9


def test_a_finer_camera_is_at_the_same_places_at_the_same_times():
    camera = random_camera(np.random.default_rng(3), 4)
    finer = camera.finer(3)
    assert finer.centre.shape == finer.size.shape == (10, 2)
    np.testing.assert_allclose(finer.centre[::3], camera.centre, atol=1e-6)
    np.testing.assert_allclose(finer.size[1], (2 * camera.size[0] + camera.size[1]) / 3, atol=1e-6)
    assert finer.mirrored == camera.mirrored


def test_confidence_is_held_against_the_share_of_boxes_that_are_right():
    truth = [boxes((0.1, 0.1, 0.4, 0.4))] * 4
    right, wrong = boxes((0.1, 0.1, 0.4, 0.4), score=0.75), boxes((0.6, 0.6, 1, 1), score=0.75)
    assert box_calibration_error([right, right, right, wrong], truth) == pytest.approx(0.0)
    assert box_calibration_error([right, wrong, wrong, wrong], truth) == pytest.approx(0.5)
    unsure = boxes((0.6, 0.6, 1, 1), score=0.2)
    assert np.isnan(box_calibration_error([unsure] * 4, truth))
    ignored = BoxLabels(wrong.xyxy, wrong.class_id, wrong.score, np.ones(1, bool))
    both = [BoxLabels.join([truth[0], ignored])] * 4
    assert box_calibration_error([right, right, right, wrong], both) == pytest.approx(0.25)


def test_classes_that_are_not_wanted_are_as_if_never_labelled(picture: BoxPicture):
    two = BoxLabels.join([boxes((0, 0, 0.5, 0.5)), boxes((0.5, 0.5, 1, 1))])
    two = BoxLabels(two.xyxy, np.array([0, 2]), two.score, two.ignored)
    pictures = [BoxPicture(picture.path, two)]
    whole = BoxSet(("cat", "dog", "cow"), pictures, pictures, pictures)
    cows = whole.only(["cow", "dog"])
    assert cows.classes == ("cow", "dog")
    assert cows.test[0].labels.class_id.tolist() == [0]
    assert cows.test[0].labels.xyxy.tolist() == [[0.5, 0.5, 1, 1]]
    (renamed,) = known_pictures(cows, ("person", "dog", "cow"), "test")
    assert renamed.labels.class_id.tolist() == [2]
    assert len(known_pictures(cows, ("person", "dog", "cow"), "all")) == 3
    with pytest.raises(DataError, match="hen: no class of the set, which has cat, dog, cow"):
        whole.only(["hen"])
