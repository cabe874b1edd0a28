"""Whether a graph takes and gives what the manifest says; see `models.spec` for the contract."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import onnx

from engine.bundle.names import REINSTALL
from engine.errors import BundleError
from models.spec import DT_INPUT, FRAME_INPUT, NEXT_PREFIX, HeadKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from models.spec import HeadSpec, Manifest

_FLOAT: Final = onnx.TensorProto.FLOAT
_ANY: Final = None
Shape = tuple[int | None, ...]
Wanted = dict[str, tuple[int, Shape]]


def verify_contract(graph: onnx.GraphProto, manifest: Manifest, folder: Path) -> None:
    """Check names, types and sizes of the graph's inputs and outputs.

    Raises
    ------
    BundleError
        Naming what differs.
    """
    # Old exporters list weights among the inputs.
    weights = {tensor.name for tensor in graph.initializer}
    found_in = {value.name: value for value in graph.input if value.name not in weights}
    _compare(found_in, _wanted_inputs(manifest), folder)
    _compare({value.name: value for value in graph.output}, _wanted_outputs(manifest), folder)


def _wanted_inputs(manifest: Manifest) -> Wanted:
    frame = (_ANY, manifest.input.height, manifest.input.width, 3)
    return {
        FRAME_INPUT: (onnx.TensorProto.UINT8, frame),
        DT_INPUT: (_FLOAT, (_ANY,)),
        **{spec.name: (_FLOAT, (_ANY, *spec.shape)) for spec in manifest.state},
    }


def _wanted_outputs(manifest: Manifest) -> Wanted:
    wanted: Wanted = {
        NEXT_PREFIX + spec.name: (_FLOAT, (_ANY, *spec.shape)) for spec in manifest.state
    }
    for head in manifest.heads:
        wanted |= _wanted_of_head(head)
    return wanted


def _wanted_of_head(head: HeadSpec) -> Wanted:
    if head.kind is HeadKind.ACTIONS:
        return {head.output_names[0]: (_FLOAT, (_ANY, len(head.labels)))}
    boxes, confidence, class_id = head.output_names
    return {
        boxes: (_FLOAT, (_ANY, _ANY, 4)),
        confidence: (_FLOAT, (_ANY, _ANY)),
        class_id: (onnx.TensorProto.INT64, (_ANY, _ANY)),
    }


def _compare(found: Mapping[str, onnx.ValueInfoProto], wanted: Wanted, folder: Path) -> None:
    if wrong := found.keys() ^ wanted.keys():
        # Names that are no UTF-8 come as bytes.
        raise _differs(folder, sorted(map(str, wrong))[:5])
    for name, (element, shape) in wanted.items():
        tensor = found[name].type.tensor_type
        if tensor.elem_type != element or not _fits(tensor.shape, shape):
            raise _differs(folder, [f"type or size of {name}"])


def _fits(found: onnx.TensorShapeProto, wanted: Shape) -> bool:
    """Whether every size that both give is the same; graphs leave some to be worked out."""
    if len(found.dim) != len(wanted):
        return False
    return all(
        size is _ANY or not dim.HasField("dim_value") or dim.dim_value == size
        for dim, size in zip(found.dim, wanted, strict=True)
    )


def _differs(folder: Path, names: Iterable[str]) -> BundleError:
    shown = ", ".join(name[:80] for name in names)
    return BundleError(f"The graph of {folder} is not what its manifest says: {shown}.", REINSTALL)
