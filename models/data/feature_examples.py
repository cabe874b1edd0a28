"""Windows of cached features, as the zoo's trainer takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import torch

from models.data.examples import Batch
from models.data.feature_cache import SAMPLINGS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray
    from torch import Tensor

    from models.data.feature_cache import ClipFeatures
    from models.training.actions import ActionRecipe, WindowSampler

WINDOWS_PER_EPOCH: Final = 1200
"""Windows are drawn, not counted; after so many it is time to look and to keep a checkpoint."""


class FeatureExamples:
    """Random windows, every label equally often; and walks through whole clips.

    Truth is (B, T, 2, L): what holds, and 0 where nobody knows.

    Parameters
    ----------
    frames
        Of a window; None takes the recipe's seconds.
    """

    def __init__(
        self,
        recipe: ActionRecipe,
        clips: Sequence[ClipFeatures],
        sampler: WindowSampler,
        frames: int | None = None,
    ) -> None:
        self._recipe, self._clips, self._sampler, self._frames = recipe, clips, sampler, frames

    def __len__(self) -> int:
        return WINDOWS_PER_EPOCH

    def batch(self, chosen: NDArray[np.int64], rng: np.random.Generator | None) -> Batch[Tensor]:
        """Return as many windows as are `chosen`; which ones, `rng` decides."""
        self._sampler.rng = rng or np.random.default_rng(0)
        window = self._sampler.batch(len(chosen), self._frames)
        clips = torch.cat((window.reading.scene, window.reading.motion), dim=-1)
        return Batch(clips, window.dt_s, torch.stack((window.truth, window.weight), dim=2))

    def course(self, index: int, rng: np.random.Generator) -> Iterator[Batch[Tensor]]:
        """See `models.data.examples.Recorded.course`; `frames` must be given."""
        assert self._frames is not None
        clip = self._clips[index % len(self._clips)]
        sampling = str(rng.choice(list(SAMPLINGS)))
        whole = whole_clip(clip, self._recipe, sampling, int(rng.integers(len(clip.scene))))
        length = whole.dt_s.shape[1]
        for start in range(0, max(1, length - self._frames + 1), self._frames):
            yield _held(Batch(*(p[:, start : start + self._frames] for p in whole)), self._frames)


def whole_clip(
    clip: ClipFeatures, recipe: ActionRecipe, sampling: str = "full", variant: int = 0
) -> Batch[Tensor]:
    """Return one clip from its first frame to its last, as a batch of one."""
    picked = clip.picked[sampling]
    times_s = clip.times_s[picked]
    dt_s = np.diff(times_s, prepend=times_s[0] - 1 / recipe.rate_hz).astype(np.float32)
    features = np.concatenate((clip.scene[variant][picked], clip.motion[sampling][variant]), axis=1)
    truth = np.stack(clip.clip.targets(recipe.labels, times_s), axis=1)
    parts = (features.astype(np.float32), dt_s, truth)
    return Batch(*(torch.from_numpy(part)[None] for part in parts))


def _held(batch: Batch[Tensor], frames: int) -> Batch[Tensor]:
    """Fill up a window that is too short by its last frame, of which nothing is to be learnt."""
    missing = frames - batch.dt_s.shape[1]
    if not missing:
        return batch
    longer = [torch.cat((p, p[:, -1:].expand(-1, missing, *p.shape[2:])), 1) for p in batch]
    longer[2][:, -missing:, 1] = 0
    return Batch(*longer)
