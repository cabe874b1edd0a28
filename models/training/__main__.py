"""Build a model bundle from a recipe and the data: ``python -m models.training --help``."""

from __future__ import annotations

import argparse
import json
import logging
import math
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import torch
from safetensors.torch import load_file

from models.bundle_writer import write_bundle
from models.data.feature_cache import INPUT_SIZE
from models.data.splits import DataError
from models.encoders.efficientnet_lite import EfficientNetLite0, load_imagenet_weights
from models.network import LongtakeNetwork
from models.spec import InputSpec, Provenance
from models.training.card import write_card
from models.training.jobs.actions import ActionsJob
from models.training.jobs.body import BodyJob
from models.training.jobs.boxes import BOXES, BoxesJob
from models.training.jobs.job import BODY, Workshop
from models.training.jobs.poses import PosesJob
from models.training.recipe import read_recipe

if TYPE_CHECKING:
    from models.training.jobs.job import HeadJob
    from models.training.recipe import BundleRecipe

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
    try:
        _run(arguments)
    except DataError as error:
        raise SystemExit(f"Error: {error}") from None


def _run(arguments: argparse.Namespace) -> None:
    build = Build(read_recipe(arguments.recipe), arguments.data, arguments.work, arguments.threads)
    stages = arguments.stage or STAGES
    for name in arguments.head or build.names:
        if "train" in stages:
            build.train(name)
        if "evaluate" in stages:
            build.evaluate(name)
    if "bundle" in stages:
        build.write(arguments.out)


class Build:
    """A recipe at work: heads are trained, measured, and put together.

    Attributes
    ----------
    jobs
        Its heads by name, in the order they have in the bundle.
    body
        What pose heads read, if there are any.
    """

    def __init__(self, recipe: BundleRecipe, shared: Path, work: Path, threads: int) -> None:
        self.recipe, self._work = recipe, work
        self._encoder = EfficientNetLite0().eval()
        load_imagenet_weights(self._encoder)
        shop = Workshop(shared, work, self._encoder, recipe.rate_hz, threads)
        self.jobs: dict[str, HeadJob] = {
            BOXES: BoxesJob(recipe.objects, shop),
            **{name: ActionsJob(name, plan, shop) for name, plan in recipe.actions.items()},
            **{name: PosesJob(name, plan, shop) for name, plan in recipe.poses.items()},
        }
        self.body = BodyJob(recipe.body, shop) if recipe.body else None

    @property
    def names(self) -> list[str]:
        """All that is trained and measured, in an order that works."""
        return [*([BODY] if self.body else []), *self.jobs]

    def train(self, name: str) -> None:
        """Train one head, or the body reader."""
        self._job(name).train()

    def evaluate(self, name: str) -> None:
        """Measure one head, and keep the figures."""
        figures = self._job(name).evaluate()
        for figure, value in sorted(figures.items()):
            log.info("%s.%s = %.4f", name, figure, value)
        text = json.dumps(figures, indent=1, sort_keys=True)
        self._figures(name).write_text(text, encoding="utf-8")

    def write(self, out: Path) -> None:
        """Put the trained heads together into a bundle."""
        recipe = self.recipe
        trained = {name: job for name, job in self.jobs.items() if job.weights.exists()}
        network = LongtakeNetwork(tuple(job.plan() for job in trained.values()))
        network.encoder.load_state_dict(self._encoder.state_dict())
        for name, job in trained.items():
            network.heads[name].load_state_dict(load_file(job.weights))
        if self.body is not None and network.body is not None:
            network.body.load_state_dict(load_file(self.body.weights))
        metrics = {
            f"{name}.{figure}": round(value, 4)
            for name in [*trained, BODY]
            for figure, value in self._recall(name).items()
            if math.isfinite(value)
        }
        width, height = INPUT_SIZE
        specs = [job.spec() for job in trained.values()]
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
                data=recipe.data,
            ),
            metrics=metrics,
            card=write_card(recipe, specs, metrics),
        )
        log.info("wrote %s with the heads %s", out, ", ".join(trained))

    def _job(self, name: str) -> HeadJob | BodyJob:
        return self.body if name == BODY and self.body else self.jobs[name]

    def _figures(self, name: str) -> Path:
        return self._work / f"figures-{name}.json"

    def _recall(self, name: str) -> dict[str, float]:
        path = self._figures(name)
        if not path.exists():
            return {}
        figures: dict[str, float] = json.loads(path.read_text(encoding="utf-8"))
        return figures


if __name__ == "__main__":
    main()
