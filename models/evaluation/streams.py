"""Any bundle's action head, run over recordings frame by frame as the app runs it.

Always beside the same network without memory, whose state is emptied before every frame, and at
lower frame rates.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import torch

from models.evaluation.actions import ClipScores, event_figures, frame_accuracy
from models.evaluation.classes import (
    calibration_error,
    confusion,
    event_f1,
    mean_average_precision,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from models.bundled_network import BundledNetwork
    from models.data.action_sets import LabelledClip
    from models.data.clips import Clip
    from models.spec import HeadSpec, Manifest

RATES_HZ: Final = (30.0, 15.0, 10.0, 5.0)
FASTEST_HZ: Final = 31.0

_BATCH: Final = 16
_HOUR_S: Final = 3600.0


@dataclass(frozen=True)
class Condition:
    """How recordings are shown.

    Attributes
    ----------
    rate_hz
        Frames that would make a recording faster are left out.
    """

    name: str
    rate_hz: float
    memory: bool = True


def conditions(trained_hz: float, rates_hz: Sequence[float] = RATES_HZ) -> list[Condition]:
    """Return the rate trained at, with memory and without, and other rates."""
    return [
        Condition("memory", trained_hz),
        Condition("no_memory", trained_hz, memory=False),
        *(Condition(f"at_{rate_hz:g}_fps", rate_hz) for rate_hz in rates_hz),
    ]


class Watcher:
    """A network and the head whose answers are measured.

    Parameters
    ----------
    is_early
        Whether a frame so many seconds after the last one taken is left out, as the app's clock
        says (`engine.clock`); None takes all.
    """

    def __init__(
        self,
        network: BundledNetwork,
        manifest: Manifest,
        head: HeadSpec,
        is_early: Callable[[float], bool] | None = None,
    ) -> None:
        self._network, self._period_s = network, 1 / manifest.input.rate_hz
        self._is_early = is_early
        self._output = head.output_names[0]
        self._labels = tuple(label.en for label in head.labels)

    def watch(self, labelled: LabelledClip, clip: Clip, condition: Condition) -> ClipScores:
        """Return the probabilities of every frame, and what is true of it."""
        picked = shown_frames(clip.times_s, condition.rate_hz, self._is_early)
        times_s = clip.times_s[picked]
        frames = torch.from_numpy(clip.frames[picked])
        gaps_s = np.diff(times_s, prepend=times_s[0] - self._period_s).astype(np.float32)
        if condition.memory:
            probability = self._streamed(frames, torch.from_numpy(gaps_s))
        else:
            probability = self._alone(frames)
        truth, weight = labelled.targets(self._labels, times_s)
        return ClipScores(labelled.key, times_s, probability, truth, weight)

    @torch.inference_mode()
    def _streamed(self, frames: torch.Tensor, gaps_s: torch.Tensor) -> NDArray[np.float32]:
        state, found = self._network.init_state(1), []
        for frame, gap_s in zip(frames, gaps_s, strict=True):
            outputs, state = self._network.step(frame[None], state, gap_s[None])
            found.append(outputs[self._output][0].numpy())
        return np.stack(found)

    @torch.inference_mode()
    def _alone(self, frames: torch.Tensor) -> NDArray[np.float32]:
        found = []
        for start in range(0, len(frames), _BATCH):
            some = frames[start : start + _BATCH]
            gaps_s = torch.full((len(some),), self._period_s)
            outputs, _ = self._network.step(some, self._network.init_state(len(some)), gaps_s)
            found.append(outputs[self._output].numpy())
        return np.concatenate(found)


def figures(scores: Sequence[ClipScores], head: HeadSpec) -> dict[str, float]:
    """Return all figures of one condition; those that the truth cannot give are left out."""
    counts = confusion(scores)
    found = {}
    if counts.sum():
        rows = counts.sum(axis=1) > 0
        recalls = counts.diagonal()[rows] / counts.sum(axis=1)[rows]
        found["clip_accuracy"] = float(counts.trace() / counts.sum())
        found["balanced_clip_accuracy"] = float(recalls.mean())
        last = [score.probability[-1].argmax() == score.truth[-1].argmax() for score in scores]
        found["last_frame_accuracy"] = float(np.mean(last))
    shown = [c for c in range(len(head.labels)) if any(s.truth[:, c].any() for s in scores)]
    known = [c for c in range(len(head.labels)) if any(s.weight[:, c].any() for s in scores)]
    accuracy, balanced = frame_accuracy(scores, known)
    return {
        **found,
        "frame_accuracy": accuracy,
        "balanced_frame_accuracy": balanced,
        "mean_average_precision": mean_average_precision(scores),
        "event_f1_iou_0.3": event_f1(scores, head.thresholds, 0.3),
        "event_f1_iou_0.5": event_f1(scores, head.thresholds, 0.5),
        **_events(scores, head, shown),
        "calibration_error": calibration_error(scores),
    }


def _events(scores: Sequence[ClipScores], head: HeadSpec, shown: Sequence[int]) -> dict[str, float]:
    """Return delay and alarms over all labels that occur and are not quiet."""
    each = [
        event_figures(scores, column, head.thresholds[column])
        for column in shown
        if head.labels[column].en not in head.quiet
    ]
    delays = [one.median_delay_s for one in each if one.found]
    watched_s = sum(float(score.times_s[-1]) for score in scores)
    return {
        "events": float(sum(one.events for one in each)),
        "events_found": float(sum(one.found for one in each)),
        "median_delay_s": float(np.median(delays)) if delays else float("nan"),
        "false_alarms_per_hour": sum(o.false_alarms for o in each) * _HOUR_S / max(watched_s, 1e-9),
    }


def shown_frames(
    times_s: NDArray[np.float64], most_hz: float, is_early: Callable[[float], bool] | None = None
) -> list[int]:
    """Return the indices of the frames that a stream of that rate would have, and a model takes."""
    shown = _thinned(times_s, most_hz)
    if is_early is None:
        return shown
    taken = shown[:1]
    for index in shown[1:]:
        if not is_early(float(times_s[index] - times_s[taken[-1]])):
            taken.append(index)
    return taken


def _thinned(times_s: NDArray[np.float64], most_hz: float) -> list[int]:
    picked = [0]
    for index, time_s in enumerate(times_s):
        if time_s - times_s[picked[-1]] >= 0.99 / most_hz:
            picked.append(index)
    return picked
