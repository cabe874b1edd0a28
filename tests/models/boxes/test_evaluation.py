"""Measuring a box head: duplicates, thresholds, memory on and off."""

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from models.data.boxes import COCO_NAMES, BoxLabels
from models.data.boxes_cache import Sequence
from models.evaluation.boxes import Watcher, keep_best, load_head, memory_metrics
from models.evaluation.boxes_steadiness import (
    FollowedClip,
    count_breaks,
    steadiness,
    steady_figures,
    successors,
)
from models.evaluation.boxes_thresholds import (
    HIGHEST,
    LOWEST,
    best_threshold,
    choose_thresholds,
)
from models.heads.boxes import BoxHead


def boxes(count: int, class_id: int, score: list[float]) -> BoxLabels:
    left = np.arange(count)[:, None] / 20
    xyxy = np.concatenate([left, left, left + 0.04, left + 0.04], 1).astype(np.float32)
    classes = np.full(count, class_id, np.int64)
    return BoxLabels(xyxy, classes, np.array(score, np.float32), np.zeros(count, bool))


def encode(frames: np.ndarray) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(int(frames.sum()) % 1000)
    grids = ((40, 36, 48), (112, 18, 24), (320, 9, 12))
    return tuple(rng.standard_normal((len(frames), *grid), np.float32) for grid in grids)


@pytest.fixture(scope="module")
def watcher(tmp_path_factory: pytest.TempPathFactory) -> Watcher:
    torch.manual_seed(0)
    head = BoxHead(8)
    torch.nn.init.normal_(head.dense.classes.weight, std=3)
    path = tmp_path_factory.mktemp("weights") / "boxes.safetensors"
    save_file({n: v.contiguous() for n, v in head.state_dict().items()}, path)
    return Watcher(encode, load_head(path))


def test_the_width_of_a_head_is_read_off_its_weights(watcher: Watcher) -> None:
    assert watcher.head.state_spec()[0].shape[0] == 8
    assert not watcher.head.training


def test_best_boxes_come_first_without_duplicates_and_unlikely_ones() -> None:
    wide = np.array(
        [[0, 0, 0.5, 0.5], [0, 0, 0.5, 0.51], [0.5, 0.5, 1, 1], [0, 0, 1, 1]], np.float32
    )
    kept = keep_best(wide, np.array([0.4, 0.6, 0.9, 0.001], np.float32), np.zeros(4, np.int64))
    np.testing.assert_allclose(kept.score, [0.9, 0.6])


def test_watching_starts_as_looking_does_and_then_remembers(watcher: Watcher) -> None:
    frames = np.random.default_rng(0).integers(0, 255, (4, 288, 384, 3), np.uint8)
    watched, looked = watcher.watch(frames), watcher.look(frames)
    np.testing.assert_allclose(watched[0].score, looked[0].score, atol=1e-5)
    same = [
        len(a) == len(b) and np.allclose(a.score, b.score, atol=1e-4)
        for a, b in zip(watched[1:], looked[1:], strict=True)
    ]
    assert not all(same)


def test_memory_metrics_give_both_figures(watcher: Watcher, tmp_path: Path) -> None:
    frames = np.random.default_rng(0).integers(0, 255, (3, 288, 384, 3), np.uint8)
    seen = watcher.watch(frames)
    truth = [BoxLabels(s.xyxy, s.class_id, s.score, s.ignored) for s in seen]
    got = memory_metrics(watcher, [Sequence(frames, truth)])
    assert got["ap50"] == pytest.approx(1.0, abs=1e-6)
    assert got["ap50_without_memory"] < 1


def test_the_threshold_splits_right_from_wrong() -> None:
    score = np.array([0.9, 0.5, 0.4, 0.3, 0.2], np.float32)
    assert best_threshold(score, np.array([True, True, True, False, False]), 3) == 0.4
    assert best_threshold(score, np.array([True, False, False, False, False]), 1) == HIGHEST
    assert best_threshold(score[:0], np.zeros(0, bool), 4) == HIGHEST
    assert best_threshold(score / 10, np.ones(5, bool), 5) == LOWEST


def test_a_rare_class_takes_the_threshold_of_the_rare_ones_together() -> None:
    often = boxes(15, 0, [0.5] * 15)
    rare = boxes(3, 7, [0.3, 0.3, 0.3])
    truth = [BoxLabels.join([often, rare])]
    thresholds = choose_thresholds([BoxLabels.join([often, rare])], truth)
    assert len(thresholds) == len(COCO_NAMES)
    assert thresholds[0] == 0.5
    assert thresholds[7] == thresholds[60] == 0.3


def shifted(frame: BoxLabels, by: float) -> BoxLabels:
    return BoxLabels(frame.xyxy + np.float32(by), frame.class_id, frame.score, frame.ignored)


def test_steady_motion_has_no_jitter_and_trembling_has() -> None:
    still = boxes(5, 0, [0.9] * 5)
    moving = [shifted(still, 0.005 * t) for t in range(6)]
    trembling = [shifted(still, 0.005 * (t % 2)) for t in range(6)]
    assert steadiness(moving, 0.5).jitter == pytest.approx(0, abs=1e-4)
    # Second difference 2 x 0.005, height 0.04.
    assert steadiness(trembling, 0.5).jitter == pytest.approx(0.25, rel=1e-3)
    assert steadiness(moving, 0.5).boxes_per_frame == 5


def test_a_box_that_vanishes_for_a_frame_is_lost_once() -> None:
    frame = boxes(4, 0, [0.9] * 4)
    gap = frame.select(np.array([0, 1, 2]))
    assert steadiness([frame, gap, frame], 0.5).lost_per_box == pytest.approx(1 / 7)
    assert steadiness([frame, frame, frame], 0.95).boxes_per_frame == 0


def test_each_box_has_at_most_one_successor_of_its_class() -> None:
    now = BoxLabels.join([boxes(2, 0, [0.9, 0.9]), boxes(1, 3, [0.9])])
    then = boxes(1, 0, [0.9])
    assert successors(now, then).tolist() == [0, -1, -1]
    with pytest.raises(ValueError, match="three frames"):
        steadiness([now, then], 0.5)


def test_who_goes_on_under_another_name_is_counted() -> None:
    frame = boxes(2, 0, [0.9, 0.9])
    times_s = np.arange(6) / 10
    kept = [np.array([1, 2])] * 6
    renamed = [np.array([1, 2])] * 3 + [np.array([1, 7])] * 3
    assert count_breaks([frame] * 6, kept, times_s) == 0
    assert count_breaks([frame] * 6, renamed, times_s) == 1
    both = [np.array([1, 2])] * 3 + [np.array([8, 7])] * 3
    assert count_breaks([frame] * 6, both, times_s) == 2
    # Unseen for a second: still the same; for three: somebody else.
    gap = np.array([0, 0.1, 0.2, 1.2, 1.3, 1.4])
    assert count_breaks([frame] * 6, renamed, gap) == 1
    assert count_breaks([frame] * 6, renamed, gap * 3) == 0
    # Elsewhere, or something else: not the same either.
    away = [frame] * 3 + [shifted(frame, 0.5)] * 3
    assert count_breaks(away, renamed, times_s) == 0
    other = BoxLabels(frame.xyxy, np.array([0, 4]), frame.score, frame.ignored)
    assert count_breaks([frame] * 3 + [other] * 3, renamed, times_s) == 0


def test_figures_of_recordings_are_by_the_minute_and_by_the_box() -> None:
    frame = boxes(2, 0, [0.9, 0.9])
    calm = FollowedClip([frame] * 61, [np.array([1, 2])] * 61, np.arange(61.0))
    names = [np.array([1, 2])] * 30 + [np.array([1, 3])] * 31
    found = steady_figures([calm, FollowedClip([frame] * 61, names, np.arange(61.0))])
    assert found["switches_per_minute"] == pytest.approx(0.5)
    assert found["identities_per_minute"] == pytest.approx(2.5)
    assert found["boxes_per_frame"] == 2
    assert found["boxes_without_successor"] == found["jitter"] == 0
