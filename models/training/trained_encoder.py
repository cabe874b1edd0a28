"""``--arch longtake --unfreeze N``: the encoder's last stages learn along with the head.

All before them is computed once for each clip (`models.data.frozen_clips`). Batch normalisation
stays as it is, and the stages learn ten times more slowly than the head, which knows nothing yet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import torch

from models.data.examples import Batch
from models.data.feature_cache import INPUT_SIZE, ClipFeatures
from models.data.frozen_clips import FrozenCache, FrozenClip, finished
from models.data.known_clips import read_known_clips
from models.data.splits import DataError
from models.encoders.parting import FrozenPart
from models.heads.actions import SCENE_SIZE
from models.heads.motion import MOTION_SIZE
from models.training.actions import WindowSampler
from models.training.longtake import (
    Made,
    Parts,
    action_task,
    head_recipe,
    head_spec,
    read_base,
    reported,
    write_own,
)
from models.training.project import Project
from models.zoo.trained_encoder import TrainedEncoderHead

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from torch import Tensor

    from models.data.known_clips import ClipSplit
    from models.encoders.efficientnet_lite import EfficientNetLite0
    from models.recurrent import Recurrent
    from models.training.actions import ActionRecipe
    from models.training.zoo import Order
    from models.training.zoo_tasks import Figures

WINDOWS_PER_EPOCH: Final = 240
"""Fewer than of finished features: each costs many times as much."""
_FRAMES: Final = 20


def trained_encoder_project(order: Order) -> Project[Tensor]:
    """Read the clips and encode them as far as nothing is trained.

    Raises
    ------
    DataError
        If the data cannot be used, or the order asks for what cannot be had with it.
    """
    if order.recipe.streams or order.pretrain_steps:
        raise DataError("--unfreeze cannot be had together with --streams or --pretrain-steps")
    split = read_known_clips(order.data, order.choice.split, order.known_set)
    encoder = read_base(order.base).encoder
    parts = _encode(order, split, encoder)
    recipe = head_recipe(order, split)
    spec = head_spec(order, recipe)

    def write(network: Recurrent, found: Figures) -> None:
        assert isinstance(network, TrainedEncoderHead)
        network.encoder.put_into(encoder)
        # Boxes are read from the same maps, which are no longer what they were learnt from.
        made = Made(split, parts.skipped, recipe, spec, network.head, encoder)
        write_own(order, made, found)

    examples = FrozenExamples(recipe, parts.train, order.frames or _FRAMES)
    return Project(
        action_task(order, recipe, spec, examples, parts, _finished),
        lambda: _build(order, recipe, encoder, parts.train),
        write,
    )


class FrozenExamples:
    """Random windows of frozen clips, drawn as those of finished features are.

    Truth is (B, T, 2, L), as of `models.data.feature_examples.FeatureExamples`.

    Parameters
    ----------
    frames
        Of a window.
    """

    def __init__(self, recipe: ActionRecipe, clips: Sequence[FrozenClip], frames: int) -> None:
        self._clips, self._frames = clips, frames
        lengths = [len(clip.rows) * len(clip.times_s) for clip in clips]
        self._starts = np.cumsum([0, *lengths])
        places = [_places(clip, first) for clip, first in zip(clips, self._starts, strict=False)]
        self._sampler = WindowSampler(recipe, places, np.random.default_rng(0))

    def __len__(self) -> int:
        return WINDOWS_PER_EPOCH

    def batch(self, chosen: NDArray[np.int64], rng: np.random.Generator | None) -> Batch[Tensor]:
        """Return as many windows as are `chosen`; which ones, `rng` decides."""
        self._sampler.rng = rng or np.random.default_rng(0)
        window = self._sampler.batch(len(chosen), self._frames)
        clips = torch.stack(
            [self._rows(places) for places in window.reading.scene[..., 0].long().numpy()]
        )
        return Batch(clips, window.dt_s, torch.stack((window.truth, window.weight), dim=2))

    def _rows(self, places: NDArray[np.int64]) -> Tensor:
        """Map the numbers of T frames to (T, F) float32."""
        index = int(np.searchsorted(self._starts, places[0], side="right")) - 1
        clip = self._clips[index]
        variant, frames = np.divmod(places - self._starts[index], len(clip.times_s))
        return torch.from_numpy(clip.rows[int(variant[0])][frames].astype(np.float32))


def _places(clip: FrozenClip, first: int) -> ClipFeatures:
    """Return a clip whose features are the numbers of its frames, from `first` on.

    So a window of it says which rows to read, and nothing is copied but those.
    """
    variants, frames = len(clip.rows), len(clip.times_s)
    # float32 is exact up to 16 million.
    numbers = (first + np.arange(variants * frames, dtype=np.float32)).reshape(variants, frames, 1)
    nothing = np.zeros((1, 1, 1), np.float16)
    return ClipFeatures(
        clip.clip,
        clip.times_s,
        np.broadcast_to(numbers, (variants, frames, SCENE_SIZE)),
        clip.picked,
        {
            n: np.broadcast_to(nothing, (variants, len(p), MOTION_SIZE))
            for n, p in clip.picked.items()
        },
    )


def _encode(order: Order, split: ClipSplit, encoder: EfficientNetLite0) -> Parts[FrozenClip]:
    cache = FrozenCache(
        order.work.parent / "frozen",
        FrozenPart(encoder, order.unfreeze),
        most_hz=order.most_hz,
        threads=order.threads,
    )
    # Every second variant is mirrored.
    learnt = range(0, 2 * order.variants, 2) if not order.choice.flip else range(order.variants)
    parts = (
        cache.load(reported(split.train, "to train on"), learnt),
        cache.load(reported(split.validation, "to validate on"), range(1)),
        cache.load(reported(split.test, "to test on"), range(1)),
    )
    return Parts.of(order, split, *parts)


def _build(
    order: Order, recipe: ActionRecipe, encoder: EfficientNetLite0, clips: Sequence[FrozenClip]
) -> TrainedEncoderHead:
    network = TrainedEncoderHead(
        encoder,
        order.unfreeze,
        INPUT_SIZE,
        len(recipe.labels),
        recipe.rate_hz,
        recipe.activation,
        recipe.dropout,
        order.cell,
    )
    moved = [finished(clip, network.encoder).motion["full"][0] for clip in clips]
    network.head.standardise(torch.from_numpy(np.concatenate(moved)).float())
    return network


def _finished(network: Recurrent, clip: FrozenClip) -> ClipFeatures:
    assert isinstance(network, TrainedEncoderHead)
    return finished(clip, network.encoder)
