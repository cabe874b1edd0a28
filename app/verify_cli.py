"""``longtake verify``; the command line mounts it with ``cli.command("verify")(verify)``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from engine.verify import Outcome

ClipArgument = Annotated[str, typer.Argument(metavar="CLIP", help="File, folder or `demo`.")]
BundleOption = Annotated[str, typer.Option(help="A name from `longtake bundles`, or a folder.")]
BackendsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--backend",
        help="Runtime to check, several times for several; the first is what the others are "
        "compared with. All installed ones if not given.",
    ),
]
TargetsOption = Annotated[int, typer.Option(min=1, max=100_000, help="Jumps at random.")]
SeedOption = Annotated[int, typer.Option(help="Of the random targets.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


def verify(
    clip: ClipArgument,
    bundle: BundleOption = "default",
    backend: BackendsOption = None,
    targets: TargetsOption = 20,
    seed: SeedOption = 0,
    as_json: JsonOption = False,
) -> None:
    """Prove on a recording that memory can be trusted; exit 1 if any check fails.

    Jumping shows what playing shows, to the bit; an export holds what the window showed; a clip in
    one go gives what its frames give one by one; runtimes agree.

    Examples: `longtake verify clip.mp4`, `longtake verify clip.mp4 --backend onnxruntime
    --targets 200 --json`
    """
    from engine.verify import Verdict, VerifyOptions
    from engine.verify import verify as checks

    options = VerifyOptions(clip, bundle, tuple(backend) if backend else None, targets, seed)
    outcomes = list(_told(checks(options), quiet=as_json))
    if as_json:
        rows = [outcome.as_json() for outcome in outcomes]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        _print_table(outcomes)
    if any(outcome.verdict is Verdict.FAILED for outcome in outcomes):
        raise typer.Exit(1)


def _told(outcomes: Iterable[Outcome], *, quiet: bool) -> Iterator[Outcome]:
    """Say where the work is, on a terminal: a long clip takes minutes."""
    from rich.console import Console

    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield from outcomes
        return
    with console.status("Verifying…") as status:
        for outcome in outcomes:
            status.update(f"Verifying… {outcome.check}: {outcome.verdict.value}")
            yield outcome


def _print_table(outcomes: Iterable[Outcome]) -> None:
    from rich.console import Console
    from rich.table import Table

    colours = {"passed": "green", "failed": "red", "skipped": "yellow"}
    table = Table(box=None)
    table.add_column("check", no_wrap=True)
    table.add_column("", no_wrap=True)
    table.add_column("found")
    for outcome in outcomes:
        verdict = outcome.verdict.value
        table.add_row(outcome.check, f"[{colours[verdict]}]{verdict}[/]", outcome.detail)
    Console().print(table)
