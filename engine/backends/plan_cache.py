"""Plans built on this machine, kept for the next start: what a runtime compiled a graph to.

A plan is executable code. So the folder is its owner's alone, every file carries a keyed digest of
itself and of what it was built of, and the key never leaves the machine. What does not match is
deleted and built again, never loaded.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import os
import secrets
import stat
import threading
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

from engine.directories import cache_dir
from engine.errors import BackendError

if TYPE_CHECKING:
    from io import BufferedReader
    from pathlib import Path

_SECRET: Final = "secret"
_SECRET_BYTES: Final = 32
_DIGEST_BYTES: Final = 32
_MOST_BYTES: Final = 1 << 30
_MOST_KEPT_BYTES: Final = 512 << 20
"""Of all plans: what was used longest ago goes first. Every version of a model makes new ones."""

_OWNER_ONLY: Final = 0o700
_OTHERS: Final = 0o077

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PlanKey:
    """What a plan depends on.

    Attributes
    ----------
    graph_sha256
        Of the graph it was built of, which holds precision and heads, too.
    device
        Generation of a card such as ``SM89``, or the name of a card or a processor.
    library, version
        Of the runtime.
    precision
        With all else that it was compiled for.
    """

    graph_sha256: str
    device: str
    library: str
    version: str
    precision: str

    def to_bytes(self) -> bytes:
        """Return it in one way only."""
        return json.dumps(asdict(self), sort_keys=True).encode()

    @property
    def file_name(self) -> str:
        """Another one for every key, so a stale plan is not even found."""
        return f"{hashlib.sha256(self.to_bytes()).hexdigest()[:32]}.plan"


class PlanCache:
    """Plans by key.

    Parameters
    ----------
    folder
        Made if missing; the user's cache folder by default.

    Raises
    ------
    BackendError
        When the folder cannot be made the user's alone.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or cache_dir() / "plans"
        try:
            self._folder.mkdir(mode=_OWNER_ONLY, parents=True, exist_ok=True)
            _make_private(self._folder)
            self._secret = self._read_secret()
        except OSError as error:
            raise BackendError(
                f"Plans cannot be kept in {self._folder}: {error.strerror or error}.",
                "Delete the folder, or set LONGTAKE_CACHE_DIR.",
            ) from error

    def read(self, key: PlanKey) -> bytes | None:
        """Return the plan; None where there is none that is whole and ours."""
        path = self._folder / key.file_name
        try:
            with _open_plain(path) as file:
                stored = file.read(_MOST_BYTES)
            os.utime(path)
        except OSError:
            return None
        digest, plan = stored[:_DIGEST_BYTES], stored[_DIGEST_BYTES:]
        if hmac.compare_digest(digest, self._digest(key, plan)):
            return plan
        log.warning("The plan %s was altered; it is deleted and built again.", path)
        path.unlink(missing_ok=True)
        return None

    def write(self, key: PlanKey, plan: bytes) -> Path:
        """Keep a plan; return where.

        Raises
        ------
        BackendError
            When it cannot be written.
        """
        path = self._folder / key.file_name
        part = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}.part")
        try:
            with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(self._digest(key, plan) + plan)
            part.replace(path)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise BackendError(f"The plan {path} cannot be kept: {error.strerror}.") from error
        self._make_room(path)
        return path

    def _make_room(self, newest: Path) -> None:
        """Delete what was used longest ago, but for `newest`."""
        plans = []
        for path in self._folder.glob("*.plan"):
            with suppress(OSError):  # another process may delete it meanwhile
                about = path.stat()
                plans.append((path == newest, about.st_mtime, about.st_size, path))
        too_much = sum(size for _, _, size, _ in plans) - _MOST_KEPT_BYTES
        for is_newest, _, size, path in sorted(plans):
            if too_much <= 0 or is_newest:
                return
            with suppress(OSError):  # another process may be reading it, which some systems mind
                path.unlink(missing_ok=True)
                too_much -= size

    def _digest(self, key: PlanKey, plan: bytes) -> bytes:
        about = key.to_bytes()
        # The length first, so that no byte can move from the key to the plan.
        parts = (len(about).to_bytes(8, "big"), about, plan)
        digest = hmac.new(self._secret, digestmod=hashlib.sha256)
        for part in parts:
            digest.update(part)
        return digest.digest()

    def _read_secret(self) -> bytes:
        path = self._folder / _SECRET
        try:
            file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            pass
        else:
            with open(file, "wb") as new:
                new.write(secrets.token_bytes(_SECRET_BYTES))
        with _open_plain(path) as kept:
            secret = kept.read(_SECRET_BYTES + 1)
        if len(secret) != _SECRET_BYTES:
            path.unlink()
            raise OSError("its secret was damaged, and is deleted; try again")
        return secret


def _make_private(folder: Path) -> None:
    """Take everybody else's rights to a folder away; raises `OSError` when it is not ours."""
    about = folder.lstat()
    if not stat.S_ISDIR(about.st_mode):
        raise OSError("it is no folder")
    if hasattr(os, "getuid") and about.st_uid != os.getuid():
        raise OSError("it belongs to somebody else")
    folder.chmod(_OWNER_ONLY)


def _open_plain(path: Path) -> BufferedReader:
    """Open a file that is no link, and that nobody else could have written; raises `OSError`."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
    file = os.fdopen(handle, "rb")
    about = os.fstat(handle)
    shared = os.name == "posix" and (about.st_mode & _OTHERS or about.st_uid != os.getuid())
    if not stat.S_ISREG(about.st_mode) or shared:
        file.close()
        raise OSError("it is open to others")
    return file
