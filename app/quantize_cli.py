"""``longtake quantize`` and ``longtake check-drift``; the command line mounts both."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 (typer reads annotations at run time)
from typing import TYPE_CHECKING, Annotated, Final

import typer

if TYPE_CHECKING:
    from engine.bundle import Bundle
    from engine.drift.measure import DriftOptions
    from engine.drift.report import DriftReport

_VIDEOS: Final = frozenset({".avi", ".m4v", ".mkv", ".mov", ".mp4", ".webm"})

BundleArgument = Annotated[
    str, typer.Argument(metavar="BUNDLE", help="A name from `longtake bundles`, or a folder.")
]
FramesOption = Annotated[
    int, typer.Option("--frames", min=30, help="Frames of the run; clips are repeated as needed.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the report as JSON.")]


def check_drift(
    bundle: BundleArgument,
    clips: Annotated[
        list[str] | None, typer.Argument(metavar="CLIP…", help="Recordings; the demo if none.")
    ] = None,
    precision: Annotated[str, typer.Option(help="bf16, fp16 or int8.")] = "bf16",
    backend: Annotated[
        str | None, typer.Option(help="openvino, onnxruntime or tensorrt; what can if not given.")
    ] = None,
    frames: FramesOption = 10_000,
    as_json: JsonOption = False,
) -> None:
    """Prove that a faster precision says the same as f32 after thousands of frames; exit 1 if not.

    Both run side by side on one long stream, each with its own memory. The report is kept, and
    `--precision` uses what passed; anything else falls back to f32 and says why.

    Examples: `longtake check-drift default --precision bf16`,
    `longtake check-drift default --precision int8 --backend onnxruntime street.mp4 room.mp4`
    """
    from engine.backends.precision import Precision, fast_runtimes
    from engine.bundle import load_bundle
    from engine.drift.measure import DriftOptions

    fast = [each for each in Precision if each is not Precision.F32]
    if precision not in fast:
        raise typer.BadParameter(f"one of {', '.join(fast)}", param_hint="--precision")
    wanted = Precision(precision)
    able = fast_runtimes(wanted)
    if backend is not None and backend not in able:
        raise typer.BadParameter(f"{precision} runs in {', '.join(able)}", param_hint="--backend")
    options = DriftOptions(tuple(clips or ["demo"]), wanted, backend or able[0], frames)
    _finish(_measure(load_bundle(bundle), options), as_json=as_json)


def quantize(
    bundle: BundleArgument,
    data: Annotated[
        Path | None,
        typer.Option(help="Folder of recordings like those to be watched; the demo if not given."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Write the graph here, untested, instead of where --precision finds it."),
    ] = None,
    backend: Annotated[
        str, typer.Option(help="openvino or onnxruntime, which share a graph, or tensorrt.")
    ] = "openvino",
    calibration: Annotated[
        int, typer.Option(min=8, help="Pictures that the range of each layer is read from.")
    ] = 64,
    frames: FramesOption = 10_000,
    as_json: JsonOption = False,
) -> None:
    """Make the int8 variant of a model and test it against f32; exit 1 if it is refused.

    Of two recordings or more every other one is kept for the test. The encoder is quantised, what
    remembers stays f32.

    Examples: `longtake quantize default --data recordings/`, then
    `longtake annotate clip.mp4 --precision int8 -o out.mp4`
    """
    from engine.backends.precision import Precision, fast_runtimes
    from engine.bundle import load_bundle
    from engine.drift.int8 import make_int8
    from engine.drift.measure import DriftOptions
    from engine.drift.store import variant_folder

    if backend not in fast_runtimes(Precision.INT8):
        known = ", ".join(fast_runtimes(Precision.INT8))
        raise typer.BadParameter(f"int8 runs in {known}", param_hint="--backend")
    loaded = load_bundle(bundle)
    loaded = loaded.untaught or loaded
    clips = _recordings(data)
    learnt, tested = (clips[::2], clips[1::2]) if len(clips) > 1 else (clips, clips)
    folder = out or variant_folder(loaded, Precision.INT8, backend)
    typer.echo(f"Quantising on {calibration} pictures…", err=True)
    make_int8(loaded, learnt, folder, calibration, for_plans=backend == "tensorrt")
    if out is not None:
        load_bundle(out)
        typer.echo(f"Written, untested: {out}")
        return
    typer.echo(f"Written: {folder}; testing it beside f32…", err=True)
    options = DriftOptions(tuple(tested), Precision.INT8, backend, frames)
    _finish(_measure(loaded, options), as_json=as_json)


def _recordings(folder: Path | None) -> list[str]:
    if folder is None:
        return ["demo"]
    found = sorted(str(path) for path in folder.rglob("*") if path.suffix.lower() in _VIDEOS)
    if not found:
        raise typer.BadParameter(f"there is no recording in {folder}", param_hint="--data")
    return found


def _measure(bundle: Bundle, options: DriftOptions) -> DriftReport:
    """Run it with a progress bar and keep the report."""
    from rich.console import Console
    from rich.progress import Progress

    from engine.drift.measure import measure_drift
    from engine.drift.store import write_report

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(f"{options.precision.value} beside f32", total=options.frames)
        report = measure_drift(bundle, options, lambda done: bar.update(task, completed=done))
    write_report(bundle.untaught or bundle, report)
    return report


def _finish(report: DriftReport, *, as_json: bool) -> None:
    if as_json:
        typer.echo(report.model_dump_json(indent=2))
    else:
        typer.echo(report.summary())
        for failure in report.failures:
            typer.echo(f"  {failure}")
    if not report.passed:
        raise typer.Exit(1)
