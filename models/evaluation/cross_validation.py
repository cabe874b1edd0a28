"""Figures of an action head on people and recordings it was not trained on."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.data.action_sets import ROOM_LABELS
from models.evaluation.actions import (
    clip_accuracy,
    event_figures,
    frame_accuracy,
    score_clip,
)
from models.training.actions import train_action_head

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from models.data.feature_cache import ClipFeatures
    from models.evaluation.actions import ClipScores
    from models.training.actions import ActionRecipe

_FALL_THRESHOLD = 0.5

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Condition:
    """How held-out clips are shown to a head.

    Attributes
    ----------
    name
        Suffix of the figures' names.
    """

    name: str
    memory: bool = True
    sampling: str = "full"


CONDITIONS = (
    Condition("memory"),
    Condition("no_memory", memory=False),
    Condition("half_rate", sampling="half"),
    Condition("third_rate", sampling="third"),
    Condition("five_fps", sampling="five"),
    Condition("drops_30", sampling="drops"),
)


def folds(clips: Sequence[ClipFeatures]) -> list[set[tuple[str, str]]]:
    """Return, per fold, the (data set, group) pairs that are held out.

    Each group is held out at least once; a data set with fewer groups than another repeats its
    own, so that every fold tests every data set.
    """
    groups: dict[str, list[str]] = {}
    for clip in clips:
        known = groups.setdefault(clip.clip.dataset, [])
        if clip.clip.group not in known:
            known.append(clip.clip.group)
    count = max(len(known) for known in groups.values())
    return [
        {(dataset, known[i % len(known)]) for dataset, known in groups.items()}
        for i in range(count)
    ]


def cross_validate(
    recipe: ActionRecipe,
    clips: Sequence[ClipFeatures],
    memo: Path,
    always: Sequence[ClipFeatures] = (),
    quiet: Sequence[str] = (),
) -> dict[str, float]:
    """Train once per fold and measure on what was held out; finished folds are remembered.

    Parameters
    ----------
    quiet
        Labels that mean nothing happens; if two or more others are left, clips that show one of
        those are measured by themselves, too.
    always
        Clips that every fold learns from and none is measured on.
    memo
        JSON file of the folds done; another recipe's is ignored.

    Returns
    -------
    dict
        Figures named ``<data set>.<figure>.<condition>``: means over folds, counts summed.
    """
    done: dict[str, list[dict[str, float]]] = {}
    key = f"{recipe!r}, {len(always)} always, quiet: {', '.join(quiet)}"
    if memo.exists():
        done = json.loads(memo.read_text(encoding="utf-8"))
    results = done.setdefault(key, [])
    plan = folds(clips)
    for number, held_out in enumerate(plan[len(results) :], start=len(results)):
        inside = [c for c in clips if (c.clip.dataset, c.clip.group) not in held_out]
        outside = [c for c in clips if (c.clip.dataset, c.clip.group) in held_out]
        head = train_action_head(recipe, [*inside, *always])
        results.append(
            {
                name: value
                for condition in CONDITIONS
                for name, value in _measure(
                    recipe,
                    [
                        (
                            clip.clip.dataset,
                            score_clip(
                                head,
                                recipe.labels,
                                clip,
                                memory=condition.memory,
                                sampling=condition.sampling,
                            ),
                        )
                        for clip in outside
                    ],
                    condition,
                    quiet,
                ).items()
            }
        )
        memo.parent.mkdir(parents=True, exist_ok=True)
        memo.write_text(json.dumps(done, indent=1), encoding="utf-8")
        log.info("fold %d of %d: %s", number + 1, len(plan), _brief(results[-1]))
    return _summarise(results, plan)


def _measure(
    recipe: ActionRecipe,
    scored: Sequence[tuple[str, ClipScores]],
    condition: Condition,
    quiet: Sequence[str],
) -> dict[str, float]:
    figures: dict[str, float] = {}
    for dataset in {name for name, _ in scored}:
        scores = [score for name, score in scored if name == dataset]
        if dataset == "room":
            columns = [recipe.labels.index(label) for label in ROOM_LABELS]
            accuracy, balanced = frame_accuracy(scores, columns)
            fall = event_figures(scores, recipe.labels.index("falling"), _FALL_THRESHOLD)
            own = {
                "frame_accuracy": accuracy,
                "balanced_frame_accuracy": balanced,
                "falls_found": fall.found,
                "falls": fall.events,
                "fall_delay_s": fall.median_delay_s,
                "false_fall_alarms": fall.false_alarms,
            }
        else:
            shown = [
                i for i in range(len(recipe.labels)) if any(s.truth[:, i].any() for s in scores)
            ]
            own = {
                "clip_accuracy": clip_accuracy(scores, shown),
                "frame_accuracy": frame_accuracy(scores, shown)[0],
            }
            loud = [i for i in shown if recipe.labels[i] not in quiet]
            if 1 < len(loud) < len(shown):
                telling = [s for s in scores if s.truth[:, loud].any()]
                own["clip_accuracy_something_shown"] = clip_accuracy(telling, loud)
        figures |= {f"{dataset}.{k}.{condition.name}": float(v) for k, v in own.items()}
    return figures


_COUNTS = ("falls", "falls_found", "false_fall_alarms")


def _summarise(
    results: Sequence[dict[str, float]], plan: Sequence[set[tuple[str, str]]]
) -> dict[str, float]:
    """Average over folds; a group held out in several folds counts once, by its own mean."""
    summary: dict[str, float] = {}
    for name in results[0]:
        dataset, figure, _ = name.split(".")
        by_group: dict[str, list[float]] = {}
        for result, held_out in zip(results, plan, strict=True):
            group = next(g for d, g in held_out if d == dataset)
            by_group.setdefault(group, []).append(result[name])
        # A fold in which no fall was found has no delay.
        means = [
            float(np.mean(finite))
            for values in by_group.values()
            if (finite := [value for value in values if np.isfinite(value)])
        ]
        summary[name] = sum(means) if figure in _COUNTS else float(np.mean(means or [np.nan]))
    return summary


def _brief(result: dict[str, float]) -> str:
    return ", ".join(
        f"{name} {value:.3f}" for name, value in result.items() if name.endswith("memory")
    )
