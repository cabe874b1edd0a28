"""``longtake train``; the command line mounts it with ``cli.command("train")(train)``."""

from __future__ import annotations

import shlex
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.training import (
    DataOption,
    GroupOption,
    HeadOption,
    LeaksOption,
    SplitOption,
    TestGroupOption,
    ThreadsOption,
    Training,
    one_of,
)

if TYPE_CHECKING:
    from models.data.clip_formats import SplitChoice
    from models.training.zoo import Defaults
    from models.training.zoo_data import DataChoice
    from models.training.zoo_trainer import ZooRecipe


def _take_recipe(context: typer.Context, path: Path | None) -> Path | None:
    """Let a recipe give the options that the command line does not."""
    if path is None:
        return None
    try:
        chosen = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise typer.BadParameter(f"{path} cannot be read: {error}") from None
    known = {parameter.name for parameter in context.command.params}
    if unknown := sorted(set(chosen) - known):
        raise typer.BadParameter(f"{path} names what is no option: {', '.join(unknown)}")
    context.default_map = {name: str(value) for name, value in chosen.items()}
    return path


RecipeOption = Annotated[
    Path | None,
    typer.Option(
        callback=_take_recipe, is_eager=True, help="TOML file with any of these options as keys."
    ),
]
ArchOption = Annotated[
    str,
    typer.Option(help="cnn-lstm, row-lstm, conv3d-lstm, patch-conv1d-lstm or peephole-detector."),
]
OutOption = Annotated[Path, typer.Option(help="Folder of the bundle to write.")]
CellOption = Annotated[
    str | None,
    typer.Option(
        help="lstm, peephole or gru; the detector also conv-lstm or bottleneck-lstm. "
        "The article's if not given."
    ),
]
EpochsOption = Annotated[int | None, typer.Option(min=1, help="Times that everything is shown.")]
BatchOption = Annotated[int | None, typer.Option(min=1, help="Clips a step.")]
RateOption = Annotated[float | None, typer.Option("--learning-rate", min=0, help="At its highest.")]
SizeOption = Annotated[str | None, typer.Option(help="Of pictures and frames, such as 64x64.")]
FramesOption = Annotated[int, typer.Option(min=1, help="Length of a clip.")]
ClipRateOption = Annotated[float, typer.Option("--rate", min=0.1, help="Frames a second.")]
FlipOption = Annotated[bool, typer.Option(help="Whether a mirrored clip is of its class.")]
BalanceOption = Annotated[
    str, typer.Option(help="For rare classes: none, sampling (shown more often) or loss.")
]
ScaleOption = Annotated[float, typer.Option(min=0.01, help="Of all layers' widths.")]
DropoutOption = Annotated[float | None, typer.Option(min=0, max=0.95)]
SeedOption = Annotated[int, typer.Option(min=0, help="Of all that is random.")]
PatienceOption = Annotated[
    int | None,
    typer.Option(
        min=1, help="Epochs without a better validation figure to end after; keeps the best."
    ),
]
CurvesOption = Annotated[Path | None, typer.Option(help="Folder for curves, for TensorBoard.")]
WorkOption = Annotated[Path, typer.Option(help="Folder for checkpoints.")]


def train(
    arch: ArchOption,
    data: DataOption,
    out: OutOption,
    cell: CellOption = None,
    epochs: EpochsOption = None,
    batch: BatchOption = None,
    learning_rate: RateOption = None,
    size: SizeOption = None,
    frames: FramesOption = 16,
    rate: ClipRateOption = 10.0,
    flip: FlipOption = True,
    balance: BalanceOption = "none",
    scale: ScaleOption = 1.0,
    dropout: DropoutOption = None,
    seed: SeedOption = 1,
    group: GroupOption = None,
    test_group: TestGroupOption = None,
    split: SplitOption = 1,
    allow_leaks: LeaksOption = False,
    head: HeadOption = None,
    patience: PatienceOption = None,
    curves: CurvesOption = None,
    work: WorkOption = Path("cache/zoo"),
    threads: ThreadsOption = 1,
    recipe: RecipeOption = None,
) -> None:
    """Train an architecture of the zoo and write it as a bundle; a stopped run goes on exactly.

    `torchrun --nproc-per-node 2 -m app train …` trains in several processes.

    Examples: `longtake train --arch row-lstm --data mnist --out digits`,
    `longtake train --arch cnn-lstm --data weizmann --group "([a-z]+)_" --out actions`
    """
    with Training(threads):
        from models.data.clip_formats import SplitChoice
        from models.training.zoo import Order, carry_out
        from models.training.zoo_tasks import Balance

        groups = SplitChoice(split, group, test_group, allow_leaks)
        order = Order(
            arch=arch,
            data=data,
            out=out,
            work=work / out.name,
            command=shlex.join(["longtake", *sys.argv[1:]]),
            choice=_data_choice(_usual(arch), size, frames, rate, groups, flip=flip),
            recipe=_recipe(_usual(arch), epochs, batch, learning_rate, seed),
            balance=Balance(one_of(balance, list(Balance), "--balance")),
            head=head or ("objects" if arch == "peephole-detector" else "actions"),
            cell=_cell(arch, cell),
            scale=scale,
            dropout=_usual(arch).dropout if dropout is None else dropout,
            patience=patience,
            curves=curves,
        )
        _print(carry_out(order))


def _usual(arch: str) -> Defaults:
    from models.training.zoo import DEFAULTS

    return DEFAULTS[one_of(arch, DEFAULTS, "--arch")]


def _data_choice(
    usual: Defaults, size: str | None, frames: int, rate: float, split: SplitChoice, *, flip: bool
) -> DataChoice:
    from models.data.examples import Timing
    from models.training.zoo_data import DataChoice

    width, height = _size(size) if size else usual.size
    return DataChoice(width, height, Timing(frames, rate), split, flip)


def _recipe(
    usual: Defaults, epochs: int | None, batch: int | None, learning_rate: float | None, seed: int
) -> ZooRecipe:
    from models.training.zoo_trainer import ZooRecipe

    return ZooRecipe(
        epochs=epochs or usual.epochs,
        batch=batch or usual.batch,
        learning_rate=usual.learning_rate if learning_rate is None else learning_rate,
        seed=seed,
    )


def _print(figures: dict[str, float]) -> None:
    for name, value in figures.items():
        typer.echo(f"Test {name.replace('_', ' ')}: {value:.4f}")


def _cell(arch: str, cell: str | None) -> str | None:
    from models.cells.registry import CELLS, MAP_CELLS

    known = [*CELLS, *(MAP_CELLS if arch == "peephole-detector" else ())]
    return cell and one_of(cell, known, "--cell")


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.lower().partition("x")
    if not (width.isdigit() and height.isdigit()):
        raise typer.BadParameter(f"{text!r} is no size such as 64x64", param_hint="--size")
    return int(width), int(height)
