from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from engine.postprocess import box_iou, decode_boxes
from models.spec import HeadKind, HeadSpec, Label

HEAD = HeadSpec(
    name="objects",
    kind=HeadKind.BOXES,
    labels=(Label(en="person", zh="人"), Label(en="chair", zh="椅子")),
    thresholds=(0.4, 0.4),
)


def _heads(boxes, confidence, class_id):
    return {
        "objects.boxes": np.array([boxes], np.float32).reshape(1, -1, 4),
        "objects.confidence": np.array([confidence], np.float32),
        "objects.class_id": np.array([class_id], np.int64),
    }


def _decode(boxes, confidence, class_id, *, threshold=0.4, **options):
    return decode_boxes(_heads(boxes, confidence, class_id), HEAD, 200, 100, threshold, **options)


def test_fractions_become_pixels_within_the_picture():
    found = _decode([[0.1, 0.2, 0.5, 0.6], [-0.5, 0.5, 0.25, 1.5]], [0.9, 0.8], [0, 1])
    np.testing.assert_allclose(found.xyxy, [[20, 20, 100, 60], [0, 50, 50, 100]], rtol=1e-6)
    assert found.class_id.tolist() == [0, 1]
    assert found.track_id.tolist() == [-1, -1]
    assert (found.xyxy.dtype, found.class_id.dtype) == (np.float32, np.int32)


def test_threshold_is_inclusive_and_order_is_by_confidence():
    boxes = [[0.0, 0, 0.1, 0.1], [0.3, 0, 0.4, 0.1], [0.6, 0, 0.7, 0.1]]
    found = _decode(boxes, [0.5, 0.25, 0.75], [0, 0, 0], threshold=0.5)
    assert found.confidence.tolist() == [0.75, 0.5]


def test_of_two_of_one_class_the_better_stays():
    boxes = [[0, 0, 0.5, 0.5], [0.01, 0, 0.5, 0.5]]
    assert _decode(boxes, [0.6, 0.9], [0, 0]).confidence.tolist() == pytest.approx([0.9])
    assert len(_decode(boxes, [0.6, 0.9], [0, 1])) == 2
    assert len(_decode(boxes, [0.6, 0.9], [0, 0], iou=0.99)) == 2


def test_a_suppressed_box_suppresses_none():
    # Each overlaps its neighbour by 0.6, the outer two by a third.
    boxes = [[0, 0, 0.4, 1], [0.1, 0, 0.5, 1], [0.2, 0, 0.6, 1]]
    found = _decode(boxes, [0.9, 0.8, 0.7], [0, 0, 0], iou=0.5)
    assert found.confidence.tolist() == pytest.approx([0.9, 0.7])


def test_boxes_outside_or_without_area_are_none():
    boxes = [[1.1, 0, 1.5, 0.5], [0.2, 0.2, 0.2, 0.9], [0.5, 0.5, 0.4, 0.6]]
    assert len(_decode(boxes, [0.9] * 3, [0] * 3)) == 0


def test_no_candidate_at_all():
    found = decode_boxes(_heads(np.zeros((0, 4)), [], []), HEAD, 10, 10, 0.4)
    assert len(found) == 0
    assert found.xyxy.shape == (0, 4)


def test_not_a_number_is_no_box():
    assert len(_decode([[0, 0, 1, 1]], [np.nan], [0])) == 0
    assert len(_decode([[np.nan, 0, 1, 1]], [0.9], [0])) == 0


def test_limit_keeps_the_best():
    n = 50
    boxes = [[i / n, 0, (i + 0.9) / n, 1] for i in range(n)]
    found = _decode(boxes, np.linspace(0.5, 0.99, n), [0] * n, limit=5)
    assert found.confidence.tolist() == pytest.approx(np.linspace(0.5, 0.99, n)[:-6:-1].tolist())


@given(
    arrays(np.float32, (40, 4), elements=st.floats(-0.5, 1.5, width=32)),
    arrays(np.float32, 40, elements=st.floats(0, 1, width=32)),
    arrays(np.int64, 40, elements=st.integers(0, 1)),
)
def test_what_is_kept_never_overlaps_and_what_is_dropped_has_a_reason(boxes, confidence, class_id):
    found = _decode(boxes, confidence, class_id)
    overlap = box_iou(found.xyxy, found.xyxy)
    same = found.class_id[:, None] == found.class_id[None]
    np.fill_diagonal(overlap, 0)
    assert not (same & (overlap > 0.5)).any()
    assert (np.diff(found.confidence) <= 0).all()
    assert (found.xyxy >= 0).all()
    assert (found.xyxy <= [200, 100, 200, 100]).all()
    everything = _decode(boxes, confidence, class_id, iou=1.0)
    covered = box_iou(everything.xyxy, found.xyxy) > 0.5
    covered &= everything.class_id[:, None] == found.class_id[None]
    kept = (everything.xyxy[:, None] == found.xyxy[None]).all(axis=2)
    assert (covered | kept).any(axis=1).all()


def test_overlap_of_known_boxes():
    a = np.array([[0, 0, 2, 2]])
    b = np.array([[0, 0, 2, 2], [1, 0, 3, 2], [5, 5, 6, 6]])
    np.testing.assert_allclose(box_iou(a, b), [[1, 1 / 3, 0]])
