"""Pseudo-video: a few frames with boxes made from one photograph, as a moving camera would.

A detector's memory can only be learnt from sequences, and there are few videos with boxes. A crop
that glides over a photograph gives the motion, and damage to some of the frames (blur, noise, bad
exposure, something in front) gives memory something to be better at than a single frame.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from models.data.boxes import BoxLabels
from models.data.boxes_geometry import area

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.data.boxes_geometry import Floats

    Picture = NDArray[np.uint8]

INPUT_SIZE: Final = (384, 288)
"""Width and height of every frame, in pixels."""

_MIN_VISIBLE: Final = 0.25
"""Of a box's area; what has less of itself in the frame is ignored there."""
_MIN_SIDE: Final = 5 / 288

_ZOOMS: Final = ((0.9, 1.05), (0.45, 0.9), (1.05, 1.5))
_ZOOM_SHARES: Final = (0.6, 0.3, 0.1)


@dataclass(frozen=True)
class Camera:
    """Where the frame's edges lie in the picture, as fractions of it; may reach beyond.

    Attributes
    ----------
    centre, size
        (T, 2) float32: x and y of the middle, width and height, per frame.
    mirrored
        Whether left and right change places.
    """

    centre: Floats
    size: Floats
    mirrored: bool

    def held(self) -> Camera:
        """Return a camera that stays as this one is in its first frame."""
        count = len(self.centre)
        return Camera(
            self.centre[:1].repeat(count, 0), self.size[:1].repeat(count, 0), self.mirrored
        )

    def finer(self, steps: int) -> Camera:
        """Return a camera on the same way that takes `steps` frames for one, but for the first."""
        count = len(self.centre)
        places = np.arange((count - 1) * steps + 1) / steps
        centre, size = (
            np.stack([np.interp(places, np.arange(count), column) for column in way.T], 1)
            for way in (self.centre, self.size)
        )
        return Camera(centre.astype(np.float32), size.astype(np.float32), self.mirrored)

    def label(self, labels: BoxLabels, frame: int) -> BoxLabels:
        """Return `labels` as seen in `frame`; objects that are hardly in it are ignored."""
        corner, size = self.centre[frame] - self.size[frame] / 2, self.size[frame]
        moved = (labels.xyxy - np.tile(corner, 2)) / np.tile(size, 2)
        if self.mirrored:
            moved = np.stack([1 - moved[:, 2], moved[:, 1], 1 - moved[:, 0], moved[:, 3]], 1)
        seen = np.clip(moved, 0, 1).astype(np.float32)
        visible = area(seen) / np.maximum(area(moved), 1e-9)
        sides = seen[:, 2:] - seen[:, :2]
        hard = (visible < _MIN_VISIBLE) | (sides.min(1, initial=1) < _MIN_SIDE)
        view = BoxLabels(seen, labels.class_id, labels.score, labels.ignored | hard)
        return view.select(area(seen) > 0)

    def film(self, picture: Picture, frame: int, border: tuple[int, int, int]) -> Picture:
        """Return what `frame` shows of `picture`: (288, 384, 3) uint8, `border` beyond its edge."""
        height, width = picture.shape[:2]
        side = np.array([width, height])
        size = self.size[frame] * side
        corner = (self.centre[frame] - self.size[frame] / 2) * side
        scale = size / INPUT_SIZE
        # Pixel centres, not corners, are what warpAffine maps: hence the halves.
        start = corner + scale / 2 - 0.5
        matrix = np.array([[scale[0], 0, start[0]], [0, scale[1], start[1]]])
        if self.mirrored:
            matrix[0] = [-scale[0], 0, start[0] + scale[0] * (INPUT_SIZE[0] - 1)]
        # Shrinking by much aliases; halving first is enough at these sizes.
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        filmed = cv2.warpAffine(
            picture,
            matrix,
            INPUT_SIZE,
            flags=flags,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=border,
        )
        return np.asarray(filmed, np.uint8)


def random_camera(rng: np.random.Generator, frames: int, *, whole: bool = False) -> Camera:
    """Return a smooth random flight: pan, zoom, changed aspect, perhaps mirrored.

    Parameters
    ----------
    whole
        Keep most of the picture in view (for mosaics, and for video that moves by itself).
    """
    low, high = _ZOOMS[0] if whole else _ZOOMS[rng.choice(len(_ZOOMS), p=_ZOOM_SHARES)]
    zoom = rng.uniform(low, high)
    aspect = np.exp(rng.normal(0, 0.15))
    start = zoom * np.array([aspect**0.5, aspect**-0.5])
    speed = 0.0 if rng.random() < 0.25 else 1.0
    time = np.arange(frames)[:, None]
    growth = np.exp(speed * rng.normal(0, 0.03) * time)
    size = start * growth
    slack = np.abs(1 - start) / 2 + 0.03
    drift = speed * rng.normal(0, 0.02, 2) * start * time
    shake = speed * rng.normal(0, 0.004, (frames, 2))
    centre = 0.5 + rng.uniform(-slack, slack) + drift + shake
    return Camera(
        centre.astype(np.float32), size.astype(np.float32), mirrored=bool(rng.random() < 0.5)
    )


def film(
    pictures: list[Picture], labels: list[BoxLabels], camera: Camera, rng: np.random.Generator
) -> tuple[Picture, list[BoxLabels]]:
    """Return the frames (T, 288, 384, 3) uint8 that `camera` takes, and their labels.

    Parameters
    ----------
    pictures, labels
        What lies before the camera at each of the T frames: the same T times for a still.
    """
    red, green, blue = (int(value) for value in rng.integers(0, 255, 3))
    frames = np.stack(
        [
            camera.film(_shrunk(picture, camera), index, (red, green, blue))
            for index, picture in enumerate(pictures)
        ]
    )
    seen = [camera.label(boxes, index) for index, boxes in enumerate(labels)]
    return _colour_jitter(frames, rng), seen


def _shrunk(picture: Picture, camera: Camera) -> Picture:
    """Halve a picture that will be shrunk to less than half: it would alias."""
    height, width = picture.shape[:2]
    scale = min(camera.size.min(0) * (width, height) / INPUT_SIZE)
    if scale < 2:
        return picture
    return np.asarray(cv2.resize(picture, (width // 2, height // 2), interpolation=cv2.INTER_AREA))


def mosaic(
    pictures: list[Picture], labels: list[BoxLabels], rng: np.random.Generator
) -> tuple[Picture, BoxLabels]:
    """Lay four pictures in a 2 x 2 grid with a random middle; (576, 768, 3) uint8."""
    width, height = INPUT_SIZE[0] * 2, INPUT_SIZE[1] * 2
    middle = rng.uniform(0.35, 0.65, 2)
    canvas = np.zeros((height, width, 3), np.uint8)
    placed = []
    for index, (picture, boxes) in enumerate(zip(pictures, labels, strict=True)):
        column, row = index % 2, index // 2
        low = np.array([middle[0] * column, middle[1] * row])
        high = np.array([middle[0] if not column else 1.0, middle[1] if not row else 1.0])
        left, top = (low * (width, height)).astype(int)
        right, bottom = (high * (width, height)).astype(int)
        canvas[top:bottom, left:right] = cv2.resize(picture, (int(right - left), int(bottom - top)))
        scaled = np.tile(low, 2) + boxes.xyxy * np.tile(high - low, 2)
        placed.append(
            BoxLabels(scaled.astype(np.float32), boxes.class_id, boxes.score, boxes.ignored)
        )
    return canvas, BoxLabels.join(placed)


def _colour_jitter(frames: Picture, rng: np.random.Generator) -> Picture:
    """Change brightness, contrast, tint and saturation, the same for the whole sequence."""
    ramp = np.arange(256)[:, None] / 255
    gain = rng.uniform(0.75, 1.25) * rng.uniform(0.92, 1.08, 3)
    table = np.clip(255 * gain * ramp ** rng.uniform(0.7, 1.4), 0, 255).astype(np.uint8)
    tall = cv2.LUT(frames.reshape(-1, *frames.shape[2:]), table[None])
    grey = cv2.cvtColor(cv2.cvtColor(tall, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    saturation = 0.0 if rng.random() < 0.05 else rng.uniform(0.5, 1.3)
    mixed = cv2.addWeighted(tall, saturation, grey, 1 - saturation, 0)
    return np.asarray(mixed, np.uint8).reshape(frames.shape)
