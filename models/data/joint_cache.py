"""Joints of the people in clips, found once and kept; beside `models.data.feature_cache`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from models.data.clip_augment import augment_clip
from models.data.clips import content_digest, read_clip
from models.data.look import SIZE

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from models.data.action_sets import LabelledClip
    from models.data.feature_cache import ClipFeatures
    from models.data.look import Look


@dataclass(frozen=True)
class JointCache:
    """Looks at clips in the variants that their features were made of, or recalls what it saw.

    Parameters
    ----------
    most_hz
        See `models.data.feature_cache.FeatureCache`.
    """

    folder: Path
    look: Look
    most_hz: float

    def attach(self, features: ClipFeatures) -> ClipFeatures:
        """Return the same clip with its joints."""
        return replace(features, joints=self.joints(features.clip, len(features.scene)))

    def joints(self, clip: LabelledClip, variants: int) -> NDArray[np.float16]:
        """Return (V, T, 13, 3), see `models.heads.body.BodyReader`.

        Raises
        ------
        models.data.clips.ClipError
            If the clip cannot be read.
        """
        digest = content_digest(clip.path)
        name = f"{clip.key}-{digest}-{self.look.name}-{variants}-{self.most_hz:g}.npy"
        path = self.folder / name
        if not path.exists():
            frames = read_clip(clip.path, SIZE, self.most_hz).frames
            seen = [self.look(augment_clip(frames, v, clip.seed)) for v in range(variants)]
            self.folder.mkdir(parents=True, exist_ok=True)
            partial = path.with_suffix(".part.npy")
            np.save(partial, np.stack(seen).astype(np.float16))
            partial.rename(path)
        found: NDArray[np.float16] = np.load(path)
        return found
