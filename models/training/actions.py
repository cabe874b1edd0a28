"""Training of one action head on cached features.

Windows of random rate are cut from clips in random variants; every frame after the first few
counts. Half of the windows begin in the middle of a clip with empty memory, as after a reset.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from models.data.feature_cache import SAMPLINGS
from models.heads.actions import ActionHead, Reading, first_motion
from models.training.fitting import fit, loss_of_both

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from models.data.feature_cache import ClipFeatures


_EMPHASIS: Final = 3.0
_Places = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class ActionRecipe:
    """Everything that training a head depends on, but for the data.

    Attributes
    ----------
    rate_hz
        Rate the head is told it was trained at.
    window_s
        Length of a training window.
    samplings
        Names of `models.data.feature_cache.SAMPLINGS`, one drawn for each batch: the head learns
        several rates.
    scene, body, people
        See `models.heads.actions.ActionHead`.
    shares
        How often a data set is drawn within a label; those not named have a share of 1.
    drop
        Share of frames dropped at random from a window.
    discount_frames
        Frames at the start of a window that do not count: nothing has been seen yet.
    agreement
        How much it counts that the head says the same of what an encoder sees that computes less
        exactly (Zheng et al., "Improving the Robustness of Deep Neural Networks via Stability
        Training", CVPR 2016). Clips that were not encoded so take no part.
    """

    labels: tuple[str, ...]
    activation: Literal["sigmoid", "softmax"]
    rate_hz: float = 25.0
    window_s: float = 2.4
    samplings: tuple[str, ...] = ("full", "full", "half", "third")
    shares: tuple[tuple[str, float], ...] = ()
    scene: bool = True
    body: bool = False
    people: int = 1
    drop: float = 0.1
    discount_frames: int = 3
    agreement: float = 0.0
    steps: int = 1200
    batch: int = 24
    learning_rate: float = 1.5e-3
    weight_decay: float = 0.02
    clip_norm: float = 1.0
    smoothing: float = 0.03
    dropout: float = 0.5
    hidden: tuple[int, int] = (128, 64)
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Window:
    """A batch of windows of equal length, (B, T, ...) each; see `models.data.feature_cache`.

    Attributes
    ----------
    reading, rough
        What the head takes, and the same less exactly; joints have no values unless the recipe
        reads them.
    """

    reading: Reading
    rough: Reading
    dt_s: Tensor
    truth: Tensor
    weight: Tensor


def train_action_head(
    recipe: ActionRecipe,
    clips: Sequence[ClipFeatures],
    progress: Callable[[int, int, float], None] | None = None,
) -> ActionHead:
    """Train a head from scratch; the same inputs give the same weights on the same machine.

    Parameters
    ----------
    progress
        Called with step, steps and the running loss.
    """
    torch.manual_seed(recipe.seed)
    rng = np.random.default_rng(recipe.seed)
    head = ActionHead(
        len(recipe.labels),
        recipe.rate_hz,
        recipe.activation,
        scene=recipe.scene,
        body=recipe.body,
        people=recipe.people,
        hidden=recipe.hidden,
        dropout=recipe.dropout,
    )
    head.standardise(
        torch.from_numpy(np.concatenate([clip.motion["full"][0] for clip in clips])).float(),
        torch.from_numpy(
            np.concatenate([joints[0] for clip in clips if (joints := clip.joints) is not None])
        ).float()
        if recipe.body
        else None,
    )
    sampler = WindowSampler(recipe, clips, rng)

    def loss() -> Tensor:
        return window_loss(recipe, head, sampler.batch())

    fit(
        head,
        loss,
        steps=recipe.steps,
        learning_rate=recipe.learning_rate,
        weight_decay=recipe.weight_decay,
        clip_norm=recipe.clip_norm,
        rate=_warm_cosine,
        progress=progress,
    )
    correct_emphasis(head)
    return head


def correct_emphasis(head: ActionHead) -> None:
    """Take back what `frame_loss` makes likelier; once, after training."""
    if head.activation == "sigmoid":
        with torch.no_grad():  # what is emphasised comes out too likely, by just that factor
            head.dense.bias.sub_(math.log(_EMPHASIS))


def window_loss(recipe: ActionRecipe, head: ActionHead, window: Window) -> Tensor:
    """Return how wrong a head is about a batch, and how far it is led astray by rough features."""
    state = head.init_state(len(window.dt_s))

    def watch(reading: Reading) -> tuple[Tensor, Tensor]:
        logits, _ = head.forward_reading(reading, state, window.dt_s)
        loss = frame_loss(recipe, logits, window.truth, window.weight)
        return loss, head.probability(logits)

    return loss_of_both(watch, window.reading, window.rough, recipe.agreement)


def frame_loss(recipe: ActionRecipe, logits: Tensor, truth: Tensor, weight: Tensor) -> Tensor:
    """Cross-entropy over frames and labels, all (B, T, L); unknown labels have weight 0."""
    logits, truth, weight = (
        tensor[:, recipe.discount_frames :] for tensor in (logits, truth, weight)
    )
    if recipe.activation == "softmax":
        known = weight.amin(dim=-1)
        target = truth * (1 - recipe.smoothing) + recipe.smoothing / truth.shape[-1]
        losses = -(target * logits.log_softmax(dim=-1)).sum(dim=-1)
        return (losses * known).sum() / known.sum().clamp_min(1)
    target = truth * (1 - 2 * recipe.smoothing) + recipe.smoothing
    losses = functional.binary_cross_entropy_with_logits(logits, target, reduction="none")
    # A frame has one label of a dozen: without this, "nothing" would be a good answer.
    emphasis = weight * torch.where(truth > 0.5, _EMPHASIS, 1.0)
    return (losses * emphasis).sum() / emphasis.sum().clamp_min(1)


def _warm_cosine(step: int, steps: int) -> float:
    warm = max(1, steps // 20)
    if step < warm:
        return (step + 1) / warm
    return 0.5 * (1 + math.cos(math.pi * (step - warm) / max(1, steps - warm)))


class WindowSampler:
    """Draws windows so that every label, and every data set within it, comes equally often.

    Data sets may have shares of their own.

    What shows none of the labels comes as often as any one of them.
    """

    def __init__(
        self, recipe: ActionRecipe, clips: Sequence[ClipFeatures], rng: np.random.Generator
    ) -> None:
        self._recipe, self._clips, self.rng = recipe, clips, rng
        self._targets = [clip.clip.targets(recipe.labels, clip.times_s) for clip in clips]
        self._by_label: list[tuple[list[_Places], NDArray[np.float64]]] = []
        for label in range(len(recipe.labels)):
            by_dataset: dict[str, _Places] = {}
            for index, (truth, weight) in enumerate(self._targets):
                shown = np.flatnonzero((truth[:, label] > 0) & (weight[:, label] > 0))
                if len(shown):
                    places = by_dataset.setdefault(clips[index].clip.dataset, [])
                    places += [(index, int(frame)) for frame in shown]
            self._add(by_dataset)
        without: dict[str, _Places] = {}
        for index, (truth, _) in enumerate(self._targets):
            if not truth.any():
                places = without.setdefault(clips[index].clip.dataset, [])
                places += [(index, frame) for frame in range(len(truth))]
        self._add(without)

    def _add(self, by_dataset: dict[str, _Places]) -> None:
        if by_dataset:
            shares = dict(self._recipe.shares)
            odds = np.array([shares.get(name, 1.0) for name in by_dataset])
            self._by_label.append((list(by_dataset.values()), odds.cumsum() / odds.sum()))

    def batch(self, rows: int | None = None, frames: int | None = None) -> Window:
        """Return a batch of windows of equal length: tensors of shape (B, T, ...).

        Parameters
        ----------
        rows
            The recipe's batch if None.
        frames
            The recipe's seconds if None, at the rate that is drawn.
        """
        recipe = self._recipe
        name = str(self.rng.choice(recipe.samplings))
        rate_hz = SAMPLINGS[name].rate(recipe.rate_hz)
        frames = frames or max(recipe.discount_frames + 4, round(recipe.window_s * rate_hz))
        windows = [self._window(name, frames) for _ in range(rows or recipe.batch)]
        read, rough, *others = zip(*windows, strict=True)
        dt_s, truth, weight = (torch.stack(column) for column in others)
        reading = _stacked(read)
        roughly = _stacked(rough) if self._recipe.agreement else reading
        return Window(reading, roughly, dt_s, truth, weight)

    def _window(
        self, sampling: str, frames: int
    ) -> tuple[Reading, Reading, Tensor, Tensor, Tensor]:
        rng = self.rng
        datasets, odds = self._by_label[int(rng.integers(len(self._by_label)))]
        places = datasets[int(np.searchsorted(odds, rng.random(), side="right"))]
        index, centre = places[int(rng.integers(len(places)))]
        clip = self._clips[index]
        delivered = clip.picked[sampling]
        chosen = self._choose(len(delivered), int(np.searchsorted(delivered, centre)), frames)
        variant = int(rng.integers(len(clip.scene)))
        picked = delivered[chosen]
        times = clip.times_s[picked]
        dt = np.diff(times, prepend=times[0] - 1.0 / self._recipe.rate_hz)
        # Short clips are filled up by holding the last frame; that part does not count.
        real = np.append(True, np.diff(picked) > 0)
        dt[~real] = 1.0 / self._recipe.rate_hz
        reading = self._read(clip, sampling, variant, chosen)
        rough = reading
        if self._recipe.agreement and clip.rough is not None:
            rough = self._read(clip.rough, sampling, variant, chosen)
        truth, weight = (target[picked] for target in self._targets[index])
        return (
            reading,
            rough,
            torch.from_numpy(dt.astype(np.float32)),
            torch.from_numpy(truth),
            torch.from_numpy(weight * real[:, None]),
        )

    def _read(
        self, clip: ClipFeatures, sampling: str, variant: int, chosen: NDArray[np.intp]
    ) -> Reading:
        """Return (T, ...) of some frames, as after a reset."""
        picked = clip.picked[sampling][chosen]
        read = picked if self._recipe.scene else picked[:1]  # it is the bulk of what is copied
        scene = torch.from_numpy(clip.scene[variant][read].astype(np.float32))
        motion = torch.from_numpy(clip.motion[sampling][variant][chosen].astype(np.float32))
        motion[:1] = first_motion(scene[:1])
        joints = np.zeros((len(chosen), 0), np.float32)
        if self._recipe.body and clip.joints is not None:
            joints = clip.joints[variant][picked].astype(np.float32)
        return Reading(scene, motion, torch.from_numpy(joints))

    def _choose(self, length: int, centre: int, frames: int) -> NDArray[np.intp]:
        """Choose the frames of a window that holds `centre`, somewhere."""
        rng = self.rng
        start = int(np.clip(centre - rng.integers(frames), 0, max(0, length - frames)))
        chosen = np.arange(start, length)
        kept = rng.random(len(chosen)) >= self._recipe.drop
        kept[0] = True
        chosen = chosen[kept][:frames]
        return np.pad(chosen, (0, frames - len(chosen)), mode="edge")


def _stacked(readings: Sequence[Reading]) -> Reading:
    scene, motion, joints = zip(*readings, strict=True)
    return Reading(torch.stack(scene), torch.stack(motion), torch.stack(joints))
