"""The files that a manifest names: inside the bundle, and unaltered."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from engine.bundle.names import AVOID, MODEL, REINSTALL
from engine.errors import BundleError

if TYPE_CHECKING:
    from models.spec import Manifest


def verify_files(folder: Path, manifest: Manifest) -> None:
    """Check that every file named lies in `folder` and has the sum the manifest gives.

    Raises
    ------
    BundleError
        Naming the first file for which that is not so.
    """
    if MODEL not in manifest.files:
        raise BundleError(f"The manifest of {folder} names no {MODEL}.", REINSTALL)
    for name, expected in manifest.files.items():
        path = folder / name
        if Path(name).name != name or path.is_symlink():
            raise BundleError(f"The bundle {folder} points outside itself: {name!r}.", AVOID)
        try:
            with path.open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise BundleError(f"{path} cannot be read: {error.strerror}.", REINSTALL) from error
        if found != expected:
            raise BundleError(
                f"{path} is damaged or was altered: its sha256 is not the manifest's.", REINSTALL
            )
