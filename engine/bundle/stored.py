"""The tensors stored in a graph: inside it, of the size they claim, and numbers all of them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np
import onnx

from engine.bundle import limits
from engine.bundle.names import AVOID
from engine.errors import BundleError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

_T: Final = onnx.TensorProto
_ITEM_BYTES: Final[Mapping[int, int]] = {
    _T.BOOL: 1,
    _T.INT8: 1,
    _T.UINT8: 1,
    _T.INT16: 2,
    _T.UINT16: 2,
    _T.FLOAT16: 2,
    _T.BFLOAT16: 2,
    _T.INT32: 4,
    _T.UINT32: 4,
    _T.FLOAT: 4,
    _T.INT64: 8,
    _T.UINT64: 8,
    _T.DOUBLE: 8,
}
_FLOATS: Final[Mapping[int, str]] = {_T.FLOAT: "<f4", _T.DOUBLE: "<f8", _T.FLOAT16: "<f2"}


def verify_stored(graph: onnx.GraphProto, path: Path) -> None:
    """Check every tensor stored in `graph`; `path` is named in errors.

    Raises
    ------
    BundleError
        If one lies outside the file, is not as large as it says, or holds what is no number.
    """
    for tensor in stored_tensors(graph):
        if tensor.data_location == _T.EXTERNAL or tensor.external_data:
            raise BundleError(f"{path} keeps weights outside itself, which is refused.", AVOID)
        if tensor.data_type not in _ITEM_BYTES:
            raise BundleError(f"{path} stores {tensor.name!r} in a type that is refused.", AVOID)
        # A nought among them makes any other size pass as whole.
        odd = any(not 0 <= size <= limits.FILE_BYTES for size in tensor.dims)
        if odd or not _is_whole(tensor):
            raise BundleError(f"{path} stores {tensor.name!r} in another size than it says.", AVOID)
        if _has_nan(tensor):
            raise BundleError(
                f"{path} stores weights that are no numbers (NaN): {tensor.name!r}.", AVOID
            )


def all_graphs(graph: onnx.GraphProto) -> Iterator[onnx.GraphProto]:
    """Yield `graph` and every graph nested in it."""
    yield graph
    for node in graph.node:
        for attribute in node.attribute:
            for nested in (attribute.g, *attribute.graphs):
                if nested.node or nested.initializer:
                    yield from all_graphs(nested)


def stored_tensors(graph: onnx.GraphProto) -> Iterator[onnx.TensorProto]:
    """Yield every tensor stored in a graph, those in attributes and nested graphs included."""
    for part in all_graphs(graph):
        yield from part.initializer
        for sparse in part.sparse_initializer:
            yield from (sparse.values, sparse.indices)
        for node in part.node:
            for attribute in node.attribute:
                yield from _of_attribute(attribute)


def _of_attribute(attribute: onnx.AttributeProto) -> Iterator[onnx.TensorProto]:
    if attribute.HasField("t"):
        yield attribute.t
    yield from attribute.tensors
    sparse = [attribute.sparse_tensor] if attribute.HasField("sparse_tensor") else []
    for one in (*sparse, *attribute.sparse_tensors):
        yield from (one.values, one.indices)


def _is_whole(tensor: onnx.TensorProto) -> bool:
    count = math.prod(tensor.dims)
    if tensor.HasField("raw_data"):
        return len(tensor.raw_data) == count * _ITEM_BYTES[tensor.data_type]
    return count == sum(
        len(field)
        for field in (
            tensor.float_data,
            tensor.int32_data,
            tensor.int64_data,
            tensor.double_data,
            tensor.uint64_data,
        )
    )


def _has_nan(tensor: onnx.TensorProto) -> bool:
    if tensor.HasField("raw_data"):
        return has_nan(tensor.raw_data, tensor.data_type)
    values: NDArray[np.float64] = np.asarray([*tensor.float_data, *tensor.double_data])
    return bool(np.isnan(values).any())


def has_nan(raw: bytes | memoryview, data_type: int) -> bool:
    """Whether little-endian values of an ONNX type hold a NaN; False for whole numbers."""
    if data_type == _T.BFLOAT16:
        bits = np.frombuffer(raw, "<u2")
        return bool(((bits & 0x7FFF) > 0x7F80).any())
    if data_type not in _FLOATS:
        return False
    return bool(np.isnan(np.frombuffer(raw, _FLOATS[data_type])).any())
