"""Fetches a file, goes on where it broke off, and believes nothing about it but its sum."""

from __future__ import annotations

import hashlib
import http.client
import json
import logging
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from engine.bundle import limits
from engine.directories import cache_dir
from engine.errors import BundleError
from engine.redact import redact

if TYPE_CHECKING:
    from collections.abc import Callable

_TRIES: Final = 4
_TIMEOUT_S: Final = 20.0
_PAUSE_S: Final = 0.5
_CHUNK_BYTES: Final = 1 << 18

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file that is here now.

    Attributes
    ----------
    fresh
        False when it was here before and nobody was asked.
    """

    path: Path
    sha256: str
    fresh: bool


class _Broken(Exception):
    """The connection ended early; trying again goes on from there."""


def fetch(
    address: str,
    *,
    sha256: str | None = None,
    offline: bool = False,
    on_progress: Callable[[int, int | None], None] = lambda done, total: None,
) -> Fetched:
    """Return the file at `address`, from the cache when it is there whole.

    A broken connection is taken up again where it ended, four times. A file in the cache is used
    when its sum is the one asked for, or when there is no network.

    Parameters
    ----------
    address
        ``https://…`` or ``http://…``.
    sha256
        What the sum has to be, in hex; without it, any.
    offline
        Only look into the cache.
    on_progress
        Told the bytes here, and the bytes of all when known.

    Raises
    ------
    BundleError
        When it cannot be had, is too large, or has another sum.
    """
    if urlsplit(address).scheme not in ("https", "http"):
        raise BundleError(f"{redact(address)} is no web address.", "It begins with https://.")
    folder = cache_dir() / "downloads" / hashlib.sha256(address.encode()).hexdigest()[:24]
    whole = folder / (Path(urlsplit(address).path).name or "file")
    if whole.is_file() and (offline or sha256 is not None):
        found = _sum_of(whole)
        if sha256 in (None, found):
            return Fetched(whole, found, fresh=False)
        whole.unlink()
    if offline:
        raise BundleError(f"{redact(address)} was never downloaded here.", "Try without --offline.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        part = whole.with_name(whole.name + ".part")
        _download(address, part, on_progress)
    except (urllib.error.URLError, http.client.HTTPException, _Broken, OSError) as error:
        if whole.is_file():
            log.warning("%s cannot be reached; the copy of last time is used.", redact(address))
            return Fetched(whole, _sum_of(whole), fresh=False)
        raise BundleError(
            f"{redact(address)} cannot be downloaded: {_why(error)}.",
            "What came so far is kept: the same command goes on from there.",
        ) from error
    found = _sum_of(part)
    if sha256 not in (None, found):
        part.unlink()
        raise BundleError(
            f"{redact(address)} is not what it should be: its sha256 is {found}, not {sha256}.",
            "It was thrown away; do not use this source.",
        )
    part.replace(whole)
    return Fetched(whole, found, fresh=True)


def _download(address: str, part: Path, on_progress: Callable[[int, int | None], None]) -> None:
    for attempt in range(_TRIES):
        try:
            _download_on(address, part, on_progress)
            return
        except (_Broken, http.client.HTTPException, ConnectionError, TimeoutError):
            if attempt + 1 == _TRIES:
                raise
            time.sleep(_PAUSE_S * (1 << attempt))


def _download_on(address: str, part: Path, on_progress: Callable[[int, int | None], None]) -> None:
    """Go on with what is in `part`, if the file is still the same; otherwise begin again."""
    note = part.with_name(part.name + ".from")
    have = part.stat().st_size if part.exists() else 0
    known = _read_note(note)
    request = urllib.request.Request(address, headers={"User-Agent": "longtake"})
    if have and known:
        request.add_header("Range", f"bytes={have}-")
        request.add_header("If-Range", known)
    try:
        answer = urllib.request.urlopen(request, timeout=_TIMEOUT_S)
    except urllib.error.HTTPError as error:
        if error.code == http.client.REQUESTED_RANGE_NOT_SATISFIABLE:
            part.unlink()
            raise _Broken("the file there has changed") from error
        raise
    with answer:
        if urlsplit(answer.geturl()).scheme == "http" and address.startswith("https"):
            raise BundleError(f"{redact(address)} leads to an address that is not encrypted.")
        if answer.status != http.client.PARTIAL_CONTENT:
            have = 0
        mark = answer.headers.get("ETag") or answer.headers.get("Last-Modified") or ""
        note.write_text(json.dumps(mark), encoding="utf-8")
        total = _length(answer, have)
        _write(answer, part, have, total, on_progress)
    note.unlink()


def _write(
    answer: Any,
    part: Path,
    have: int,
    total: int | None,
    on_progress: Callable[[int, int | None], None],
) -> None:
    if total is not None and total > limits.BUNDLE_BYTES:
        raise BundleError(f"It would be {total >> 20} MB, which no bundle needs.")
    with part.open("ab" if have else "wb") as file:
        while block := answer.read(_CHUNK_BYTES):
            file.write(block)
            have += len(block)
            if have > limits.BUNDLE_BYTES:
                raise BundleError("It does not end, and no bundle is so large.")
            on_progress(have, total)
    if total is not None and have != total:
        raise _Broken(f"{have} of {total} bytes came")


def _length(answer: Any, have: int) -> int | None:
    text = answer.headers.get("Content-Length", "")
    return have + int(text) if text.isdigit() else None


def _read_note(note: Path) -> str:
    try:
        mark = json.loads(note.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""
    return mark if isinstance(mark, str) and mark.isprintable() else ""


def _why(error: Exception) -> str:
    if isinstance(error, urllib.error.HTTPError):
        return f"the server answers {error.code} ({error.reason})"
    if isinstance(error, _Broken | http.client.IncompleteRead):
        return "the connection breaks off again and again"
    reason = getattr(error, "reason", error)
    if isinstance(reason, TimeoutError):
        return "no answer came in time"
    return str(getattr(reason, "strerror", None) or reason or type(error).__name__)


def _sum_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
