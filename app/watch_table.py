"""What `longtake watch` shows of its streams: a table for people, JSON for programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from rich.console import Group
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from app.rules.follow import entries_json
from engine.sources.base import SourceState
from engine.streams import StreamPhase

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from app.glance import Glance, GlanceSink
    from app.rules.follow import RuleFollower
    from engine.streams import StreamId, StreamReport

_RULE_LINES: Final = 8
_STYLES: Final = {
    "opening": "dim",
    "running": "green",
    "reconnecting": "yellow",
    "ended": "dim",
    "failed": "red",
    "left": "dim",
}


@dataclass
class Watched:
    """One stream, as it is shown.

    Attributes
    ----------
    name
        The source's title once it is open; never with a password.
    glance
        None until the source is open.
    labels
        The file its labels go to, if any.
    rules
        What follows rules in it, if there are any.
    """

    number: int
    name: str
    stream_id: StreamId = None  # type: ignore[assignment]
    glance: GlanceSink | None = None
    labels: Path | None = None
    rules: RuleFollower | None = None

    def rate_hz(self, report: StreamReport) -> float:
        """Return frames a second: now while it runs, otherwise over the whole run."""
        if report.phase is StreamPhase.RUNNING and report.pipeline is not None:
            return report.pipeline.processed_hz
        return self.glance.mean_hz if self.glance else 0.0

    @property
    def newest(self) -> Glance | None:
        """What was seen last."""
        return self.glance.newest if self.glance else None


def stream_state(report: StreamReport) -> str:
    """Return a word for what a stream is doing: its phase, or ``"reconnecting"``."""
    status = report.pipeline
    if report.phase is StreamPhase.RUNNING and status is not None:
        if status.source.state is SourceState.RECONNECTING:
            return "reconnecting"
    return report.phase.value


def stream_table(watched: Sequence[Watched], reports: Sequence[StreamReport]) -> Group:
    """Return the table of all streams, and under it what is wrong with which."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("#", "stream", "state"):
        table.add_column(title, overflow="fold")
    for title in ("fps", "frames", "drops", "memory", "people"):
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("action", overflow="fold")
    for one, report in zip(watched, reports, strict=True):
        table.add_row(*_cells(one, report))
    troubles = [(one, _trouble(report)) for one, report in zip(watched, reports, strict=True)]
    lines = [Text.assemble((f"{one.number} ", "bold"), text) for one, text in troubles if text]
    return Group(table, *lines, *_rule_lines(watched))


def _rule_lines(watched: Sequence[Watched]) -> list[Text]:
    """Return what rules did last, in all streams."""
    entries = [(one, entry) for one in watched if one.rules for entry in one.rules.entries]
    entries.sort(key=lambda pair: pair[1].at)
    return [
        Text.assemble(
            (f"{one.number} ", "bold"),
            f"{entry.at:%H:%M:%S} {entry.rule}: ",
            (f"{entry.action} {entry.text}".strip(), "red" if entry.failed else ""),
        )
        for one, entry in entries[-_RULE_LINES:]
    ]


def _cells(one: Watched, report: StreamReport) -> list[str]:
    state = stream_state(report)
    status, seen = report.pipeline, one.newest
    cells = [str(one.number), escape(one.name), f"[{_STYLES[state]}]{state}[/]"]
    if status is None:
        cells += [""] * 5
    else:
        cells += [f"{one.rate_hz(report):.1f}", str(status.processed), str(status.dropped)]
        cells += ["", ""] if seen is None else [f"{seen.memory_s:.1f} s", _people(seen)]
    return [*cells, _action(seen)]


def _people(seen: Glance) -> str:
    return "" if seen.people is None else str(seen.people)


def _action(seen: Glance | None) -> str:
    if seen is None or seen.action is None:
        return ""
    return f"{escape(seen.action.en)} {seen.probability:.0%}"


def _trouble(report: StreamReport) -> Text:
    """Return why a stream failed or reconnects; empty when all is well."""
    if report.error is not None:
        return Text(str(report.error), "red")
    return Text(report.pipeline.source.detail if report.pipeline else "", "yellow")


def stream_json(one: Watched, report: StreamReport) -> dict[str, Any]:
    """Return everything known of a stream, for programs."""
    status, seen = report.pipeline, one.newest
    row: dict[str, Any] = {
        "stream": one.number,
        "name": one.name,
        "state": stream_state(report),
        "error": str(report.error) if report.error else None,
        "labels": str(one.labels) if one.labels else None,
    }
    if one.rules is not None:
        row["rules"] = entries_json(one.rules.entries)
    if status is not None:
        row |= {
            "frames": status.processed,
            "dropped": status.dropped,
            "damaged": status.source.damaged,
            "reconnects": status.source.reconnects,
            "discontinuities": status.discontinuities,
            "fps": round(one.rate_hz(report), 2),
            "latency_ms": round(status.latency_ms, 1),
        }
    if seen is not None:
        row |= {
            "memory_s": round(seen.memory_s, 3),
            "people": seen.people,
            "action": seen.action.en if seen.action else None,
            "probability": round(seen.probability, 4),
        }
    return row
