"""SQLite as Longtake uses it: many may read while one writes, and a killed one leaves it whole."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PATIENCE_S: Final = 20.0


def open_database(path: Path, *, any_thread: bool = False) -> sqlite3.Connection:
    """Open the file at `path`, making it when there is none; transactions are the caller's.

    Parameters
    ----------
    any_thread
        Whether other threads than this one will use it; they must take turns.

    Raises
    ------
    sqlite3.Error
        When it cannot be opened or is not a database.
    """
    db = sqlite3.connect(
        path, timeout=_PATIENCE_S, isolation_level=None, check_same_thread=not any_thread
    )
    db.execute("PRAGMA journal_mode = WAL")
    # After a power failure the last changes may be missing; the file is whole.
    db.execute("PRAGMA synchronous = NORMAL")
    db.execute("PRAGMA foreign_keys = ON")
    return db


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """Do all of what is inside, or nothing when it raises."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")
