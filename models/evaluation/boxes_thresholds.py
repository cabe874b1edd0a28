"""Choose from which confidence on a class is shown, on pictures kept aside for it.

Run as ``python -m models.evaluation.boxes_thresholds --weights boxes.safetensors --shared ../shared
--out thresholds.json``.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import torch

from models.data.boxes import COCO_NAMES, BoxLabels, read_picture
from models.data.boxes_prepare import FrozenEncoder
from models.data.boxes_sources import split_photographs
from models.data.teacher import YoloxTeacher, complete
from models.evaluation.boxes import Watcher, load_head, look_at_pictures
from models.evaluation.boxes_ap import match

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.data.boxes_geometry import Bools, Floats

ENOUGH: Final = 12
"""True boxes a class needs for a threshold of its own."""
LOWEST, HIGHEST = 0.15, 0.6

_HALF: Final = np.array([0.5])


def choose_thresholds(found: list[BoxLabels], truth: list[BoxLabels]) -> tuple[float, ...]:
    """Return for each of COCO's classes the confidence at which F0.5 (IoU 0.5) is best.

    A wrong box stays on the screen for as long as the camera looks there, so being right counts
    twice as much as finding everything.

    Classes with fewer than `ENOUGH` true boxes share the best threshold of them all together.
    """
    outcomes = [_outcome(found, truth, class_id) for class_id in range(len(COCO_NAMES))]
    rare = [outcome for outcome in outcomes if outcome[2] < ENOUGH]
    shared = best_threshold(
        np.concatenate([score for score, _, _ in rare]),
        np.concatenate([hit for _, hit, _ in rare]),
        sum(wanted for _, _, wanted in rare),
    )
    return tuple(
        best_threshold(score, hit, wanted) if wanted >= ENOUGH else shared
        for score, hit, wanted in outcomes
    )


def _outcome(
    found: list[BoxLabels], truth: list[BoxLabels], class_id: int
) -> tuple[Floats, Bools, int]:
    """Return the confidences of a class, which of them are right, and how many boxes there are."""
    matches = [
        match(f.select(f.class_id == class_id), t.select(t.class_id == class_id), _HALF)
        for f, t in zip(found, truth, strict=True)
    ]
    counted = ~np.concatenate([m.left_out[0] for m in matches])
    score = np.concatenate([m.score for m in matches])
    hit = np.concatenate([m.found[0] for m in matches])
    return score[counted], hit[counted], sum(m.wanted for m in matches)


def best_threshold(score: NDArray[np.float32], hit: Bools, wanted: int) -> float:
    """Return the confidence at which F0.5 is best, to hundredths, within `LOWEST` and `HIGHEST`."""
    order = np.argsort(-score, kind="stable")
    right = np.cumsum(hit[order])
    score_by_count = 1.25 * right / (np.arange(1, len(order) + 1) + 0.25 * max(wanted, 1))
    best = int(score_by_count.argmax()) if right.size else 0
    chosen = float(score[order][best]) if right.size and right[-1] else 1.0
    return round(float(np.clip(chosen, LOWEST, HIGHEST)), 2)


def tune(weights: Path, shared: Path, cache: Path) -> dict[str, float]:
    """Return a threshold by class name, chosen on the tuning pictures.

    Of the classes that nobody labelled there, the teacher's boxes are taken for true.
    """
    watcher = Watcher(FrozenEncoder(cache), load_head(weights))
    teacher = YoloxTeacher(shared / "teachers/yolox_nano.onnx")
    learnt, pictures = split_photographs(shared / "data")
    named = np.isin(np.arange(len(COCO_NAMES)), [c for p in learnt for c in p.labels.class_id])
    truth = [complete(p.labels, teacher.label(read_picture(p.path)), named) for p in pictures]
    thresholds = choose_thresholds(look_at_pictures(watcher, pictures), truth)
    return dict(zip(COCO_NAMES, thresholds, strict=True))


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--cache", type=Path, default=Path("cache/boxes"))
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    thresholds = tune(arguments.weights, arguments.shared, arguments.cache)
    arguments.out.write_text(json.dumps(thresholds, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
