"""``--arch longtake``: the shipped network, its action head trained on clips of one's own.

The encoder stays frozen and each clip is encoded once (`models.data.feature_cache`), so a head is
trained in minutes. Boxes come from the bundle that it is based on.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import torch

from models.bundle_writer import MANIFEST, write_bundle
from models.data.chinese import CHINESE
from models.data.feature_cache import INPUT_SIZE, FeatureCache
from models.data.feature_examples import FeatureExamples, whole_clip
from models.data.known_clips import read_known_clips
from models.data.splits import DataError
from models.encoders.efficientnet_lite import EfficientNetLite0, load_imagenet_weights
from models.evaluation.actions import score_clip
from models.evaluation.classes import mean_average_precision
from models.evaluation.streams import figures
from models.network import HeadPlan, LongtakeNetwork, load_network, round_to_half
from models.spec import Activation, HeadKind, HeadSpec, InputSpec, Label, Manifest, Provenance
from models.training.actions import ActionRecipe, WindowSampler, correct_emphasis, frame_loss
from models.training.longtake_card import longtake_card
from models.training.project import Project
from models.training.zoo_tasks import Figures, Task
from models.zoo.reading_head import ReadingHead

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from torch import Tensor

    from models.data.examples import Batch
    from models.data.feature_cache import ClipFeatures
    from models.data.known_clips import ClipSplit
    from models.evaluation.actions import ClipScores
    from models.recurrent import Recurrent, TensorState
    from models.training.zoo import Order
    from models.training.zoo_trainer import Start

LONGTAKE: Final = "longtake"
CONDITIONS: Final = {
    "": ("full", True),
    "_without_memory": ("full", False),
    "_half_rate": ("half", True),
    "_third_rate": ("third", True),
    "_drops_30": ("drops", True),
}
"""Suffixes of the figures' names: which frames of the test part are shown, and with memory?"""
_RATE_HZ: Final = 25.0
_STREAM_FRAMES: Final = 20
_THRESHOLD: Final = 0.5


@dataclass(frozen=True)
class Encoded:
    """Clips by what they are for, encoded.

    Attributes
    ----------
    skipped
        Recordings that could not be read.
    """

    train: list[ClipFeatures]
    validation: list[ClipFeatures]
    test: list[ClipFeatures]
    skipped: int


@dataclass(frozen=True)
class Base:
    """What is taken over from another bundle: the encoder, and boxes."""

    encoder: EfficientNetLite0
    boxes: dict[str, Tensor]
    plan: HeadPlan | None = None
    spec: HeadSpec | None = None


def longtake_project(order: Order) -> Project[Tensor]:
    """Read and encode the clips.

    Raises
    ------
    DataError
        If the data cannot be used; the message names the file.
    """
    split = read_known_clips(order.data, order.choice.split, order.known_set)
    base = read_base(order.base)
    clips = _encode(order, split, base.encoder)
    activation: Literal["sigmoid", "softmax"] = "softmax" if split.exclusive else "sigmoid"
    recipe = ActionRecipe(
        labels=split.labels,
        activation=activation,
        rate_hz=_RATE_HZ,
        dropout=order.dropout,
        seed=order.recipe.seed,
    )
    spec = HeadSpec(
        name=order.head,
        kind=HeadKind.ACTIONS,
        labels=tuple(Label(en=name, zh=CHINESE.get(name, name)) for name in recipe.labels),
        thresholds=(_THRESHOLD,) * len(recipe.labels),
        activation=Activation(activation),
    )

    def write(network: Recurrent, found: Figures) -> None:
        assert isinstance(network, ReadingHead)
        _write(order, split, clips, recipe, spec, base, network, found)

    return Project(_task(order, recipe, spec, clips), lambda: _build(recipe, clips.train), write)


def read_base(folder: Path | None) -> Base:
    """Return the encoder, with ImageNet's weights where the bundle has none of its own, and boxes.

    Raises
    ------
    DataError
        If the bundle is of another architecture.
    """
    encoder = EfficientNetLite0().eval()
    load_imagenet_weights(encoder)
    if folder is None:
        return Base(encoder, {})
    network = load_network(folder)
    if not isinstance(network, LongtakeNetwork):
        raise DataError(f"{folder} is no bundle of the architecture longtake")
    # What was never trained is taken as it was published, so that its cached features serve.
    rounded = EfficientNetLite0()
    rounded.load_state_dict(encoder.state_dict())
    round_to_half(rounded)
    theirs = network.encoder.state_dict()
    if any(not torch.equal(v, theirs[k]) for k, v in rounded.state_dict().items() if v.ndim):
        encoder = network.encoder
    manifest = Manifest.model_validate_json((folder / MANIFEST).read_text(encoding="utf-8"))
    for plan in network.plans:
        if plan.kind == "boxes":
            weights = network.heads[plan.name].state_dict()
            return Base(encoder, weights, plan, manifest.head(plan.name))
    return Base(encoder, {})


def _encode(order: Order, split: ClipSplit, encoder: EfficientNetLite0) -> Encoded:
    folder = order.work.parent / "features"
    learnt, seen = (
        FeatureCache(folder, encoder, variants, most_hz=order.most_hz, threads=order.threads)
        for variants in (order.variants, 1)
    )
    parts = (
        learnt.load(split.train),
        # A set's reader may have cached more variants of all its clips; those serve, too.
        (learnt if order.known_set else seen).load(split.validation),
        (learnt if order.known_set else seen).load(split.test),
    )
    if not parts[0] or not parts[2]:
        raise DataError(f"{order.data}: no recording can be read to train on, or none to test on")
    listed = len(split.train) + len(split.validation) + len(split.test)
    return Encoded(*parts, listed - sum(map(len, parts)))


def _build(recipe: ActionRecipe, clips: Sequence[ClipFeatures]) -> ReadingHead:
    network = ReadingHead(len(recipe.labels), recipe.rate_hz, recipe.activation, recipe.dropout)
    moved = np.concatenate([clip.motion["full"][0] for clip in clips])
    network.head.standardise(torch.from_numpy(moved).float())
    return network


def _task(order: Order, recipe: ActionRecipe, spec: HeadSpec, clips: Encoded) -> Task[Tensor]:
    frames = order.frames or (_STREAM_FRAMES if order.recipe.streams else None)
    sampler = WindowSampler(recipe, clips.train, np.random.default_rng(0))

    def scores(network: Recurrent, some: Sequence[ClipFeatures], suffix: str) -> list[ClipScores]:
        assert isinstance(network, ReadingHead)
        sampling, memory = CONDITIONS[suffix]
        network.eval()
        return [
            score_clip(network.head, recipe.labels, clip, memory=memory, sampling=sampling)
            for clip in some
        ]

    @torch.inference_mode()
    def watch(network: Recurrent) -> Figures:
        if not clips.validation:
            return {}
        losses = []
        for clip in clips.validation:
            whole = whole_clip(clip, recipe)
            logits, _ = network(whole.clips, network.init_state(1), whole.dt_s)
            losses.append(float(frame_loss(recipe, logits, *whole.truth.unbind(2))))
        found = scores(network, clips.validation, "")
        return {
            "loss": float(np.mean(losses)),
            "mean_average_precision": mean_average_precision(found),
        }

    def measure(network: Recurrent) -> Figures:
        found = {}
        for suffix in CONDITIONS:
            for name, value in figures(scores(network, clips.test, suffix), spec).items():
                if math.isfinite(value):
                    found[name + suffix] = value
        return found

    if order.patience is not None and not clips.validation:
        raise DataError("--patience needs a group to watch: three groups at least")
    return Task(
        HeadKind.ACTIONS,
        FeatureExamples(recipe, clips.train, sampler, frames),
        lambda network, batch, start: _loss(recipe, network, batch, start),
        watch,
        lambda found: found["loss"],
        measure,
        finish=lambda network: correct_emphasis(network.head),  # type: ignore[arg-type]
    )


def _loss(
    recipe: ActionRecipe, network: Recurrent, batch: Batch[Tensor], start: Start
) -> tuple[Tensor, TensorState]:
    """Return `frame_loss`; the first frames of rows that go on count, too."""
    logits, following = network(batch.clips, start.state, batch.dt_s)
    truth, weight = batch.truth.unbind(2)
    unheard = torch.arange(truth.shape[1], device=truth.device) < recipe.discount_frames
    heard = ~(unheard & start.fresh.unsqueeze(1))
    every = replace(recipe, discount_frames=0)
    return frame_loss(every, logits.float(), truth, weight * heard.unsqueeze(2)), following


def _write(
    order: Order,
    split: ClipSplit,
    clips: Encoded,
    recipe: ActionRecipe,
    spec: HeadSpec,
    base: Base,
    trained: ReadingHead,
    found: Figures,
) -> None:
    arguments = {
        "labels": len(recipe.labels),
        "rate_hz": recipe.rate_hz,
        "activation": recipe.activation,
        "scene": True,
        "hidden": recipe.hidden,
    }
    plans = [HeadPlan(order.head, "actions", arguments)]
    specs = [spec]
    if base.plan is not None and base.spec is not None:
        plans.insert(0, base.plan)
        specs.insert(0, base.spec)
    network = LongtakeNetwork(tuple(plans))
    network.encoder.load_state_dict(base.encoder.state_dict())
    network.heads[order.head].load_state_dict(trained.head.state_dict())
    if base.plan is not None:
        network.heads[base.plan.name].load_state_dict(base.boxes)
    write_bundle(
        order.out,
        network,
        name=order.out.name,
        version="1",
        title=Label(en=order.out.name, zh=order.out.name),
        frame=InputSpec(width=INPUT_SIZE[0], height=INPUT_SIZE[1], rate_hz=recipe.rate_hz),
        heads=specs,
        provenance=Provenance(
            created=datetime.now(UTC).date().isoformat(),
            command=order.command,
            data=(order.data.resolve().name,),
        ),
        metrics={name: round(value, 4) for name, value in found.items()},
        card=longtake_card(order, split, clips.skipped, found),
    )
