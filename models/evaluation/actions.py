"""Figures of action heads, always beside the same network without memory.

"No memory" is the same weights with the state reset before every frame.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from models.heads.actions import Reading, first_motion

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from models.data.feature_cache import ClipFeatures
    from models.heads.actions import ActionHead


@dataclass(frozen=True, slots=True)
class ClipScores:
    """What a head says of one clip.

    Attributes
    ----------
    probability
        (T, L) float32.
    truth, weight
        (T, L) float32 of 0 and 1; weight 0 where the truth is unknown.
    """

    key: str
    times_s: NDArray[np.float64]
    probability: NDArray[np.float32]
    truth: NDArray[np.float32]
    weight: NDArray[np.float32]


@torch.inference_mode()
def score_clip(
    head: ActionHead,
    labels: tuple[str, ...],
    clip: ClipFeatures,
    *,
    memory: bool = True,
    sampling: str = "full",
) -> ClipScores:
    """Run a head over the unchanged variant of a clip.

    Parameters
    ----------
    memory
        False resets the state before every frame.
    sampling
        A name of `models.data.feature_cache.SAMPLINGS`.
    """
    picked = clip.picked[sampling]
    times = clip.times_s[picked]
    scene = torch.from_numpy(clip.scene[0][picked].astype(np.float32))
    motion = torch.from_numpy(clip.motion[sampling][0].astype(np.float32))
    joints = None
    if clip.joints is not None:
        joints = torch.from_numpy(clip.joints[0][picked].astype(np.float32))
    dt = np.diff(times, prepend=times[0] - 1.0 / head.rate_hz).astype(np.float32)
    if memory:
        whole = Reading(scene[None], motion[None], None if joints is None else joints[None])
        logits = head.forward_reading(whole, head.init_state(1), torch.from_numpy(dt)[None])[0][0]
    else:
        every = torch.full((len(scene),), 1.0 / head.rate_hz)
        alone = Reading(scene, first_motion(scene), joints)
        logits = head.step_reading(alone, head.init_state(len(scene)), every)[0]
    truth, weight = clip.clip.targets(labels, times)
    return ClipScores(clip.clip.key, times, head.probability(logits).numpy(), truth, weight)


def clip_accuracy(scores: Iterable[ClipScores], columns: Sequence[int] | None = None) -> float:
    """Share of clips whose label has the highest mean probability, among `columns`.

    For clips that show one thing throughout.
    """
    right = []
    for score in scores:
        chosen = list(columns) if columns is not None else list(range(score.truth.shape[1]))
        mean = score.probability[:, chosen].mean(axis=0)
        right.append(score.truth[:, chosen].max(axis=0)[mean.argmax()] > 0)
    return float(np.mean(right))


def frame_accuracy(scores: Iterable[ClipScores], columns: Sequence[int]) -> tuple[float, float]:
    """Return accuracy and balanced accuracy over frames that show exactly one of `columns`."""
    truths, guesses = [], []
    for score in scores:
        truth = score.truth[:, columns] * score.weight[:, columns]
        single = (truth.sum(axis=1) == 1) & (score.weight[:, columns].min(axis=1) > 0)
        truths.append(truth[single].argmax(axis=1))
        guesses.append(score.probability[:, columns][single].argmax(axis=1))
    truth, guess = np.concatenate(truths), np.concatenate(guesses)
    recalls = [float((guess[truth == c] == c).mean()) for c in np.unique(truth)]
    return float((truth == guess).mean()), float(np.mean(recalls))


@dataclass(frozen=True, slots=True)
class EventFigures:
    """How the events of one label are found.

    Attributes
    ----------
    found, events
        Events during which the probability reached the threshold, of how many.
    median_delay_s
        From the start of an event to that moment.
    false_alarms
        Stretches above the threshold that touch no event.
    """

    found: int
    events: int
    median_delay_s: float
    false_alarms: int


def event_figures(
    scores: Iterable[ClipScores], column: int, threshold: float, *, early_s: float = 0.5
) -> EventFigures:
    """Measure how well a threshold on one label finds its events.

    An alarm up to `early_s` before the annotated start counts as found at once.
    """
    found, events, false_alarms = 0, 0, 0
    delays: list[float] = []
    for score in scores:
        above = score.probability[:, column] >= threshold
        truth = score.truth[:, column] > 0
        reach = truth.copy()
        edges = np.flatnonzero(np.diff(truth, prepend=False, append=False))
        for first, last in edges.reshape(-1, 2):
            events += 1
            start_s = score.times_s[first]
            early = (score.times_s >= start_s - early_s) & (score.times_s <= start_s)
            reach |= early
            early[first:last] = True
            hits = score.times_s[above & early]
            if len(hits):
                found += 1
                delays.append(max(0.0, float(hits[0] - start_s)))
        begins = np.flatnonzero(np.diff(above.astype(np.int8), prepend=0) == 1)
        for begin in begins:
            stop = begin + int(np.argmin(above[begin:])) if not above[begin:].all() else len(above)
            false_alarms += not reach[begin:stop].any()
    return EventFigures(
        found, events, float(np.median(delays)) if delays else float("nan"), false_alarms
    )
