"""Networks run by OpenVINO while data is prepared: several times faster than torch on a CPU."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, Final, Literal

import torch

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from torch import nn


Arithmetic = Literal["f32", "bf16"]
"""What convolutions are computed in."""
F32: Final[Arithmetic] = "f32"
BF16: Final[Arithmetic] = "bf16"


def compile_graph(path: Path, threads: int, arithmetic: Arithmetic = F32) -> Any:
    """Load an ONNX file.

    A processor that cannot compute in `arithmetic` computes in float32.
    """
    import openvino

    options = {
        "INFERENCE_PRECISION_HINT": arithmetic,
        "INFERENCE_NUM_THREADS": threads,
        "ENABLE_CPU_PINNING": False,  # else all who compute at the same time share the first core
    }
    return openvino.Core().compile_model(str(path), "CPU", options)


def export_graph(
    network: nn.Module, path: Path, size: tuple[int, int], outputs: Sequence[str]
) -> None:
    """Write a network that takes pictures (B, H, W, 3) uint8; B is free.

    Parameters
    ----------
    size
        Width and height of the pictures.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".part.onnx")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its age, and of what it does not fold
        torch.onnx.export(
            network.eval(),
            (torch.zeros(2, size[1], size[0], 3, dtype=torch.uint8),),
            str(partial),
            input_names=["frame"],
            output_names=list(outputs),
            dynamic_axes={name: {0: "B"} for name in ("frame", *outputs)},
            opset_version=17,
            dynamo=False,
        )
    partial.rename(path)
