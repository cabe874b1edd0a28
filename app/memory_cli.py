"""Options of the command line about memory, and what they mean."""

from __future__ import annotations

from typing import Annotated

import typer

from engine.smoothing import Smoothing
from engine.state import StatePolicy

StatePolicyOption = Annotated[
    str,
    typer.Option(
        "--state-policy",
        help="What happens to memory where the stream breaks, as cause=reaction pairs: "
        "gap=decay:1.0,scene-cut=hold. Causes: seek, gap, drop, scene-cut, reconnect, source, "
        "size. Reactions: reset, hold, decay:HALF-LIFE in seconds.",
    ),
]
PerTrackOption = Annotated[
    int,
    typer.Option(
        "--per-track",
        min=0,
        max=16,
        help="Also tell what each of so many people does, each with a memory of their own.",
    ),
]
SmoothOption = Annotated[
    bool,
    typer.Option(
        "--smooth",
        help="Steady the labels that are drawn and counted as intervals. Probabilities are written "
        "as they are all the same.",
    ),
]


def state_policy(text: str) -> StatePolicy:
    """Return the policy that `text` describes.

    Raises
    ------
    typer.BadParameter
        When it means nothing.
    """
    try:
        return StatePolicy.parse(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--state-policy") from None


def smoothing(wanted: bool) -> Smoothing | None:
    """Return the usual smoothing, if wanted."""
    return Smoothing() if wanted else None
