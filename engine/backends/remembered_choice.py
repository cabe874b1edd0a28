"""Remembers which runtime was the fastest, so that it is measured once and not at every start."""

from __future__ import annotations

import json
import logging
import platform
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from engine.backends.machine import processor, runtime_version
from engine.directories import cache_dir

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Trial:
    """A runtime on so many threads, and how long a step took it."""

    name: str
    threads: int
    step_ms: float

    def __str__(self) -> str:
        """Return it for people."""
        threads = f"{self.threads} thread{'s' if self.threads > 1 else ''}"
        return f"{self.name} on {threads} {self.step_ms:.1f} ms a frame"


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen, and all that was tried.

    Attributes
    ----------
    failures
        Why a runtime could not be tried.
    """

    best: Trial
    trials: tuple[Trial, ...]
    failures: tuple[str, ...] = ()


class RememberedChoice:
    """The choice for one model on this machine with these runtime versions.

    Parameters
    ----------
    model_sha256
        Of its graph.
    candidates
        Names of the runtimes that were measured.
    cores
        That may be used.
    how
        Whatever else the choice is for, JSON-ready.
    """

    def __init__(
        self, model_sha256: str, candidates: Sequence[str], cores: int, how: Sequence[object]
    ) -> None:
        self._candidates = tuple(candidates)
        versions = {name: runtime_version(name) or None for name in candidates}
        where = [platform.machine(), processor(candidates[0]), cores]
        self._key = json.dumps([model_sha256, versions, *where, *how])
        self._path: Path = cache_dir() / "backend-choice.json"

    def read(self) -> Choice | None:
        """Return what was chosen; None where nothing is remembered."""
        try:
            memo = json.loads(self._path.read_text(encoding="utf-8"))[self._key]
            best, *trials = (
                Trial(str(t["name"]), int(t["threads"]), float(t["step_ms"]))
                for t in (memo["best"], *memo["trials"])
            )
            choice = Choice(best, tuple(trials), tuple(map(str, memo["failures"])))
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return choice if best.name in self._candidates else None

    def write(self, choice: Choice) -> None:
        """Remember a choice; where that cannot be, it is measured again next time."""
        try:
            memo = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            memo = {}
        memo[self._key] = asdict(choice)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.write_text(json.dumps(memo), encoding="utf-8")
        except OSError as error:
            log.info("The choice of backend cannot be remembered: %s", error)
