"""``longtake batch``; the command line mounts it with ``cli.command("batch")(batch)``."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path  # noqa: TC003 (typer reads annotations at run time)
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.batch.ledger import Entry
    from engine.batch.run import Batch
    from engine.batch.run import Progress as BatchProgress
    from engine.batch.tasks import Engine

_ENGINES = ("local", "ray")
_LISTED = 20


def batch(
    what: Annotated[
        str,
        typer.Argument(
            metavar="DIR|GLOB|LIST",
            help="Folder, pattern in quotes, or text file with a path on every line.",
        ),
    ],
    out: Annotated[Path, typer.Option("--out", help="Folder of the results; made if missing.")],
    engine: Annotated[str, typer.Option(help="local, or ray for a cluster.")] = "local",
    workers: Annotated[
        int | None, typer.Option(min=1, help="At the same time; one per core if not given.")
    ] = None,
    bundle: Annotated[
        str, typer.Option(help="Model bundle: a name from `longtake bundles`, or a folder.")
    ] = "default",
    backend: Annotated[str, typer.Option(help="auto, openvino, onnxruntime or torch.")] = "auto",
    confidence: Annotated[
        float | None, typer.Option(min=0, max=1, help="Least confidence of boxes.")
    ] = None,
    split: Annotated[
        float | None,
        typer.Option(min=1, help="Watch longer recordings in parts of this many minutes."),
    ] = None,
    warm_up: Annotated[
        float, typer.Option(min=0, help="Seconds watched before each part to fill the memory.")
    ] = 60.0,
    retry: Annotated[bool, typer.Option("--retry", help="Try failed files again.")] = False,
    parquet: Annotated[
        Path | None, typer.Option(help="Write all that was recognised as a Parquet file, too.")
    ] = None,
    ray_address: Annotated[
        str | None, typer.Option(help="A running cluster, such as auto or ray://head:10001.")
    ] = None,
    remember: Annotated[
        bool, typer.Option(help="Keep what was seen for `longtake find` and the window.")
    ] = True,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Watch many recordings; labels of each go to OUT/labels, exactly as `annotate` writes them.

    Give the same command again to go on after an interruption: what is done stays done. One bad
    file never stops the rest; the exit code is 1 if there was one.

    Examples: `longtake batch clips/ --out seen/`,
    `longtake batch "/archive/**/*.mkv" --out seen/ --workers 4`,
    `longtake batch clips/ --out seen/ --engine ray --parquet seen/all.parquet`
    """
    from engine.batch.run import Batch, Options
    from engine.store import default_store_path

    if engine not in _ENGINES:
        raise typer.BadParameter(
            f"{engine!r} is none of {', '.join(_ENGINES)}", param_hint="--engine"
        )
    if ray_address is not None and engine != "ray":
        raise typer.BadParameter("only with --engine ray", param_hint="--ray-address")
    options = Options(
        what,
        out,
        bundle,
        backend,
        workers or os.cpu_count() or 1,
        confidence,
        retry,
        None if split is None else split * 60.0,
        warm_up,
        default_store_path() if remember else None,
    )
    job = Batch(options, lambda job: _engine(engine, job, ray_address))
    entries = _run(job, quiet=quiet or as_json)
    if parquet is not None:
        from engine.batch.parquet import write_parquet

        write_parquet(parquet, entries, job)
    _tell(entries, job, quiet=quiet, as_json=as_json)
    if any(entry.reason for entry in entries):
        raise typer.Exit(1)


def _engine(name: str, job: Batch, ray_address: str | None) -> Engine:
    if name == "ray":
        from engine.batch.on_ray import RayEngine

        return RayEngine(job.options.workers, job.options.out, ray_address)
    from engine.batch.local import LocalEngine

    return LocalEngine(job.options.workers, job.options.out)


def _run(job: Batch, *, quiet: bool) -> list[Entry]:
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        return job.run(lambda progress: None)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[counts]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("Watching", total=1.0, counts="")

        def show(progress: BatchProgress) -> None:
            failed = f", {progress.failed} failed" if progress.failed else ""
            counts = f"{progress.done} of {progress.total}{failed}"
            bar.update(task, completed=progress.share, counts=counts)
            if progress.settled and progress.settled.reason:
                console.print(progress.settled.reason, style="yellow", markup=False)

        return job.run(show)


def _tell(entries: Sequence[Entry], job: Batch, *, quiet: bool, as_json: bool) -> None:
    if as_json:
        typer.echo(
            json.dumps([_row(entry, job) for entry in entries], ensure_ascii=False, indent=2)
        )
        return
    if quiet:
        return
    failed = [entry for entry in entries if entry.reason]
    hours = sum(entry.seconds for entry in entries) / 3600
    typer.echo(f"{len(entries) - len(failed)} of {len(entries)} recordings watched, {hours:.2f} h.")
    for entry in failed[:_LISTED]:
        typer.echo(f"  {entry.name}: {entry.reason}")
    if len(failed) > _LISTED:
        typer.echo(f"  … and {len(failed) - _LISTED} more; --json lists all.")
    typer.echo(f"Labels: {(job.options.out / 'labels').resolve()}")


def _row(entry: Entry, job: Batch) -> dict[str, Any]:
    row = asdict(entry) | {"path": str(entry.path), "state": entry.state.value}
    del row["id"], row["stamp"]
    labels = job.labels_path(entry)
    return row | {"labels": None if entry.reason else str(labels)}
