"""What a bundle is made of, read from TOML."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, NonNegativeFloat, PositiveFloat, PositiveInt

from models.spec import Label, Name, Probability
from models.training.actions import ActionRecipe
from models.training.poses import PoseRecipe

if TYPE_CHECKING:
    from pathlib import Path


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ObjectsPlan(_Strict):
    """The box head; see `models.training.boxes.BoxRecipe`.

    Attributes
    ----------
    passes
        How often each photograph is filmed anew; see `models.data.boxes_prepare`.
    evidence
        See `models.heads.boxes.BoxHead`.
    rounds
        Steps of each round. Every round begins with the weights of the one before and the full
        learning rate (warm restarts: Loshchilov & Hutter, "SGDR", ICLR 2017).
    """

    passes: PositiveInt = 1
    evidence: bool = False
    rounds: tuple[PositiveInt, ...]
    channels: PositiveInt


class BodyPlan(_Strict):
    """The body reader, on which pose heads are built.

    Attributes
    ----------
    variants
        Sets of people to learn from (`models.data.body_pictures.SETS`, or people made by code),
        and how often each picture is shown, changed.
    """

    variants: dict[str, PositiveInt]
    steps: PositiveInt


class ActionsPlan(_Strict):
    """One action head.

    Attributes
    ----------
    data
        Keys of `models.data.action_sets.READERS`.
    also
        Data sets that are learnt from, too, but never measured on: people made by code.
    absent
        Labels that every clip of a data set is known not to show, whatever else it shows: nobody
        falls while playing tennis. Learnt from, never measured on.
    contrast, contrast_label
        Data sets that show one label throughout, by all that this head is about: people at home
        do not fight. Learnt from, never measured on.
    contrast_is_one_set
        Whether all contrast together is drawn as often as each of `data`; else each set of it.
    variants, most_hz
        Per data set; see `models.data.feature_cache.FeatureCache`.
    shares
        See `models.training.actions.ActionRecipe`, by data set.
    scene, body, people
        See `models.heads.actions.ActionHead`.
    agreement
        See `models.training.actions.ActionRecipe`; above nought, clips are encoded in bf16, too.
    """

    data: tuple[str, ...]
    also: tuple[str, ...] = ()
    absent: dict[str, tuple[str, ...]] = {}
    contrast: tuple[str, ...] = ()
    contrast_label: str = ""
    contrast_is_one_set: bool = False
    labels: tuple[str, ...]
    activation: Literal["sigmoid", "softmax"]
    threshold: Probability
    variants: dict[str, PositiveInt]
    most_hz: dict[str, PositiveFloat]
    quiet: tuple[str, ...] = ()
    steps: PositiveInt = 1200
    hidden: tuple[PositiveInt, PositiveInt] = (128, 64)
    samplings: tuple[str, ...] = ("full", "full", "half", "third")
    shares: dict[str, PositiveFloat] = {}
    scene: bool = True
    body: bool = False
    people: Literal[1, 2] = 1
    window_s: PositiveFloat = 2.4
    dropout: Probability = 0.5
    weight_decay: NonNegativeFloat = 0.02
    smoothing: Probability = 0.03
    agreement: NonNegativeFloat = 0.0

    def recipe(self, rate_hz: float) -> ActionRecipe:
        """Return what `models.training.actions.train_action_head` takes."""
        return ActionRecipe(
            labels=self.labels,
            activation=self.activation,
            rate_hz=rate_hz,
            steps=self.steps,
            hidden=self.hidden,
            samplings=self.samplings,
            shares=tuple(self.shares.items()),
            scene=self.scene,
            body=self.body,
            people=self.people,
            weight_decay=self.weight_decay,
            smoothing=self.smoothing,
            window_s=self.window_s,
            dropout=self.dropout,
            agreement=self.agreement,
        )


class PosesPlan(_Strict):
    """A pose head, learnt from stills.

    Attributes
    ----------
    stills
        Folder below the data: ``<pose>/<name>_place<P>.webp``.
    contrast, contrast_label
        Data sets of clips, see `models.training.jobs.actions.recordings`, with the number of
        variants of each, whose people hold this pose for all that the head is about. Learnt from,
        never measured on.
    most_hz
        Of those sets; see `models.data.feature_cache.FeatureCache`.
    contrast_not
        Clips that show one of these actions are left out of the contrast.
    quiet
        Poses that mean "nothing to report".
    variants
        How often each still is shown, changed.
    agreement
        As of `ActionsPlan`.
    """

    kind: Literal["poses"]
    stills: str
    contrast: dict[str, PositiveInt] = {}
    most_hz: dict[str, PositiveFloat] = {}
    contrast_label: str = ""
    contrast_not: tuple[str, ...] = ()
    labels: tuple[str, ...]
    quiet: tuple[str, ...] = ()
    threshold: Probability
    variants: PositiveInt
    steps: PositiveInt
    agreement: NonNegativeFloat = 0.0

    def recipe(self, rate_hz: float) -> PoseRecipe:
        """Return what `models.training.poses.train_pose_head` takes."""
        return PoseRecipe(
            labels=len(self.labels), rate_hz=rate_hz, steps=self.steps, agreement=self.agreement
        )


class BundleRecipe(_Strict):
    """A bundle: one box head, and heads that say what happens, by name.

    Attributes
    ----------
    data
        Names of all that is learnt from, for the manifest.
    """

    name: Name
    version: str
    title: Label
    data: tuple[str, ...]
    rate_hz: PositiveFloat
    objects: ObjectsPlan
    body: BodyPlan | None = None
    actions: dict[Name, ActionsPlan]
    poses: dict[Name, PosesPlan] = {}


def read_recipe(path: Path) -> BundleRecipe:
    """Read a recipe; tables but ``objects`` and ``body`` are action heads, or say their kind.

    Raises
    ------
    pydantic.ValidationError, tomllib.TOMLDecodeError, OSError
        If it is not a valid recipe.
    """
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    own = {"name", "version", "title", "data", "rate_hz", "objects", "body"}
    heads = {key: content.pop(key) for key in list(content) if key not in own}
    poses = {key: heads.pop(key) for key in list(heads) if "kind" in heads[key]}
    return BundleRecipe.model_validate({**content, "actions": heads, "poses": poses})
