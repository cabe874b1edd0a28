"""``longtake prune``; the command line mounts it with ``cli.command("prune")(prune)``."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from app.training import (
    DataOption,
    GroupOption,
    LeaksOption,
    SplitOption,
    TestGroupOption,
    ThreadsOption,
    Training,
)

if TYPE_CHECKING:
    from models.training.pruning import Pruned

BundleArgument = Annotated[
    str, typer.Argument(metavar="BUNDLE", help="A name from `longtake bundles`, or a folder.")
]
OutOption = Annotated[Path, typer.Option(help="Folder of the bundle to write.")]
ShareOption = Annotated[
    float, typer.Option(min=0.01, max=0.95, help="Of each layer's width that goes.")
]
EpochsOption = Annotated[int, typer.Option(min=1, help="Times that everything is shown after.")]
RateOption = Annotated[float, typer.Option("--learning-rate", min=0, help="At its highest.")]
FramesOption = Annotated[int, typer.Option(min=1, help="Length of a clip.")]
WorkOption = Annotated[Path, typer.Option(help="Folder for checkpoints.")]

_STRETCH: Final = 1.4
_CLOCKED_STRETCH: Final = 2.0


def prune(
    bundle: BundleArgument,
    data: DataOption,
    out: OutOption,
    share: ShareOption = 0.5,
    epochs: EpochsOption = 2,
    learning_rate: RateOption = 1e-3,
    batch: Annotated[int, typer.Option(min=1, help="Clips a step.")] = 128,
    frames: FramesOption = 16,
    group: GroupOption = None,
    test_group: TestGroupOption = None,
    split: SplitOption = 1,
    allow_leaks: LeaksOption = False,
    work: WorkOption = Path("cache/zoo"),
    threads: ThreadsOption = 1,
) -> None:
    """Leave out what weighs least, train on for a while, and say what it cost and gave.

    Whole channels and memory cells go, so that every runtime has less to do. For bundles made by
    `longtake train` with an architecture that names what it sees; data as in their training.

    Example: `longtake prune mnist-rows --data mnist --share 0.5 --out digits-half`
    """
    with Training(threads):
        from engine.bundle import load_bundle
        from models.data.clip_formats import SplitChoice
        from models.data.examples import Timing
        from models.training.pruning import prunable, prune_bundle
        from models.training.zoo import Order
        from models.training.zoo_data import DataChoice
        from models.training.zoo_trainer import ZooRecipe

        found = load_bundle(bundle)
        folder = (found.untaught or found).folder
        plan = prunable(folder).plan
        stretch = _CLOCKED_STRETCH if plan.config.clock_hz else _STRETCH
        timing = Timing(frames, found.manifest.input.rate_hz, stretch)
        groups = SplitChoice(split, group, test_group, allow_leaks)
        order = Order(
            arch=plan.arch,
            data=data,
            out=out,
            work=work / out.name,
            command=shlex.join(["longtake", *sys.argv[1:]]),
            choice=DataChoice(plan.config.width, plan.config.height, timing, groups),
            recipe=ZooRecipe(epochs=epochs, batch=batch, learning_rate=learning_rate),
        )
        _print(prune_bundle(folder, share, order))


def _print(pruned: Pruned) -> None:
    """Print what was, beside what is."""
    for name, before in pruned.before.items():
        typer.echo(
            f"Test {name.replace('_', ' ')}: {before:.4f} before, {pruned.cut[name]:.4f} pruned, "
            f"{pruned.after[name]:.4f} trained on"
        )
    typer.echo("Weights: {:,} before, {:,} after".format(*pruned.weights))
    typer.echo("Step: {:.3f} ms before, {:.3f} ms after, of one processor".format(*pruned.step_ms))
