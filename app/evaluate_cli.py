"""``longtake evaluate``; the command line mounts it with ``cli.command("evaluate")(evaluate)``."""

from __future__ import annotations

import json
import math
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
    TrainingError,
    one_of,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from engine.backends.base import Backend
    from engine.bundle import Bundle
    from models.evaluation.bundle import Report
    from models.evaluation.graph import Arrays, Run

BundleOption = Annotated[str, typer.Option(help="A name from `longtake bundles`, or a folder.")]
PartOption = Annotated[str, typer.Option(help="test, validation, train or all.")]
SetOption = Annotated[
    str | None,
    typer.Option(
        "--set", help="The data is this set, and its own reader names the labels: weizmann, room, …"
    ),
]
ConfusionOption = Annotated[Path | None, typer.Option(help="PNG to draw the confusion matrix to.")]
FilmsOption = Annotated[
    bool,
    typer.Option(
        help="Whether to film pictures with boxes by a moving camera, too: slower, but a still has "
        "no use for memory."
    ),
]
SteadyOption = Annotated[
    bool,
    typer.Option(
        "--steady",
        help="The data is recordings of which nothing is known: how steady boxes and identities "
        "are, and what memory does for that.",
    ),
]
PrecisionOption = Annotated[
    str,
    typer.Option(
        "--precision",
        help="f32, bf16 or int8: what it costs in accuracy, whether or not `longtake check-drift` "
        "lets it through. int8 is what `longtake quantize` made.",
    ),
]
BackendOption = Annotated[
    str | None, typer.Option(help="onnxruntime, openvino or torch; what can if not given.")
]
RatesOption = Annotated[
    bool, typer.Option(help="Whether to measure at 30, 15, 10 and 5 frames a second, too.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


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
    rates: RatesOption = True,
    films: FilmsOption = True,
    steady: SteadyOption = False,
    precision: PrecisionOption = "f32",
    backend: BackendOption = None,
    threads: ThreadsOption = 1,
    as_json: JsonOption = False,
) -> None:
    """Measure a bundle on labelled data, with its memory and without, at several frame rates.

    Say `--group` and `--test-group` as in training, or it is tested on what it was trained on.

    Examples: `longtake evaluate --bundle digits --data mnist`,
    `longtake evaluate --bundle default --data room --set room --json`,
    `longtake evaluate --bundle default --data voc --precision bf16`
    """
    with Training(threads):
        from app.evaluate_tracks import evaluate_steadiness, evaluate_tracks
        from engine.bundle import load_bundle
        from engine.clock import Clock
        from models.data.action_sets import READERS
        from models.data.clip_formats import SplitChoice
        from models.data.track_sets import holds_tracks
        from models.evaluation.bundle import PARTS, Request
        from models.evaluation.bundle import evaluate as measure
        from models.evaluation.graph import RunNetwork
        from models.evaluation.streams import RATES_HZ

        found = load_bundle(bundle)
        found = found.untaught or found
        if precision != "f32" and not found.manifest.state:
            raise TrainingError("What reads single pictures is measured in f32 only.")
        loaded = _load(found, precision, backend, threads)
        request = Request(
            found.folder,
            found.manifest,
            data,
            RunNetwork(found.manifest, _runs(loaded)),
            loaded.device,
            SplitChoice(split, group, test_group, allow_leaks),
            known_set and one_of(known_set, READERS, "--set"),
            one_of(part, PARTS, "--part"),
            head,
            RATES_HZ if rates else (),
            films,
            Clock(loaded, found.manifest).is_early,
        )
        if known_set is None and holds_tracks(data):
            measure = evaluate_tracks
        report = evaluate_steadiness(request) if steady else measure(request)
        if confusion is not None:
            _draw(report, confusion)
    if as_json:
        typer.echo(json.dumps(report.as_dict(), indent=2, ensure_ascii=False))
    else:
        _print_report(report)


def _load(bundle: Bundle, precision: str, backend: str | None, threads: int) -> Backend:
    """Load a graph, proved or not: what it costs is what is to be found out."""
    from engine.backends import onnxruntime_backend
    from engine.backends.choice import load_in
    from engine.backends.precision import Precision, fast_runtimes
    from engine.drift.store import load_variant

    wanted = Precision(one_of(precision, [*Precision], "--precision"))
    name = backend or next(iter(fast_runtimes(wanted)), onnxruntime_backend.NAME)
    if wanted is not Precision.F32 and name not in fast_runtimes(wanted):
        able = ", ".join(fast_runtimes(wanted))
        raise typer.BadParameter(f"{precision} runs in {able}", param_hint="--backend")
    return load_in(load_variant(bundle, wanted, name)[0], name, wanted, threads)


def _runs(backend: Backend) -> Run:
    def run(
        frame: NDArray[np.uint8], dt_s: NDArray[np.float32], state: Arrays
    ) -> tuple[Arrays, Arrays]:
        found = backend.step(frame, dt_s, state)
        return found.heads, found.state

    return run


def _print_report(report: Report) -> None:
    """Print a table: figures down, conditions across."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"{report.head}, {report.examples} examples, {report.ran_on}", box=None)
    table.add_column("figure", no_wrap=True)
    for condition in report.figures:
        name = condition.removeprefix("at_").replace("_", " ")
        table.add_column(name, justify="right", no_wrap=True, min_width=6)
    for name in next(iter(report.figures.values())):
        values = (found[name] for found in report.figures.values())
        table.add_row(name.replace("_", " "), *map(_shown, values))
    Console().print(table)
    for sentence in (*report.warnings, *(f"Left out: {one}" for one in report.skipped)):
        typer.echo(sentence)


def _shown(value: float) -> str:
    """Return a count as it is, a large figure without decimals, others with four."""
    if math.isnan(value):
        return "-"
    return f"{value:.0f}" if value == round(value) or abs(value) >= 100 else f"{value:.4f}"


def _draw(report: Report, path: Path) -> None:
    """Write the confusion matrix as PNG."""
    import cv2

    from models.evaluation.classes import draw_confusion

    if report.confusion is None or not report.confusion.any():
        raise TrainingError("There is no confusion matrix of clips that show several things.")
    _, data = cv2.imencode(".png", draw_confusion(report.confusion, report.labels))
    path.write_bytes(data.tobytes())
