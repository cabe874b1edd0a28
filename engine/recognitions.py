"""From probabilities frame by frame to labels over time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from engine.frame import Discontinuity
from models.spec import Activation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from engine.results import FrameResult
    from models.spec import HeadSpec

_BREAKS: Final = frozenset({Discontinuity.START, Discontinuity.SEEK, Discontinuity.SOURCE})


@dataclass(frozen=True, slots=True)
class Recognition:
    """A label over a time interval.

    Attributes
    ----------
    start_s, end_s
        pts_s of the first and of the last frame that showed it; equal when one frame did.
    peak
        Highest probability in between.
    """

    head: str
    label: str
    start_s: float
    end_s: float
    peak: float


def recognised(head: HeadSpec, result: FrameResult) -> NDArray[np.bool_]:
    """Return which labels hold in a frame, (L,), quiet ones included.

    Those that smoothing shows where it was asked for, else those whose probability reaches its
    threshold and, in a head of exclusive labels (softmax), is the highest.
    """
    if result.shown is not None:
        return result.shown[head.name]
    probability = result.actions[head.name]
    holds: NDArray[np.bool_] = probability >= np.asarray(head.thresholds, np.float32)
    if head.activation is Activation.SOFTMAX:
        holds &= np.arange(len(probability)) == probability.argmax()
    return holds


class RecognitionTracker:
    """Follows the labels that hold and keeps the intervals.

    A label holds in a frame as `recognised` says. Consecutive frames in which it holds are one
    interval. Start, seek and change of source end all intervals. Quiet labels give none.
    """

    def __init__(self, heads: Sequence[HeadSpec]) -> None:
        self._heads = tuple(heads)
        self._open: dict[tuple[str, str], Recognition] = {}
        self._closed: list[Recognition] = []

    @property
    def open(self) -> tuple[Recognition, ...]:
        """Intervals that the last frame is part of."""
        return tuple(self._open.values())

    @property
    def closed(self) -> tuple[Recognition, ...]:
        """Intervals that are over, in order of their end."""
        return tuple(self._closed)

    def update(self, result: FrameResult) -> None:
        """Take the next frame's result."""
        if result.discontinuity in _BREAKS:
            self._close_all()
        for head in self._heads:
            probability = result.actions.get(head.name)
            if probability is None:
                continue
            holds = recognised(head, result)
            for index, label in enumerate(head.labels):
                if label.en not in head.quiet:
                    self._note(
                        (head.name, label.en), result.pts_s, float(probability[index]), holds[index]
                    )

    def finish(self) -> list[Recognition]:
        """End all intervals and return every one, by start."""
        self._close_all()
        return sorted(self._closed, key=lambda seen: (seen.start_s, seen.head, seen.label))

    def _note(self, key: tuple[str, str], pts_s: float, probability: float, holds: bool) -> None:
        seen = self._open.get(key)
        if holds and seen is None:
            self._open[key] = Recognition(*key, pts_s, pts_s, probability)
        elif holds and seen is not None:
            self._open[key] = replace(seen, end_s=pts_s, peak=max(seen.peak, probability))
        elif seen is not None:
            self._closed.append(self._open.pop(key))

    def _close_all(self) -> None:
        self._closed.extend(self._open.values())
        self._open.clear()
