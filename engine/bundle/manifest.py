"""Reads ``manifest.json`` of a bundle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

from pydantic import BaseModel, Field, ValidationError

from engine.bundle import limits
from engine.bundle.files import open_data_file
from engine.bundle.memory import verify_state_size
from engine.bundle.names import AVOID, MANIFEST, REINSTALL
from engine.errors import BundleError
from models.spec import SCHEMA_VERSION, Manifest

if TYPE_CHECKING:
    from pathlib import Path

_SLOWEST_HZ: Final = 0.01
_FASTEST_HZ: Final = 1000.0
_SHOWN: Final = 200


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of the bundle in `folder`.

    Raises
    ------
    BundleError
        If it is missing, not valid, made for a newer version, or asks for more memory than any
        model needs.
    """
    path = folder / MANIFEST
    with open_data_file(path, limits.MANIFEST_BYTES) as file:
        text = file.read(limits.MANIFEST_BYTES + 1)
    return parse_manifest(text, path)


def parse_manifest(text: bytes, path: Path) -> Manifest:
    """Return what `text` says; `path` is named in errors."""
    try:
        # By itself and first: what a newer schema adds would be called a mistake otherwise.
        version = _SchemaVersion.model_validate_json(text).schema_version
        if version > SCHEMA_VERSION:
            raise BundleError(
                f"The bundle {path.parent} was made for a newer Longtake "
                f"(schema {version}, this one reads {SCHEMA_VERSION}).",
                "Update Longtake.",
            )
        manifest = Manifest.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        what = _printable(f"{where}: {first['msg']}")
        raise BundleError(f"{path} is no valid manifest: {what}.", REINSTALL) from error
    _verify_sense(manifest, path)
    verify_state_size(path.parent, manifest)
    return manifest


class _SchemaVersion(BaseModel):
    schema_version: Annotated[int, Field(ge=1, le=1_000_000)] = SCHEMA_VERSION


def _verify_sense(manifest: Manifest, path: Path) -> None:
    """Refuse what the schema lets pass and no model means."""
    if not _SLOWEST_HZ <= manifest.input.rate_hz <= _FASTEST_HZ:
        raise BundleError(f"{path} names no frame rate: {manifest.input.rate_hz} Hz.", REINSTALL)
    shown = [manifest.title, *(label for head in manifest.heads for label in head.labels)]
    for label in shown:
        # They reach terminals, where control characters are commands.
        if not (label.en.isprintable() and label.zh.isprintable()):
            raise BundleError(
                f"{path} has a label that cannot be printed: {_printable(label.en)!r}.", AVOID
            )


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in text[:_SHOWN])
