"""Boxes in, boxes out: readers, camera, damage, teacher's merging, cache."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from models.data.boxes import COCO_NAMES, BoxLabels, read_coco_json, read_picture, read_yolo_folder
from models.data.boxes_batches import BatchStream
from models.data.boxes_cache import Sequence, Shard, write_shard
from models.data.boxes_damage import damage_some
from models.data.boxes_geometry import iou, suppress_duplicates
from models.data.boxes_motion import INPUT_SIZE, Camera, film, mosaic, random_camera
from models.data.boxes_sources import TUNING_PICTURES, held_out, split_photographs
from models.data.teacher import YoloxTeacher, complete


def labels(*boxes: tuple[float, ...], class_id: int = 0, ignored: bool = False) -> BoxLabels:
    count = len(boxes)
    return BoxLabels(
        np.array(boxes, np.float32).reshape(-1, 4),
        np.full(count, class_id, np.int64),
        np.ones(count, np.float32),
        np.full(count, ignored),
    )


def picture_of(box: tuple[float, ...], width: int = 400, height: int = 300) -> np.ndarray:
    """Black, with a white rectangle where `box` is."""
    picture = np.zeros((height, width, 3), np.uint8)
    left, top, right, bottom = (np.array(box) * [width, height, width, height]).round().astype(int)
    picture[top:bottom, left:right] = 255
    return picture


def bright_box(frame: np.ndarray) -> np.ndarray:
    """Where a frame is white, in fractions."""
    y, x = np.nonzero(frame.min(2) > 127)
    edges = np.array([x.min(), y.min(), x.max() + 1, y.max() + 1], np.float32)
    return edges / np.tile(np.array(INPUT_SIZE, np.float32), 2)


def test_coco_json_gives_fractions_and_ignores_difficult_boxes(tmp_path: Path) -> None:
    content = {
        "images": [{"id": 7, "file_name": "a.png", "width": 200, "height": 100}],
        "categories": [{"id": 3, "name": "dog"}],
        "annotations": [
            {"image_id": 7, "category_id": 3, "bbox": [20, 10, 100, 50], "ignore": 0},
            {"image_id": 7, "category_id": 3, "bbox": [0, 0, 10, 10], "ignore": 1},
        ],
    }
    (tmp_path / "a.json").write_text(json.dumps(content))
    (picture,) = read_coco_json(tmp_path / "a.json", tmp_path)
    np.testing.assert_allclose(picture.labels.xyxy[0], [0.1, 0.1, 0.6, 0.6], atol=1e-6)
    assert picture.labels.ignored.tolist() == [False, True]
    assert COCO_NAMES[picture.labels.class_id[0]] == "dog"


def test_coco_json_refuses_a_class_that_is_not_cocos(tmp_path: Path) -> None:
    content = {"images": [], "categories": [{"id": 0, "name": "unicorn"}], "annotations": []}
    (tmp_path / "a.json").write_text(json.dumps(content))
    with pytest.raises(ValueError, match="unicorn"):
        read_coco_json(tmp_path / "a.json", tmp_path)


def test_yolo_folder_without_label_file_is_an_empty_picture(tmp_path: Path) -> None:
    for name in ("images", "labels"):
        (tmp_path / name).mkdir()
    for stem in ("a", "b"):
        (tmp_path / f"images/{stem}.jpg").touch()
    (tmp_path / "labels/a.txt").write_text("16 0.5 0.5 0.2 0.4\n")
    first, second = read_yolo_folder(tmp_path)
    np.testing.assert_allclose(first.labels.xyxy, [[0.4, 0.3, 0.6, 0.7]], atol=1e-6)
    assert len(second.labels) == 0


def test_a_file_that_is_no_picture_is_named(tmp_path: Path) -> None:
    (tmp_path / "broken.jpg").write_bytes(b"nothing")
    with pytest.raises(ValueError, match=r"broken\.jpg"):
        read_picture(tmp_path / "broken.jpg")


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("zoom", [0.6, 1.0, 1.4])
def test_labels_move_with_what_the_camera_films(mirrored: bool, zoom: float) -> None:
    box = (0.35, 0.4, 0.6, 0.7)
    centre = np.array([[0.5, 0.5], [0.55, 0.48]], np.float32)
    camera = Camera(centre, np.array([[zoom, zoom], [zoom, zoom * 0.9]], np.float32), mirrored)
    for frame in range(2):
        filmed = camera.film(picture_of(box), frame, (0, 0, 0))
        moved = camera.label(labels(box), frame)
        np.testing.assert_allclose(moved.xyxy[0], bright_box(filmed), atol=1.5 / 288)


def test_an_object_that_is_hardly_in_view_is_ignored_and_one_outside_is_gone() -> None:
    camera = Camera(np.array([[0.25, 0.25]], np.float32), np.array([[0.5, 0.5]], np.float32), False)
    seen = camera.label(
        labels((0.1, 0.1, 0.3, 0.3), (0.45, 0.1, 0.9, 0.4), (0.6, 0.6, 0.9, 0.9)), 0
    )
    assert seen.ignored.tolist() == [False, True]


def test_a_still_under_a_held_camera_gives_equal_frames() -> None:
    rng = np.random.default_rng(0)
    camera = random_camera(rng, 3).held()
    picture = rng.integers(0, 255, (200, 300, 3), np.uint8)
    frames, seen = film([picture] * 3, [labels((0.4, 0.4, 0.6, 0.6))] * 3, camera, rng)
    assert frames.shape == (3, 288, 384, 3)
    assert (frames[0] == frames[2]).all() and (seen[0].xyxy == seen[2].xyxy).all()


def test_mosaic_puts_each_label_where_its_picture_is() -> None:
    rng = np.random.default_rng(3)
    boxes = [(0.2, 0.2, 0.5, 0.6), (0.1, 0.5, 0.4, 0.9), (0.3, 0.1, 0.9, 0.4), (0.5, 0.5, 0.8, 0.8)]
    canvas, joined = mosaic([picture_of(b) for b in boxes], [labels(b) for b in boxes], rng)
    small = cv2.resize(canvas, INPUT_SIZE)
    for xyxy in joined.xyxy:
        left, top, right, bottom = (xyxy * np.tile(INPUT_SIZE, 2)).astype(int)
        assert small[top + 2 : bottom - 2, left + 2 : right - 2].mean() > 240
    outside = small.mean() / 255 - (joined.xyxy[:, 2:] - joined.xyxy[:, :2]).prod(1).sum()
    assert abs(outside) < 0.01


def test_damage_leaves_some_frames_alone_and_keeps_the_labels() -> None:
    rng = np.random.default_rng(0)
    frames = rng.integers(0, 255, (40, 72, 96, 3), np.uint8)
    damaged, kept = damage_some(frames, [labels((0.1, 0.1, 0.3, 0.3))] * 40, rng)
    changed = (damaged != frames).any((1, 2, 3))
    assert 3 <= changed.sum() <= 25
    assert all(len(entry) == 1 for entry in kept)


def test_duplicates_of_a_class_go_and_other_classes_stay() -> None:
    boxes = np.array([[0, 0, 10, 10], [1, 0, 11, 10], [0, 0, 10, 10], [30, 0, 40, 10]], np.float32)
    score = np.array([0.5, 0.9, 0.7, 0.1], np.float32)
    kept = suppress_duplicates(boxes, score, np.array([0, 0, 1, 0]), iou_limit=0.6)
    assert kept.tolist() == [1, 2, 3]
    assert iou(boxes[:1], boxes[1:2])[0, 0] == pytest.approx(90 / 110)


def test_the_teacher_fills_in_only_what_was_not_labelled_by_hand() -> None:
    named = np.zeros(80, bool)
    named[2] = True
    true = labels((0.1, 0.1, 0.4, 0.4), class_id=2)
    teacher = BoxLabels.join(
        [
            labels((0.5, 0.5, 0.9, 0.9), class_id=2),
            labels((0.1, 0.1, 0.41, 0.4), class_id=7),
            labels((0.5, 0.1, 0.9, 0.4), class_id=60),
        ]
    )
    merged = complete(true, teacher, named)
    assert merged.class_id.tolist() == [2, 60]


def encode(frames: np.ndarray) -> tuple[np.ndarray, ...]:
    """A stand-in with the encoder's shapes: the mean of each frame, in every cell."""
    mean = frames.mean((1, 2, 3)).astype(np.float32).reshape(-1, 1, 1, 1)
    grids = ((40, 36, 48), (112, 18, 24), (320, 9, 12))
    return tuple(np.broadcast_to(mean, (len(frames), *grid)) for grid in grids)


def make_sequences(count: int) -> list[Sequence]:
    frames = [np.full((2, 8, 8, 3), value, np.uint8) for value in range(count)]
    return [
        Sequence(f, [labels(*[(0.1, 0.1, 0.5, 0.5)] * (i % 3)), labels((0, 0, 1, 1), class_id=i)])
        for i, f in enumerate(frames)
    ]


def test_a_shard_gives_back_what_was_written(tmp_path: Path) -> None:
    write_shard(tmp_path / "s", make_sequences(5), 5, encode)
    shard = Shard(tmp_path / "s")
    assert len(shard) == 5 and shard.frames == 2
    assert (shard.maps[1][3] == 3).all() and shard.maps[1].shape == (5, 2, 18, 24, 112)
    assert [len(entry) for entry in shard.labels(2)] == [2, 1]
    assert shard.labels(4)[1].class_id.tolist() == [4]


def test_a_shard_that_was_cut_short_does_not_appear(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="5 sequences"):
        write_shard(tmp_path / "s", make_sequences(3), 5, encode)
    assert not (tmp_path / "s").exists()


def test_batches_depend_on_seed_and_step_alone_and_cover_everything(tmp_path: Path) -> None:
    write_shard(tmp_path / "s", make_sequences(6), 6, encode)

    def stream(seed: int) -> BatchStream:
        return BatchStream([Shard(tmp_path / "s")], size=2, window=1, seed=seed, picture=INPUT_SIZE)

    def values(seed: int, step: int) -> list[float]:
        return stream(seed).batch(step).features[0][:, 0, 0, 0, 0].tolist()

    assert values(1, 4) == values(1, 4)
    assert sorted(value for step in range(3) for value in values(1, step)) == [0, 1, 2, 3, 4, 5]
    assert [values(1, s) for s in range(3)] != [values(1, s) for s in range(3, 6)]
    targets = stream(1).batch(0).targets
    assert targets.xyxy.shape[0] == 2 and targets.xyxy.max() <= 384


@pytest.mark.shared
def test_clips_of_one_recording_are_held_out_together(shared_dir: Path) -> None:
    clips = sorted((shared_dir / "data/interaction").glob("*/*.mp4"))
    recordings: dict[str, set[bool]] = {}
    for clip in clips:
        recordings.setdefault(clip.stem.split("_")[1], set()).add(held_out(clip))
    assert all(len(kinds) == 1 for kinds in recordings.values())
    assert {True, False} == set.union(*recordings.values())


@pytest.mark.shared
def test_the_teacher_finds_the_people_of_a_photograph(shared_dir: Path) -> None:
    teacher = YoloxTeacher(shared_dir / "teachers/yolox_nano.onnx")
    pictures = read_coco_json(shared_dir / "data/voc/val.json", shared_dir / "data/voc/images")
    found = wanted = 0
    for picture in pictures[:12]:
        true = picture.labels.select(~picture.labels.ignored)
        seen = teacher.label(read_picture(picture.path))
        same = iou(true.xyxy, seen.xyxy) * (true.class_id[:, None] == seen.class_id)
        wanted += len(true)
        found += int((same.max(1, initial=0) > 0.5).sum())
    assert found / wanted > 0.6


@pytest.mark.shared
def test_no_tuning_picture_is_learnt_from(shared_dir: Path) -> None:
    data = shared_dir / "data"
    learnt, tuning = split_photographs(data)
    assert len(tuning) == TUNING_PICTURES
    assert {p.path for p in learnt}.isdisjoint(p.path for p in tuning)
    validation = read_coco_json(data / "voc/val.json", data / "voc/images")
    assert {p.path for p in learnt}.isdisjoint(p.path for p in validation)
