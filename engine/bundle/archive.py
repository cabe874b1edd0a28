"""Unpacks a bundle that came as a ZIP file, trusting nothing that the archive says of itself."""

from __future__ import annotations

import shutil
import stat
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING, BinaryIO, Final

from engine.bundle import limits
from engine.bundle.files import open_data_file
from engine.bundle.names import AVOID, is_plain_name, refused_kind
from engine.errors import BundleError

if TYPE_CHECKING:
    from pathlib import Path

_END: Final = b"PK\x05\x06"
_END_FORMAT: Final = "<4s4H2LH"
_LONGEST_COMMENT: Final = 1 << 16
_DIRECTORY_BYTES: Final = 64 << 10
_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_HIGHEST_RATIO: Final = 100
"""Of unpacked to packed; weights come to about two, JSON to about ten."""
_ENCRYPTED: Final = 1


def unpack_archive(path: Path, target: Path) -> None:
    """Unpack the files of a bundle from the ZIP file `path` into the empty folder `target`.

    A single folder around all of them, as archives of repositories have it, is left out.

    Raises
    ------
    BundleError
        If it is no ZIP file, or one that points outside itself, is damaged or a bomb, or holds
        what no bundle needs.
    """
    with open_data_file(path, limits.BUNDLE_BYTES) as file:
        _verify_directory_size(file, path)
        try:
            with zipfile.ZipFile(file) as archive:
                entries = _checked_entries(archive, path)
                for name, entry in entries.items():
                    _unpack(archive, entry, target / name)
        except (
            zipfile.BadZipFile,
            NotImplementedError,
            EOFError,
            UnicodeDecodeError,
            ValueError,
            struct.error,
            zlib.error,
        ) as error:
            raise BundleError(f"{path} is no ZIP file, or a damaged one.", AVOID) from error
        except OSError as error:
            raise BundleError(f"{path} cannot be unpacked: {error.strerror}.") from error


def _verify_directory_size(file: BinaryIO, path: Path) -> None:
    """Refuse a list of contents too long to read, before it is read."""
    end = file.seek(0, 2)
    start = max(0, end - _LONGEST_COMMENT - struct.calcsize(_END_FORMAT))
    file.seek(start)
    tail = file.read(end - start)
    place = tail.rfind(_END)
    if place < 0 or len(tail) - place < struct.calcsize(_END_FORMAT):
        raise BundleError(f"{path} is no ZIP file, or a damaged one.", AVOID)
    _, _, _, _, count, size, _, _ = struct.unpack_from(_END_FORMAT, tail, place)
    # Archives above 4 GB keep a second record with larger numbers, marked by the highest here.
    if count > 2 * limits.FILES or size > _DIRECTORY_BYTES or b"PK\x06\x07" in tail:
        raise BundleError(f"{path} has more in it than a bundle.", AVOID)
    file.seek(0)


def _checked_entries(archive: zipfile.ZipFile, path: Path) -> dict[str, zipfile.ZipInfo]:
    """Return the files to unpack by the plain name each gets."""
    infos = [info for info in archive.infolist() if not info.filename.endswith("/")]
    around = _folder_around([info.filename for info in infos])
    found: dict[str, zipfile.ZipInfo] = {}
    for info in infos:
        name = info.filename.removeprefix(around)
        if not is_plain_name(name) or stat.S_ISLNK(info.external_attr >> 16):
            raise BundleError(f"{path} points outside itself: {info.filename[:80]!r}.", AVOID)
        if why := refused_kind(name):
            raise BundleError(f"{path} {why}: {name}.", AVOID)
        if name in found:
            raise BundleError(f"{path} has two files called {name}.", AVOID)
        if info.compress_type not in _METHODS or info.flag_bits & _ENCRYPTED:
            raise BundleError(f"{path} is packed in a way that is not read: {name}.")
        found[name] = info
    _verify_sizes(list(found.values()), path)
    return found


def _verify_sizes(infos: list[zipfile.ZipInfo], path: Path) -> None:
    unpacked = sum(info.file_size for info in infos)
    bomb = any(info.file_size > _HIGHEST_RATIO * max(info.compress_size, 1024) for info in infos)
    if bomb or unpacked > limits.BUNDLE_BYTES:
        raise BundleError(
            f"{path} would unpack to {unpacked >> 20} MB, far more than it should.", AVOID
        )


def _folder_around(names: list[str]) -> str:
    """Return the one folder that all `names` lie in, with its slash; empty when there is none."""
    first = {name.split("/", 1)[0] for name in names if "/" in name}
    if len(first) == 1 and all("/" in name for name in names):
        (folder,) = first
        return f"{folder}/" if is_plain_name(folder) else ""
    return ""


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path) -> None:
    # The reader stops at the size that was checked, whatever the packed data goes on to.
    with archive.open(entry) as packed, target.open("xb") as file:
        shutil.copyfileobj(packed, file, 1 << 20)
    if target.stat().st_size != entry.file_size:
        raise zipfile.BadZipFile(f"{entry.filename} is cut off")
