"""A trained network of the zoo as a bundle, with its card."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from models.bundle_writer import write_bundle
from models.data.chinese import CHINESE
from models.registry import PARTS
from models.spec import Activation, HeadKind, HeadSpec, InputSpec, Label, Provenance
from models.zoo.bundled import NETWORKS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from models.recurrent import Recurrent
    from models.training.zoo_data import ZooData
    from models.zoo.bundled import ZooPlan

_TITLES: Final = {"mnist-rows": Label(en="Digits, row by row", zh="逐行读数字")}
_BOX_THRESHOLD: Final = 0.35
_FORGETFUL: Final = "_without_memory"
_PROTOCOLS: Final = {
    HeadKind.ACTIONS: "without memory every {part} votes alone, and the votes are averaged.",
    HeadKind.BOXES: "without memory the last frame of a film is all that is seen.",
}
_LIMITS: Final = {
    HeadKind.ACTIONS: "Whatever is shown, one of them is named.",
    HeadKind.BOXES: "Of small objects that touch, one may hide the other: there is one box for\n"
    "every 16 x 16 pixels.",
}


@dataclass(frozen=True)
class Made:
    """How a bundle came about.

    Attributes
    ----------
    command
        What makes it again.
    data
        Name of the data folder.
    figures
        On the test part, with and without memory.
    """

    command: str
    data: str
    figures: Mapping[str, float]
    kind: HeadKind


def write_zoo_bundle(
    folder: Path, plan: ZooPlan, network: Recurrent, data: ZooData[Any], made: Made
) -> None:
    """Write graph, weights, card and manifest."""
    bundled = NETWORKS[plan.arch](plan)
    bundled.network.load_state_dict(network.state_dict())
    labels = tuple(Label(en=name, zh=CHINESE.get(name, name)) for name in data.classes)
    boxes = made.kind is HeadKind.BOXES
    head = HeadSpec(
        name=plan.head,
        kind=made.kind,
        labels=labels,
        thresholds=(_BOX_THRESHOLD if boxes else 0.5,) * len(labels),
        activation=Activation.SIGMOID if boxes else Activation.SOFTMAX,
    )
    write_bundle(
        folder,
        bundled,
        name=folder.name,
        version="1",
        title=_TITLES.get(folder.name, Label(en=folder.name, zh=folder.name)),
        frame=InputSpec(width=data.width, height=data.height, rate_hz=data.rate_hz),
        heads=(head,),
        provenance=Provenance(
            created=datetime.now(UTC).date().isoformat(), command=made.command, data=(made.data,)
        ),
        metrics={name: round(value, 4) for name, value in made.figures.items()},
        card=_card(plan, network, data, made),
    )


def _card(plan: ZooPlan, network: Recurrent, data: ZooData[Any], made: Made) -> str:
    part = "row or patch of a picture" if plan.arch in PARTS else "frame"
    rows = "\n".join(
        f"| {name} | {value:.4f} | {made.figures[name + _FORGETFUL]:.4f} |"
        for name, value in made.figures.items()
        if not name.endswith(_FORGETFUL)
    )
    weights = sum(parameter.numel() for parameter in network.parameters())
    count = "1 class" if len(data.classes) == 1 else f"{len(data.classes)} classes"
    skipped = f" {len(data.skipped)} files could not be read and were left out."
    return f"""# {plan.arch}, {count}

## Data

{data.about}{skipped if data.skipped else ""}

## Figures

| on the test part | with memory | memory emptied before every {part} |
|---|---|---|
{rows}

Trained on {len(data.train):,} examples, watched on {len(data.validation):,}, measured once on
{len(data.test):,} that nothing was chosen by. {weights:,} weights, stored and measured as float16.
Both columns are the same network on the same input;
{_PROTOCOLS[made.kind].format(part=part)}

Made by

    {made.command}

## Limits

It knows these classes and no other: {", ".join(data.classes)}.
{_LIMITS[made.kind]}
"""
