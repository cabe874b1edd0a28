"""The MNIST idx files (LeCun, Cortes & Burges), plain or gzipped."""

from __future__ import annotations

import gzip
import math
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from models.data.splits import DataError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

_UNSIGNED_BYTES: Final = 0x08
_NAMES: Final = {"train": "train", "test": "t10k"}


class IdxError(DataError):
    """A file that is missing or no idx file; the message names it."""


@dataclass(frozen=True, slots=True)
class Digits:
    """Pictures of handwritten digits.

    Attributes
    ----------
    images
        (N, 28, 28) uint8, white on black.
    labels
        (N,) uint8, 0..9.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.labels)


def is_mnist(folder: Path) -> bool:
    """Tell whether `folder` holds the training images."""
    return _path(folder, "train-images-idx3-ubyte").exists()


def read_digits(folder: Path, part: str) -> Digits:
    """Read ``"train"`` (60,000) or ``"test"`` (10,000).

    Raises
    ------
    IdxError
        If a file is missing, damaged, or the two do not belong together.
    """
    prefix = _NAMES[part]
    images = read_idx(_path(folder, f"{prefix}-images-idx3-ubyte"))
    labels = read_idx(_path(folder, f"{prefix}-labels-idx1-ubyte"))
    if images.ndim != 3 or labels.shape != images.shape[:1]:
        raise IdxError(f"{folder}: images {images.shape} and labels {labels.shape} do not match")
    return Digits(images, labels)


def read_idx(path: Path) -> NDArray[np.uint8]:
    """Read an idx file of unsigned bytes, of any number of dimensions.

    Raises
    ------
    IdxError
        If it cannot be read, or is not such a file.
    """
    try:
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except (OSError, EOFError) as error:
        raise IdxError(f"{path} cannot be read: {error}") from error
    if len(data) < 4 or data[:3] != bytes((0, 0, _UNSIGNED_BYTES)):
        raise IdxError(f"{path} is no idx file of bytes")
    start = 4 + 4 * data[3]
    if len(data) < start:
        raise IdxError(f"{path} ends too early")
    shape = struct.unpack(f">{data[3]}I", data[4:start])
    if len(data) - start != math.prod(shape):
        raise IdxError(f"{path} holds {len(data) - start} values, not {shape}")
    return np.frombuffer(data, np.uint8, offset=start).reshape(shape)


def _path(folder: Path, name: str) -> Path:
    plain = folder / name
    return plain if plain.exists() else folder / f"{name}.gz"
