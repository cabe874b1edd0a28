"""How exactly a runtime computes: in float32, or faster and not quite the same.

Only what looks at a frame is ever computed faster. What is carried from frame to frame stays in
float32 wherever a graph can be parted: its errors would add up.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

AUTO: Final = "auto"
"""The fastest precision that has proved not to drift here; float32 where none has."""


class Precision(StrEnum):
    """What the encoder is computed in."""

    F32 = "f32"
    BF16 = "bf16"
    """Eight bits of mantissa; needs a processor that has it."""
    FP16 = "fp16"
    """Ten bits of mantissa; of plans for graphics cards."""
    INT8 = "int8"
    """Eight-bit integers, of a graph that `longtake quantize` made."""


CHOICES: Final = (AUTO, *(precision.value for precision in Precision))
"""What ``--precision`` takes."""

# ONNX Runtime keeps to the types in the graph, so it has no bf16 of its own.
_FAST: Final = {
    Precision.F32: (),
    Precision.BF16: ("openvino",),
    Precision.FP16: ("tensorrt",),
    Precision.INT8: ("openvino", "onnxruntime", "tensorrt"),
}


def fast_runtimes(precision: Precision) -> tuple[str, ...]:
    """Return the names of the runtimes that compute in a precision, the usual one first."""
    return _FAST[precision]
