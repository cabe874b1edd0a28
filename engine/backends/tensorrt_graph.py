"""The graph that a plan is built of: a bundle's, in the types that the plan computes in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from engine.backends.graph_part import graph_of
from engine.backends.halves import part
from engine.backends.precision import Precision
from engine.errors import BackendError
from models.spec import FRAME_INPUT

if TYPE_CHECKING:
    from collections.abc import Sequence

    import onnx

    from engine.bundle import Bundle
    from models.spec import HeadSpec


def plan_graph(
    bundle: Bundle, precision: Precision, heads: Sequence[HeadSpec] | None = None
) -> bytes:
    """Return a serialised ONNX graph with every type written into it, as plans take it.

    In fp16 only the half that looks at frames is: what remembers stays in float32. An int8 graph
    is its bundle's own, see `engine.drift.store.load_variant`.

    Raises
    ------
    BackendError
        When there is no such plan for this graph.
    """
    import onnx

    if precision is Precision.BF16:
        raise BackendError("There are no plans in bf16.", "Choose f32, fp16 or int8.")
    found = graph_of(bundle, heads)
    model = onnx.load_from_string(Path(found).read_bytes() if isinstance(found, str) else found)
    graph = _cast_first(model).SerializeToString()
    return _half_in_fp16(graph, bundle) if precision is Precision.FP16 else graph


def _cast_first(model: onnx.ModelProto) -> onnx.ModelProto:
    """Move the cast of the picture in front of its transposition: bytes cannot be transposed."""
    from onnx import helper

    nodes = model.graph.node
    for place, turn in enumerate(nodes):
        if turn.op_type != "Transpose" or list(turn.input) != [FRAME_INPUT]:
            continue
        casts = [node for node in nodes if list(node.input) == list(turn.output)]
        if len(casts) != 1 or casts[0].op_type != "Cast":
            continue
        between, after = f"{turn.output[0]}.cast", casts[0].output[0]
        cast = helper.make_node("Cast", [FRAME_INPUT], [between], name=casts[0].name)
        cast.attribute.extend(casts[0].attribute)
        turned = helper.make_node("Transpose", [between], [after], name=turn.name)
        turned.attribute.extend(turn.attribute)
        nodes.remove(casts[0])
        nodes.remove(turn)
        nodes.insert(place, turned)
        nodes.insert(place, cast)
        break
    return model


def _half_in_fp16(graph: bytes, bundle: Bundle) -> bytes:
    import onnx
    from onnxruntime.transformers.float16 import convert_float_to_float16
    from onnxruntime.transformers.onnx_model import OnnxModel

    from models.quantize.static import join

    halves = part(graph)
    if halves is None:
        raise BackendError(
            f"The model {bundle.manifest.name!r} has no part that looks at frames alone, "
            "so it has no fp16 plan.",
            "Choose f32.",
        )
    first = convert_float_to_float16(onnx.load_from_string(halves.first), keep_io_types=True)
    OnnxModel.graph_topological_sort(first.graph)  # some casts are put behind what reads them
    return join(first.SerializeToString(), halves.second, graph)
