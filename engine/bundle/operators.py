"""What a graph may do: standard operators, each of which ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import onnx

from engine.bundle.names import AVOID
from engine.bundle.stored import all_graphs
from engine.errors import BundleError

if TYPE_CHECKING:
    from pathlib import Path

_STANDARD: Final = ("", "ai.onnx")
_ENDLESS: Final = frozenset({"Loop"})


def verify_operators(model: onnx.ModelProto, path: Path) -> None:
    """Check what the nodes of `model` do, without running one; `path` is named in errors.

    Raises
    ------
    BundleError
        If there are operators that only a library of the author's could provide, functions,
        graphs for training, or a loop that need not end.
    """
    if model.functions or model.training_info:
        raise BundleError(f"{path} brings functions or training graphs of its own.", AVOID)
    for graph in all_graphs(model.graph):
        if graph.sparse_initializer:
            raise BundleError(f"{path} stores sparse weights, which no model here has.", AVOID)
        for node in graph.node:
            if node.domain not in _STANDARD or not _is_known(node):
                name = f"{node.domain}::{node.op_type}".removeprefix("::")
                raise BundleError(
                    f"{path} uses a custom operator, {name[:80]!r}; only standard ONNX is run.",
                    AVOID,
                )
            if node.op_type in _ENDLESS:
                raise BundleError(f"{path} loops, and nothing says that it ends.", AVOID)


def _is_known(node: onnx.NodeProto) -> bool:
    # A name that is no UTF-8 comes as bytes.
    return isinstance(node.op_type, str) and onnx.defs.has(node.op_type)
