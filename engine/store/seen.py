"""The store itself: one SQLite file, written by batches and live streams at the same time."""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from engine.database import open_database, transaction
from engine.directories import data_dir
from engine.errors import SinkError
from engine.redact import redact

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_VERSION: Final = 1
_SCHEMA: Final = """
CREATE TABLE recording (
    id INTEGER PRIMARY KEY,
    address TEXT NOT NULL,
    title TEXT NOT NULL,
    live INTEGER NOT NULL,
    bundle TEXT NOT NULL,
    seen_at REAL NOT NULL
);
CREATE INDEX recording_address ON recording (address);
CREATE TABLE sighting (
    recording INTEGER NOT NULL REFERENCES recording (id) ON DELETE CASCADE,
    head TEXT NOT NULL,
    label TEXT NOT NULL,
    label_zh TEXT NOT NULL,
    start_s REAL NOT NULL,
    end_s REAL NOT NULL,
    peak REAL NOT NULL,
    seen_at REAL NOT NULL
);
CREATE INDEX sighting_label ON sighting (label, peak);
CREATE INDEX sighting_recording ON sighting (recording);
CREATE INDEX sighting_seen ON sighting (seen_at);
"""
_FIND: Final = """
SELECT recording.address, recording.title, recording.live, recording.bundle,
       sighting.head, sighting.label, sighting.label_zh,
       sighting.start_s, sighting.end_s, sighting.peak, sighting.seen_at
FROM sighting JOIN recording ON recording.id = sighting.recording
WHERE sighting.peak >= :least AND sighting.seen_at >= :since AND sighting.seen_at < :until
  AND (sighting.label LIKE :like ESCAPE '\\' OR sighting.label_zh LIKE :like ESCAPE '\\')
  AND recording.address LIKE :within ESCAPE '\\'
ORDER BY sighting.seen_at DESC, recording.address, sighting.start_s, sighting.label
LIMIT :limit
"""


@dataclass(frozen=True, slots=True)
class Recording:
    """Something that was watched.

    Attributes
    ----------
    address
        As `engine.sources.open_source` takes it; kept without a password.
    bundle
        Name and version of the model.
    seen_at
        When it was watched, in seconds since 1970; for a live stream, when it began.
    """

    address: str
    title: str
    bundle: str
    seen_at: float
    live: bool = False


@dataclass(frozen=True, slots=True)
class Sighting:
    """A label over an interval of a recording; times are the recording's own, in seconds.

    Attributes
    ----------
    label, label_zh
        Its English and its Chinese name.
    peak
        Highest probability, 0..1.
    """

    head: str
    label: str
    label_zh: str
    start_s: float
    end_s: float
    peak: float


@dataclass(frozen=True, slots=True)
class Hit:
    """A sighting that answers a question, and where it is.

    Attributes
    ----------
    seen_at
        Seconds since 1970: of a live stream, when it happened; of a recording, when it was
        watched.
    """

    address: str
    title: str
    live: bool
    bundle: str
    sighting: Sighting
    seen_at: float


@dataclass(frozen=True, slots=True)
class Question:
    """What to look for.

    Attributes
    ----------
    text
        Part of a label's name in English or Chinese; empty finds all.
    least
        Least peak probability.
    since, until
        Bounds of `Hit.seen_at`; the first belongs, the last does not.
    within
        Part of the recording's address; empty for any.
    """

    text: str = ""
    least: float = 0.0
    since: float = 0.0
    until: float = 1e18
    within: str = ""
    limit: int = 200


class SeenStore:
    """Opens the store, making it when there is none. May be used from any thread, one at a time.

    Raises
    ------
    SinkError
        When the file cannot be used, from here and from every method.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        with self._naming_the_file():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = open_database(path, any_thread=True)
            self._set_up()

    def close(self) -> None:
        """Let go of the file. Idempotent."""
        with self._lock:
            self._db.close()

    def replace(self, recording: Recording, sightings: Iterable[Sighting]) -> None:
        """Put what was seen in a recording in the place of what was known of it, all or nothing."""
        with self._transaction() as db:
            address = redact(recording.address)
            db.execute("DELETE FROM recording WHERE address = ? AND NOT live", (address,))
            self._insert(self._begin(recording), sightings, recording)

    def begin(self, recording: Recording) -> int:
        """Start a recording that grows; return its key for `add`."""
        with self._transaction():
            return self._begin(recording)

    def add(self, key: int, recording: Recording, sightings: Iterable[Sighting]) -> None:
        """Add what was seen lately."""
        with self._transaction():
            self._insert(key, sightings, recording)

    def forget(self, address: str) -> None:
        """Remove all that is known of an address."""
        with self._transaction() as db:
            db.execute("DELETE FROM recording WHERE address = ?", (redact(address),))

    def find(self, question: Question) -> list[Hit]:
        """Return the newest hits, those of one recording in order of time."""
        values = {
            "like": _like(question.text),
            "within": _like(question.within),
            "least": question.least,
            "since": question.since,
            "until": question.until,
            "limit": question.limit,
        }
        with self._lock, self._naming_the_file():
            rows = self._db.execute(_FIND, values).fetchall()
        return [
            Hit(address, title, bool(live), bundle, Sighting(*seen), seen_at)
            for address, title, live, bundle, *seen, seen_at in rows
        ]

    def labels(self) -> list[tuple[str, str, int]]:
        """Return every label seen, in English and Chinese, and how often; the most frequent first.

        Returns
        -------
        list of (label, label_zh, count)
        """
        query = (
            "SELECT label, max(label_zh), count(*) FROM sighting"
            " GROUP BY label ORDER BY count(*) DESC, label"
        )
        with self._lock, self._naming_the_file():
            return self._db.execute(query).fetchall()

    def _set_up(self) -> None:
        with self._transaction() as db:
            (version,) = db.execute("PRAGMA user_version").fetchone()
            if version > _VERSION:
                raise SinkError(f"{self.path} was made by a newer Longtake.", "Update Longtake.")
            if version == 0:
                for statement in _SCHEMA.split(";"):
                    db.execute(statement)
                db.execute(f"PRAGMA user_version = {_VERSION}")

    def _begin(self, recording: Recording) -> int:
        cursor = self._db.execute(
            "INSERT INTO recording (address, title, live, bundle, seen_at) VALUES (?, ?, ?, ?, ?)",
            (
                redact(recording.address),
                recording.title,
                recording.live,
                recording.bundle,
                recording.seen_at,
            ),
        )
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def _insert(self, key: int, sightings: Iterable[Sighting], recording: Recording) -> None:
        self._db.executemany(
            "INSERT INTO sighting VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (
                    key,
                    seen.head,
                    seen.label,
                    seen.label_zh,
                    seen.start_s,
                    seen.end_s,
                    seen.peak,
                    recording.seen_at + (seen.start_s if recording.live else 0.0),
                )
                for seen in sightings
            ),
        )

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock, self._naming_the_file(), transaction(self._db):
            yield self._db

    @contextmanager
    def _naming_the_file(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise SinkError(
                f"What was seen cannot be kept in {self.path}: {error}.",
                "Move the file away to begin a new one.",
            ) from error


def default_store_path() -> Path:
    """Return where the store is, unless somebody says otherwise."""
    return Path(data_dir()) / "seen.sqlite"


def now_s() -> float:
    """Return the time as it is kept: seconds since 1970."""
    return time.time()


def _like(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
