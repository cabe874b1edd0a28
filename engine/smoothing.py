"""Which labels are shown: steadier than raw probabilities, without touching those."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.spec import Activation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from models.spec import HeadSpec


@dataclass(frozen=True, slots=True)
class Smoothing:
    """How steady labels are.

    A label appears as soon as its probability reaches its threshold, as without smoothing. It goes
    when the probability has fallen below the threshold by `hysteresis`, but not before it was there
    for `shortest_s`. Of labels that exclude each other another one takes over when it is likelier
    by `hysteresis`, likewise not before `shortest_s`.

    Attributes
    ----------
    hysteresis
        Probability, 0..1.
    shortest_s
        Stream time in seconds.
    """

    hysteresis: float = 0.1
    shortest_s: float = 0.4


@dataclass(frozen=True, slots=True)
class SmootherState:
    """What is carried: by head, which labels are shown, (L,) bool, and since when, (L,) seconds."""

    shown: Mapping[str, NDArray[np.bool_]]
    since_s: Mapping[str, NDArray[np.float64]]


class Smoother:
    """Follows the probabilities of all action heads; its state is passed in and handed back."""

    def __init__(self, heads: Sequence[HeadSpec], smoothing: Smoothing) -> None:
        self._heads, self._smoothing = tuple(heads), smoothing

    def step(
        self,
        actions: Mapping[str, NDArray[np.float32]],
        pts_s: float,
        state: SmootherState | None,
    ) -> SmootherState:
        """Take the next frame's probabilities; None where nothing was shown before."""
        shown, since_s = {}, {}
        for head in self._heads:
            before = state.shown[head.name] if state else np.zeros(len(head.labels), bool)
            begun_s = state.since_s[head.name] if state else np.zeros(len(head.labels))
            now = self._holds(head, actions[head.name], before, pts_s - begun_s)
            shown[head.name] = now
            since_s[head.name] = np.where(now & ~before, pts_s, begun_s)
        return SmootherState(shown, since_s)

    def _holds(
        self,
        head: HeadSpec,
        probability: NDArray[np.float32],
        before: NDArray[np.bool_],
        shown_s: NDArray[np.float64],
    ) -> NDArray[np.bool_]:
        thresholds = np.asarray(head.thresholds, np.float32)
        stays: NDArray[np.bool_] = before & (
            (probability >= thresholds - self._smoothing.hysteresis)
            | (shown_s < self._smoothing.shortest_s)
        )
        if head.activation is not Activation.SOFTMAX:
            return np.asarray(stays | (probability >= thresholds))
        best = int(probability.argmax())
        current = int(np.flatnonzero(stays)[0]) if stays.any() else None
        if current is not None and not self._gives_way(probability, current, best, shown_s):
            return stays
        return np.asarray((np.arange(len(probability)) == best) & (probability >= thresholds))

    def _gives_way(
        self,
        probability: NDArray[np.float32],
        current: int,
        best: int,
        shown_s: NDArray[np.float64],
    ) -> bool:
        likelier = probability[best] >= probability[current] + self._smoothing.hysteresis
        return bool(likelier and shown_s[current] >= self._smoothing.shortest_s)
