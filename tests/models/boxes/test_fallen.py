"""People who lie: boxes between the moments drawn by hand, cut out, laid into photographs."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from models.data.boxes import PERSON, BoxLabels, person_at
from models.data.boxes_cutouts import cut_out, lay_into
from models.data.boxes_fallen import FALL_KEPT_BACK, fallen_sequences, keyed_falls, read_fall
from models.data.boxes_geometry import iou
from models.data.boxes_motion import INPUT_SIZE
from models.data.boxes_sources import FRAMES, split_photographs


class NobodyElse:
    """A teacher that finds nothing."""

    def label(self, picture: np.ndarray) -> BoxLabels:
        return BoxLabels.empty()


def walk_through() -> tuple[np.ndarray, np.ndarray]:
    """A red figure that crosses a grey room, and where it is."""
    rng = np.random.default_rng(0)
    frames = np.repeat(rng.integers(90, 110, (1, 60, 80, 3), np.uint8), 5, 0)
    boxes = []
    for index, frame in enumerate(frames):
        left = 4 + 15 * index
        cv2.rectangle(frame, (left, 20), (left + 9, 49), (220, 30, 30), -1)
        boxes.append([(left - 2) / 80, 18 / 60, (left + 12) / 80, 52 / 60])
    return frames, np.array(boxes, np.float32)


def test_a_person_is_cut_out_of_a_room_that_was_seen_empty() -> None:
    frames, boxes = walk_through()
    cuts = cut_out(frames, boxes)
    assert len(cuts) == len(frames)
    for cut in cuts:
        own = cut.alpha > 0.5
        assert own.sum() == pytest.approx(10 * 30, rel=0.15)
        assert (cut.pixels[own][:, 0] > 150).mean() > 0.95


def test_who_cannot_be_told_from_the_room_is_not_cut_out() -> None:
    frames, boxes = walk_through()
    assert cut_out(np.full_like(frames, 100), boxes) == []


def test_a_person_laid_into_a_photograph_has_a_box_there() -> None:
    cut = cut_out(*walk_through())[0]
    room = np.full((120, 160, 3), 100, np.uint8)
    dog = BoxLabels(
        np.array([[0, 0, 1, 1]], np.float32), np.array([16]), np.ones(1, np.float32),
        np.zeros(1, bool),
    )  # fmt: skip
    for seed in range(20):
        picture, labels = lay_into(room, dog, cut, np.random.default_rng(seed))
        box = labels.xyxy[labels.class_id == PERSON]
        changed = np.abs(picture.astype(int) - 100).max(-1) > 40
        y, x = np.nonzero(changed)
        seen = np.array([[x.min() / 160, y.min() / 120, (x.max() + 1) / 160, (y.max() + 1) / 120]])
        assert iou(box, seen.astype(np.float32))[0, 0] > 0.75
        assert 16 in labels.class_id


@pytest.mark.shared
def test_falls_drawn_by_hand_stay_in_the_picture(shared_dir: Path) -> None:
    assert FALL_KEPT_BACK in keyed_falls()
    for name in keyed_falls():
        fall = read_fall(shared_dir / "data", name, rate_hz=3.0)
        assert len(fall.xyxy) == len(fall.clip.frames) == len(fall.people)
        assert (fall.xyxy >= 0).all()
        assert (fall.xyxy <= 1).all()
        start, end = fall.xyxy[0], fall.xyxy[-1]
        assert end[3] - end[1] < start[3] - start[1], "who fell is less tall"


@pytest.mark.shared
def test_sequences_show_the_person_of_the_recording_or_one_laid_in(shared_dir: Path) -> None:
    data = shared_dir / "data"
    falls = [read_fall(data, "Subject_1_Fall_15", rate_hz=4.0)]
    pictures = split_photographs(data)[1][:40]
    made = fallen_sequences(falls, pictures, NobodyElse(), np.random.default_rng(0))
    for _ in range(6):
        sequence = next(made)
        assert sequence.frames.shape == (FRAMES, INPUT_SIZE[1], INPUT_SIZE[0], 3)
        assert all(entry.class_id.tolist().count(PERSON) <= 1 for entry in sequence.labels)
        assert any(PERSON in entry.class_id for entry in sequence.labels)


def test_one_person() -> None:
    labels = person_at(np.array([0.1, 0.2, 0.3, 0.4], np.float32))
    assert labels.class_id.tolist() == [PERSON]
    assert labels.xyxy.shape == (1, 4)
