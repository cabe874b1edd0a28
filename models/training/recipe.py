"""What a bundle is made of, read from TOML."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, NonNegativeFloat, PositiveFloat, PositiveInt

from models.spec import Label, Name, Probability
from models.training.actions import ActionRecipe

if TYPE_CHECKING:
    from pathlib import Path


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ObjectsPlan(_Strict):
    """The box head; see `models.training.boxes.BoxRecipe`.

    Attributes
    ----------
    rounds
        Steps of each round. Every round begins with the weights of the one before and the full
        learning rate (warm restarts: Loshchilov & Hutter, "SGDR", ICLR 2017).
    """

    rounds: tuple[PositiveInt, ...]
    channels: PositiveInt


class ActionsPlan(_Strict):
    """One action head.

    Attributes
    ----------
    data
        Keys of `models.data.action_sets.READERS`.
    contrast, contrast_label
        Data sets that show one label throughout, by all that this head is about: people at home
        do not fight. Learnt from, never measured on.
    variants, most_hz
        Per data set; see `models.data.feature_cache.FeatureCache`.
    """

    data: tuple[str, ...]
    contrast: tuple[str, ...] = ()
    contrast_label: str = ""
    labels: tuple[str, ...]
    activation: Literal["sigmoid", "softmax"]
    threshold: Probability
    variants: dict[str, PositiveInt]
    most_hz: dict[str, PositiveFloat]
    quiet: tuple[str, ...] = ()
    steps: PositiveInt = 1200
    hidden: tuple[PositiveInt, PositiveInt] = (128, 64)
    samplings: tuple[str, ...] = ("full", "full", "half", "third")
    scene: bool = True
    window_s: PositiveFloat = 2.4
    dropout: Probability = 0.5
    weight_decay: NonNegativeFloat = 0.02
    smoothing: Probability = 0.03

    def recipe(self, rate_hz: float) -> ActionRecipe:
        """Return what `models.training.actions.train_action_head` takes."""
        return ActionRecipe(
            labels=self.labels,
            activation=self.activation,
            rate_hz=rate_hz,
            steps=self.steps,
            hidden=self.hidden,
            samplings=self.samplings,
            scene=self.scene,
            weight_decay=self.weight_decay,
            smoothing=self.smoothing,
            window_s=self.window_s,
            dropout=self.dropout,
        )


class BundleRecipe(_Strict):
    """A bundle: one box head, and action heads by name."""

    name: Name
    version: str
    title: Label
    rate_hz: PositiveFloat
    objects: ObjectsPlan
    actions: dict[Name, ActionsPlan]


def read_recipe(path: Path) -> BundleRecipe:
    """Read a recipe; every table but ``objects`` is an action head.

    Raises
    ------
    pydantic.ValidationError, tomllib.TOMLDecodeError, OSError
        If it is not a valid recipe.
    """
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    own = {"name", "version", "title", "rate_hz", "objects"}
    heads = {key: content.pop(key) for key in list(content) if key not in own}
    return BundleRecipe.model_validate({**content, "actions": heads})
