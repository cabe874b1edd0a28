"""How large the tensors are that a graph works out on the way, as far as its shapes say."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import onnx

from engine.bundle import limits
from engine.bundle.memory import readable_bytes
from engine.bundle.names import AVOID
from engine.errors import BundleError

if TYPE_CHECKING:
    from pathlib import Path

_LARGEST_ITEM_BYTES: Final = 8
_KEPT_BYTES: Final = 1024
"""Stored tensors up to this size may be shapes, and are looked into."""


def verify_shapes(model: onnx.ModelProto, path: Path) -> None:
    """Check every tensor of one stream against the limit; `path` is named in errors.

    Shapes that depend on values known only while running are not seen here. Only for models whose
    stored tensors were verified: the library that works shapes out believes what they say.

    Raises
    ------
    BundleError
        If a tensor is too large, or shapes contradict each other.
    """
    try:
        inferred = onnx.shape_inference.infer_shapes(_outline(model), data_prop=True)
    except (onnx.shape_inference.InferenceError, ValueError) as error:
        raise BundleError(f"The shapes in {path} contradict each other.", AVOID) from error
    for value in (*inferred.graph.value_info, *inferred.graph.output):
        sizes = [dim.dim_value for dim in value.type.tensor_type.shape.dim]
        wanted = math.prod(sizes) * _LARGEST_ITEM_BYTES
        if wanted > limits.TENSOR_BYTES or min(sizes, default=0) < 0:
            raise BundleError(
                f"{path} would take {readable_bytes(wanted)} of memory for one tensor, "
                f"{value.name[:80]!r}.",
                AVOID,
            )


def _outline(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return the model for one stream, without its weights but for their shapes."""
    outline = onnx.ModelProto(ir_version=model.ir_version, opset_import=model.opset_import)
    graph = outline.graph
    graph.node.extend(model.graph.node)
    graph.input.extend(model.graph.input)
    graph.output.extend(model.graph.output)
    for tensor in model.graph.initializer:
        if tensor.ByteSize() <= _KEPT_BYTES:
            graph.initializer.append(tensor)
        else:
            graph.input.append(
                onnx.helper.make_tensor_value_info(tensor.name, tensor.data_type, tensor.dims)
            )
    for value in graph.input:
        for dim in value.type.tensor_type.shape.dim:
            if not dim.HasField("dim_value"):
                dim.dim_value = 1
    return outline
