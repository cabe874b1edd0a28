"""Figures of named classes, frame by frame, beyond those of `models.evaluation.actions`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from models.evaluation.actions import ClipScores

_BINS: Final = 10
_CELL_PX: Final = 44
_MARGIN_PX: Final = 190
_LINE: Final = 225
_FONT: Final = cv2.FONT_HERSHEY_SIMPLEX
_FONT_SCALE: Final = 0.42


def confusion(scores: Sequence[ClipScores]) -> NDArray[np.int64]:
    """Count clips that show one thing throughout, by truth (rows) and answer (columns).

    The answer is the label of the highest mean probability, among those the data set annotates.
    """
    labels = scores[0].truth.shape[1]
    counts = np.zeros((labels, labels), np.int64)
    for score in scores:
        shown = score.truth.min(axis=0) > 0
        if shown.sum() == 1:
            known = score.weight.max(axis=0) > 0
            answer = np.where(known, score.probability.mean(axis=0), -1).argmax()
            counts[int(shown.argmax()), int(answer)] += 1
    return counts


def mean_average_precision(scores: Sequence[ClipScores]) -> float:
    """Return the mean, over labels that occur, of the average precision over frames."""
    probability, truth, weight = (
        np.concatenate([getattr(score, part) for score in scores])
        for part in ("probability", "truth", "weight")
    )
    found = []
    for column in range(truth.shape[1]):
        known = weight[:, column] > 0
        right = truth[known, column] > 0
        if not right.any():
            continue
        ranked = right[np.argsort(-probability[known, column], kind="stable")]
        share = np.cumsum(ranked) / np.arange(1, len(ranked) + 1)
        found.append(float(share[ranked].mean()))
    return float(np.mean(found)) if found else float("nan")


def calibration_error(scores: Sequence[ClipScores]) -> float:
    """Return the expected calibration error of the likeliest label (Guo et al., ICML 2017).

    Over frames that show exactly one label.
    """
    confidence, right = [], []
    for score in scores:
        single = (score.truth.sum(axis=1) == 1) & (score.weight.min(axis=1) > 0)
        guess = score.probability[single].argmax(axis=1)
        confidence.append(score.probability[single].max(axis=1))
        right.append(score.truth[single].argmax(axis=1) == guess)
    return expected_calibration_error(np.concatenate(confidence), np.concatenate(right))


def expected_calibration_error(sure: NDArray[np.floating], hit: NDArray[np.bool_]) -> float:
    """Return how far confidence (N,) lies from the share of answers (N,) that are right.

    Averaged over ten bins of confidence by their numbers of answers; NaN where there are none.
    """
    if not len(sure):
        return float("nan")
    bins = np.minimum((sure * _BINS).astype(int), _BINS - 1)
    gaps = [
        abs(float(sure[bins == b].mean() - hit[bins == b].mean())) * int((bins == b).sum())
        for b in np.unique(bins)
    ]
    return sum(gaps) / len(sure)


def event_f1(scores: Sequence[ClipScores], thresholds: Sequence[float], overlap: float) -> float:
    """Return F1 of events over all labels: stretches above the threshold against true stretches.

    Parameters
    ----------
    overlap
        Intersection over union, in time, from which on an event counts as found; one each.
    """
    hits = found = wanted = 0
    for score in scores:
        for column, threshold in enumerate(thresholds):
            if score.weight[:, column].max() == 0:
                continue
            guessed = _stretches(score.probability[:, column] >= threshold, score.times_s)
            true = _stretches(score.truth[:, column] > 0, score.times_s)
            hits += _matched(guessed, true, overlap)
            found, wanted = found + len(guessed), wanted + len(true)
    return 2 * hits / max(1, found + wanted)


def draw_confusion(counts: NDArray[np.int64], names: Sequence[str]) -> NDArray[np.uint8]:
    """Return a picture (H, W, 3) uint8 of a confusion matrix: truth down, answers across.

    A cell is the redder the larger its share of its row.
    """
    side = len(names) * _CELL_PX
    picture = np.full((side + _MARGIN_PX, side + _MARGIN_PX, 3), 255, np.uint8)
    shares = counts / np.maximum(1, counts.sum(axis=1, keepdims=True))
    for row, name in enumerate(names):
        y = row * _CELL_PX
        _write(picture, name, (4, y + _CELL_PX // 2 + 4))
        for column, share in enumerate(shares[row]):
            x = _MARGIN_PX + column * _CELL_PX
            shade = round(255 * (1 - float(share)))
            picture[y : y + _CELL_PX, x : x + _CELL_PX] = _LINE
            picture[y + 1 : y + _CELL_PX, x + 1 : x + _CELL_PX] = (shade, shade, 255)
            if counts[row, column]:
                text = str(counts[row, column])
                _write(
                    picture, text, (x + (_CELL_PX - _width_px(text)) // 2, y + _CELL_PX // 2 + 4)
                )
    across = np.full((side, _MARGIN_PX, 3), 255, np.uint8)
    for column, name in enumerate(names):
        _write(across, name, (4, side - column * _CELL_PX - _CELL_PX // 2 + 4))
    picture[side:, _MARGIN_PX:] = cv2.rotate(across, cv2.ROTATE_90_CLOCKWISE)
    _write(picture, "down: what it was", (4, side + 24))
    _write(picture, "across: what was said", (4, side + 44))
    return picture


def _write(picture: NDArray[np.uint8], text: str, place: tuple[int, int]) -> None:
    cv2.putText(picture, text[:24], place, _FONT, _FONT_SCALE, (0, 0, 0), 1, cv2.LINE_AA)


def _width_px(text: str) -> int:
    (width, _), _ = cv2.getTextSize(text, _FONT, _FONT_SCALE, 1)
    return int(width)


def _stretches(above: NDArray[np.bool_], times_s: NDArray[np.float64]) -> list[tuple[float, float]]:
    """Return begin and end of each run of true values, a frame lasting until the next."""
    edges = np.flatnonzero(np.diff(above.astype(np.int8), prepend=0, append=0))
    period_s = float(np.median(np.diff(times_s))) if len(times_s) > 1 else 0.0
    ends_s = np.append(times_s, times_s[-1] + period_s)
    return [(float(ends_s[a]), float(ends_s[b])) for a, b in edges.reshape(-1, 2)]


def _matched(
    guessed: list[tuple[float, float]], true: list[tuple[float, float]], overlap: float
) -> int:
    """Count pairs that overlap enough; each stretch is in one pair at most."""
    free = list(true)
    count = 0
    for start, end in guessed:
        best = max(free, key=lambda other: _iou((start, end), other), default=None)
        if best is not None and _iou((start, end), best) >= overlap:
            free.remove(best)
            count += 1
    return count


def _iou(one: tuple[float, float], two: tuple[float, float]) -> float:
    shared = min(one[1], two[1]) - max(one[0], two[0])
    union = max(one[1], two[1]) - min(one[0], two[0])
    return max(0.0, shared) / union if union > 0 else 0.0
