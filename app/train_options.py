"""Options of ``longtake train``."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated

import typer


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
    typer.Option(
        help="longtake, cnn-lstm, row-lstm, conv3d-lstm, patch-conv1d-lstm or peephole-detector."
    ),
]
OutOption = Annotated[Path, typer.Option(help="Folder of the bundle to write.")]
CellOption = Annotated[
    str | None,
    typer.Option(
        help="lstm, peephole or gru; the detector also conv-lstm or bottleneck-lstm. "
        "If not given the article's, for longtake lstm."
    ),
]
EpochsOption = Annotated[int | None, typer.Option(min=1, help="Times that everything is shown.")]
BatchOption = Annotated[int | None, typer.Option(min=1, help="Clips a step.")]
RateOption = Annotated[float | None, typer.Option("--learning-rate", min=0, help="At its highest.")]
DecayOption = Annotated[
    float, typer.Option("--weight-decay", min=0, help="Of AdamW; with 0 it is Adam.")
]
SizeOption = Annotated[str | None, typer.Option(help="Of pictures and frames, such as 64x64.")]
FramesOption = Annotated[
    int | None, typer.Option(min=1, help="Length of a clip; 16 if not given (longtake: 2.4 s).")
]
ClipRateOption = Annotated[float, typer.Option("--rate", min=0.1, help="Frames a second.")]
FlipOption = Annotated[bool, typer.Option(help="Whether a mirrored clip is of its class.")]
BalanceOption = Annotated[
    str, typer.Option(help="For rare classes: none, sampling (shown more often) or loss.")
]
ScaleOption = Annotated[float, typer.Option(min=0.01, help="Of all layers' widths.")]
DropoutOption = Annotated[float | None, typer.Option(min=0, max=0.95)]
ClockOption = Annotated[
    bool,
    typer.Option(help="Tell what watches recordings the time between frames, too."),
]
StreamsOption = Annotated[
    float,
    typer.Option(
        min=0, max=1, help="Share of a batch that goes on, with its memory, where the last ended."
    ),
]
PretrainOption = Annotated[
    int, typer.Option(min=0, help="Steps in which memory first learns to foretell the next frame.")
]
SeedOption = Annotated[int, typer.Option(min=0, help="Of all that is random.")]
SetOption = Annotated[
    str | None,
    typer.Option(
        "--set", help="For longtake: the data is this set, with labels over time: room, weizmann, …"
    ),
]
BaseOption = Annotated[
    str, typer.Option(help="For longtake: bundle whose boxes are taken over; none for no boxes.")
]
VariantsOption = Annotated[
    int, typer.Option(min=1, help="For longtake: how often each clip is encoded, changed.")
]
MostOption = Annotated[
    float, typer.Option("--most-hz", min=1, help="For longtake: frames a second at most.")
]
PatienceOption = Annotated[
    int | None,
    typer.Option(
        min=1, help="Epochs without a better validation figure to end after; keeps the best."
    ),
]
UnfreezeOption = Annotated[
    int,
    typer.Option(
        min=0,
        max=3,
        help="For longtake: train the encoder's last stages, too, of seven. Costs a hundred times "
        "as much a step, and boxes.",
    ),
]
OnlyOption = Annotated[
    str | None,
    typer.Option(help="For a detector: classes to learn, by commas; all if not given."),
]
CurvesOption = Annotated[Path | None, typer.Option(help="Folder for curves, for TensorBoard.")]
WorkOption = Annotated[Path, typer.Option(help="Folder for checkpoints and encoded clips.")]
DeviceOption = Annotated[str, typer.Option(help="cpu or cuda.")]
MixedOption = Annotated[bool, typer.Option("--mixed", help="Compute products in bfloat16.")]


def parse_size(text: str) -> tuple[int, int]:
    """Return width and height."""
    width, _, height = text.lower().partition("x")
    if not (width.isdigit() and height.isdigit() and int(width) and int(height)):
        raise typer.BadParameter(f"{text!r} is no size such as 64x64", param_hint="--size")
    return int(width), int(height)
