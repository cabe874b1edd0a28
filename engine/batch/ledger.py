"""What is done and what is not: one SQLite file beside the results.

Only the process that leads a batch writes it, one small transaction for each change, so that a
killed one leaves it whole. A file's labels appear under their name only when complete, and only
then is the file called done: killed in between, the file is watched again and its labels replaced
by the same.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from engine.database import open_database, transaction
from engine.errors import SinkError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from engine.batch.files import Found

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS file (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    path TEXT NOT NULL,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    frames INTEGER NOT NULL DEFAULT 0,
    damaged INTEGER NOT NULL DEFAULT 0,
    seconds REAL NOT NULL DEFAULT 0,
    wall_s REAL NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""
_COLUMNS: Final = "id, name, path, size, mtime_ns, state, reason, frames, damaged, seconds, wall_s"


class FileState(StrEnum):
    """``WAITING → DONE | FAILED``; a file that changed, or is tried again, waits again."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Entry:
    """A recording in the ledger.

    Attributes
    ----------
    size
        Bytes.
    stamp
        Changes whenever the file does.
    reason
        Why it failed.
    frames, damaged, seconds, wall_s
        As in `engine.batch.tasks.Outcome`.
    """

    id: int
    name: str
    path: Path
    size: int
    stamp: str
    state: FileState
    reason: str
    frames: int
    damaged: int
    seconds: float
    wall_s: float


class Ledger:
    """Opens the ledger at `path`, making it when there is none.

    Raises
    ------
    SinkError
        When the file cannot be used, from here and from every method.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._naming_the_file():
            # After a power failure the last recordings may be watched again; none is lost.
            self._db = open_database(path)
            self._db.executescript(_SCHEMA)

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def agree_on(self, settings: Mapping[str, str]) -> None:
        """Keep what results depend on, or check that it is still the same.

        Raises
        ------
        SinkError
            When it is not: results of two models must not lie side by side as if they were one's.
        """
        with self._naming_the_file():
            known = dict(self._db.execute("SELECT name, value FROM setting").fetchall())
        for name, value in settings.items():
            if known.get(name, value) != value:
                raise SinkError(
                    f"The results in {self._path.parent} were made with {name} {known[name]}, "
                    f"not {value}.",
                    "Choose another --out, or the same settings.",
                )
        with self._transaction() as db:
            db.executemany("INSERT OR REPLACE INTO setting VALUES (?, ?)", list(settings.items()))

    def setting(self, name: str) -> str | None:
        """Return what was agreed on."""
        with self._naming_the_file():
            row = self._db.execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def take_in(self, found: Iterable[Found], *, retry: bool) -> None:
        """Add new recordings; those that changed, and with `retry` those failed, wait again."""
        with self._transaction() as db:
            for one in found:
                size, mtime_ns = _stamp(one.path)
                db.execute(
                    "INSERT INTO file (name, path, size, mtime_ns, state) VALUES (?, ?, ?, ?, ?)"
                    " ON CONFLICT (name) DO UPDATE SET path = excluded.path, size = excluded.size,"
                    " mtime_ns = excluded.mtime_ns, state = excluded.state, reason = ''"
                    " WHERE size != excluded.size OR mtime_ns != excluded.mtime_ns",
                    (one.name, str(one.path), size, mtime_ns, FileState.WAITING),
                )
            if retry:
                db.execute(
                    "UPDATE file SET state = ?, reason = '' WHERE state = ?",
                    (FileState.WAITING, FileState.FAILED),
                )

    def entries(self, state: FileState | None = None) -> list[Entry]:
        """Return the recordings in a state, or all, by name."""
        query = f"SELECT {_COLUMNS} FROM file"
        with self._naming_the_file():
            if state is None:
                rows = self._db.execute(query + " ORDER BY name")
            else:
                rows = self._db.execute(query + " WHERE state = ? ORDER BY name", (state,))
            return [_entry(row) for row in rows]

    def entry(self, file_id: int) -> Entry:
        """Return one recording by its key."""
        query = f"SELECT {_COLUMNS} FROM file WHERE id = ?"
        with self._naming_the_file():
            return _entry(self._db.execute(query, (file_id,)).fetchone())

    def settle(
        self,
        file_id: int,
        reason: str = "",
        *,
        frames: int = 0,
        damaged: int = 0,
        seconds: float = 0.0,
        wall_s: float = 0.0,
    ) -> None:
        """Call a file done, or failed for a reason."""
        state = FileState.FAILED if reason else FileState.DONE
        with self._transaction() as db:
            db.execute(
                "UPDATE file SET state = ?, reason = ?, frames = ?, damaged = ?, seconds = ?,"
                " wall_s = ? WHERE id = ?",
                (state, reason, frames, damaged, seconds, wall_s, file_id),
            )

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._naming_the_file(), transaction(self._db):
            yield self._db

    @contextmanager
    def _naming_the_file(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise SinkError(f"The ledger {self._path} cannot be used: {error}.") from error


def _entry(row: tuple[Any, ...]) -> Entry:
    key, name, path, size, mtime_ns, state, *rest = row
    return Entry(key, name, Path(path), size, f"{size:x}-{mtime_ns:x}", FileState(state), *rest)


def _stamp(path: Path) -> tuple[int, int]:
    """Return size and time of change; noughts for a file that is not there."""
    try:
        about = path.stat()
    except OSError:
        return 0, 0
    return about.st_size, about.st_mtime_ns
