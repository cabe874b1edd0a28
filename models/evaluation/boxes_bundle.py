"""A bundle's boxes on pictures with true ones: filmed, at several frame rates, and as they are.

A film is a picture before a moving camera made by code; measured is its last frame. Without memory
that frame is all that is shown.
"""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Final

import numpy as np
import torch

from models.data.boxes import BoxLabels, BoxPicture
from models.evaluation.boxes import keep_best
from models.evaluation.boxes_ap import average_precision, match
from models.evaluation.classes import expected_calibration_error
from models.evaluation.streams import RATES_HZ, shown_frames
from models.training.zoo_detection import picture_films, stills

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from models.bundled_network import BundledNetwork
    from models.data.box_sets import BoxSet

Look = tuple[list[BoxLabels], list[BoxLabels]]
"""What was found in each picture, and what is there."""

_FILM_HZ: Final = 30.0
_USUAL_HZ: Final = 10.0
"""Of films that networks are trained on."""
_FILM_FRAMES: Final = 9
"""At that rate: 0.8 seconds from the first to the last."""
_CALIBRATED_FROM: Final = 0.3
_HALF: Final = np.array([0.5])
_LOG_EVERY_S: Final = 30.0

_LOG = logging.getLogger(__name__)


class BoxMeasurement:
    """One network on one list of pictures.

    Parameters
    ----------
    head
        Name of the head that finds boxes.
    size
        Width and height of what the network takes.
    is_early
        See `models.evaluation.streams.Watcher`.
    """

    def __init__(
        self,
        network: BundledNetwork,
        head: str,
        size: tuple[int, int],
        is_early: Callable[[float], bool] | None = None,
    ) -> None:
        self._network, self._head, self._size = network, head, size
        self._is_early = is_early

    def figures(
        self, pictures: Sequence[BoxPicture], rates_hz: Sequence[float] = RATES_HZ
    ) -> dict[str, dict[str, float]]:
        """Return figures by condition: memory, no memory, every rate, and stills."""
        finer = round(_FILM_HZ / _USUAL_HZ)
        films = picture_films(list(pictures), self._size, _FILM_FRAMES, finer)
        looks: dict[str, Look] = {"memory": ([], []), "no_memory": ([], [])}
        looks |= {f"at_{rate_hz:g}_fps": ([], []) for rate_hz in rates_hz}
        progress = _Progress(len(films))
        for index in range(len(films)):
            film = films.film(index)
            _note(looks["memory"], self._watch(film.frames, _USUAL_HZ), film.labels)
            _note(looks["no_memory"], self._watch(film.frames[-1:], _USUAL_HZ), film.labels)
            for rate_hz in rates_hz:
                seen = self._watch(film.frames, rate_hz)
                _note(looks[f"at_{rate_hz:g}_fps"], seen, film.labels)
            progress.report(index + 1)
        return {name: box_figures(*look) for name, look in looks.items()} | self.stills(pictures)

    def stills(self, pictures: Sequence[BoxPicture]) -> dict[str, dict[str, float]]:
        """Return the figures of the pictures as they are, each for itself."""
        unmoved = stills(list(pictures), self._size)
        look: Look = ([], [])
        for index in range(len(unmoved)):
            still = unmoved.film(index)
            _note(look, self._watch(still.frames, _USUAL_HZ), still.labels)
        return {"stills": box_figures(*look)}

    @torch.inference_mode()
    def _watch(self, frames: NDArray[np.uint8], rate_hz: float) -> BoxLabels:
        """Return the boxes of the last frame, which is shown at any rate."""
        ages_s = np.arange(len(frames)) / _FILM_HZ
        shown = [len(frames) - 1 - i for i in shown_frames(ages_s, rate_hz, self._is_early)][::-1]
        gaps_s = np.diff(shown, prepend=shown[0] - _FILM_HZ / rate_hz) / _FILM_HZ
        state = self._network.init_state(1)
        for index, gap_s in zip(shown, gaps_s.astype(np.float32), strict=True):
            frame = torch.from_numpy(frames[index][None])
            outputs, state = self._network.step(frame, state, torch.from_numpy(gap_s[None]))
        boxes, confidence, class_id = (
            outputs[f"{self._head}.{part}"][0].numpy()
            for part in ("boxes", "confidence", "class_id")
        )
        return keep_best(boxes, confidence, class_id)


def box_figures(found: list[BoxLabels], truth: list[BoxLabels]) -> dict[str, float]:
    """Return COCO's precisions and how far confidence can be believed."""
    precision = average_precision(found, truth)
    return {
        "ap": precision.mean,
        "ap50": precision.at(0.5),
        "ap75": precision.at(0.75),
        "calibration_error": box_calibration_error(found, truth),
    }


def box_calibration_error(found: list[BoxLabels], truth: list[BoxLabels]) -> float:
    """Return how far confidence lies from the share of boxes that are right, at IoU 0.5.

    The detection expected calibration error, over confidence alone, of boxes with a confidence of
    0.3 at least (Küppers et al., CVPR Workshops 2020); ignored boxes do not count. NaN where there
    are no such boxes.
    """
    confidence, right = [np.zeros(0)], [np.zeros(0, bool)]
    for boxes, real in zip(found, truth, strict=True):
        sure = boxes.select(boxes.score >= _CALIBRATED_FROM)
        for kind in np.unique(sure.class_id):
            one = match(
                sure.select(sure.class_id == kind), real.select(real.class_id == kind), _HALF
            )
            counted = ~one.left_out[0]
            confidence.append(one.score[counted])
            right.append(one.found[0][counted])
    return expected_calibration_error(np.concatenate(confidence), np.concatenate(right))


def known_pictures(boxes: BoxSet, names: Sequence[str], part: str) -> list[BoxPicture]:
    """Return the pictures of a part, or of ``all``, with the class indices of `names`."""
    parts = {"train": boxes.train, "validation": boxes.validation, "test": boxes.test}
    chosen = [one for some in parts.values() for one in some] if part == "all" else parts[part]
    table = np.array([names.index(name) for name in boxes.classes], np.int64)
    return [
        BoxPicture(
            one.path,
            BoxLabels(
                one.labels.xyxy,
                table[one.labels.class_id],
                one.labels.score,
                one.labels.ignored,
            ),
        )
        for one in chosen
    ]


def _note(look: Look, found: BoxLabels, labels: list[BoxLabels]) -> None:
    look[0].append(found)
    look[1].append(labels[-1])


class _Progress:
    """Logs now and then how far a measurement is."""

    def __init__(self, count: int) -> None:
        self._count, self._logged_s = count, time.monotonic()

    def report(self, done: int) -> None:
        if time.monotonic() - self._logged_s > _LOG_EVERY_S:
            self._logged_s = time.monotonic()
            _LOG.info("%d of %d pictures", done, self._count)
