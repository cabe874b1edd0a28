"""Encoder features of clips, computed once and kept as float16 files.

The encoder is frozen, so a head trains from these in minutes. Each clip is encoded in several
variants (see `models.data.clip_augment`).
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import torch
from torch import Tensor, nn

from models.data.clip_augment import augment_clip
from models.data.clips import ClipError, content_digest, read_clip
from models.data.compiled import F32, compile_graph, export_graph
from models.heads.actions import pool_scene
from models.heads.motion import MotionReader, to_grid

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray

    from models.data.action_sets import LabelledClip
    from models.data.compiled import Arithmetic
    from models.encoders.efficientnet_lite import EfficientNetLite0

INPUT_SIZE: Final = (384, 288)
_BATCH: Final = 8

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sampling:
    """Which frames of a clip a stream would have delivered.

    Attributes
    ----------
    stride
        Every n-th frame.
    near_hz
        Every n-th frame, so that about so many a second are left.
    drop
        Share of the frames lost at random.
    """

    stride: int = 1
    near_hz: float | None = None
    drop: float = 0.0

    def pick(self, times_s: NDArray[np.float64], seed: int) -> NDArray[np.intp]:
        """Return the indices of the frames delivered, the first always among them.

        Parameters
        ----------
        times_s
            (T,) of the recording's frames.
        """
        picked = np.arange(0, len(times_s), self._every(times_s))
        kept = np.random.default_rng(seed).random(len(picked)) >= self.drop
        kept[0] = True
        return picked[kept]

    def rate(self, full_hz: float) -> float:
        """Return how many frames a second are left of `full_hz`."""
        if self.near_hz is not None:
            return min(full_hz, self.near_hz)
        return full_hz / self.stride

    def _every(self, times_s: NDArray[np.float64]) -> int:
        if self.near_hz is None or len(times_s) < 2:
            return self.stride
        interval_s = float(np.median(np.diff(times_s)))
        return max(1, round(1 / (self.near_hz * interval_s)))


SAMPLINGS: Final = {
    "full": Sampling(),
    "half": Sampling(stride=2),
    "third": Sampling(stride=3),
    "five": Sampling(near_hz=5.0),
    "drops": Sampling(drop=0.3),
}
SAMPLED: Final = hashlib.sha256(repr(SAMPLINGS).encode()).hexdigest()[:6]


@dataclass(frozen=True, slots=True)
class ClipFeatures:
    """One clip in all its variants.

    Attributes
    ----------
    times_s
        (T,) float64.
    scene
        (V, T, 6912) float16, see `models.heads.actions.pool_scene`.
    picked
        Indices of the frames of each sampling, by its name.
    motion
        (V, len(picked), 1296) float16 of each sampling, see
        `models.heads.motion.MotionReader`: what moved depends on the frames before.
    joints
        (V, T, 13, 3) float16 if somebody looked, see `models.data.joint_cache`.
    rough
        The same frames as an encoder sees them that computes less exactly, if asked for.
    """

    clip: LabelledClip
    times_s: NDArray[np.float64]
    scene: NDArray[np.float16]
    picked: dict[str, NDArray[np.intp]]
    motion: dict[str, NDArray[np.float16]]
    joints: NDArray[np.float16] | None = None
    rough: ClipFeatures | None = None


class FeatureCache:
    """Encodes clips, or reads what it encoded before.

    Parameters
    ----------
    folder
        Where the files go; about 20 KB a frame and variant.
    variants
        How many of each clip; 0 is the clip as it is.
    most_hz
        Frames that would make a clip faster are left out.
    arithmetic
        What the encoder is computed in.
    """

    def __init__(
        self,
        folder: Path,
        encoder: EfficientNetLite0,
        variants: int,
        *,
        most_hz: float = 31.0,
        threads: int = 1,
        arithmetic: Arithmetic = F32,
    ) -> None:
        self._folder = folder
        self._variants = variants
        self._most_hz = most_hz
        self._threads = threads
        self._arithmetic: Arithmetic = arithmetic
        self._encoder = encoder
        self._version = f"{_fingerprint(encoder)}-{SAMPLED}"
        self._compiled: Any = None

    def load(self, clips: Iterable[LabelledClip]) -> list[ClipFeatures]:
        """Return the features of every clip that can be read; the others are named in the log."""
        loaded, unreadable = [], []
        for clip in clips:
            try:
                loaded.append(self._load_one(clip))
            except ClipError as error:
                unreadable.append(str(error))
        if unreadable:
            log.warning("%d clips skipped: %s", len(unreadable), "; ".join(unreadable))
        return loaded

    def _load_one(self, clip: LabelledClip) -> ClipFeatures:
        how = f"{self._version}-{self._variants}-{self._most_hz:g}"
        how += "" if self._arithmetic == F32 else f"-{self._arithmetic}"
        path = self._folder / f"{clip.key}-{content_digest(clip.path)}-{how}.npz"
        if not path.exists():
            self._make(clip, path)
        with np.load(path, allow_pickle=False) as stored:
            return ClipFeatures(
                clip,
                stored["times_s"],
                stored["scene"],
                {name: stored[f"picked.{name}"] for name in SAMPLINGS},
                {name: stored[f"motion.{name}"] for name in SAMPLINGS},
            )

    def _make(self, clip: LabelledClip, path: Path) -> None:
        decoded = read_clip(clip.path, INPUT_SIZE, self._most_hz)
        seed = clip.seed
        picked = {name: s.pick(decoded.times_s, seed) for name, s in SAMPLINGS.items()}
        scenes: list[NDArray[np.float16]] = []
        motions: dict[str, list[NDArray[np.float16]]] = {name: [] for name in SAMPLINGS}
        for variant in range(self._variants):
            scene, grid = self._encode(augment_clip(decoded.frames, variant, seed))
            scenes.append(scene)
            for name, frames in picked.items():
                motions[name].append(motion_of(grid[frames], decoded.times_s[frames]))
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".part.npz")
        content: dict[str, NDArray[Any]] = {"times_s": decoded.times_s, "scene": np.stack(scenes)}
        content |= {f"picked.{name}": frames for name, frames in picked.items()}
        content |= {f"motion.{name}": np.stack(motion) for name, motion in motions.items()}
        np.savez(partial, **content)  # type: ignore[arg-type]
        partial.rename(path)

    def _compile(self) -> Any:
        path = self._folder / "reader.onnx"
        export_graph(_Reader(self._encoder), path, INPUT_SIZE, ["scene", "grid"])
        return compile_graph(path, self._threads, self._arithmetic)

    def _encode(self, frames: NDArray[np.uint8]) -> tuple[NDArray[np.float16], Tensor]:
        if self._compiled is None:
            self._compiled = self._compile()
        encoded = [
            self._compiled(frames[start : start + _BATCH])
            for start in range(0, len(frames), _BATCH)
        ]
        scene = np.concatenate([maps[0] for maps in encoded]).astype(np.float16)
        return scene, torch.from_numpy(np.concatenate([maps[1] for maps in encoded]))


@torch.inference_mode()
def motion_of(grid: Tensor, times_s: NDArray[np.float64]) -> NDArray[np.float16]:
    """Read (T, 1296) motion from (T, 432, 9, 12) maps, one frame after the other."""
    reader = MotionReader()
    state = reader.init_state(1)
    intervals = torch.from_numpy(np.diff(times_s, prepend=times_s[0] - 0.04)).float()
    rows = []
    for t in range(len(grid)):
        row, state = reader.step(grid[t : t + 1], state, intervals[t : t + 1])
        rows.append(row)
    return torch.cat(rows).numpy().astype(np.float16)


class _Reader(nn.Module):
    def __init__(self, encoder: EfficientNetLite0) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, frame: Tensor) -> tuple[Tensor, Tensor]:
        _, c4, c5 = self.encoder(frame)
        return pool_scene(c4, c5), to_grid(c4, c5)


def _fingerprint(encoder: nn.Module) -> str:
    digest = hashlib.sha256()
    for tensor in encoder.state_dict().values():
        digest.update(tensor.cpu().numpy().tobytes())
    return digest.hexdigest()[:10]
