"""Remembers which runtime was the fastest, so that it is measured once and not at every start."""

from __future__ import annotations

import json
import logging
import platform
from typing import TYPE_CHECKING

from engine.backends.machine import processor, runtime_version
from engine.directories import cache_dir

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

log = logging.getLogger(__name__)


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

    def read(self) -> tuple[str, int] | None:
        """Return name and threads; None where nothing is remembered."""
        try:
            memo = json.loads(self._path.read_text(encoding="utf-8"))
            name, threads = memo[self._key]
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return (name, int(threads)) if name in self._candidates else None

    def write(self, name: str, threads: int) -> None:
        """Remember a choice; where that cannot be, it is measured again next time."""
        try:
            memo = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            memo = {}
        memo[self._key] = [name, threads]
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.write_text(json.dumps(memo), encoding="utf-8")
        except OSError as error:
            log.info("The choice of backend cannot be remembered: %s", error)
