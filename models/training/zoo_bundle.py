"""A trained classifier of the zoo as a bundle, with its card."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from models.bundle_writer import write_bundle
from models.data.chinese import CHINESE
from models.registry import PARTS
from models.spec import Activation, HeadKind, HeadSpec, InputSpec, Label, Provenance
from models.zoo.bundled import NETWORKS

if TYPE_CHECKING:
    from pathlib import Path

    from models.training.zoo_data import ZooData
    from models.training.zoo_trainer import Score
    from models.zoo.bundled import ZooPlan
    from models.zoo.stages import Chain


_TITLES: Final = {"mnist-rows": Label(en="Digits, row by row", zh="逐行读数字")}


@dataclass(frozen=True)
class Made:
    """How a bundle came about.

    Attributes
    ----------
    command
        What makes it again.
    data
        Name of the data folder.
    score, forgetful
        On the test part: with memory, and with memory emptied before every frame.
    """

    command: str
    data: str
    score: Score
    forgetful: Score


def write_zoo_bundle(
    folder: Path, plan: ZooPlan, network: Chain, data: ZooData, made: Made
) -> None:
    """Write graph, weights, card and manifest."""
    bundled = NETWORKS[plan.arch](plan)
    bundled.network.load_state_dict(network.state_dict())
    labels = tuple(Label(en=name, zh=CHINESE.get(name, name)) for name in data.classes)
    head = HeadSpec(
        name=plan.head,
        kind=HeadKind.ACTIONS,
        labels=labels,
        thresholds=(0.5,) * len(labels),
        activation=Activation.SOFTMAX,
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
        metrics={
            "test_accuracy": round(made.score.accuracy, 4),
            "test_loss": round(made.score.loss, 4),
            "test_accuracy_without_memory": round(made.forgetful.accuracy, 4),
        },
        card=_card(plan, data, made),
    )


def _card(plan: ZooPlan, data: ZooData, made: Made) -> str:
    part = "row or patch of a picture" if plan.arch in PARTS else "frame"
    return f"""# {plan.arch}, {len(data.classes)} classes

Made by

    {made.command}

| on the test part | with memory | memory emptied before every {part} |
|---|---|---|
| accuracy | {made.score.accuracy:.2%} | {made.forgetful.accuracy:.2%} |
| cross-entropy, nats | {made.score.loss:.4f} | {made.forgetful.loss:.4f} |

Trained on {len(data.train):,} examples, watched on {len(data.validation):,}, measured once on
{len(data.test):,} that nothing was chosen by. Both columns are the same network on the same input;
without memory every {part} votes alone, and the votes are averaged.

Classes: {", ".join(data.classes)}.

It knows these classes and no other: whatever is shown, one of them is named.
"""
