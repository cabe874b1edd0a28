"""Train and measure an architecture of the zoo, and write it as a bundle.

Run as ``python -m models.training.zoo --arch row-lstm --data ../shared/data/mnist --out
assets/bundles/mnist-rows``. A run that was killed goes on from its last checkpoint to the very same
weights. ``--data`` may also be a folder of classes, of pictures (`row-lstm`, `patch-conv1d-lstm`)
or of recordings (`cnn-lstm`, `conv3d-lstm`).
"""

from __future__ import annotations

import argparse
import logging
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import torch

from models.cells.registry import CELLS
from models.network import round_to_half
from models.registry import ARCHITECTURES
from models.training.zoo_bundle import Made, write_zoo_bundle
from models.training.zoo_data import DataChoice, ZooData, load_data
from models.training.zoo_trainer import (
    Score,
    ZooRecipe,
    ZooTrainer,
    classification_loss,
    evaluate,
    train,
)
from models.zoo.bundled import NETWORKS, Detector, ZooPlan
from models.zoo.config import ZooConfig

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.zoo.stages import Chain

CLASSIFIERS: Final = tuple(name for name, kind in NETWORKS.items() if kind is not Detector)

_LOG = logging.getLogger(__name__)
_Options = TypeVar("_Options")


@dataclass(frozen=True)
class Build:
    """One architecture, its data and its recipe.

    Attributes
    ----------
    work
        Folder of the checkpoint.
    """

    plan: ZooPlan
    data: ZooData
    recipe: ZooRecipe
    work: Path

    def train(self) -> Chain:
        """Train to the end and return the averaged weights."""
        self.work.mkdir(parents=True, exist_ok=True)
        torch.manual_seed(self.recipe.seed)
        network = ARCHITECTURES[self.plan.arch](self.plan.config)
        trainer = ZooTrainer(network, self.recipe, self.data.train, classification_loss)
        train(
            trainer,
            self.work / "checkpoint.safetensors",
            lambda average: evaluate(average, self.data.validation),
        )
        return trainer.average

    def measure(self, network: Chain) -> tuple[Score, Score]:
        """Return the test scores with memory, and with memory emptied before every frame."""
        return evaluate(network, self.data.test), evaluate(network, self.data.test, memory=False)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run from the command line."""
    parser = _parser()
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(options.threads)
    data = load_data(options.arch, options.data, _chosen(DataChoice, options))
    config = ZooConfig(
        len(data.classes), data.width, data.height, options.cell, options.scale, options.dropout
    )
    plan = ZooPlan(options.arch, config, options.head)
    work = options.work / options.out.name
    build = Build(plan, data, _chosen(ZooRecipe, options), work)
    network = build.train()
    # The bundle stores float16; what is shipped is what is measured.
    round_to_half(network)
    score, forgetful = build.measure(network)
    print("Test loss:", round(score.loss, 4))
    print("Test accuracy:", round(score.accuracy, 4))
    print("Without memory:", round(forgetful.accuracy, 4))
    made = Made(_command(parser, options), options.data.name, score, forgetful)
    write_zoo_bundle(options.out, plan, network, data, made)
    _LOG.info("wrote %s", options.out)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m models.training.zoo", description=__doc__)
    parser.add_argument("--arch", choices=CLASSIFIERS, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True, help="folder of the bundle")
    parser.add_argument("--work", type=Path, default=Path("cache/zoo"), help="for checkpoints")
    parser.add_argument("--head", default="digits", help="name of the results in the bundle")
    parser.add_argument("--cell", choices=sorted(CELLS), help="the article's if not given")
    parser.add_argument("--scale", type=float, default=1.0, help="of all layers' widths")
    parser.add_argument("--dropout", type=float, default=0.2)
    parser.add_argument("--threads", type=int, default=1)
    for kind in (DataChoice, ZooRecipe):
        for field in fields(kind):
            _add_option(parser, field.name, field.default)
    return parser


def _add_option(parser: argparse.ArgumentParser, name: str, default: object) -> None:
    flag = "--" + name.replace("_", "-")
    if isinstance(default, bool):
        parser.add_argument(flag, action=argparse.BooleanOptionalAction, default=default)
    else:
        parser.add_argument(flag, type=str if default is None else type(default), default=default)


def _chosen(kind: type[_Options], options: argparse.Namespace) -> _Options:
    names: list[str] = [field.name for field in fields(kind)]  # type: ignore[arg-type]
    values: dict[str, Any] = {name: getattr(options, name) for name in names}
    return kind(**values)


def _command(parser: argparse.ArgumentParser, options: argparse.Namespace) -> str:
    """Return what makes this bundle again."""
    given = [
        f"--{name.replace('_', '-')} {value}"
        for name, value in vars(options).items()
        if value != parser.get_default(name) and name not in ("work", "threads")
    ]
    return " ".join(["python -m models.training.zoo", *given])


if __name__ == "__main__":
    main()
