"""The pose head: learnt from stills, measured at places it never saw."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from safetensors.torch import save_file

from models.data.chinese import bilingual
from models.data.compiled import BF16
from models.data.joint_cache import JointCache
from models.data.poses import Looker, load_poses, with_contrast
from models.evaluation.poses import cross_validate_poses
from models.network import HeadPlan
from models.spec import Activation, HeadKind, HeadSpec
from models.training.jobs.actions import recordings
from models.training.poses import train_pose_head

if TYPE_CHECKING:
    from pathlib import Path

    from models.data.look import Look
    from models.data.poses import PoseStills
    from models.training.jobs.job import Workshop
    from models.training.recipe import PosesPlan

log = logging.getLogger(__name__)


class PosesJob:
    """One pose head; see `models.training.jobs.job.HeadJob`."""

    def __init__(self, name: str, plan: PosesPlan, shop: Workshop) -> None:
        self._name, self._plan, self._shop = name, plan, shop

    @property
    def weights(self) -> Path:
        """Where the trained weights lie, or will."""
        return self._shop.weights(self._name)

    def train(self) -> None:
        """Train on all places."""
        stills = self._stills()
        head = train_pose_head(
            self._plan.recipe(self._shop.rate_hz),
            stills,
            np.arange(len(stills.pose)),
            lambda step, steps, loss: log.info("%s: %d/%d, %.3f", self._name, step, steps, loss),
        )
        save_file({k: v.contiguous() for k, v in head.state_dict().items()}, self.weights)

    def evaluate(self) -> dict[str, float]:
        """Leave one place out."""
        return cross_validate_poses(
            self._plan.recipe(self._shop.rate_hz),
            self._stills(),
            self._shop.work / f"folds-{self._name}.json",
        )

    def plan(self) -> HeadPlan:
        """Return what it takes to build the head."""
        arguments = {"labels": len(self._plan.labels), "rate_hz": self._shop.rate_hz}
        return HeadPlan(self._name, "poses", arguments)

    def spec(self) -> HeadSpec:
        """Return how the bundle's manifest describes it."""
        return HeadSpec(
            name=self._name,
            kind=HeadKind.ACTIONS,
            labels=bilingual(self._plan.labels),
            thresholds=(self._plan.threshold,) * len(self._plan.labels),
            activation=Activation.SOFTMAX,
            quiet=self._plan.quiet,
        )

    def _stills(self) -> PoseStills:
        stills = self._seen(self._shop.look())
        if not self._plan.agreement:
            return stills
        return replace(stills, rough=self._seen(self._shop.look(BF16)).joints)

    def _seen(self, look: Look) -> PoseStills:
        plan = self._plan
        looker = Looker(look, look.name, self._shop.work / "poses", plan.variants)
        stills = load_poses(self._shop.data / plan.stills, looker)
        if stills.labels != plan.labels:
            raise ValueError(f"the stills show {stills.labels}, the recipe names others")
        joints = self._shop.work / "joints"
        clips = [
            JointCache(joints, look, plan.most_hz[dataset]).joints(clip, variants)
            for dataset, variants in plan.contrast.items()
            for clip in recordings(self._shop, dataset)
            if not any(shown.label in plan.contrast_not for shown in clip.intervals)
        ]
        return with_contrast(stills, clips, plan.contrast_label) if clips else stills
