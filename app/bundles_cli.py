"""``longtake bundles`` and its commands; mounted with ``cli.add_typer(bundles)``."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.bundle import Bundle
    from engine.bundle_sources.install import Request
    from models.spec import Manifest

bundles = typer.Typer(
    name="bundles", invoke_without_command=True, rich_markup_mode="markdown", add_completion=False
)

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


@bundles.callback()
def list_all(context: typer.Context, as_json: JsonOption = False) -> None:
    """List the installed model bundles, and get or remove some.

    Examples: `longtake bundles`, `longtake bundles --json`, `longtake bundles gallery`,
    `longtake bundles install yolox-nano`
    """
    from engine.bundle import list_bundles

    if context.invoked_subcommand is not None:
        return
    found = list_bundles()
    if as_json:
        rows = [json.loads(b.manifest.model_dump_json()) | {"folder": str(b.folder)} for b in found]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for bundle in found:
        _tell(bundle)


def _tell(bundle: Bundle) -> None:
    from engine.drift.gate import standings
    from engine.lessons.store import list_lessons

    manifest = bundle.manifest
    heads = ", ".join(f"{head.name} ({len(head.labels)} labels)" for head in manifest.heads)
    typer.echo(f"{manifest.name} {manifest.version}: {manifest.title.en}")
    typer.echo(f"    heads: {heads}\n    at: {bundle.folder}")
    for lesson in list_lessons(manifest.name):
        taught = ", ".join(label.en for label in lesson.labels)
        typer.echo(f"    taught: {manifest.name}+{lesson.name} ({taught})")
    for report, objection in standings(bundle):
        typer.echo(f"    {report.summary()}{f'; not used: {objection}' if objection else ''}")


@bundles.command()
def gallery(as_json: JsonOption = False) -> None:
    """List detectors that others published under a free licence. Example: `… bundles gallery`."""
    from engine.bundle_sources.gallery import gallery as known

    if as_json:
        rows = {name: json.loads(entry.model_dump_json()) for name, entry in known().items()}
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for name, entry in known().items():
        typer.echo(f"{name}: {entry.title.en}, COCO AP {entry.published_ap} as published")
        typer.echo(f"    {entry.licence}, {entry.by}\n    {entry.address}")


@bundles.command()
def install(
    source: Annotated[
        str,
        typer.Argument(help="Name in the gallery, address, ZIP file, folder, or owner/name."),
    ],
    sha256: Annotated[str | None, typer.Option(help="What the file's sum has to be.")] = None,
    offline: Annotated[
        bool, typer.Option("--offline", help="Use only what was downloaded before.")
    ] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Put it in the place of one of the same name.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Agree to the licence.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
) -> None:
    """Get a model bundle. It is data, never code, and is refused if it is anything else.

    A download that breaks off goes on with the same command. `owner/name` takes
    `longtake-bundle.zip` of the newest release there.

    Examples: `longtake bundles install yolox-nano`, `longtake bundles install my-bundle.zip`,
    `longtake bundles install https://example.org/bundle.zip --sha256 …`
    """
    from engine.bundle_sources.install import Request

    if sha256 is not None and len(sha256) != 64:
        raise typer.BadParameter("is 64 hexadecimal digits", param_hint="--sha256")
    request = Request(source, sha256.lower() if sha256 else None, offline, replace)
    bundle = _install(request, lambda manifest: _agree(manifest, yes=yes, quiet=quiet), quiet=quiet)
    if bundle is None:
        typer.echo("Nothing was installed.")
        raise typer.Exit(1)
    if not quiet:
        _tell(bundle)
        typer.echo(f"Use it: longtake gui --bundle {bundle.manifest.name}")


@bundles.command()
def remove(name: Annotated[str, typer.Argument(help="Name of an installed bundle.")]) -> None:
    """Remove a bundle that was installed. Example: `longtake bundles remove yolox-nano`."""
    from engine.bundle_sources.install import remove as take_away

    take_away(name)
    typer.echo(f"{name} was removed.")


def _agree(manifest: Manifest, *, yes: bool, quiet: bool) -> bool:
    """Show what the bundle is and its licence; ask where there is somebody to answer."""
    made = manifest.provenance
    if not quiet:
        typer.echo(f"{manifest.name} {manifest.version}: {manifest.title.en}")
        typer.echo(f"    licence: {_shown(made.licence)}")
        for line in made.data[:8]:
            typer.echo(f"    from: {_shown(line)}")
    if yes or not sys.stdin.isatty():
        return True
    return typer.confirm("Install it under this licence?", default=True)


def _shown(text: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in text[:300])


def _install(request: Request, accept: Callable[[Manifest], bool], *, quiet: bool) -> Bundle | None:
    from engine.bundle_sources.install import install as put_in

    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        return put_in(request, accept=accept)
    columns: tuple[Any, ...] = (
        TextColumn("Downloading"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None)

        def asked(manifest: Manifest) -> bool:
            bar.stop()
            return accept(manifest)

        return put_in(
            request,
            accept=asked,
            on_progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
