"""Small parts for building around somebody else's graph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from models.spec import DT_INPUT, FRAME_INPUT

if TYPE_CHECKING:
    import onnx
    from numpy.typing import ArrayLike, DTypeLike

_PREFIX = "longtake/"
OPSET_BEFORE_AXES_MOVED = 12
"""Up to here Squeeze, Unsqueeze and ReduceSum take their axes as attributes."""


class Surgeon:
    """Adds nodes and constants to a graph, under names that the graph cannot have."""

    def __init__(self, model: onnx.ModelProto) -> None:
        self.model = model
        self._nodes: list[onnx.NodeProto] = []
        self._count = 0

    def constant(self, value: ArrayLike, dtype: DTypeLike = np.float32) -> str:
        """Store an array; return its name."""
        name = self._name()
        self.model.graph.initializer.append(numpy_helper.from_array(np.asarray(value, dtype), name))
        return name

    def add(self, op: str, *inputs: str, out: str = "", **attributes: Any) -> str:
        """Add an operator with one output; return the output's name."""
        name = out or self._name()
        self._nodes.append(helper.make_node(op, list(inputs), [name], **attributes))
        return name

    def take(self, source: str, begin: int, end: int) -> str:
        """Cut `source`, (B, N, …), along its third axis."""
        cut = [self.constant([number], np.int64) for number in (begin, end, 2)]
        return self.add("Slice", source, *cut)

    def take_nodes(self) -> list[onnx.NodeProto]:
        """Return what was added since the last time."""
        nodes, self._nodes = self._nodes, []
        return nodes

    def free_the_batch(self) -> None:
        """Let a graph that was exported for one picture take several."""
        fixed = {node.input[1] for node in self.model.graph.node if node.op_type == "Reshape"}
        for tensor in self.model.graph.initializer:
            if tensor.name in fixed:
                shape = numpy_helper.to_array(tensor).copy()
                if shape.size and shape[0] == 1:
                    shape[0] = 0  # as it comes
                    tensor.CopyFrom(numpy_helper.from_array(shape, tensor.name))
        del self.model.graph.value_info[:]

    def _name(self) -> str:
        self._count += 1
        return f"{_PREFIX}{self._count}"


def frame_input(width: int, height: int) -> onnx.ValueInfoProto:
    """Return the declaration of the picture."""
    return helper.make_tensor_value_info(FRAME_INPUT, TensorProto.UINT8, ["B", height, width, 3])


def dt_input() -> onnx.ValueInfoProto:
    """Return the declaration of the seconds since the last frame."""
    return helper.make_tensor_value_info(DT_INPUT, TensorProto.FLOAT, ["B"])
