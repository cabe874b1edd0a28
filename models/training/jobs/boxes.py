"""The box head: trained in rounds, thresholds chosen on pictures kept back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from models.data.boxes import COCO_NAMES
from models.data.boxes_prepare import FrozenEncoder, prepare
from models.data.chinese import bilingual
from models.evaluation.boxes import measure
from models.evaluation.boxes_thresholds import tune
from models.network import HeadPlan
from models.spec import HeadKind, HeadSpec
from models.training.boxes import BoxRecipe, train_box_head

if TYPE_CHECKING:
    from pathlib import Path

    from models.training.jobs.job import Workshop
    from models.training.recipe import ObjectsPlan

BOXES: Final = "objects"


class BoxesJob:
    """The head `BOXES`; see `models.training.jobs.job.HeadJob`."""

    def __init__(self, plan: ObjectsPlan, shop: Workshop) -> None:
        self._plan, self._shop = plan, shop
        self._cache = shop.work / "boxes"
        self._thresholds = shop.work / f"thresholds-{BOXES}.json"

    @property
    def weights(self) -> Path:
        """Of the last round."""
        return self._round(len(self._plan.rounds)) / "boxes.safetensors"

    def train(self) -> None:
        """Label, encode and train; goes on where it was interrupted."""
        prepare(
            self._shop.shared, self._cache, passes=self._plan.passes, threads=self._shop.threads
        )
        start: Path | None = None
        for number, steps in enumerate(self._plan.rounds, start=1):
            recipe = BoxRecipe(
                steps=steps,
                channels=self._plan.channels,
                threads=self._shop.threads,
                start=start,
                evidence=self._plan.evidence,
            )
            start, _ = train_box_head(recipe, self._cache, self._round(number))
        chosen = tune(self.weights, self._shop.shared, self._cache)
        self._thresholds.write_text(json.dumps(chosen, indent=1), encoding="utf-8")

    def evaluate(self) -> dict[str, float]:
        """Measure on pictures and video it was not trained on."""
        encode = FrozenEncoder(self._cache, threads=self._shop.threads)
        return measure(self.weights, self._shop.shared, encode)

    def plan(self) -> HeadPlan:
        """Return what it takes to build the head."""
        plan = {
            "classes": len(COCO_NAMES),
            "channels": self._plan.channels,
            "evidence": self._plan.evidence,
        }
        return HeadPlan(BOXES, "boxes", plan)

    def spec(self) -> HeadSpec:
        """Return how the bundle's manifest describes it."""
        chosen = json.loads(self._thresholds.read_text(encoding="utf-8"))
        return HeadSpec(
            name=BOXES,
            kind=HeadKind.BOXES,
            labels=bilingual(COCO_NAMES),
            thresholds=tuple(chosen[label] for label in COCO_NAMES),
        )

    def _round(self, number: int) -> Path:
        return self._cache / f"round{number}"
