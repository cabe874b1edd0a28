"""What a renderer is told: light, what is behind the people, and all that changes by frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Light:
    """Sun or lamp with shadow, ambient light, and one lamp without shadow. Linear RGB."""

    key_direction: Array
    key_colour: tuple[float, float, float]
    sky: tuple[float, float, float]
    ground: tuple[float, float, float]
    lamp_at: tuple[float, float, float]
    lamp_colour: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Backdrop:
    """What is behind the people: a room, or a photograph over an unseen floor.

    Attributes
    ----------
    vertices
        (V,) of `room.VERTEX`: everything that can hide a person; first of all the floor.
    surfaces
        (L, S, S, 3) uint8 textures.
    photo
        (H, W, 3) uint8 RGB, or None for a room.
    """

    vertices: NDArray[np.void]
    surfaces: NDArray[np.uint8]
    photo: NDArray[np.uint8] | None = None


@dataclass(frozen=True, slots=True)
class Shot:
    """All that changes from frame to frame.

    Attributes
    ----------
    matrix, wide_matrix
        (4, 4) view-projection, and the same widened by `renderer.AMODAL_WIDEN`.
    bones
        Per person (B, 3, 4) affine transforms of the bones.
    blobs
        (N, 4) contact shade: x, z, radius in metres, strength.
    holding
        Per person, of each of their props whether it is held now.
    photo_window
        Offset and size of the part of the photograph seen.
    """

    matrix: Array
    wide_matrix: Array
    bones: Sequence[Array]
    blobs: Array
    holding: Sequence[Sequence[bool]]
    photo_window: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)
