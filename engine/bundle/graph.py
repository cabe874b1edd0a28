"""The ONNX graph of a bundle: whole, and what its manifest says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import onnx
from google.protobuf.message import DecodeError

from engine.bundle.names import AVOID, MODEL, REINSTALL
from engine.errors import BundleError
from models.spec import DT_INPUT, FRAME_INPUT, NEXT_PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from models.spec import Manifest


def verify_graph(folder: Path, manifest: Manifest) -> None:
    """Check the graph of the bundle in `folder`, without running any of it.

    Raises
    ------
    BundleError
        If it is no graph, keeps weights outside itself, or has other inputs and outputs than
        `manifest` says.
    """
    path = folder / MODEL
    try:
        model = onnx.load(str(path), load_external_data=False)
    except DecodeError as error:
        raise BundleError(f"{path} is no ONNX model.", REINSTALL) from error
    if any(tensor.data_location == onnx.TensorProto.EXTERNAL for tensor in _tensors(model.graph)):
        raise BundleError(f"{path} keeps weights outside itself, which is refused.", AVOID)
    found_in = {value.name for value in model.graph.input}
    found_out = {value.name for value in model.graph.output}
    states = [spec.name for spec in manifest.state]
    wanted_in = {FRAME_INPUT, DT_INPUT, *states}
    wanted_out = {NEXT_PREFIX + name for name in states}
    wanted_out |= {name for head in manifest.heads for name in head.output_names}
    if wrong := (wanted_in ^ found_in) | (wanted_out ^ found_out):
        raise BundleError(
            f"The graph of {folder} is not what its manifest says: {', '.join(sorted(wrong)[:5])}.",
            REINSTALL,
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
