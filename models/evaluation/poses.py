"""Figures of a pose head at places that it was not trained at."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Final

import numpy as np
import torch

from models.training.poses import train_pose_head

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from models.data.poses import PoseStills
    from models.heads.poses import PoseHead
    from models.training.poses import PoseRecipe

_TAKEN_EVERY_S: Final = 0.5

log = logging.getLogger(__name__)


def cross_validate_poses(recipe: PoseRecipe, stills: PoseStills, memo: Path) -> dict[str, float]:
    """Train once per place and measure there; finished places are remembered in `memo`.

    Returns
    -------
    dict
        ``gestures.frame_accuracy.memory`` and ``.no_memory`` over all stills, the means over
        poses (``balanced_frame_accuracy``), and the accuracy at the worst place.
    """
    done: dict[str, dict[str, list[list[bool]]]] = {}
    key = f"{recipe!r}, {len(stills.pose)} stills"
    if memo.exists():
        done = json.loads(memo.read_text(encoding="utf-8"))
    results = done.setdefault(key, {})
    right = np.zeros((2, len(stills.pose)), bool)
    measured = stills.place >= 0
    for place in np.unique(stills.place[measured]):
        here = stills.place == place
        if str(place) not in results:
            head = train_pose_head(recipe, stills, np.flatnonzero(~here))
            scored = score(head, stills, np.flatnonzero(here))
            results[str(place)] = [part.tolist() for part in scored]
            memo.parent.mkdir(parents=True, exist_ok=True)
            memo.write_text(json.dumps(done), encoding="utf-8")
        right[:, here] = results[str(place)]
        log.info("place %d: %s", place, right[:, here].mean(axis=1))
    return _summarise(stills.pose[measured], stills.place[measured], right[:, measured])


def _summarise(
    pose: NDArray[np.int64], place: NDArray[np.int64], right: NDArray[np.bool_]
) -> dict[str, float]:
    figures: dict[str, float] = {}
    for name, row in zip(("memory", "no_memory"), right, strict=True):
        by_pose = [row[pose == one].mean() for one in np.unique(pose)]
        by_place = [row[place == one].mean() for one in np.unique(place)]
        figures[f"gestures.frame_accuracy.{name}"] = float(row.mean())
        figures[f"gestures.balanced_frame_accuracy.{name}"] = float(np.mean(by_pose))
        figures[f"gestures.worst_place_accuracy.{name}"] = float(min(by_place))
    return figures


@torch.inference_mode()
def score(
    head: PoseHead, stills: PoseStills, chosen: NDArray[np.intp]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return, for each of the `chosen` stills, whether it is named rightly with and without memory.

    With memory, all stills of a pose are shown one after the other, half a second apart.
    """
    joints = torch.from_numpy(stills.joints[0, chosen])
    pose = stills.pose[chosen]
    every = torch.full((len(chosen),), _TAKEN_EVERY_S)
    alone = head.step_joints(joints, head.init_state(len(chosen)), every)[0].argmax(dim=1).numpy()
    carried = np.empty_like(alone)
    for one in np.unique(pose):
        state = dict(head.init_state(1))
        for place in np.flatnonzero(pose == one):
            logits, state = head.step_joints(joints[place : place + 1], state, every[:1])
            carried[place] = int(logits.argmax())
    return carried == pose, alone == pose
