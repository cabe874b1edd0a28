"""The files of a bundle: those that the manifest names, inside the bundle, and unaltered."""

from __future__ import annotations

import hashlib
import os
import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from engine.bundle import limits
from engine.bundle.names import (
    AVOID,
    MANIFEST,
    MODEL,
    REINSTALL,
    WEIGHTS,
    is_code,
    is_plain_name,
    refused_kind,
)
from engine.errors import BundleError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import BufferedReader
    from pathlib import Path

    from models.spec import Manifest

_PICKLE_START: Final = tuple(bytes((0x80, protocol)) for protocol in range(2, 6))
_ZIP_START: Final = b"PK\x03\x04"
_NUMPY_START: Final = b"\x93NUMPY"


def verify_files(folder: Path, manifest: Manifest) -> None:
    """Check that every file named lies in `folder` and has the sum the manifest gives.

    Raises
    ------
    BundleError
        Naming the first file for which that is not so, that is no data, or too large.
    """
    if MODEL not in manifest.files:
        raise BundleError(f"The manifest of {folder} names no {MODEL}.", REINSTALL)
    if len(manifest.files) > limits.FILES:
        raise BundleError(f"The bundle {folder} has more than {limits.FILES} files.", AVOID)
    _refuse_strangers(folder, manifest)
    total = 0
    for name, expected in manifest.files.items():
        if not is_plain_name(name) or name == MANIFEST:
            raise BundleError(f"The bundle {folder} points outside itself: {name!r}.", AVOID)
        if why := refused_kind(name):
            raise BundleError(f"The bundle {folder} {why}: {name}.", AVOID)
        total += _verify_file(folder / name, expected)
        if total > limits.BUNDLE_BYTES:
            raise BundleError(f"The bundle {folder} is larger than any model needs.", AVOID)


@contextmanager
def open_data_file(path: Path, limit_bytes: int) -> Iterator[BufferedReader]:
    """Open a plain file of at most `limit_bytes`: no link, no pipe, no device.

    Raises
    ------
    BundleError
        When it is anything else or cannot be read.
    """
    try:
        # Not blocking: opening a pipe would wait for ever for a writer.
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        if path.is_symlink():
            raise BundleError(
                f"The bundle {path.parent} points outside itself: {path.name!r} is a link.", AVOID
            )
        with os.fdopen(os.open(path, flags), "rb") as file:
            about = os.fstat(file.fileno())
            if not stat.S_ISREG(about.st_mode):
                raise BundleError(f"{path} is no plain file.", AVOID)
            if about.st_size > limit_bytes:
                raise BundleError(
                    f"{path} is larger than it can be ({about.st_size >> 20} MB; "
                    f"at most {limit_bytes >> 20}).",
                    AVOID,
                )
            yield file
    except OSError as error:
        raise BundleError(f"{path} cannot be read: {error.strerror}.", REINSTALL) from error


def _refuse_strangers(folder: Path, manifest: Manifest) -> None:
    """Refuse what lies in the folder unnamed, and would be run or read as if it were checked."""
    for path in sorted(folder.iterdir())[: 2 * limits.FILES]:
        if path.name not in manifest.files and is_code(path.name):
            raise BundleError(f"The bundle {folder} {refused_kind(path.name)}: {path.name}.", AVOID)
    if WEIGHTS not in manifest.files and (folder / WEIGHTS).exists():
        raise BundleError(f"The manifest of {folder} does not name its {WEIGHTS}.", REINSTALL)


def _verify_file(path: Path, expected: str) -> int:
    """Check one file; return its size in bytes."""
    with open_data_file(path, limits.FILE_BYTES) as file:
        start = file.read(8)
        if path.suffix != ".md" and start.startswith((*_PICKLE_START, _ZIP_START, _NUMPY_START)):
            raise BundleError(
                f"{path} is no {path.suffix[1:]} file but a pickle or an archive.", AVOID
            )
        file.seek(0)
        found = hashlib.file_digest(file, "sha256").hexdigest()
        size = file.tell()
    if found != expected:
        raise BundleError(
            f"{path} is damaged or was altered: its sha256 is not the manifest's.", REINSTALL
        )
    return size
