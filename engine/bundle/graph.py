"""The ONNX graph of a bundle: whole, harmless, and what its manifest says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import onnx
from google.protobuf.message import DecodeError

from engine.bundle import limits
from engine.bundle.contract import verify_contract
from engine.bundle.files import open_data_file
from engine.bundle.names import MODEL, REINSTALL
from engine.bundle.operators import verify_operators
from engine.bundle.shapes import verify_shapes
from engine.bundle.stored import verify_stored
from engine.bundle.wire import WireError, verify_wire
from engine.errors import BundleError

if TYPE_CHECKING:
    from pathlib import Path

    from models.spec import Manifest


def verify_graph(folder: Path, manifest: Manifest) -> None:
    """Check the graph of the bundle in `folder`, without running any of it.

    Raises
    ------
    BundleError
        If it is no graph, keeps weights outside itself, brings operators of its own, would take
        more memory than any model needs, or has other inputs and outputs than `manifest` says.
    """
    path = folder / MODEL
    with open_data_file(path, limits.FILE_BYTES) as file:
        model = parse_graph(file.read(), path)
    verify_operators(model, path)
    verify_stored(model.graph, path)
    verify_contract(model.graph, manifest, folder)
    verify_shapes(model, path)


def parse_graph(data: bytes, path: Path) -> onnx.ModelProto:
    """Return the model that `data` is; `path` is named in errors.

    Raises
    ------
    BundleError
        If it is none, or one that would fill the memory when parsed.
    """
    try:
        verify_wire(data)
        return onnx.ModelProto.FromString(data)
    except WireError as error:
        raise BundleError(f"{path} is no ONNX model: {error}.", REINSTALL) from error
    except DecodeError as error:
        raise BundleError(f"{path} is no ONNX model.", REINSTALL) from error
