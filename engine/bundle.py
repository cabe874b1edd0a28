"""Model bundles: found by name or path, checked before anything runs.

A bundle is a folder with ``manifest.json`` (see `models.spec`), ``model.onnx`` and, for the torch
backend and training, ``weights.safetensors``. It is data, never code.
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pydantic import ValidationError

from assets import asset
from engine.directories import data_dir
from engine.errors import BundleError
from models.spec import DT_INPUT, FRAME_INPUT, NEXT_PREFIX, SCHEMA_VERSION, Manifest

if TYPE_CHECKING:
    from collections.abc import Iterator

    import onnx

MANIFEST: Final = "manifest.json"
MODEL: Final = "model.onnx"
_MANIFEST_LIMIT_BYTES: Final = 4 << 20
_REINSTALL: Final = (
    "Install the bundle again, or choose another one: `longtake bundles` lists them."
)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Bundle:
    """A checked bundle on disk."""

    folder: Path
    manifest: Manifest

    @property
    def model_path(self) -> Path:
        """The ONNX graph."""
        return self.folder / MODEL

    @property
    def model_sha256(self) -> str:
        """Digest of the graph, in hex, as verified when the bundle was loaded."""
        return self.manifest.files[MODEL]


def load_bundle(name_or_path: str | Path = "default") -> Bundle:
    """Find a bundle by name (shipped or installed) or by the path of its folder, and check it.

    Raises
    ------
    BundleError
        If there is none, a file is missing, altered or damaged, the schema is newer than this
        version reads, or the graph is not what the manifest says.
    """
    folder = _find(name_or_path)
    manifest = _read_manifest(folder)
    _verify_files(folder, manifest)
    bundle = Bundle(folder, manifest)
    _verify_graph(bundle)
    return bundle


def list_bundles() -> list[Bundle]:
    """Return the bundles that can be used, shipped ones first; damaged ones are left out."""
    bundles = []
    for folder in _known_folders():
        try:
            bundles.append(Bundle(folder, _read_manifest(folder)))
        except BundleError:
            continue
    return bundles


def _bundle_roots() -> Iterator[Path]:
    try:
        yield asset("bundles")
    except FileNotFoundError:
        log.warning("This installation has no model bundles of its own; reinstall it.")
    yield data_dir() / "bundles"


def _known_folders() -> Iterator[Path]:
    for root in _bundle_roots():
        if root.is_dir():
            yield from sorted(path.parent for path in root.glob(f"*/{MANIFEST}"))


def _find(name_or_path: str | Path) -> Path:
    text = str(name_or_path)
    known = {folder.name: folder for folder in _known_folders()}
    if text in known:
        return known[text]
    folder = Path(name_or_path)
    if (folder / MANIFEST).is_file():
        return folder
    if folder.is_dir():
        raise BundleError(f"The folder {folder} is no model bundle: it has no {MANIFEST}.")
    names = ", ".join(known) or "none"
    raise BundleError(
        f"There is no model bundle {text!r}.", f"Installed: {names}; a folder's path works too."
    )


def _read_manifest(folder: Path) -> Manifest:
    path = folder / MANIFEST
    try:
        if path.stat().st_size > _MANIFEST_LIMIT_BYTES:
            raise BundleError(f"{path} is larger than a manifest can be.", _REINSTALL)
        text = path.read_bytes()
    except OSError as error:
        raise BundleError(f"{path} cannot be read: {error.strerror}.", _REINSTALL) from error
    try:
        manifest = Manifest.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise BundleError(
            f"{path} is no valid manifest: {where}: {first['msg']}.", _REINSTALL
        ) from error
    if manifest.schema_version > SCHEMA_VERSION:
        raise BundleError(
            f"The bundle {folder} was made for a newer Longtake "
            f"(schema {manifest.schema_version}, this one reads {SCHEMA_VERSION}).",
            "Update Longtake.",
        )
    return manifest


def _verify_files(folder: Path, manifest: Manifest) -> None:
    if MODEL not in manifest.files:
        raise BundleError(f"The manifest of {folder} names no {MODEL}.", _REINSTALL)
    for name, expected in manifest.files.items():
        path = folder / name
        if Path(name).name != name or path.is_symlink():
            raise BundleError(
                f"The bundle {folder} points outside itself: {name!r}.", "Do not use it."
            )
        try:
            with path.open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise BundleError(f"{path} cannot be read: {error.strerror}.", _REINSTALL) from error
        if found != expected:
            raise BundleError(
                f"{path} is damaged or was altered: its sha256 is not the manifest's.", _REINSTALL
            )


def _verify_graph(bundle: Bundle) -> None:
    import onnx
    from google.protobuf.message import DecodeError

    try:
        model = onnx.load(str(bundle.model_path), load_external_data=False)
    except DecodeError as error:
        raise BundleError(f"{bundle.model_path} is no ONNX model.", _REINSTALL) from error
    if any(tensor.data_location == onnx.TensorProto.EXTERNAL for tensor in _tensors(model.graph)):
        raise BundleError(
            f"{bundle.model_path} keeps weights outside itself, which is refused.", "Do not use it."
        )
    found_in = {value.name for value in model.graph.input}
    found_out = {value.name for value in model.graph.output}
    states = [spec.name for spec in bundle.manifest.state]
    wanted_in = {FRAME_INPUT, DT_INPUT, *states}
    wanted_out = {NEXT_PREFIX + name for name in states}
    wanted_out |= {name for head in bundle.manifest.heads for name in head.output_names}
    if wrong := (wanted_in ^ found_in) | (wanted_out ^ found_out):
        raise BundleError(
            f"The graph of {bundle.folder} is not what its manifest says: "
            f"{', '.join(sorted(wrong)[:5])}.",
            _REINSTALL,
        )


def _tensors(graph: onnx.GraphProto) -> Iterator[onnx.TensorProto]:
    """Every tensor stored in a graph, those in attributes and nested graphs included."""
    yield from graph.initializer
    for sparse in graph.sparse_initializer:
        yield from (sparse.values, sparse.indices)
    for node in graph.node:
        for attribute in node.attribute:
            yield attribute.t
            yield from attribute.tensors
            for nested in (attribute.g, *attribute.graphs):
                yield from _tensors(nested)
