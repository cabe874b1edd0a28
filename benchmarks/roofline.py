"""The least time that a card needs for a frame: what it computes and reads, over what it can.

``python -m benchmarks.roofline [--bundle NAME] [--streams N ...]``

Counted in the bundle's graph, computed from the makers' peak figures, measured nowhere. Twice: in
one kernel, which reads weights and carried memory once and keeps all else inside, and that nothing
is faster than; and layer by layer, each reading its inputs from the card's memory and writing its
outputs there, which only fusing and caches (72 MB in an RTX 4090, 50 MB in an H200) come below.
"""

from __future__ import annotations

import argparse
import math
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import onnx
import onnxruntime

from benchmarks.report import print_table
from engine.bundle import load_bundle

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_FREE: Final = {"Constant", "Shape", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Identity"}
"""Nodes that move nothing: they tell or change how a tensor is looked at."""


@dataclass(frozen=True, slots=True)
class Card:
    """What the maker publishes: dense, without sparsity.

    Attributes
    ----------
    f32_flops, half_flops
        Each second: float32 outside the tensor cores (TF32 is off), fp16 in them, summed in fp32.
    bytes_a_second
        Of its own memory.
    """

    name: str
    f32_flops: float
    half_flops: float
    bytes_a_second: float


CARDS: Final = (
    Card("RTX 4090", 82.6e12, 165.2e12, 1.008e12),
    Card("H200", 67e12, 989.5e12, 4.8e12),
)


@dataclass(frozen=True, slots=True)
class Layer:
    """A node, for one frame: multiplications with additions, and elements that are moved."""

    kind: str
    macs: int
    weights: int
    moved: int


@dataclass(frozen=True, slots=True)
class Cost:
    """Of a frame.

    Attributes
    ----------
    boundary
        Elements that go in and come out, memory included.
    """

    layers: tuple[Layer, ...]
    boundary: int

    @property
    def macs(self) -> int:
        """Multiplications with an addition each."""
        return sum(layer.macs for layer in self.layers)

    @property
    def weights(self) -> int:
        """Elements that are the same for every frame."""
        return sum(layer.weights for layer in self.layers)

    @property
    def moved(self) -> int:
        """Elements that layers read and write beside weights."""
        return sum(layer.moved for layer in self.layers)

    def fused_s(self, flops: float, bandwidth: float, size: int, streams: int) -> float:
        """Return the time of a step in one kernel, with `size` bytes an element."""
        moved = self.weights * size + self.boundary * size * streams
        return max(2 * self.macs * streams / flops, moved / bandwidth)

    def layered_s(self, flops: float, bandwidth: float, size: int, streams: int) -> float:
        """Return the time of a step, layer after layer."""
        return sum(
            max(
                2 * layer.macs * streams / flops,
                size * (layer.weights + layer.moved * streams) / bandwidth,
            )
            for layer in self.layers
        )


def one_frame(path: Path) -> onnx.ModelProto:
    """Return a graph for one row, with all that is the same for every frame computed."""
    with TemporaryDirectory() as folder:
        options = onnxruntime.SessionOptions()
        options.add_free_dimension_override_by_name("B", 1)
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
        options.optimized_model_filepath = str(Path(folder) / "one.onnx")
        options.log_severity_level = 3
        onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        return onnx.load(options.optimized_model_filepath)


def count(model: onnx.ModelProto) -> Cost:
    """Count the nodes of a graph whose shapes are known."""
    del model.graph.value_info[:]
    graph = onnx.shape_inference.infer_shapes(model, data_prop=True).graph
    weights = {tensor.name: math.prod(tensor.dims) for tensor in graph.initializer}
    sizes = {**dict(_sizes(graph)), **weights}
    dims = {**dict(_dims(graph)), **{t.name: tuple(t.dims) for t in graph.initializer}}
    layers = tuple(
        _layer(node, sizes, dims, weights) for node in graph.node if node.op_type not in _FREE
    )
    given = [value.name for value in graph.input if value.name not in weights]
    boundary = sum(sizes[name] for name in (*given, *(value.name for value in graph.output)))
    return Cost(layers, boundary)


def _layer(
    node: onnx.NodeProto,
    sizes: Mapping[str, int],
    dims: Mapping[str, tuple[int, ...]],
    weights: Mapping[str, int],
) -> Layer:
    read = [name for name in node.input if name]
    moved = sum(sizes[name] for name in (*read, *node.output) if name not in weights and name)
    return Layer(
        node.op_type,
        sizes[node.output[0]] * _depth(node, dims),
        sum(weights.get(name, 0) for name in read),
        moved,
    )


def _depth(node: onnx.NodeProto, dims: Mapping[str, tuple[int, ...]]) -> int:
    """Return the products that each element of the output sums up."""
    if node.op_type == "Conv":
        return math.prod(dims[node.input[1]][1:])
    if node.op_type == "MatMul":
        return dims[node.input[0]][-1]
    if node.op_type == "Gemm":
        across = any(a.name == "transB" and a.i for a in node.attribute)
        return dims[node.input[1]][1 if across else 0]
    return 0


def _dims(graph: onnx.GraphProto) -> Iterator[tuple[str, tuple[int, ...]]]:
    for value in (*graph.input, *graph.output, *graph.value_info):
        shape = value.type.tensor_type.shape
        yield value.name, tuple(dim.dim_value for dim in shape.dim)


def _sizes(graph: onnx.GraphProto) -> Iterator[tuple[str, int]]:
    for name, dims in _dims(graph):
        yield name, math.prod(dims)


def floors(cost: Cost, streams: int) -> Iterator[tuple[str, float, float]]:
    """Yield card and precision, and the milliseconds of a step in one kernel and by layers."""
    for card in CARDS:
        for precision, flops, size in (("f32", card.f32_flops, 4), ("fp16", card.half_flops, 2)):
            fused, layered = (
                1e3 * way(flops, card.bytes_a_second, size, streams)
                for way in (cost.fused_s, cost.layered_s)
            )
            yield f"{card.name}, {precision}, {streams} at once", fused, layered


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m benchmarks.roofline", description=__doc__)
    options.add_argument("--bundle", default="default")
    options.add_argument("--streams", type=int, nargs="+", default=[1, 8, 32])
    arguments = options.parse_args()
    bundle = load_bundle(arguments.bundle)
    cost = count(one_frame(bundle.model_path))
    print(
        f"{2 * cost.macs / 1e9:.3f} GFLOP a frame; millions of elements: weights "
        f"{cost.weights / 1e6:.2f}, in and out {cost.boundary / 1e6:.2f}, between layers "
        f"{cost.moved / 1e6:.1f}; {len(cost.layers)} layers"
    )
    if unknown := [layer.kind for layer in cost.layers if layer.kind == "Conv" and not layer.macs]:
        raise SystemExit(f"The shapes of {len(unknown)} convolutions are not known.")
    rows = [
        (name, f"{fused:.4f}", f"{layered:.4f}")
        for streams in arguments.streams
        for name, fused, layered in floors(cost, streams)
    ]
    print_table("Floor of a step, computed", ("ms a step", "one kernel", "layers"), rows)


if __name__ == "__main__":
    main()
