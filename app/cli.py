"""The command line: `longtake` and its commands.

Everything heavy is imported inside the command that needs it, so that ``--help`` is immediate and
running a model never imports a training framework.
"""

from __future__ import annotations

import json
from pathlib import Path  # noqa: TC003 (typer reads annotations at run time)
from typing import Annotated, Any

import typer

from app import __version__
from app.actors_cli import actors, actors_dataset
from app.batch_cli import batch
from app.build_engine_cli import build_engine
from app.bundles_cli import bundles
from app.evaluate_cli import evaluate
from app.export_cli import (
    BlurOption,
    BurnOption,
    EncoderOption,
    LabelsFormatOption,
    LabelsOption,
    NoAudioOption,
    QualityOption,
    RulesOption,
    SizeOption,
    SoftOption,
    convert_labels,
    drawing_options,
    read_rules,
)
from app.find_cli import find
from app.memory_cli import PerTrackOption, SmoothOption, StatePolicyOption, smoothing, state_policy
from app.precision_cli import PrecisionOption, tell_fallback
from app.prune_cli import prune
from app.quantize_cli import check_drift, quantize
from app.teach_cli import teach
from app.train_cli import train
from app.verify_cli import verify
from app.watch_cli import watch
from engine.errors import LongtakeError

cli = typer.Typer(
    name="longtake",
    help="Watches video with memory: objects in boxes and actions, live and in recordings.",
    no_args_is_help=False,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

BundleOption = Annotated[
    str, typer.Option("--bundle", help="Model bundle: a name from `longtake bundles`, or a folder.")
]
BackendOption = Annotated[
    str,
    typer.Option(
        "--backend", help="auto, openvino, onnxruntime, torch or tensorrt; see `longtake doctor`."
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")]


def main() -> None:
    """Run the command line; exit 0 when all is well, 1 on failure, 2 on bad usage."""
    from engine.free_memory import share_arenas
    from engine.redact import RedactingFilter, redact

    share_arenas()
    _set_up_logging(RedactingFilter())
    try:
        cli()
    except LongtakeError as error:
        typer.secho(f"Error: {redact(str(error))}", fg="red", err=True)
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        typer.echo("Stopped.", err=True)
        raise SystemExit(1) from None


def _set_up_logging(redacting: Any) -> None:
    import logging
    import os

    handler = logging.StreamHandler()
    handler.addFilter(redacting)
    level = os.environ.get("LONGTAKE_LOG", "ERROR").upper()
    known = level if level in logging.getLevelNamesMapping() else "ERROR"
    logging.basicConfig(
        level=known, handlers=[handler], format="%(levelname)s %(name)s: %(message)s"
    )


def _print_version(value: bool) -> None:
    if value:
        typer.echo(f"longtake {__version__}")
        raise typer.Exit


@cli.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    if context.invoked_subcommand is None:
        raise typer.Exit(_start())


def _start() -> int:
    """Open the first camera, else the demo; without a display, annotate the demo to a file."""
    from app.display import has_display

    if not has_display():
        from app.annotate import annotate_demo

        annotate_demo()
        return 0
    from app.main import GuiOptions, run_gui
    from engine.sources import list_cameras

    cameras = list_cameras()
    return run_gui(GuiOptions(source=cameras[0].address if cameras else "demo"))


@cli.command()
def gui(
    source: Annotated[
        str | None, typer.Argument(help="File, folder of images, address, `camera:…` or `demo`.")
    ] = None,
    bundle: BundleOption = "default",
    backend: BackendOption = "auto",
    screenshot: Annotated[
        Path | None, typer.Option(help="Save a picture of the window as PNG, and exit.")
    ] = None,
    at: Annotated[
        float | None, typer.Option(help="Position of the screenshot, in seconds.")
    ] = None,
    size: Annotated[str | None, typer.Option(help="Window size, such as 1280x800.")] = None,
    lang: Annotated[str | None, typer.Option(help="en or zh.")] = None,
    theme: Annotated[str | None, typer.Option(help="dark or light.")] = None,
    reset_settings: Annotated[
        bool, typer.Option("--reset-settings", help="Begin with the defaults again.")
    ] = False,
) -> None:
    """Open the window.

    Examples: `longtake gui`, `longtake gui clip.mp4`, `longtake gui rtsp://camera.local/stream`,
    `longtake gui clip.mp4 --screenshot shot.png --at 3 --lang zh --theme dark`
    """
    from app.main import GuiOptions, run_gui

    if reset_settings:
        _reset_settings()
    for value, known, option in (
        (lang, ("en", "zh"), "--lang"),
        (theme, ("dark", "light"), "--theme"),
    ):
        if value is not None and value not in known:
            raise typer.BadParameter(f"{value!r} is none of {', '.join(known)}", param_hint=option)
    options = GuiOptions(
        source=source,
        bundle=bundle,
        backend=backend,
        screenshot=screenshot,
        at_s=at,
        size=_parse_size(size),
        language=lang,
        theme=theme,
    )
    raise typer.Exit(run_gui(options))


def _reset_settings() -> None:
    from app.settings import reset_settings, settings_path

    try:
        former = reset_settings()
    except OSError as error:
        raise LongtakeError(f"{settings_path()} cannot be moved: {error.strerror}.") from error
    if former is not None:
        typer.echo(f"The settings are now in {former}", err=True)


def _parse_size(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    width, _, height = text.lower().partition("x")
    if not (width.isdigit() and height.isdigit() and int(width) >= 320 and int(height) >= 240):
        raise typer.BadParameter(
            f"{text!r} is no size like 1280x800 (at least 320x240)", param_hint="--size"
        )
    return int(width), int(height)


@cli.command()
def annotate(
    source: Annotated[
        str, typer.Argument(metavar="INPUT", help="File, folder of images, address or `demo`.")
    ],
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="Annotated clip to write (MP4; MKV with --soft)."),
    ] = None,
    labels: LabelsOption = None,
    labels_format: LabelsFormatOption = None,
    bundle: BundleOption = "default",
    backend: BackendOption = "auto",
    precision: PrecisionOption = "f32",
    start: Annotated[float | None, typer.Option(min=0, help="First second to process.")] = None,
    end: Annotated[float | None, typer.Option(min=0, help="Second to stop before.")] = None,
    confidence: Annotated[
        float | None,
        typer.Option(
            min=0, max=1, help="Least confidence of boxes; the bundle's own if not given."
        ),
    ] = None,
    no_video: Annotated[bool, typer.Option("--no-video", help="Only analyse.")] = False,
    language: Annotated[
        str, typer.Option("--lang", help="Language drawn on the clip: en or zh.")
    ] = "en",
    soft: SoftOption = False,
    burn: BurnOption = "boxes,labels,actions,memory",
    blur: BlurOption = "none",
    size: SizeOption = "source",
    quality: QualityOption = "good",
    encoder: EncoderOption = "libx264",
    no_audio: NoAudioOption = False,
    rules: RulesOption = None,
    policy: StatePolicyOption = "",
    smooth: SmoothOption = False,
    per_track: PerTrackOption = 0,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Analyse a recording and write an annotated clip, labels, or both.

    A live stream is written until Ctrl-C, or until `--end` seconds have passed.

    Examples: `longtake annotate clip.mp4 -o out.mp4 --labels out.jsonl`,
    `longtake annotate stills/ --no-video --labels out.jsonl`,
    `longtake annotate clip.mp4 -o out.mkv --soft --labels out.coco.json --labels out.vtt`,
    `longtake annotate clip.mp4 -o out.mp4 --burn actions,strip --blur people --size 720p`,
    `longtake annotate rtsp://camera.local/stream -o out.mp4 --end 60`
    """
    from app.annotate import AnnotateOptions, run_annotate

    if output is None and not no_video:
        raise typer.BadParameter("say where the clip goes, or --no-video", param_hint="-o")
    if no_video and output is not None:
        raise typer.BadParameter("-o and --no-video exclude each other", param_hint="--no-video")
    if start is not None and end is not None and end <= start:
        raise typer.BadParameter("must be after --start", param_hint="--end")
    if language not in ("en", "zh"):
        raise typer.BadParameter("en or zh", param_hint="--lang")
    tell_fallback(bundle, backend, precision)
    run_annotate(
        AnnotateOptions(
            source=source,
            video=output,
            labels=tuple(labels or ()),
            bundle=bundle,
            backend=backend,
            precision=precision,
            start_s=start,
            end_s=end,
            confidence=confidence,
            language=language,
            labels_format=labels_format,
            soft=soft,
            rules=read_rules(rules),
            policy=state_policy(policy),
            smoothing=smoothing(smooth),
            per_track=per_track,
            **drawing_options(output, soft, burn, blur, size, quality, encoder, no_audio),
        ),
        quiet=quiet,
        as_json=as_json,
    )


@cli.command()
def devices(as_json: JsonOption = False) -> None:
    """List cameras, the modes they offer, and the screen. Example: `longtake devices --json`."""
    from app.devices import find_devices

    devices = find_devices()
    if as_json:
        typer.echo(json.dumps(devices, ensure_ascii=False, indent=2))
        return
    for device in devices:
        typer.echo(f"{device['address']}\t{device['name']}")
        for mode in device["modes"]:
            typer.echo(f"  {mode}")
    if not any(device["address"].startswith("camera:") for device in devices):
        typer.echo("No camera found. Plug one in, or use an address or a file.")


@cli.command()
def doctor(
    as_json: JsonOption = False,
    save: Annotated[
        Path | None,
        typer.Option(help="ZIP file for a report of a fault: this, settings, versions."),
    ] = None,
) -> None:
    """Say what works on this machine, what does not, and why.

    Examples: `longtake doctor`, `longtake doctor --save diagnostics.zip`, which leaves out
    passwords, names and what was opened.
    """
    from app.doctor import examine

    report = examine()
    if save is not None:
        from app.diagnostics import write_diagnostics
        from app.settings import load_settings

        write_diagnostics(save, report, load_settings())
        typer.echo(f"Saved {save}", err=True)
    if as_json:
        typer.echo(
            json.dumps([finding.as_dict() for finding in report], ensure_ascii=False, indent=2)
        )
        return
    for finding in report:
        mark, colour = ("ok ", "green") if finding.ok else ("-- ", "yellow")
        typer.secho(mark, fg=colour, nl=False)
        typer.echo(f"{finding.topic:<28} {finding.detail}")


cli.command("convert-labels")(convert_labels)
cli.add_typer(bundles)
cli.command("batch")(batch)
cli.command("find")(find)
cli.command("train")(train)
cli.command("teach")(teach)
cli.command("evaluate")(evaluate)
cli.command("verify")(verify)
cli.command("quantize")(quantize)
cli.command("prune")(prune)
cli.command("check-drift")(check_drift)
cli.command("build-engine")(build_engine)
cli.command("actors")(actors)
cli.command("actors-dataset")(actors_dataset)
cli.command("watch")(watch)
