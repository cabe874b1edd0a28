"""Detectors of others, made to fit the graph contract of `models.spec`.

Each adapter builds the preparation of the picture in front of the graph as it was published, and
the decoding of its answer behind it, so that what comes out is a bundle like any other. They were
made for single frames and carry no memory; identities come from the tracker. Pictures are stretched
to the input size, where the originals add a border.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import onnx
from onnx import TensorProto, helper

from engine.bundle_sources.surgery import (
    OPSET_BEFORE_AXES_MOVED,
    Surgeon,
    dt_input,
    frame_input,
)
from engine.errors import BundleError
from models.spec import DT_INPUT, FRAME_INPUT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

HEAD: Final = "objects"
_BGR: Final = (2, 1, 0)
_YOLOX_STRIDES: Final = (8, 16, 32)
_NANODET_STRIDES: Final = (8, 16, 32, 64)
_NANODET_BINS: Final = 8
_NANODET_MEAN: Final = (103.53, 116.28, 123.675)
_NANODET_DEVIATION: Final = (57.375, 57.12, 58.395)


@dataclass(frozen=True, slots=True)
class _Shape:
    width: int
    height: int
    labels: int


@dataclass(frozen=True, slots=True)
class Adapter:
    """How a family of detectors is wrapped.

    Attributes
    ----------
    prepare
        From the picture, (B, H, W, 3) float BGR 0..255, to what the graph takes but transposed.
    decode
        From the graph's answer to boxes (B, N, 4) in fractions and scores (B, N, L).
    """

    prepare: Callable[[Surgeon, str], str]
    decode: Callable[[Surgeon, str, _Shape], tuple[str, str]]
    strides: tuple[int, ...]
    columns: int


def adapt(model: onnx.ModelProto, family: str, width: int, height: int, labels: int) -> None:
    """Turn `model`, in place, into a graph that takes frames and gives boxes.

    Parameters
    ----------
    family
        Key of `ADAPTERS`.
    labels
        How many classes it tells apart.

    Raises
    ------
    BundleError
        If the graph is not what the family's graphs are.
    """
    adapter, shape = ADAPTERS[family], _Shape(width, height, labels)
    taken, given = _ends(model)
    _verify(model, adapter, shape)
    surgeon = Surgeon(model)
    surgeon.free_the_batch()
    pixels = surgeon.add("Cast", FRAME_INPUT, to=TensorProto.FLOAT)
    bgr = surgeon.add("Gather", pixels, surgeon.constant(_BGR, np.int64), axis=3)
    surgeon.add("Transpose", adapter.prepare(surgeon, bgr), out=taken, perm=[0, 3, 1, 2])
    before = surgeon.take_nodes()
    boxes, scores = adapter.decode(surgeon, given, shape)
    _answer(surgeon, boxes, scores)
    nodes = [*before, *model.graph.node, *surgeon.take_nodes()]
    del model.graph.node[:], model.graph.input[:], model.graph.output[:]
    model.graph.node.extend(nodes)
    model.graph.input.extend([frame_input(width, height), dt_input()])
    count = sum(len(grid) for grid in _grids(shape, adapter.strides))
    parts: tuple[tuple[str, int, list[str | int | None]], ...] = (
        ("boxes", TensorProto.FLOAT, ["B", count, 4]),
        ("confidence", TensorProto.FLOAT, ["B", count]),
        ("class_id", TensorProto.INT64, ["B", count]),
    )
    for part, kind, sizes in parts:
        model.graph.output.append(helper.make_tensor_value_info(f"{HEAD}.{part}", kind, sizes))


def _ends(model: onnx.ModelProto) -> tuple[str, str]:
    """Return the names of the one input and the one output."""
    weights = {tensor.name for tensor in model.graph.initializer}
    taken = [value.name for value in model.graph.input if value.name not in weights]
    given = [value.name for value in model.graph.output]
    if len(taken) != 1 or len(given) != 1:
        raise BundleError("This graph is no such detector: it has several inputs or outputs.")
    return taken[0], given[0]


def _verify(model: onnx.ModelProto, adapter: Adapter, shape: _Shape) -> None:
    opset = next((o.version for o in model.opset_import if o.domain in ("", "ai.onnx")), 0)
    if opset > OPSET_BEFORE_AXES_MOVED:
        # The constant parts below are written for the opset that these detectors came out with.
        raise BundleError(f"This graph is of opset {opset}; the adapters know up to 12.")
    found = [dim.dim_value for dim in model.graph.output[0].type.tensor_type.shape.dim]
    count = sum(len(grid) for grid in _grids(shape, adapter.strides))
    wanted = [1, count, adapter.columns + shape.labels]
    if len(found) != len(wanted) or any(
        f not in (0, w) for f, w in zip(found, wanted, strict=True)
    ):
        raise BundleError(f"This graph is no such detector: it gives {found}, not {wanted}.")


def _grids(shape: _Shape, strides: tuple[int, ...]) -> list[NDArray[np.float32]]:
    """Return the places of each level, (N, 3): x and y in cells, and the stride in pixels."""
    levels = []
    for stride in strides:
        columns, rows = -(-shape.width // stride), -(-shape.height // stride)
        y, x = np.mgrid[:rows, :columns].astype(np.float32)
        levels.append(
            np.stack([x.ravel(), y.ravel(), np.full(x.size, stride)], 1, dtype=np.float32)
        )
    return levels


def _answer(s: Surgeon, boxes: str, scores: str) -> None:
    """Give the best class of each place, under the names of the contract."""
    limits = s.constant(0.0), s.constant(1.0)
    s.add("Clip", boxes, *limits, out=f"{HEAD}.boxes")
    best = s.add("ReduceMax", scores, axes=[2], keepdims=0)
    # The time takes part with weight nought: no runtime may prune the input.
    nought = s.add("Mul", DT_INPUT, limits[0])
    s.add("Add", best, s.add("Unsqueeze", nought, axes=[1]), out=f"{HEAD}.confidence")
    s.add("ArgMax", scores, out=f"{HEAD}.class_id", axis=2, keepdims=0)


def _fractions(s: Surgeon, corners: str, shape: _Shape) -> str:
    size = s.constant([shape.width, shape.height] * 2)
    return s.add("Div", corners, size)


def _as_it_is(s: Surgeon, bgr: str) -> str:
    return bgr


def _decode_yolox(s: Surgeon, given: str, shape: _Shape) -> tuple[str, str]:
    """Decode as YOLOX (Ge et al. 2021, arXiv 2107.08430) does: offsets and logarithms of sizes."""
    places = np.concatenate(_grids(shape, _YOLOX_STRIDES))
    stride = s.constant(places[None, :, 2:])
    moved = s.add("Add", s.take(given, 0, 2), s.constant(places[None, :, :2]))
    centre = s.add("Mul", moved, stride)
    size = s.add("Mul", s.add("Exp", s.take(given, 2, 4)), stride)
    half = s.add("Mul", size, s.constant(0.5))
    corners = s.add("Concat", s.add("Sub", centre, half), s.add("Add", centre, half), axis=2)
    scores = s.add("Mul", s.take(given, 5, 5 + shape.labels), s.take(given, 4, 5))
    return _fractions(s, corners, shape), scores


def _normalise_nanodet(s: Surgeon, bgr: str) -> str:
    centred = s.add("Sub", bgr, s.constant(_NANODET_MEAN))
    return s.add("Div", centred, s.constant(_NANODET_DEVIATION))


def _decode_nanodet(s: Surgeon, given: str, shape: _Shape) -> tuple[str, str]:
    """Decode as NanoDet-Plus does: four distributions of distances from the centre.

    The distances are those of Generalized Focal Loss (Li et al. 2020, arXiv 2006.04388).
    """
    places = np.concatenate(_grids(shape, _NANODET_STRIDES))
    end = shape.labels + 4 * _NANODET_BINS
    sides = s.add(
        "Reshape",
        s.take(given, shape.labels, end),
        s.constant([0, 0, 4, _NANODET_BINS], np.int64),
    )
    # Before opset 13 Softmax flattens what lies before its axis; the last axis is the same in all.
    weights = s.add("Softmax", sides, axis=3)
    bins = s.constant(np.arange(_NANODET_BINS))
    cells = s.add("ReduceSum", s.add("Mul", weights, bins), axes=[3], keepdims=0)
    distance = s.add("Mul", cells, s.constant(places[None, :, 2:]))
    centre = s.constant(places[None, :, :2] * places[None, :, 2:])
    low = s.add("Sub", centre, s.take(distance, 0, 2))
    high = s.add("Add", centre, s.take(distance, 2, 4))
    corners = s.add("Concat", low, high, axis=2)
    return _fractions(s, corners, shape), s.take(given, 0, shape.labels)


ADAPTERS: Final[Mapping[str, Adapter]] = {
    "yolox": Adapter(_as_it_is, _decode_yolox, _YOLOX_STRIDES, 5),
    "nanodet-plus": Adapter(
        _normalise_nanodet, _decode_nanodet, _NANODET_STRIDES, 4 * _NANODET_BINS
    ),
}
"""Families of detectors that are known."""
