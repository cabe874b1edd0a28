"""Post-training quantisation of the half of a graph that looks at frames.

Activations get eight unsigned bits each, weights eight signed bits and a scale per channel, with
the ranges seen on real pictures (Jacob et al. 2018, arXiv 1712.05877). What remembers
is left alone.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import onnx
import onnxruntime as ort
from onnxruntime import quantization
from onnxruntime.quantization import QuantFormat, QuantType

from models.spec import FRAME_INPUT

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import NDArray

# A layer's clip has to be among them: its range, not that of the sums before it, is what eight
# bits are spread over. Without, features were alike by 0.80 instead of 0.98.
_QUANTISED: Final = ("Conv", "Clip", "Relu", "Add", "AveragePool", "MaxPool", "Pad")
_OPSET: Final = 17


def simplify(graph: Path) -> bytes:
    """Return a graph with constants folded: paddings worked out from constants defeat quantising.

    Raises
    ------
    RuntimeError
        If ONNX Runtime cannot load it.
    """
    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.log_severity_level = 3
    with tempfile.TemporaryDirectory() as folder:
        simplified = Path(folder) / "simplified.onnx"
        options.optimized_model_filepath = str(simplified)
        try:
            ort.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # its errors share no base class but Exception
            raise RuntimeError(f"ONNX Runtime cannot load {graph}: {error}") from error
        return simplified.read_bytes()


def quantise(
    first: bytes, frames: Iterable[NDArray[np.uint8]], *, symmetric: bool = False
) -> bytes:
    """Return the half of a graph that looks at frames, in eight-bit integers.

    Parameters
    ----------
    frames
        (H, W, 3) uint8 RGB each, as the model will see them; some tens.
    symmetric
        With signed activations around nought and float32 biases, all that TensorRT takes. On a
        processor that is less exact and slower.
    """
    with tempfile.TemporaryDirectory() as folder:
        quantised = Path(folder) / "quantised.onnx"
        quantization.quantize_static(
            onnx.load_from_string(first),
            quantised,
            _Reader(frames),
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=list(_QUANTISED),
            per_channel=True,
            activation_type=QuantType.QInt8 if symmetric else QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            extra_options={"ActivationSymmetric": True, "QuantizeBias": False} if symmetric else {},
        )
        return quantised.read_bytes()


def join(first: bytes, second: bytes, whole: bytes) -> bytes:
    """Put two halves together to a graph with the inputs and outputs of `whole`, in their order."""
    parts = [onnx.load_from_string(part) for part in (first, second)]
    joined = onnx.load_from_string(whole)
    graph = joined.graph
    del graph.node[:], graph.initializer[:], graph.value_info[:]
    for part in parts:
        made = {name for node in graph.node for name in node.output}
        graph.node.extend(n for n in part.graph.node if not made.issuperset(n.output))
        stored = {tensor.name for tensor in graph.initializer}
        graph.initializer.extend(t for t in part.graph.initializer if t.name not in stored)
    del joined.opset_import[:]
    joined.opset_import.append(onnx.helper.make_opsetid("", _OPSET))
    onnx.checker.check_model(joined)
    return joined.SerializeToString()


class _Reader(quantization.CalibrationDataReader):  # type: ignore[misc] # comes without types
    """Hands frames to the calibration, one at a time."""

    def __init__(self, frames: Iterable[NDArray[np.uint8]]) -> None:
        self._frames = iter(frames)

    def get_next(self) -> dict[str, Any] | None:
        frame = next(self._frames, None)
        return None if frame is None else {FRAME_INPUT: frame[None]}
