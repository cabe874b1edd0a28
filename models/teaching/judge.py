"""Tests what was taught on takes left out, and says honestly whether it is good enough."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import numpy as np

from models.teaching.fit import Examples, fit_head
from models.teaching.takes import BACKGROUND

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from models.teaching.takes import Take

GOOD_ENOUGH: Final = 0.9
FEWEST_TAKES: Final = 3
_SHORTEST_S: Final = 0.7
_LEAST_PERSON_SHARE: Final = 0.5


class Doubt(StrEnum):
    """Why a lesson may not do what was hoped."""

    FEW_TAKES = "few-takes"
    SHORT_TAKES = "short-takes"
    NOBODY_SEEN = "nobody-seen"
    NO_BACKGROUND = "no-background"
    LIKE_ANOTHER = "like-another"
    LIKE_BACKGROUND = "like-background"
    FALSE_ALARMS = "false-alarms"
    ONE_PLACE = "one-place"


@dataclass(frozen=True, slots=True)
class Finding:
    """One doubt.

    Attributes
    ----------
    label, other
        The action it is about, and the one it is taken for; empty where there is none.
    count, of
        How many takes, of how many.
    """

    doubt: Doubt
    label: str = ""
    other: str = ""
    count: int = 0
    of: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Verdict:
    """What leaving takes out has shown.

    Attributes
    ----------
    accuracy
        Share of the actions' takes recognised, each when it was left out; None where takes are too
        few to leave one out.
    frame_accuracy
        The same, of their frames.
    confusion
        (L, L) takes, true label by label found.
    """

    accuracy: float | None
    frame_accuracy: float | None
    confusion: NDArray[np.int64]
    findings: tuple[Finding, ...]

    @property
    def good(self) -> bool:
        """Whether at least nine of ten takes were recognised, and none of the doubts is grave."""
        grave = {Doubt.FEW_TAKES, Doubt.FALSE_ALARMS, Doubt.LIKE_BACKGROUND, Doubt.LIKE_ANOTHER}
        return (
            self.accuracy is not None
            and self.accuracy >= GOOD_ENOUGH
            and not any(finding.doubt in grave for finding in self.findings)
        )


def leave_one_out(
    takes: Sequence[Take], labels: Sequence[str], progress: Callable[[float], None] | None = None
) -> Verdict:
    """Fit once for each k-th take of every label left out, and recognise those.

    Takes of one number are left out together: where they are of one person or one recording, what
    is told is how the lesson does on another.

    Parameters
    ----------
    labels
        Every label, in the head's order.
    progress
        Called with the share done, 0..1; whatever it raises ends the test.
    """
    order = {label: index for index, label in enumerate(labels)}
    examples = Examples(
        [take.examples() for take in takes], [order[take.label] for take in takes], len(labels)
    )
    rounds = _rounds(examples.classes)
    confusion = np.zeros((len(labels), len(labels)), np.int64)
    frames: list[float] = []
    for number, left_out in enumerate(rounds):
        rest = examples.without(left_out)
        if len(set(rest.classes)) < 2:
            continue
        head = fit_head(rest)
        for index in left_out:
            probability = head.probability(examples.rows[index])
            truth = examples.classes[index]
            confusion[truth, int(probability.mean(axis=0).argmax())] += 1
            if labels[truth] != BACKGROUND:
                frames.append(float((probability.argmax(axis=1) == truth).mean()))
        if progress is not None:
            progress((number + 1) / len(rounds))
    return _verdict(takes, labels, confusion, frames)


def _rounds(classes: Sequence[int]) -> list[set[int]]:
    """Return the takes to leave out together: the k-th of every label that has several."""
    places: dict[int, list[int]] = {}
    for index, label in enumerate(classes):
        places.setdefault(label, []).append(index)
    several = [of_label for of_label in places.values() if len(of_label) > 1]
    count = max((len(of_label) for of_label in several), default=0)
    return [{of_label[k] for of_label in several if k < len(of_label)} for k in range(count)]


def _verdict(
    takes: Sequence[Take],
    labels: Sequence[str],
    confusion: NDArray[np.int64],
    frames: Sequence[float],
) -> Verdict:
    actions = [index for index, label in enumerate(labels) if label != BACKGROUND]
    tested = int(confusion[actions].sum())
    right = int(sum(confusion[index, index] for index in actions))
    return Verdict(
        right / tested if tested else None,
        float(np.mean(frames)) if frames else None,
        confusion,
        (*_doubts_of_takes(takes, labels), *_doubts_of_results(labels, confusion)),
    )


def _doubts_of_takes(takes: Sequence[Take], labels: Sequence[str]) -> list[Finding]:
    found = []
    if not any(take.label == BACKGROUND for take in takes):
        found.append(Finding(Doubt.NO_BACKGROUND))
    for label in labels:
        own = [take for take in takes if take.label == label]
        if label == BACKGROUND or not own:
            continue
        short = sum(take.seconds < _SHORTEST_S for take in own)
        empty = sum(take.person_share < _LEAST_PERSON_SHARE for take in own)
        if len(own) < FEWEST_TAKES:
            found.append(Finding(Doubt.FEW_TAKES, label, count=len(own), of=FEWEST_TAKES))
        if short:
            found.append(Finding(Doubt.SHORT_TAKES, label, count=short, of=len(own)))
        if empty:
            found.append(Finding(Doubt.NOBODY_SEEN, label, count=empty, of=len(own)))
    if len({take.source for take in takes}) == 1:
        found.append(Finding(Doubt.ONE_PLACE))
    return found


def _doubts_of_results(labels: Sequence[str], confusion: NDArray[np.int64]) -> list[Finding]:
    found = []
    for index, label in enumerate(labels):
        tested, right = int(confusion[index].sum()), int(confusion[index, index])
        if tested == 0 or right >= GOOD_ENOUGH * tested:
            continue
        wrong = confusion[index].copy()
        wrong[index] = 0
        other = labels[int(wrong.argmax())]
        doubt = (
            Doubt.FALSE_ALARMS
            if label == BACKGROUND
            else Doubt.LIKE_BACKGROUND
            if other == BACKGROUND
            else Doubt.LIKE_ANOTHER
        )
        found.append(Finding(doubt, label, other, int(wrong.max()), tested))
    return found
