"""What the frozen part of an encoder makes of clips, in files, to train the other part on."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import torch

from models.data.clip_augment import augment_clip
from models.data.clips import ClipError, content_digest, read_clip
from models.data.compiled import compile_graph, export_graph
from models.data.feature_cache import INPUT_SIZE, SAMPLED, SAMPLINGS, ClipFeatures, motion_of
from models.heads.actions import pool_scene
from models.heads.motion import to_grid

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from models.data.action_sets import LabelledClip
    from models.encoders.parting import FrozenPart, TrainedPart

_BATCH: Final = 8

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FrozenClip:
    """One clip as the frozen part leaves it.

    Attributes
    ----------
    times_s
        (T,) float64.
    picked
        See `models.data.feature_cache.ClipFeatures`.
    rows
        (T, F) float16 of each variant, read from disk when they are looked at.
    """

    clip: LabelledClip
    times_s: NDArray[np.float64]
    picked: dict[str, NDArray[np.intp]]
    rows: tuple[NDArray[np.float16], ...]


class FrozenCache:
    """Encodes clips up to where training begins, or finds what it encoded before.

    Parameters
    ----------
    folder
        Where the files go: about 140 KB a frame and variant.
    """

    def __init__(self, folder: Path, part: FrozenPart, *, most_hz: float, threads: int) -> None:
        self._folder, self._part, self._most_hz, self._threads = folder, part, most_hz, threads
        digest = hashlib.sha256()
        for tensor in part.state_dict().values():
            digest.update(tensor.cpu().numpy().tobytes())
        self._version = f"{digest.hexdigest()[:10]}-{part.cut}-{most_hz:g}-{SAMPLED}"
        self._compiled: Any = None

    def load(self, clips: Iterable[LabelledClip], variants: range) -> list[FrozenClip]:
        """Return every clip that can be read, in these variants; the log names the others."""
        loaded = []
        for clip in clips:
            try:
                loaded.append(self._load_one(clip, variants))
            except ClipError as error:
                log.warning("a clip is skipped: %s", error)
        return loaded

    def _load_one(self, clip: LabelledClip, variants: range) -> FrozenClip:
        path = self._folder / f"{clip.key}-{content_digest(clip.path)}-{self._version}.npz"
        rows = {variant: path.with_name(f"{path.stem}-{variant}.npy") for variant in variants}
        if not all(part.exists() for part in (path, *rows.values())):
            self._make(clip, path, rows)
        with np.load(path, allow_pickle=False) as stored:
            times_s = stored["times_s"]
            picked = {name: stored[name] for name in SAMPLINGS}
        mapped = (np.load(part, mmap_mode="r", allow_pickle=False) for part in rows.values())
        return FrozenClip(clip, times_s, picked, tuple(mapped))

    def _make(self, clip: LabelledClip, path: Path, rows: Mapping[int, Path]) -> None:
        decoded = read_clip(clip.path, INPUT_SIZE, self._most_hz)
        seed = clip.seed
        self._folder.mkdir(parents=True, exist_ok=True)
        for variant, part in rows.items():
            if not part.exists():
                frames = augment_clip(decoded.frames, variant, seed)
                partial = part.with_suffix(".part.npy")
                np.save(partial, self._encode(frames))
                partial.rename(part)
        picked = {name: one.pick(decoded.times_s, seed) for name, one in SAMPLINGS.items()}
        partial = path.with_suffix(".part.npz")
        np.savez(partial, times_s=decoded.times_s, **picked)  # type: ignore[arg-type]
        partial.rename(path)

    def _encode(self, frames: NDArray[np.uint8]) -> NDArray[np.float16]:
        if self._compiled is None:
            self._compiled = _compile(self._part, self._folder, self._threads)
        encoded = [
            self._compiled(frames[start : start + _BATCH])[0]
            for start in range(0, len(frames), _BATCH)
        ]
        return np.concatenate(encoded).astype(np.float16)


@torch.inference_mode()
def finished(clip: FrozenClip, part: TrainedPart) -> ClipFeatures:
    """Return the features of a clip as it is, as the trained part makes them now."""
    scenes, grids = [], []
    for start in range(0, len(clip.times_s), _BATCH):
        rows = torch.from_numpy(clip.rows[0][start : start + _BATCH].astype(np.float32))
        c4, c5 = part(rows)
        scenes.append(pool_scene(c4, c5))
        grids.append(to_grid(c4, c5))
    scene, grid = torch.cat(scenes), torch.cat(grids)
    motion = {n: motion_of(grid[p], clip.times_s[p])[None] for n, p in clip.picked.items()}
    half = scene.numpy().astype(np.float16)[None]
    return ClipFeatures(clip.clip, clip.times_s, half, clip.picked, motion)


def _compile(part: FrozenPart, folder: Path, threads: int) -> Any:
    path = folder / "frozen.onnx"
    export_graph(part, path, INPUT_SIZE, ["row"])
    return compile_graph(path, threads)
