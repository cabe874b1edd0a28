"""Pooled encoder features of clips, computed once and kept as float16 files.

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
from models.data.clips import ClipError, read_clip
from models.heads.actions import pool_features

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray

    from models.data.action_sets import LabelledClip
    from models.encoders.efficientnet_lite import EfficientNetLite0

INPUT_SIZE: Final = (384, 288)
_BATCH: Final = 8

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ClipFeatures:
    """One clip in all its variants.

    Attributes
    ----------
    pooled
        (V, T, 6912) float16.
    times_s
        (T,) float64.
    """

    clip: LabelledClip
    pooled: NDArray[np.float16]
    times_s: NDArray[np.float64]


class FeatureCache:
    """Encodes clips, or reads what it encoded before.

    Parameters
    ----------
    folder
        Where the files go; about 14 KB a frame and variant.
    variants
        How many of each clip; 0 is the clip as it is.
    most_hz
        Frames that would make a clip faster are left out.
    """

    def __init__(
        self,
        folder: Path,
        encoder: EfficientNetLite0,
        variants: int,
        *,
        most_hz: float = 31.0,
        threads: int = 1,
    ) -> None:
        self._folder = folder
        self._variants = variants
        self._most_hz = most_hz
        self._threads = threads
        self._encoder = encoder
        self._version = _fingerprint(encoder)
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
        path = self._folder / f"{clip.key}-{self._version}-{self._variants}-{self._most_hz:g}.npz"
        if not path.exists():
            decoded = read_clip(clip.path, INPUT_SIZE, self._most_hz)
            seed = int.from_bytes(hashlib.sha256(clip.key.encode()).digest()[:4], "little")
            pooled = np.stack(
                [
                    self._encode(augment_clip(decoded.frames, variant, seed))
                    for variant in range(self._variants)
                ]
            )
            path.parent.mkdir(parents=True, exist_ok=True)
            partial = path.with_suffix(".part.npz")
            np.savez(partial, pooled=pooled, times_s=decoded.times_s)
            partial.rename(path)
        with np.load(path, allow_pickle=False) as stored:
            return ClipFeatures(clip, stored["pooled"], stored["times_s"])

    def _encode(self, frames: NDArray[np.uint8]) -> NDArray[np.float16]:
        if self._compiled is None:
            self._compiled = _compile(self._encoder, self._folder, self._threads)
        encoded = [
            self._compiled(frames[start : start + _BATCH])[0]
            for start in range(0, len(frames), _BATCH)
        ]
        return np.concatenate(encoded).astype(np.float16)


class _PooledEncoder(nn.Module):
    def __init__(self, encoder: EfficientNetLite0) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, frame: Tensor) -> Tensor:
        return pool_features(self.encoder(frame))


def _fingerprint(encoder: nn.Module) -> str:
    digest = hashlib.sha256()
    for tensor in encoder.state_dict().values():
        digest.update(tensor.cpu().numpy().tobytes())
    return digest.hexdigest()[:10]


def _compile(encoder: EfficientNetLite0, folder: Path, threads: int) -> Any:
    """Load encoder and pooling into OpenVINO: several times faster than torch on a CPU."""
    import openvino as ov

    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "pooled-encoder.onnx"
    example = torch.zeros(2, INPUT_SIZE[1], INPUT_SIZE[0], 3, dtype=torch.uint8)
    torch.onnx.export(
        _PooledEncoder(encoder).eval(),
        (example,),
        str(path),
        input_names=["frame"],
        output_names=["pooled"],
        dynamic_axes={"frame": {0: "B"}, "pooled": {0: "B"}},
        opset_version=17,
        dynamo=False,
    )
    return ov.Core().compile_model(
        str(path),
        "CPU",
        {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": threads},
    )
