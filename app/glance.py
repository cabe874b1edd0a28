"""What one would say of a stream at a glance: what is done, by how many, and how old memory is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.spec import Activation, HeadKind

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from engine.frame import Frame
    from engine.results import FrameResult
    from models.spec import HeadSpec, Label, Manifest


@dataclass(frozen=True, slots=True)
class Glance:
    """The newest result of a stream in short.

    Attributes
    ----------
    action
        The likeliest recognised action; None while none is.
    probability
        Of that action, 0..1.
    people
        Boxes of people; None where the bundle finds none.
    memory_s
        Seconds that memory reaches back.
    """

    action: Label | None
    probability: float
    people: int | None
    memory_s: float


class GlanceSink:
    """A `Sink` that keeps the newest glance, for any thread to read."""

    def __init__(self, manifest: Manifest) -> None:
        self._heads = [head for head in manifest.heads if head.kind is HeadKind.ACTIONS]
        self._person = _person_class(manifest)
        self.newest: Glance | None = None
        self._frames, self._first_s, self._last_s = 0, 0.0, 0.0

    @property
    def mean_hz(self) -> float:
        """Frames per second of stream time, over the whole run; 0 before there are two."""
        span_s = self._last_s - self._first_s
        return (self._frames - 1) / span_s if span_s > 0 else 0.0

    def write(self, frame: Frame, result: FrameResult) -> None:
        """Look at one result."""
        self.newest = self._glance(result)
        self._first_s = self._first_s if self._frames else result.pts_s
        self._last_s = result.pts_s
        self._frames += 1

    def close(self) -> None:
        """Nothing to finish."""

    def abort(self) -> None:
        """Nothing to give up."""

    def _glance(self, result: FrameResult) -> Glance:
        found = [
            hit
            for head in self._heads
            if head.name in result.actions
            for hit in _recognised(head, result.actions[head.name])
        ]
        action, probability = max(found, key=lambda hit: hit[1], default=(None, 0.0))
        people = None
        if self._person is not None:
            people = int((result.detections.class_id == self._person).sum())
        return Glance(action, probability, people, result.memory_s)


def _recognised(head: HeadSpec, probability: NDArray[np.float32]) -> list[tuple[Label, float]]:
    """Return what counts as recognised, as in `engine.recognitions`, but for quiet labels."""
    if head.activation is Activation.SOFTMAX:
        candidates = [int(probability.argmax())]
    else:
        candidates = list(range(len(head.labels)))
    return [
        (head.labels[i], float(probability[i]))
        for i in candidates
        if probability[i] >= head.thresholds[i] and head.labels[i].en not in head.quiet
    ]


def _person_class(manifest: Manifest) -> int | None:
    for head in manifest.heads:
        names = [label.en for label in head.labels]
        if head.kind is HeadKind.BOXES and "person" in names:
            return names.index("person")
    return None
