"""A graph parted in two: what looks at the frame alone, and what remembers.

The first half, with the encoder in it, depends on no state. Where frames wait to be processed it
can run ahead on several of them at once, each on one thread, which wastes nothing; only the small
second half has to go frame by frame. Together they compute what the whole graph computes.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from models.spec import FRAME_INPUT

if TYPE_CHECKING:
    import onnx

_SHAPE_BYTES: Final = 1024
"""Stored tensors up to this size may be sizes that inference needs to know."""


@dataclass(frozen=True, slots=True)
class Halves:
    """Two serialised ONNX graphs.

    Attributes
    ----------
    first
        Takes the frame; gives `joints` and `ahead`.
    second
        Takes `joints`, the seconds since the last frame and the state, but not the frame; gives
        `behind`.
    joints
        What the second half needs of the first.
    ahead, behind
        The whole graph's outputs that depend on no state, and all others.
    """

    first: bytes
    second: bytes
    joints: tuple[str, ...]
    ahead: tuple[str, ...]
    behind: tuple[str, ...]

    @property
    def encoded(self) -> tuple[str, ...]:
        """Names of all that `first` gives."""
        return tuple(dict.fromkeys((*self.joints, *self.ahead)))


def part(graph: str | bytes) -> Halves | None:
    """Part a graph (a path, or its bytes); None where one of the halves would be empty."""
    import onnx
    from onnx.utils import Extractor

    model = onnx.load_from_string(Path(graph).read_bytes() if isinstance(graph, str) else graph)
    inputs = [value.name for value in model.graph.input if value.name != FRAME_INPUT]
    outputs = [value.name for value in model.graph.output]
    seeing = _following(model, {FRAME_INPUT})
    remembering = _following(model, set(inputs))
    alone = seeing - remembering
    joints = tuple(
        sorted(
            {
                name
                for node in model.graph.node
                if remembering.intersection(node.output)
                for name in node.input
                if name in alone
            }
        )
    )
    ahead = tuple(name for name in outputs if name in alone)
    behind = tuple(name for name in outputs if name not in alone)
    if not joints or FRAME_INPUT in joints or not behind:
        return None
    _infer_shapes(model)
    extractor = Extractor(model)
    first = extractor.extract_model([FRAME_INPUT], [*dict.fromkeys((*joints, *ahead))])
    second = extractor.extract_model([*joints, *inputs], [*behind])
    return Halves(first.SerializeToString(), second.SerializeToString(), joints, ahead, behind)


def _infer_shapes(model: onnx.ModelProto) -> None:
    """Add the types and sizes of what a graph works out to it.

    Inference gets and gives copies of all that it is shown, so it is shown weights by their sizes
    only: as they are, they took 40 MB more.
    """
    import onnx

    outline = onnx.ModelProto(ir_version=model.ir_version, opset_import=model.opset_import)
    outline.graph.node.extend(model.graph.node)
    outline.graph.input.extend(model.graph.input)
    outline.graph.output.extend(model.graph.output)
    given = {value.name for value in model.graph.input}
    for tensor in model.graph.initializer:
        if tensor.ByteSize() <= _SHAPE_BYTES:
            outline.graph.initializer.append(tensor)
        elif tensor.name not in given:  # old exporters list weights among the inputs
            value = onnx.helper.make_tensor_value_info(tensor.name, tensor.data_type, tensor.dims)
            outline.graph.input.append(value)
    outline.graph.value_info.extend(model.graph.value_info)
    inferred = onnx.shape_inference.infer_shapes(outline).graph
    del model.graph.value_info[:], model.graph.output[:]
    model.graph.value_info.extend(inferred.value_info)
    model.graph.output.extend(inferred.output)


def _following(model: onnx.ModelProto, names: set[str]) -> set[str]:
    """Return `names` and all that is computed from them."""
    found = set(names)
    for node in model.graph.node:  # in topological order, as the format demands
        if found.intersection(node.input):
            found.update(node.output)
    return found
