"""Action heads: learnt from clips, real and acted; measured on real ones of others."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from safetensors.torch import save_file

from models.actors.dataset import DatasetPlan, write_dataset
from models.data.action_sets import READERS, lacking, showing_only
from models.data.actors_set import read_actors
from models.data.chinese import bilingual
from models.data.compiled import BF16, F32
from models.data.feature_cache import FeatureCache
from models.data.joint_cache import JointCache
from models.evaluation.cross_validation import cross_validate
from models.network import HeadPlan
from models.spec import Activation, HeadKind, HeadSpec
from models.training.actions import train_action_head

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from models.data.action_sets import LabelledClip
    from models.data.compiled import Arithmetic
    from models.data.feature_cache import ClipFeatures
    from models.training.jobs.job import Workshop
    from models.training.recipe import ActionsPlan

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Cast:
    """Clips of actors to learn from: how many, from which seed on, what they do, and where."""

    clips: int
    seed: int
    before_photographs: bool
    actions: tuple[str, ...]


ACTORS: Final = {
    "actors": Cast(220, 50_000, True, (
        "standing", "walking", "sitting", "lying", "falling forward", "falling backward",
        "falling sideways", "falling off a chair sideways", "falling off a chair forward",
        "collapsing", "drinking", "reading", "picking up", "bending",
    )),
    "actors-deeds": Cast(240, 60_000, False, (
        "standing", "walking", "running", "punching", "kicking", "pushing", "fighting",
        "clapping", "waving one hand", "waving both hands", "raising a hand", "jumping jack",
        "jumping in place", "phone to the ear", "drinking", "shaking hands", "hugging",
    )),
}  # fmt: skip
_CONTRAST: Final = "contrast"
_ACTED_S: Final = 3.5
_ACTED_SIZE: Final = (256, 192)
_ACTED_HZ: Final = 12.5


class ActionsJob:
    """One action head; see `models.training.jobs.job.HeadJob`."""

    def __init__(self, name: str, plan: ActionsPlan, shop: Workshop) -> None:
        self._name, self._plan, self._shop = name, plan, shop

    @property
    def weights(self) -> Path:
        """Where the trained weights lie, or will."""
        return self._shop.weights(self._name)

    def train(self) -> None:
        """Train on everything there is."""
        head = train_action_head(
            self._plan.recipe(self._shop.rate_hz),
            [*self.clips(self._plan.data), *self._always()],
            lambda step, steps, loss: log.info("%s: %d/%d, %.3f", self._name, step, steps, loss),
        )
        save_file(head.state_dict(), self.weights)

    def evaluate(self) -> dict[str, float]:
        """Cross-validate."""
        return cross_validate(
            self._plan.recipe(self._shop.rate_hz),
            self.clips(self._plan.data),
            self._shop.work / f"folds-{self._name}.json",
            always=self._always(),
            quiet=self._plan.quiet,
        )

    def plan(self) -> HeadPlan:
        """Return what it takes to build the head."""
        arguments = {
            "labels": len(self._plan.labels),
            "rate_hz": self._shop.rate_hz,
            "activation": self._plan.activation,
            "scene": self._plan.scene,
            "body": self._plan.body,
            "people": self._plan.people,
            "hidden": self._plan.hidden,
        }
        return HeadPlan(self._name, "actions", arguments)

    def spec(self) -> HeadSpec:
        """Return how the bundle's manifest describes it."""
        return HeadSpec(
            name=self._name,
            kind=HeadKind.ACTIONS,
            labels=bilingual(self._plan.labels),
            thresholds=(self._plan.threshold,) * len(self._plan.labels),
            activation=Activation(self._plan.activation),
            quiet=self._plan.quiet,
        )

    def clips(self, datasets: Iterable[str]) -> list[ClipFeatures]:
        """Return the clips of some data sets, encoded."""
        return [features for dataset in datasets for features in self._clips(dataset)]

    def _clips(self, dataset: str) -> list[ClipFeatures]:
        encoded = self._encoded(dataset, F32)
        if not self._plan.agreement:
            return encoded
        roughly = self._encoded(dataset, BF16)
        return [replace(one, rough=two) for one, two in zip(encoded, roughly, strict=True)]

    def _encoded(self, dataset: str, arithmetic: Arithmetic) -> list[ClipFeatures]:
        most_hz = self._plan.most_hz[dataset]
        cache = FeatureCache(
            self._shop.work / "features",
            self._shop.encoder,
            self._plan.variants[dataset],
            most_hz=most_hz,
            threads=self._shop.threads,
            arithmetic=arithmetic,
        )
        found = cache.load(recordings(self._shop, dataset))
        if not self._plan.body:
            return found
        look = self._shop.look(arithmetic, self._plan.people)
        joints = JointCache(self._shop.work / "joints", look, most_hz)
        return [joints.attach(features) for features in found]

    def _always(self) -> list[ClipFeatures]:
        """Return what is learnt from but never measured on."""
        plan = self._plan
        contrast = [
            replace(features, clip=self._as_contrast(features.clip))
            for features in self.clips(plan.contrast)
        ]
        without = [
            replace(features, clip=lacking(features.clip, labels, plan.labels))
            for dataset, labels in plan.absent.items()
            for features in self.clips([dataset])
        ]
        return [*contrast, *without, *self.clips(plan.also)]

    def _as_contrast(self, clip: LabelledClip) -> LabelledClip:
        plan = self._plan
        shown = showing_only(clip, plan.contrast_label)
        return replace(shown, dataset=_CONTRAST) if plan.contrast_is_one_set else shown


def recordings(shop: Workshop, dataset: str) -> Iterable[LabelledClip]:
    """Return the clips of a data set: a key of `READERS`, or of `ACTORS`."""
    if dataset in ACTORS:
        return read_actors(write_actors(shop, dataset))
    return READERS[dataset](shop.data / dataset)


def write_actors(shop: Workshop, name: str) -> Path:
    """Draw the people made by code that `ACTORS` lists as `name`, or go on; return their folder."""
    cast = ACTORS[name]
    plan = DatasetPlan(
        shop.work / "actors" / name,
        clips=cast.clips,
        seed=cast.seed,
        seconds=_ACTED_S,
        size=_ACTED_SIZE,
        rate_hz=_ACTED_HZ,
        actions=cast.actions,
        photos=shop.data / "photos/imagenet" if cast.before_photographs else None,
    )
    for written in write_dataset(plan):
        log.info("%d of %d clips of %s", written, plan.clips, name)
    return plan.out
