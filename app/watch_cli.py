"""``longtake watch``; the command line mounts it with ``cli.command("watch")(watch)``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.export_cli import RulesOption, read_rules
from app.precision_cli import PrecisionOption, tell_fallback

SourcesArgument = Annotated[
    list[str],
    typer.Argument(metavar="INPUT…", help="Files, addresses, `camera:…` or `demo`; many at once."),
]
BundleOption = Annotated[
    str, typer.Option("--bundle", help="Model bundle: a name from `longtake bundles`, or a folder.")
]
BackendOption = Annotated[
    str,
    typer.Option(
        "--backend", help="auto, openvino, onnxruntime, torch or tensorrt; see `longtake doctor`."
    ),
]
LabelsOption = Annotated[
    Path | None,
    typer.Option("--labels", help="Folder to write the labels of each stream to (JSON Lines)."),
]
SecondsOption = Annotated[
    float | None, typer.Option("--seconds", min=0.1, help="Stop after so many seconds.")
]
StrideOption = Annotated[
    int, typer.Option("--stride", min=1, max=10, help="Process every n-th frame only.")
]
ConfidenceOption = Annotated[
    float | None,
    typer.Option(min=0, max=1, help="Least confidence of boxes; the bundle's own if not given."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for programs, at the end.")]


def watch(
    sources: SourcesArgument,
    bundle: BundleOption = "default",
    backend: BackendOption = "auto",
    precision: PrecisionOption = "f32",
    labels: LabelsOption = None,
    seconds: SecondsOption = None,
    stride: StrideOption = 1,
    confidence: ConfidenceOption = None,
    rules: RulesOption = None,
    as_json: JsonOption = False,
) -> None:
    """Watch several streams at once with one model, in a live table.

    Recordings play at their own pace, like cameras. What goes wrong with one stream is told in
    its row; the others go on. Ctrl-C ends it, and the label files are complete.

    Examples: `longtake watch rtsp://camera.local/1 rtsp://camera.local/2 --labels out/`,
    `longtake watch rtsp://camera.local/1 rtsp://camera.local/2 --rules falls.json`,
    `longtake watch a.mp4 b.mp4 demo --stride 2 --seconds 60 --json`
    """
    from app.watching import WatchOptions, run_watch

    tell_fallback(bundle, backend, precision)
    run_watch(
        WatchOptions(
            tuple(sources),
            bundle,
            backend,
            labels,
            seconds,
            stride,
            confidence,
            precision,
            read_rules(rules),
        ),
        as_json=as_json,
    )
