"""The option ``--precision``, and what is said when it cannot be had."""

from __future__ import annotations

from typing import Annotated

import typer

PrecisionOption = Annotated[
    str,
    typer.Option(
        "--precision",
        help="f32, bf16, fp16, int8, or auto for the fastest that was proved here not to drift; "
        "see `longtake check-drift`.",
    ),
]


def tell_fallback(bundle: str, backend: str, precision: str) -> None:
    """Say on standard error why a precision or TensorRT is not used; nothing where it is.

    Raises
    ------
    engine.errors.LongtakeError
        When there is no such bundle or precision.
    """
    from engine.backends import tensorrt_backend
    from engine.backends.precision import Precision
    from engine.bundle import load_bundle
    from engine.drift.gate import pass_gate

    if backend == tensorrt_backend.NAME:
        try:
            tensorrt_backend.probe()
        except ImportError as error:
            _tell(f"TensorRT is not available: {error}. A processor runs the model.")
    if precision == Precision.F32:
        return
    loaded = load_bundle(bundle)
    passage = pass_gate(loaded.untaught or loaded, backend, precision)
    if passage.reason:
        _tell(passage.reason)


def _tell(what: str) -> None:
    typer.secho(f"Note: {what}", fg="yellow", err=True)
