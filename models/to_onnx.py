"""Export of a network with its state as explicit inputs and outputs."""

from __future__ import annotations

import io
import warnings
from collections import defaultdict
from typing import TYPE_CHECKING, Final

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper
from torch import Tensor, nn

from models.spec import DT_INPUT, FRAME_INPUT, NEXT_PREFIX

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.bundled_network import BundledNetwork

OPSET: Final = 17
_PRODUCTS: Final = frozenset({"Gemm", "MatMul"})
_WORTH_BYTES: Final = 4096
"""Below that a node costs as much as it saves."""


class _FlatStep(nn.Module):
    """`BundledNetwork.step` with positional tensors, as tracing wants them."""

    def __init__(self, network: BundledNetwork, outputs: Sequence[str]) -> None:
        super().__init__()
        self.network = network
        self.states = [spec.name for spec in network.state_spec()]
        self.outputs = list(outputs)

    def forward(self, frame: Tensor, dt_s: Tensor, *states: Tensor) -> tuple[Tensor, ...]:
        outputs, following = self.network.step(
            frame, dict(zip(self.states, states, strict=True)), dt_s
        )
        return (
            *(outputs[name] for name in self.outputs),
            *(following[name] for name in self.states),
        )


def export_onnx(
    network: BundledNetwork, outputs: Sequence[str], width: int, height: int
) -> onnx.ModelProto:
    """Return the graph of one step, named as `models.spec` lays down, batch size free.

    Parameters
    ----------
    outputs
        Names of the head outputs, in order.

    Raises
    ------
    onnx.checker.ValidationError
        If the exporter produced an invalid graph.
    """
    flat = _FlatStep(network, outputs).eval()
    batch = 2  # a batch of one would be traced as a constant
    example = (
        torch.zeros(batch, height, width, 3, dtype=torch.uint8),
        torch.full((batch,), 0.04),
        *network.init_state(batch).values(),
    )
    inputs = [FRAME_INPUT, DT_INPUT, *flat.states]
    results = [*outputs, *(NEXT_PREFIX + name for name in flat.states)]
    buffer = io.BytesIO()
    with torch.inference_mode(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            flat,
            example,
            buffer,  # type: ignore[arg-type]  # takes a stream; its annotation forgot
            input_names=inputs,
            output_names=results,
            dynamic_axes={name: {0: "B"} for name in (*inputs, *results)},
            opset_version=OPSET,
            dynamo=False,
        )
    model = onnx.load_from_string(buffer.getvalue())
    store_as_half(model)
    onnx.checker.check_model(model, full_check=True)
    return model


def store_as_half(model: onnx.ModelProto) -> None:
    """Store those weights of matrix products as float16 that are float16 numbers, in place.

    A ``Cast`` makes float32 of each again, which runtimes work out while they load: the graph
    computes what it did, from half the bytes. Convolutions keep float32, for quantising and
    TensorRT want their weights bare; with a normalisation folded in, few are float16 anyway.
    """
    readers = defaultdict[str, set[str]](set)
    for node in model.graph.node:
        for name in node.input:
            readers[name].add(node.op_type)
    casts = []
    for tensor in model.graph.initializer:
        if tensor.data_type != onnx.TensorProto.FLOAT or not readers[tensor.name] <= _PRODUCTS:
            continue
        values = numpy_helper.to_array(tensor)
        with np.errstate(over="ignore"):
            halves = values.astype(np.float16)
        if values.nbytes < _WORTH_BYTES or not np.array_equal(halves.astype(np.float32), values):
            continue
        name = tensor.name
        tensor.CopyFrom(numpy_helper.from_array(halves, f"{name}.half"))
        casts.append(helper.make_node("Cast", [tensor.name], [name], to=onnx.TensorProto.FLOAT))
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
