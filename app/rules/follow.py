"""Rules followed in one stream, without a window."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from app.rules.store import user_secrets
from engine.rules.dispatch import Dispatcher
from engine.rules.occasion import RuleLog
from engine.rules.sink import RuleSink
from engine.sources import DEMO
from engine.sources.base import SourceKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.rules.model import RuleBook
    from engine.rules.occasion import LogEntry
    from engine.sources.base import SourceInfo
    from models.spec import Manifest

PATIENCE_S: Final = 30.0
"""How long actions under way are waited for when the stream is over."""


class RuleFollower:
    """Follows a book in one stream, through `sink`.

    Parameters
    ----------
    address
        That the stream was opened by.
    """

    def __init__(self, book: RuleBook, address: str, info: SourceInfo, manifest: Manifest) -> None:
        recording = recording_of(address) if info.kind is SourceKind.FILE else None
        self._dispatcher = Dispatcher(RuleLog(), user_secrets())
        self.sink = RuleSink(
            book, manifest.heads, info.title, self._dispatcher, recording=recording
        )

    @property
    def entries(self) -> tuple[LogEntry, ...]:
        """What happened so far."""
        return tuple(self._dispatcher.log.entries())

    def finish(self, timeout_s: float = PATIENCE_S) -> tuple[LogEntry, ...]:
        """Wait so long at most for actions under way, and return the log."""
        self._dispatcher.close(timeout_s)
        return self.entries


def recording_of(address: str) -> Path:
    """Return the file that an address of a recording means."""
    if address == DEMO and not Path(address).exists():
        from assets import asset

        return asset("demo.mp4")
    path = Path(address)
    if not path.exists() and address.startswith("file:"):
        from urllib.parse import urlsplit
        from urllib.request import url2pathname

        return Path(url2pathname(urlsplit(address).path))
    return path.expanduser()


def entries_json(entries: Iterable[LogEntry]) -> list[dict[str, Any]]:
    """Return log entries for programs."""
    return [
        {"at": e.at.isoformat(), "rule": e.rule, "action": e.action, "text": e.text}
        | ({"failed": True} if e.failed else {})
        for e in entries
    ]
