"""Puts a bundle among those of the user, from wherever it is."""

from __future__ import annotations

import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from engine.bundle import load_bundle
from engine.bundle.archive import unpack_archive
from engine.bundle.loading import bundle_roots
from engine.bundle.manifest import read_manifest
from engine.bundle.names import MANIFEST
from engine.bundle_sources.download import fetch
from engine.bundle_sources.gallery import gallery, make_bundle
from engine.directories import data_dir
from engine.errors import BundleError

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.bundle import Bundle
    from models.spec import Manifest

RELEASE_FILE: Final = "longtake-bundle.zip"
_OWNER_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}")
_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Request:
    """What to install.

    Attributes
    ----------
    source
        A name in the gallery; an address; a ZIP file or a folder; ``owner/name``, whose newest
        release on GitHub has a file `RELEASE_FILE`.
    sha256
        What the sum of the file has to be, in hex.
    offline
        Use only what was downloaded before.
    replace
        Put it in the place of one of the same name.
    """

    source: str
    sha256: str | None = None
    offline: bool = False
    replace: bool = False


def install(
    request: Request,
    *,
    accept: Callable[[Manifest], bool] = lambda manifest: True,
    on_progress: Callable[[int, int | None], None] = lambda done, total: None,
) -> Bundle | None:
    """Fetch, check and install a bundle; return it, checked where it now is.

    Parameters
    ----------
    accept
        Asked with what the bundle says of itself, its licence among it, once all is checked.
        False leaves everything as it was, and None is returned.

    Raises
    ------
    BundleError
        If it cannot be had, is no sound bundle, or has the name of another.
    """
    home = data_dir() / "bundles"
    try:
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=home, prefix=".new-") as scratch:
            folder = Path(scratch) / "bundle"
            folder.mkdir()
            _bring(request, folder, on_progress)
            manifest = load_bundle(folder).manifest
            target = home / manifest.name
            _refuse_clash(manifest.name, target, request)
            if not accept(manifest):
                return None
            if target.exists():
                target.rename(Path(scratch) / "old")
            folder.rename(target)
    except OSError as error:
        raise BundleError(f"{home} cannot be written: {error.strerror}.") from error
    return load_bundle(target)


def remove(name: str) -> None:
    """Remove a bundle that was installed.

    Raises
    ------
    BundleError
        When there is none of that name, or it is one of Longtake's own.
    """
    folder = data_dir() / "bundles" / name
    if Path(name).name != name or not (folder / MANIFEST).is_file():
        raise BundleError(f"There is no installed bundle {name!r}.", "Shipped ones stay.")
    try:
        shutil.rmtree(folder)
    except OSError as error:
        raise BundleError(f"{folder} cannot be removed: {error.strerror}.") from error


def _bring(request: Request, folder: Path, on_progress: Callable[[int, int | None], None]) -> None:
    """Put the files of the bundle into `folder`."""
    source, entry = request.source, gallery().get(request.source)
    path = Path(source).expanduser()
    if entry is not None:
        sha256 = request.sha256 or entry.sha256
        found = fetch(
            entry.address, sha256=sha256, offline=request.offline, on_progress=on_progress
        )
        make_bundle(source, entry, found.path, folder)
    elif path.is_dir():
        _copy(path, folder)
    elif path.is_file():
        unpack_archive(path, folder)
    else:
        address = _address_of(source)
        found = fetch(
            address, sha256=request.sha256, offline=request.offline, on_progress=on_progress
        )
        unpack_archive(found.path, folder)


def _address_of(source: str) -> str:
    if _SCHEME.match(source):
        return source
    if _OWNER_NAME.fullmatch(source):
        return f"https://github.com/{source}/releases/latest/download/{RELEASE_FILE}"
    names = ", ".join(gallery())
    raise BundleError(
        f"There is no {source!r} to install.",
        f"Give a file, a folder, an address, owner/name, or one of the gallery: {names}.",
    )


def _copy(source: Path, folder: Path) -> None:
    """Copy what the manifest names, and nothing that lies beside it."""
    manifest = load_bundle(source).manifest
    for name in (MANIFEST, *manifest.files):
        shutil.copyfile(source / name, folder / name)


def _refuse_clash(name: str, target: Path, request: Request) -> None:
    shipped = next(bundle_roots())
    if shipped != target.parent and (shipped / name).is_dir():
        raise BundleError(f"{name!r} is the name of a bundle that comes with Longtake.")
    if target.exists() and not request.replace:
        version = read_manifest(target).version
        raise BundleError(
            f"{name!r} is installed already (version {version}).",
            "--replace puts this in its place.",
        )
