"""An action head on single pictures, each seen for itself: there is nothing to remember."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from models.data.boxes import read_picture
from models.evaluation.actions import ClipScores
from models.evaluation.classes import calibration_error, confusion, mean_average_precision

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from models.data.splits import LabelledFile
    from models.evaluation.graph import RunNetwork
    from models.spec import HeadSpec, InputSpec


def look_at(
    network: RunNetwork, frame: InputSpec, head: HeadSpec, files: Sequence[LabelledFile]
) -> tuple[list[ClipScores], list[str]]:
    """Return what is said of each picture, and a sentence for each that cannot be read."""
    labels = [label.en for label in head.labels]
    state, period_s = network.init_state(1), 1 / frame.rate_hz
    scores, skipped = [], []
    for file in files:
        try:
            picture = read_picture(file.path)
        except (OSError, ValueError) as error:
            skipped.append(str(error))
            continue
        small = cv2.resize(picture, (frame.width, frame.height), interpolation=cv2.INTER_AREA)
        said, _ = network.look(small.astype(np.uint8, copy=False), state, period_s)
        truth = np.array([[label == file.label for label in labels]], np.float32)
        probability = said[head.output_names[0]]
        scores.append(
            ClipScores(str(file.path), np.zeros(1), probability, truth, np.ones_like(truth))
        )
    return scores, skipped


def still_figures(scores: Sequence[ClipScores]) -> tuple[dict[str, float], NDArray[Any]]:
    """Return figures of pictures that show one thing each, and who is taken for whom."""
    counts = confusion(scores)
    rows = counts.sum(axis=1) > 0
    recalls = counts.diagonal()[rows] / counts.sum(axis=1)[rows]
    figures = {
        "accuracy": float(counts.trace() / max(1, counts.sum())),
        "balanced_accuracy": float(recalls.mean()) if rows.any() else float("nan"),
        "mean_average_precision": mean_average_precision(scores),
        "calibration_error": calibration_error(scores),
    }
    return figures, counts
