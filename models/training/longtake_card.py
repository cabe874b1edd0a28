"""The model card of a bundle made by ``longtake train --arch longtake``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from models.data.known_clips import ClipSplit
    from models.training.zoo import Order

_NAMED = 10
_COLUMNS = ("", "_without_memory", "_half_rate", "_third_rate", "_five_fps", "_drops_30")


def longtake_card(
    order: Order, split: ClipSplit, skipped: Sequence[str], found: Mapping[str, float]
) -> str:
    """Return the card as Markdown; `skipped` names recordings."""
    names = [name for name in found if not name.endswith(_COLUMNS[1:])]
    rows = "\n".join(
        f"| {name} | "
        + " | ".join(f"{found[name + c]:.4f}" if name + c in found else "-" for c in _COLUMNS)
        + " |"
        for name in names
    )
    boxes = (
        f"Boxes were taken over from `{order.base.name}` as they are: see its card."
        if order.base is not None and not order.unfreeze
        else "It finds no boxes."
    )
    encoder = (
        f"its last {order.unfreeze} of seven stages trained along" if order.unfreeze else "frozen"
    )
    left_out = ""
    if skipped:
        more = f" and {len(skipped) - _NAMED} more" if len(skipped) > _NAMED else ""
        left_out = (
            f" {len(skipped)} recordings are missing or could not be read and were left out: "
            f"{', '.join(skipped[:_NAMED])}{more}."
        )
    return f"""# longtake, {len(split.labels)} labels

EfficientNet-Lite0 with ImageNet's weights, {encoder}, and one action head: what the
scene looks like and what moved in it, two layers of {order.cell or "lstm"} cells, a probability a
label. {boxes}

## Data

Recordings from `{order.data.name}`: {len(split.train)} to train on, {len(split.validation)} to
watch, {len(split.test)} to test on: {", ".join(split.tested_on[:8])}, of whom or which nothing
was trained on.{left_out}

## Figures

On the test part, measured once; *without memory* is the same network, its state emptied before
every frame, the others show fewer frames.

| | memory | without | every 2nd frame | every 3rd | 5 a second | 30 % lost |
|---|---|---|---|---|---|
{rows}

Made by

    {order.command}

## Limits

It knows these labels and no other: {", ".join(split.labels)}.
"""
