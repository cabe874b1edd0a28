"""``longtake train``; the command line mounts it with ``cli.command("train")(train)``."""

from __future__ import annotations

import shlex
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import typer

from app.train_options import (
    ArchOption,
    BalanceOption,
    BaseOption,
    BatchOption,
    CellOption,
    ClipRateOption,
    ClockOption,
    CurvesOption,
    DecayOption,
    DeviceOption,
    DropoutOption,
    EpochsOption,
    FlipOption,
    FramesOption,
    MixedOption,
    MostOption,
    OnlyOption,
    OutOption,
    PatienceOption,
    PretrainOption,
    RateOption,
    RecipeOption,
    ScaleOption,
    SeedOption,
    SetOption,
    SizeOption,
    StreamsOption,
    UnfreezeOption,
    VariantsOption,
    WorkOption,
    parse_size,
)
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

_FRAMES: Final = 16
_STRETCH: Final = 1.4
# The app takes frames up to twice as fast from what reads the clock (`engine.clock`).
_CLOCKED_STRETCH: Final = 2.0
_STREAMED_CLIPS: Final = 40.0
_FOR_OTHERS: Final = ("size", "rate", "balance", "scale", "clock")
"""`longtake` has its sizes and rates, and shows all labels equally often."""
_FOR_LONGTAKE: Final = ("known_set", "base", "variants", "most_hz", "unfreeze")


def train(
    context: typer.Context,
    arch: ArchOption,
    data: DataOption,
    out: OutOption,
    cell: CellOption = None,
    epochs: EpochsOption = None,
    batch: BatchOption = None,
    learning_rate: RateOption = None,
    weight_decay: DecayOption = 0.01,
    size: SizeOption = None,
    frames: FramesOption = None,
    rate: ClipRateOption = 10.0,
    flip: FlipOption = True,
    balance: BalanceOption = "none",
    only: OnlyOption = None,
    scale: ScaleOption = 1.0,
    dropout: DropoutOption = None,
    clock: ClockOption = False,
    streams: StreamsOption = 0.0,
    pretrain_steps: PretrainOption = 0,
    seed: SeedOption = 1,
    group: GroupOption = None,
    test_group: TestGroupOption = None,
    split: SplitOption = 1,
    allow_leaks: LeaksOption = False,
    known_set: SetOption = None,
    base: BaseOption = "default",
    variants: VariantsOption = 4,
    most_hz: MostOption = 31.0,
    unfreeze: UnfreezeOption = 0,
    head: HeadOption = None,
    patience: PatienceOption = None,
    curves: CurvesOption = None,
    work: WorkOption = Path("cache/zoo"),
    threads: ThreadsOption = 1,
    device: DeviceOption = "cpu",
    mixed: MixedOption = False,
    recipe: RecipeOption = None,
) -> None:
    """Train an architecture and write it as a bundle; a stopped run goes on exactly.

    `longtake` is the app's own: a frozen encoder, boxes, and a head that learns what your clips
    show. The others are small and learn from nothing.

    `torchrun --nproc-per-node 2 -m app train …` trains in several processes.

    Examples: `longtake train --arch longtake --data clips --group "([a-z]+)_" --out mine`,
    `longtake train --arch row-lstm --data mnist --out digits`
    """
    _refuse_idle(context, arch)
    with Training(threads):
        from models.data.clip_formats import SplitChoice
        from models.training.zoo import Order, carry_out
        from models.training.zoo_tasks import Balance

        groups = SplitChoice(split, group, test_group, allow_leaks)
        choice = _data_choice(
            _usual(arch), size, frames, rate, groups, flip=flip, clock=clock, streams=streams
        )
        choice = replace(choice, only=_only(arch, only))
        order = Order(
            arch=arch,
            data=data,
            out=out,
            work=work / out.name,
            command=shlex.join(["longtake", *sys.argv[1:]]),
            choice=choice,
            recipe=_recipe(
                weight_decay,
                _usual(arch),
                epochs,
                batch,
                learning_rate,
                seed,
                streams,
                device,
                mixed=mixed,
            ),
            balance=Balance(one_of(balance, list(Balance), "--balance")),
            head=head or ("objects" if arch == "peephole-detector" else "actions"),
            cell=_cell(arch, cell),
            scale=scale,
            dropout=_usual(arch).dropout if dropout is None else dropout,
            clock=clock,
            patience=patience,
            curves=curves,
            pretrain_steps=pretrain_steps,
            known_set=_known_set(known_set),
            base=_base(base) if arch == "longtake" else None,
            variants=variants,
            most_hz=most_hz,
            frames=frames,
            unfreeze=unfreeze,
            threads=threads,
        )
        _print(carry_out(order))


def _refuse_idle(context: typer.Context, arch: str) -> None:
    """Refuse options that were given and would change nothing."""
    options = {parameter.name: parameter.opts[0] for parameter in context.command.params}
    for name in _FOR_OTHERS if arch == "longtake" else _FOR_LONGTAKE:
        source = context.get_parameter_source(name)
        if source is not None and source.name != "DEFAULT":
            raise typer.BadParameter(f"changes nothing for {arch}", param_hint=options[name])


def _usual(arch: str) -> Defaults:
    from models.training.zoo import DEFAULTS

    return DEFAULTS[one_of(arch, DEFAULTS, "--arch")]


def _data_choice(
    usual: Defaults,
    size: str | None,
    frames: int | None,
    rate: float,
    split: SplitChoice,
    *,
    flip: bool,
    clock: bool,
    streams: float,
) -> DataChoice:
    from models.data.examples import Timing
    from models.training.zoo_data import DataChoice

    width, height = parse_size(size) if size else usual.size
    timing = Timing(frames or _FRAMES, rate, _CLOCKED_STRETCH if clock else _STRETCH)
    if streams:
        return DataChoice(width, height, timing, split, flip, _STREAMED_CLIPS)
    return DataChoice(width, height, timing, split, flip)


def _recipe(
    weight_decay: float,
    usual: Defaults,
    epochs: int | None,
    batch: int | None,
    learning_rate: float | None,
    seed: int,
    streams: float,
    device: str,
    *,
    mixed: bool,
) -> ZooRecipe:
    from models.training.zoo_device import known_devices
    from models.training.zoo_trainer import ZooRecipe

    return ZooRecipe(
        epochs=epochs or usual.epochs,
        batch=batch or usual.batch,
        learning_rate=usual.learning_rate if learning_rate is None else learning_rate,
        weight_decay=weight_decay,
        seed=seed,
        streams=streams,
        device=one_of(device, known_devices(), "--device"),
        mixed=mixed,
    )


def _print(figures: dict[str, float]) -> None:
    for name, value in figures.items():
        typer.echo(f"Test {name.replace('_', ' ')}: {value:.4f}")


def _cell(arch: str, cell: str | None) -> str | None:
    from models.cells.registry import CELLS, MAP_CELLS

    if cell in MAP_CELLS and arch != "peephole-detector":
        raise typer.BadParameter(
            f"{cell} remembers a map of places, which only peephole-detector keeps; "
            f"{arch} takes {', '.join(CELLS)}",
            param_hint="--cell",
        )
    return cell and one_of(cell, [*CELLS, *MAP_CELLS], "--cell")


def _only(arch: str, names: str | None) -> tuple[str, ...]:
    if names and arch != "peephole-detector":
        raise typer.BadParameter("only a detector learns some classes of many", param_hint="--only")
    return tuple(name.strip() for name in (names or "").split(",") if name.strip())


def _known_set(name: str | None) -> str | None:
    from models.data.action_sets import READERS

    return name and one_of(name, READERS, "--set")


def _base(name: str) -> Path | None:
    from engine.bundle import load_bundle

    if name == "none":
        return None
    found = load_bundle(name)
    return (found.untaught or found).folder
