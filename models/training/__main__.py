"""Build a model bundle from a recipe and the data: ``python -m models.training --help``."""

from __future__ import annotations

import argparse
import json
import logging
import math
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import torch
from safetensors.torch import load_file, save_file

from models.bundle_writer import write_bundle
from models.data.action_sets import READERS, showing_only
from models.data.boxes import COCO_NAMES
from models.data.chinese import bilingual
from models.data.feature_cache import INPUT_SIZE, FeatureCache
from models.encoders.efficientnet_lite import EfficientNetLite0, load_imagenet_weights
from models.evaluation.cross_validation import cross_validate
from models.network import HeadPlan, LongtakeNetwork
from models.spec import Activation, HeadKind, HeadSpec, InputSpec, Provenance
from models.training.actions import train_action_head
from models.training.card import write_card
from models.training.recipe import ActionsPlan, BundleRecipe, read_recipe

if TYPE_CHECKING:
    from collections.abc import Iterable

    from models.data.feature_cache import ClipFeatures

BOXES: Final = "objects"
STAGES: Final = ("evaluate", "train", "bundle")

log = logging.getLogger("longtake.training")


def main() -> None:
    """Run the stages asked for; each keeps what it made in the work folder and is done once."""
    parser = argparse.ArgumentParser(prog="python -m models.training", description=__doc__)
    parser.add_argument("--recipe", type=Path, default=Path("models/recipes/default.toml"))
    parser.add_argument("--data", type=Path, default=Path("../shared"), help="folder with data/")
    parser.add_argument("--out", type=Path, default=Path("assets/bundles/default"))
    parser.add_argument("--work", type=Path, default=Path("cache"), help="what can be recomputed")
    parser.add_argument("--stage", choices=STAGES, action="append", help="only these; all if none")
    parser.add_argument("--head", action="append", help="only these heads; all if none")
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    logging.basicConfig(level="INFO", format="%(asctime)s %(message)s")
    torch.set_num_threads(arguments.threads)
    build = Build(read_recipe(arguments.recipe), arguments.data, arguments.work, arguments.threads)
    stages = arguments.stage or STAGES
    heads = arguments.head or [BOXES, *build.recipe.actions]
    for name in heads:
        if name == BOXES:
            if "train" in stages:
                build.train_boxes()
            if "evaluate" in stages:
                build.evaluate_boxes()
            continue
        if "evaluate" in stages:
            build.evaluate_actions(name)
        if "train" in stages:
            build.train_actions(name)
    if "bundle" in stages:
        build.write(arguments.out)


class Build:
    """A recipe at work: heads are trained, measured, and put together."""

    def __init__(self, recipe: BundleRecipe, shared: Path, work: Path, threads: int) -> None:
        self.recipe, self._shared, self._work, self._threads = recipe, shared, work, threads
        self._thresholds = work / "thresholds-objects.json"
        self._encoder = EfficientNetLite0().eval()
        load_imagenet_weights(self._encoder)

    def evaluate_actions(self, name: str) -> None:
        """Cross-validate one action head."""
        plan = self.recipe.actions[name]
        figures = cross_validate(
            plan.recipe(self.recipe.rate_hz),
            self._clips(plan, plan.data),
            self._work / f"folds-{name}.json",
            always=self._contrast(plan),
        )
        self._remember(name, figures)

    def train_actions(self, name: str) -> None:
        """Train one action head on everything."""
        plan = self.recipe.actions[name]
        head = train_action_head(
            plan.recipe(self.recipe.rate_hz),
            [*self._clips(plan, plan.data), *self._contrast(plan)],
            lambda step, steps, loss: log.info("%s: %d/%d, loss %.3f", name, step, steps, loss),
        )
        save_file(head.state_dict(), self._weights(name))

    def train_boxes(self) -> None:
        """Label, encode and train the box head; goes on where it was interrupted."""
        from models.data.boxes_prepare import prepare
        from models.training.boxes import BoxRecipe, train_box_head

        prepare(self._shared, self._work / "boxes", threads=self._threads)
        plan, start = self.recipe.objects, None
        for number, steps in enumerate(plan.rounds, start=1):
            recipe = BoxRecipe(
                steps=steps, channels=plan.channels, threads=self._threads, start=start
            )
            out = self._work / f"boxes/round{number}"
            start, _ = train_box_head(recipe, self._work / "boxes", out)
        self._choose_thresholds()

    def _choose_thresholds(self) -> None:
        """Choose, per class, from which confidence on a box is shown."""
        from models.evaluation.boxes_thresholds import tune

        chosen = tune(self._weights(BOXES), self._shared, self._work / "boxes")
        self._thresholds.write_text(json.dumps(chosen, indent=1), encoding="utf-8")

    def evaluate_boxes(self) -> None:
        """Measure the box head on pictures and video it was not trained on."""
        from models.data.boxes_prepare import FrozenEncoder
        from models.evaluation.boxes import measure

        encode = FrozenEncoder(self._work / "boxes", threads=self._threads)
        self._remember(BOXES, measure(self._weights(BOXES), self._shared, encode))

    def write(self, out: Path) -> None:
        """Put the trained heads together into a bundle."""
        recipe = self.recipe
        trained = [name for name in (BOXES, *recipe.actions) if self._weights(name).exists()]
        network = LongtakeNetwork(tuple(self._head_plan(name) for name in trained))
        network.encoder.load_state_dict(self._encoder.state_dict())
        for name in trained:
            network.heads[name].load_state_dict(load_file(self._weights(name)))
        metrics = {
            f"{name}.{figure}": round(value, 4)
            for name in trained
            for figure, value in self._recall(name).items()
            if math.isfinite(value)
        }
        width, height = INPUT_SIZE
        specs = [self._head_spec(name) for name in trained]
        write_bundle(
            out,
            network,
            name=recipe.name,
            version=recipe.version,
            title=recipe.title,
            frame=InputSpec(width=width, height=height, rate_hz=recipe.rate_hz),
            heads=specs,
            provenance=Provenance(
                created=datetime.now(UTC).date().isoformat(),
                command="python -m models.training --recipe models/recipes/default.toml",
                data=("voc", "photos", "fight", "tennis", "interaction", "weizmann", "room"),
            ),
            metrics=metrics,
            card=write_card(recipe, specs, metrics),
        )
        log.info("wrote %s with the heads %s", out, ", ".join(trained))

    def _contrast(self, plan: ActionsPlan) -> list[ClipFeatures]:
        return [
            replace(features, clip=showing_only(features.clip, plan.contrast_label))
            for features in self._clips(plan, plan.contrast)
        ]

    def _clips(self, plan: ActionsPlan, datasets: Iterable[str]) -> list[ClipFeatures]:
        clips: list[ClipFeatures] = []
        for dataset in datasets:
            cache = FeatureCache(
                self._work / "features",
                self._encoder,
                plan.variants[dataset],
                most_hz=plan.most_hz[dataset],
                threads=self._threads,
            )
            clips += cache.load(READERS[dataset](self._shared / "data" / dataset))
        return clips

    def _head_plan(self, name: str) -> HeadPlan:
        if name == BOXES:
            size = {"classes": len(COCO_NAMES), "channels": self.recipe.objects.channels}
            return HeadPlan(name, HeadKind.BOXES, size)
        plan = self.recipe.actions[name]
        arguments = {
            "labels": len(plan.labels),
            "rate_hz": self.recipe.rate_hz,
            "activation": plan.activation,
            "scene": plan.scene,
            "hidden": plan.hidden,
        }
        return HeadPlan(name, HeadKind.ACTIONS, arguments)

    def _head_spec(self, name: str) -> HeadSpec:
        if name == BOXES:
            chosen = json.loads(self._thresholds.read_text(encoding="utf-8"))
            return HeadSpec(
                name=name,
                kind=HeadKind.BOXES,
                labels=bilingual(COCO_NAMES),
                thresholds=tuple(chosen[label] for label in COCO_NAMES),
            )
        plan = self.recipe.actions[name]
        return HeadSpec(
            name=name,
            kind=HeadKind.ACTIONS,
            labels=bilingual(plan.labels),
            thresholds=(plan.threshold,) * len(plan.labels),
            activation=Activation(plan.activation),
            quiet=plan.quiet,
        )

    def _weights(self, name: str) -> Path:
        if name == BOXES:
            return self._work / f"boxes/round{len(self.recipe.objects.rounds)}/boxes.safetensors"
        folder = self._work / "heads"
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{name}.safetensors"

    def _remember(self, name: str, figures: dict[str, float]) -> None:
        for figure, value in sorted(figures.items()):
            log.info("%s.%s = %.4f", name, figure, value)
        path = self._work / f"figures-{name}.json"
        path.write_text(json.dumps(figures, indent=1, sort_keys=True), encoding="utf-8")

    def _recall(self, name: str) -> dict[str, float]:
        path = self._work / f"figures-{name}.json"
        if not path.exists():
            return {}
        figures: dict[str, float] = json.loads(path.read_text(encoding="utf-8"))
        return figures


if __name__ == "__main__":
    main()
