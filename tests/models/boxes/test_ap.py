"""Average precision against faster-coco-eval, and by hand."""

import numpy as np
import pytest

from models.data.boxes import BoxLabels
from models.evaluation.boxes_ap import average_precision, recall

CLASSES = 5


def labels(
    xyxy: np.ndarray, class_id: np.ndarray, score: np.ndarray, ignored: np.ndarray | None = None
) -> BoxLabels:
    hidden = np.zeros(len(class_id), bool) if ignored is None else ignored
    return BoxLabels(
        np.asarray(xyxy, np.float32).reshape(-1, 4), np.asarray(class_id), score, hidden
    )


def random_boxes(rng: np.random.Generator, count: int) -> np.ndarray:
    corner = rng.uniform(0, 0.7, (count, 2))
    return np.concatenate([corner, corner + rng.uniform(0.05, 0.3, (count, 2))], 1)


def random_problem(seed: int) -> tuple[list[BoxLabels], list[BoxLabels]]:
    rng = np.random.default_rng(seed)
    truth, found = [], []
    for _ in range(30):
        boxes = random_boxes(rng, int(rng.integers(0, 8)))
        class_id = rng.integers(0, CLASSES, len(boxes))
        truth.append(labels(boxes, class_id, np.ones(len(boxes), np.float32)))
        near = boxes + rng.normal(0, 0.015, boxes.shape)
        extra = random_boxes(rng, int(rng.integers(0, 120)))
        guessed = np.concatenate(
            [
                np.where(rng.random(len(boxes)) < 0.8, class_id, 0),
                rng.integers(0, CLASSES, len(extra)),
            ]
        )
        score = rng.random(len(guessed)).astype(np.float32)
        score[len(boxes) :] *= 0.6
        found.append(labels(np.concatenate([near, extra]), guessed, score))
    return found, truth


def reference(found: list[BoxLabels], truth: list[BoxLabels]) -> np.ndarray:
    """AP, AP50, AP75 of faster-coco-eval on the same boxes."""
    from faster_coco_eval import COCO, COCOeval_faster

    def rows(side: list[BoxLabels]) -> list[dict[str, object]]:
        return [
            {
                "image_id": image,
                "category_id": int(class_id),
                "bbox": [*(xyxy[:2] * 1000), *((xyxy[2:] - xyxy[:2]) * 1000)],
                "area": float((xyxy[2:] - xyxy[:2]).prod() * 1e6),
                "iscrowd": 0,
                "score": float(score),
            }
            for image, boxes in enumerate(side)
            for xyxy, class_id, score in zip(
                boxes.xyxy.astype(float), boxes.class_id, boxes.score, strict=True
            )
        ]

    annotations = [row | {"id": number} for number, row in enumerate(rows(truth), 1)]
    coco = COCO(
        {
            "images": [{"id": i, "width": 1000, "height": 1000} for i in range(len(truth))],
            "annotations": annotations,
            "categories": [{"id": c, "name": str(c)} for c in range(CLASSES)],
        }
    )
    evaluation = COCOeval_faster(coco, coco.loadRes(rows(found)), "bbox", print_function=len)
    evaluation.evaluate()
    evaluation.accumulate()
    evaluation.summarize()
    return np.array(evaluation.stats[:3])


@pytest.mark.parametrize("seed", range(4))
def test_equals_faster_coco_eval(seed: int) -> None:
    pytest.importorskip("faster_coco_eval")
    found, truth = random_problem(seed)
    ours = average_precision(found, truth)
    figures = [ours.mean, ours.at(0.5), ours.at(0.75)]
    assert 0.2 < ours.at(0.5) < 0.98
    np.testing.assert_allclose(figures, reference(found, truth), atol=1e-6)


def test_perfect_boxes_score_one() -> None:
    _, truth = random_problem(1)
    assert average_precision(truth, truth).mean == pytest.approx(1.0)


def test_a_duplicate_is_a_false_positive() -> None:
    box, one = np.array([[0.1, 0.1, 0.5, 0.5]]), np.ones(1, np.float32)
    truth = [labels(box, np.array([0]), one), labels(box, np.array([0]), one)]
    twice = labels(box.repeat(2, 0), np.array([0, 0]), np.array([0.9, 0.8], np.float32))
    late = labels(box, np.array([0]), np.array([0.5], np.float32))
    # Precision 1 up to recall 0.5, then 2 of 3.
    expected = (51 * 1 + 50 * 2 / 3) / 101
    assert average_precision([twice, late], truth).mean == pytest.approx(expected)


def test_finding_an_ignored_box_changes_nothing() -> None:
    boxes = np.array([[0.1, 0.1, 0.3, 0.3], [0.6, 0.6, 0.9, 0.9]])
    classes, scores = np.array([0, 0]), np.array([0.5, 0.9], np.float32)
    truth = labels(boxes, classes, np.ones(2, np.float32), np.array([False, True]))
    with_it, without = labels(boxes, classes, scores), labels(boxes[:1], classes[:1], scores[:1])
    assert average_precision([with_it], [truth]).mean == pytest.approx(1.0)
    assert average_precision([without], [truth]).mean == pytest.approx(1.0)


def test_recall_counts_only_sure_boxes_of_the_class() -> None:
    boxes = np.array([[0.1, 0.1, 0.3, 0.3], [0.6, 0.6, 0.9, 0.9], [0.4, 0.1, 0.6, 0.2]])
    truth = labels(boxes, np.array([0, 0, 1]), np.ones(3, np.float32))
    found = labels(boxes, np.array([0, 0, 1]), np.array([0.9, 0.2, 0.9], np.float32))
    assert recall([found], [truth], class_id=0, score=0.3) == pytest.approx(0.5)
