"""Holds on a folder, given back by the system when their process ends, however it ends."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Final

from engine.errors import SinkError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LEADER: Final = ".leader.lock"
_WORKERS: Final = ".workers.lock"
# SQLite brings locks that work on every system and end with the process; the files stay empty.


@contextmanager
def lead(folder: Path, *, patience_s: float = 15.0) -> Iterator[None]:
    """Be the only one who leads a batch in `folder`, with no worker of an earlier one left.

    Raises
    ------
    SinkError
        When somebody else leads, or workers of a leader that was killed do not end.
    """
    with _locked(folder / _LEADER, "EXCLUSIVE", 0.2, f"Another batch is running in {folder}."):
        left = f"Workers of an earlier batch in {folder} do not end."
        with _locked(folder / _WORKERS, "EXCLUSIVE", patience_s, left):
            pass
        yield


@contextmanager
def work(folder: Path) -> Iterator[None]:
    """Be one of the workers in `folder`, who write there."""
    left = f"Somebody is taking over the batch in {folder}."
    with _locked(folder / _WORKERS, "DEFERRED", 5.0, left):
        yield


@contextmanager
def _locked(path: Path, kind: str, patience_s: float, refusal: str) -> Iterator[None]:
    try:
        lock = sqlite3.connect(path, timeout=patience_s, isolation_level=None)
    except sqlite3.Error as error:
        raise SinkError(f"{path.parent} cannot be written: {error}.") from error
    with closing(lock):
        try:
            lock.execute(f"BEGIN {kind}")
            lock.execute("SELECT count(*) FROM sqlite_master").fetchone()  # now it is held
        except sqlite3.OperationalError as error:
            raise SinkError(refusal, "Wait for it, or choose another --out.") from error
        yield
