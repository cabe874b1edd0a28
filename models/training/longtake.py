"""``--arch longtake``: the shipped network, its action head trained on clips of one's own.

The encoder stays frozen and each clip is encoded once (`models.data.feature_cache`), so a head is
trained in minutes. Boxes come from the bundle that it is based on.
"""

from __future__ import annotations

import logging
import math
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Generic, Protocol, Self, TypeVar

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
from models.heads.actions import SCENE_SIZE, ActionHead, Reading
from models.network import HeadPlan, LongtakeNetwork, load_network, round_to_half
from models.spec import Activation, HeadKind, HeadSpec, InputSpec, Label, Manifest, Provenance
from models.training.actions import ActionRecipe, WindowSampler, correct_emphasis, frame_loss
from models.training.longtake_card import longtake_card
from models.training.project import Project
from models.training.zoo_tasks import Figures, Task
from models.zoo.celled_head import OWN_CELL
from models.zoo.reading_head import ReadingHead

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from torch import Tensor

    from models.data.action_sets import LabelledClip
    from models.data.examples import Batch, Examples
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
    "_five_fps": ("five", True),
    "_drops_30": ("drops", True),
}
"""Suffixes of the figures' names: which frames of the test part are shown, and with memory?"""
_RATE_HZ: Final = 25.0
_STREAM_FRAMES: Final = 20
_THRESHOLD: Final = 0.5

_LOG_EVERY_S: Final = 30.0

_LOG = logging.getLogger(__name__)


class Encoded(Protocol):
    """What an encoder made of a clip."""

    @property
    def clip(self) -> LabelledClip:
        """What is known of it."""


_Clip = TypeVar("_Clip", bound=Encoded)


@dataclass(frozen=True)
class Parts(Generic[_Clip]):
    """Clips by what they are for, encoded.

    Attributes
    ----------
    skipped
        Names of recordings that are missing or could not be read.
    """

    train: list[_Clip]
    validation: list[_Clip]
    test: list[_Clip]
    skipped: tuple[str, ...]

    @classmethod
    def of(
        cls,
        order: Order,
        split: ClipSplit,
        train: list[_Clip],
        validation: list[_Clip],
        test: list[_Clip],
    ) -> Self:
        """Return what could be read.

        Raises
        ------
        DataError
            If that is too little.
        """
        if not train or not test:
            raise DataError(
                f"{order.data}: no recording can be read to train on, or none to test on"
            )
        if order.patience is not None and not validation:
            raise DataError("--patience needs a group to watch: three groups at least")
        read = {one.clip.path for one in (*train, *validation, *test)}
        listed = [clip.path for clip in (*split.train, *split.validation, *split.test)]
        skipped = [*split.missing, *(path for path in listed if path not in read)]
        return cls(train, validation, test, tuple(path.name for path in skipped))


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
    recipe = head_recipe(order, split)
    spec = head_spec(order, recipe)
    frames = order.frames or (_STREAM_FRAMES if order.recipe.streams else None)
    sampler = WindowSampler(recipe, clips.train, np.random.default_rng(0))

    def write(network: Recurrent, found: Figures) -> None:
        assert isinstance(network, ReadingHead)
        made = Made(split, clips.skipped, recipe, spec, network.head, base.encoder, base)
        write_own(order, made, found)

    return Project(
        action_task(
            order,
            recipe,
            spec,
            FeatureExamples(recipe, clips.train, sampler, frames),
            clips,
            lambda _, clip: clip,
        ),
        lambda: _build(recipe, clips.train, order.cell),
        write,
    )


def head_recipe(order: Order, split: ClipSplit) -> ActionRecipe:
    """Return what the head is to be."""
    return ActionRecipe(
        labels=split.labels,
        activation="softmax" if split.exclusive else "sigmoid",
        rate_hz=_RATE_HZ,
        dropout=order.dropout,
        seed=order.recipe.seed,
    )


def head_spec(order: Order, recipe: ActionRecipe) -> HeadSpec:
    """Return how a manifest describes it."""
    return HeadSpec(
        name=order.head,
        kind=HeadKind.ACTIONS,
        labels=tuple(Label(en=name, zh=CHINESE.get(name, name)) for name in recipe.labels),
        thresholds=(_THRESHOLD,) * len(recipe.labels),
        activation=Activation(recipe.activation),
    )


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


def _encode(order: Order, split: ClipSplit, encoder: EfficientNetLite0) -> Parts[ClipFeatures]:
    folder = order.work.parent / "features"
    straight = order.variants if order.choice.flip else 2 * order.variants
    learnt, seen = (
        FeatureCache(folder, encoder, variants, most_hz=order.most_hz, threads=order.threads)
        for variants in (straight, 1)
    )
    # A set's reader may have cached more variants of all its clips; those serve, too.
    watched = learnt if order.known_set else seen
    train = learnt.load(reported(split.train, "to train on"))
    parts = (
        train if order.choice.flip else [unmirrored(clip) for clip in train],
        watched.load(reported(split.validation, "to validate on")),
        watched.load(reported(split.test, "to test on")),
    )
    return Parts.of(order, split, *parts)


def reported(clips: Sequence[LabelledClip], purpose: str) -> Iterator[LabelledClip]:
    """Yield the clips; log now and then how many are done, and how long the rest takes."""
    begun_s = logged_s = time.monotonic()
    for done, clip in enumerate(clips):
        now_s = time.monotonic()
        if done and now_s - logged_s > _LOG_EVERY_S:
            logged_s = now_s
            left_min = (len(clips) - done) * (now_s - begun_s) / done / 60
            counts = f"{done} of {len(clips)}"
            _LOG.info("%s clips %s are encoded, %.1f min left", counts, purpose, left_min)
        yield clip


def unmirrored(clip: ClipFeatures) -> ClipFeatures:
    """Return every second variant: the others are mirrored (`models.data.clip_augment`)."""
    motion = {name: moved[::2] for name, moved in clip.motion.items()}
    return replace(clip, scene=clip.scene[::2], motion=motion)


def _build(recipe: ActionRecipe, clips: Sequence[ClipFeatures], cell: str | None) -> ReadingHead:
    network = ReadingHead(
        len(recipe.labels), recipe.rate_hz, recipe.activation, recipe.dropout, cell
    )
    moved = np.concatenate([clip.motion["full"][0] for clip in clips])
    network.head.standardise(torch.from_numpy(moved).float())
    return network


def action_task(
    order: Order,
    recipe: ActionRecipe,
    spec: HeadSpec,
    examples: Examples[Tensor],
    parts: Parts[_Clip],
    read: Callable[[Recurrent, _Clip], ClipFeatures],
) -> Task[Tensor]:
    """Return the task of saying what clips show.

    Parameters
    ----------
    read
        Returns what the network's head reads of a clip.
    """

    def scores(network: Recurrent, clips: Sequence[ClipFeatures], suffix: str) -> list[ClipScores]:
        sampling, memory = CONDITIONS[suffix]
        network.eval()
        head = _head_of(network)
        return [
            score_clip(head, recipe.labels, clip, memory=memory, sampling=sampling)
            for clip in clips
        ]

    @torch.inference_mode()
    def watch(network: Recurrent) -> Figures:
        if not parts.validation:
            return {}
        head, losses = _head_of(network), []
        clips = [read(network.eval(), clip) for clip in parts.validation]
        for clip in clips:
            whole = whole_clip(clip, recipe)
            reading = Reading(whole.clips[..., :SCENE_SIZE], whole.clips[..., SCENE_SIZE:])
            logits, _ = head.forward_reading(reading, head.init_state(1), whole.dt_s)
            losses.append(float(frame_loss(recipe, logits, *whole.truth.unbind(2))))
        found = scores(network, clips, "")
        return {
            "loss": float(np.mean(losses)),
            "mean_average_precision": mean_average_precision(found),
        }

    def measure(network: Recurrent) -> Figures:
        clips = [read(network.eval(), clip) for clip in parts.test]
        found = {}
        for suffix in CONDITIONS:
            for name, value in figures(scores(network, clips, suffix), spec).items():
                if math.isfinite(value):
                    found[name + suffix] = value
        return found

    return Task(
        HeadKind.ACTIONS,
        examples,
        lambda network, batch, start: _loss(recipe, network, batch, start),
        watch,
        lambda found: found["loss"],
        measure,
        finish=lambda network: correct_emphasis(_head_of(network)),
    )


def _head_of(network: Recurrent) -> ActionHead:
    head = network.head
    assert isinstance(head, ActionHead)
    return head


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


@dataclass(frozen=True)
class Made:
    """What came of a training.

    Attributes
    ----------
    base
        What boxes are taken over from; None for no boxes.
    """

    split: ClipSplit
    skipped: tuple[str, ...]
    recipe: ActionRecipe
    spec: HeadSpec
    head: ActionHead
    encoder: EfficientNetLite0
    base: Base | None = None


def _plan(order: Order, arguments: dict[str, Any]) -> HeadPlan:
    if order.cell in (None, OWN_CELL):
        return HeadPlan(order.head, "actions", arguments)
    return HeadPlan(order.head, "celled-actions", {**arguments, "cell": order.cell})


def write_own(order: Order, made: Made, found: Figures) -> None:
    """Write the bundle."""
    recipe, base = made.recipe, made.base
    arguments = {
        "labels": len(recipe.labels),
        "rate_hz": recipe.rate_hz,
        "activation": recipe.activation,
        "scene": True,
        "hidden": recipe.hidden,
    }
    plans = [_plan(order, arguments)]
    specs = [made.spec]
    if base is not None and base.plan is not None and base.spec is not None:
        plans.insert(0, base.plan)
        specs.insert(0, base.spec)
    network = LongtakeNetwork(tuple(plans))
    network.encoder.load_state_dict(made.encoder.state_dict())
    network.heads[order.head].load_state_dict(made.head.state_dict())
    if base is not None and base.plan is not None:
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
        card=longtake_card(order, made.split, made.skipped, found),
    )
