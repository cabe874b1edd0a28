"""That a rule fired, and what came of it."""

from __future__ import annotations

import json
import logging
import threading
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from engine.redact import redact

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from engine.rules.model import SaveClip

log = logging.getLogger(__name__)

_KEPT: Final = 500


@dataclass(frozen=True, slots=True)
class Occasion:
    """One time that a rule fired.

    Attributes
    ----------
    source
        Title of the source, without a password.
    pts_s
        Stream time.
    at
        Wall time.
    detail
        What was recognised, in words.
    save_clip
        Saves a clip of it and returns where; waits until the clip is complete.
    """

    rule: str
    source: str
    pts_s: float
    at: datetime
    detail: str
    save_clip: Callable[[SaveClip], Path]

    def as_dict(self) -> dict[str, object]:
        """Return what programs are told."""
        return {
            "rule": self.rule,
            "source": self.source,
            "time_s": round(self.pts_s, 3),
            "at": self.at.isoformat(timespec="milliseconds"),
            "detail": self.detail,
        }

    def as_json(self) -> str:
        """Return `as_dict` as JSON."""
        return json.dumps(self.as_dict(), ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class LogEntry:
    """A line of the log.

    Attributes
    ----------
    action
        As in `engine.rules.model`, ``"clip"`` for example; empty where the rule itself is meant.
    failed
        Something went wrong; `text` says what.
    """

    at: datetime
    rule: str
    action: str
    text: str
    failed: bool = False


class RuleLog:
    """The latest entries; written and read from any thread. No password gets in."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: deque[LogEntry] = deque(maxlen=_KEPT)
        self._count = 0

    @property
    def count(self) -> int:
        """Entries ever made: whoever shows them sees whether there are new ones."""
        return self._count

    def add(self, rule: str, action: str, text: str, *, failed: bool = False) -> None:
        """Note something."""
        entry = LogEntry(datetime.now(UTC).astimezone(), rule, action, redact(text), failed)
        with self._lock:
            self._entries.append(entry)
            self._count += 1
        level = logging.WARNING if failed else logging.INFO
        log.log(level, "Rule %s %s: %s", rule, action, entry.text)

    def entries(self) -> list[LogEntry]:
        """Return the entries, the oldest first."""
        with self._lock:
            return list(self._entries)

    def clear(self) -> None:
        """Forget them."""
        with self._lock:
            self._entries.clear()
            self._count += 1
