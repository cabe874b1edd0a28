"""Reads ``manifest.json`` of a bundle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pydantic import ValidationError

from engine.bundle.names import MANIFEST, REINSTALL
from engine.errors import BundleError
from models.spec import SCHEMA_VERSION, Manifest

if TYPE_CHECKING:
    from pathlib import Path

MANIFEST_LIMIT_BYTES: Final = 4 << 20


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of the bundle in `folder`.

    Raises
    ------
    BundleError
        If it is missing, not valid, or made for a newer version.
    """
    path = folder / MANIFEST
    try:
        if path.stat().st_size > MANIFEST_LIMIT_BYTES:
            raise BundleError(f"{path} is larger than a manifest can be.", REINSTALL)
        text = path.read_bytes()
    except OSError as error:
        raise BundleError(f"{path} cannot be read: {error.strerror}.", REINSTALL) from error
    return parse_manifest(text, path)


def parse_manifest(text: bytes, path: Path) -> Manifest:
    """Return what `text` says; `path` is named in errors."""
    try:
        manifest = Manifest.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise BundleError(
            f"{path} is no valid manifest: {where}: {first['msg']}.", REINSTALL
        ) from error
    if manifest.schema_version > SCHEMA_VERSION:
        raise BundleError(
            f"The bundle {path.parent} was made for a newer Longtake "
            f"(schema {manifest.schema_version}, this one reads {SCHEMA_VERSION}).",
            "Update Longtake.",
        )
    return manifest
