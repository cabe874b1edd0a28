"""``longtake find``; the command line mounts it with ``cli.command("find")(find)``."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import datetime
from pathlib import Path  # noqa: TC003 (typer reads annotations at run time)
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from engine.store import Hit


def find(
    text: Annotated[
        str, typer.Argument(help="Part of a label in English or Chinese; all if left out.")
    ] = "",
    least: Annotated[float, typer.Option("--min", min=0, max=1, help="Least probability.")] = 0.0,
    since: Annotated[
        str | None, typer.Option(help="2h, 7d, or a date such as 2026-11-21 or '2026-11-21 14:30'.")
    ] = None,
    until: Annotated[str | None, typer.Option(help="The same; the moment does not belong.")] = None,
    within: Annotated[
        str, typer.Option("--in", help="Part of the recording's path or the stream's address.")
    ] = "",
    limit: Annotated[int, typer.Option(min=1, help="Most hits.")] = 100,
    store: Annotated[
        Path | None, typer.Option(help="Another store than the one that `batch` fills.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Find what was seen, in every recording that `batch` watched and every stream remembered.

    The time of a hit is when it happened in a live stream, or when the recording was watched.

    Examples: `longtake find falling --min 0.6 --since 7d`, `longtake find 挥手 --json`,
    `longtake find person --in /archive/door`
    """
    from engine.store import Question, SeenStore, default_store_path

    question = Question(
        text,
        least,
        _moment(since, 0.0, "--since"),
        _moment(until, 1e18, "--until"),
        within,
        limit,
    )
    with closing(SeenStore(store or default_store_path())) as seen:
        hits = seen.find(question)
        known = [] if hits else seen.labels()
    if as_json:
        typer.echo(json.dumps([_row(hit) for hit in hits], ensure_ascii=False, indent=2))
        return
    for hit in hits:
        typer.echo(_line(hit))
    if not hits:
        typer.echo(_nothing(known))


def _moment(text: str | None, default: float, option: str) -> float:
    from engine.store.moments import parse_moment
    from engine.store.seen import now_s

    if text is None:
        return default
    try:
        return parse_moment(text, now_s())
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} is neither like 2h or 7d nor a date like 2026-11-21", param_hint=option
        ) from None


def _line(hit: Hit) -> str:
    seen = hit.sighting
    when = datetime.fromtimestamp(hit.seen_at).isoformat(" ", "seconds")
    return (
        f"{when}  {seen.start_s:8.2f} - {seen.end_s:8.2f} s  {seen.label} ({seen.peak:.0%})"
        f"  {hit.address}"
    )


def _nothing(known: list[tuple[str, str, int]]) -> str:
    if not known:
        return "Nothing was watched yet: `longtake batch` fills the store."
    names = ", ".join(label for label, _, _ in known[:12])
    return f"Nothing like it was seen. Seen most: {names}."


def _row(hit: Hit) -> dict[str, Any]:
    seen = hit.sighting
    return {
        "address": hit.address,
        "title": hit.title,
        "live": hit.live,
        "bundle": hit.bundle,
        "seen_at": datetime.fromtimestamp(hit.seen_at).astimezone().isoformat(),
        "head": seen.head,
        "label": seen.label,
        "label_zh": seen.label_zh,
        "start_s": round(seen.start_s, 3),
        "end_s": round(seen.end_s, 3),
        "peak": round(seen.peak, 4),
    }
