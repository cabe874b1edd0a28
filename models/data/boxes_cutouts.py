"""People cut out of recordings and laid into photographs.

So that a lying person, not the room, is learnt (Ghiasi et al., "Simple Copy-Paste is a Strong
Data Augmentation Method for Instance Segmentation", arXiv 2012.07177).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from models.data.boxes import BoxLabels, person_at
from models.data.boxes_geometry import iou

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.data.boxes_geometry import Bools, Floats

    Picture = NDArray[np.uint8]

_CHANGED: Final = 24
"""Of 255, in any channel: a pixel that differs more from the empty room is the person's."""
_LEAST_SHARE: Final = 0.3
"""Of the box: whoever fills less of it was hidden in the room's colours and is not cut out well."""
_SIDES: Final = (0.25, 0.8)
"""How long a pasted person is, as a share of the photograph's longer side."""


@dataclass(frozen=True)
class CutOut:
    """A person without surroundings: (H, W, 3) uint8 RGB and how much of each pixel is theirs."""

    pixels: Picture
    alpha: Floats


def cut_out(frames: Picture, xyxy: Floats) -> list[CutOut]:
    """Return the person of those frames in which the empty room tells them from it.

    Parameters
    ----------
    frames
        (T, H, W, 3) uint8 RGB, of a camera that stands still before one person.
    xyxy
        (T, 4) float32: where the person is, in fractions of the picture.
    """
    covered = np.stack([_inside(box, frames.shape[1:3]) for box in xyxy])
    room, known = _empty_room(frames, covered)
    cuts = [_cut(frame, inside, room, known) for frame, inside in zip(frames, covered, strict=True)]
    return [cut for cut in cuts if (cut.alpha > 0.5).mean() > _LEAST_SHARE]


def _inside(box: Floats, shape: tuple[int, ...]) -> Bools:
    mask = np.zeros(shape, bool)
    left, top, right, bottom = (box * np.tile([shape[1], shape[0]], 2)).round().astype(int)
    mask[top:bottom, left:right] = True
    return mask


def _empty_room(frames: Picture, covered: Bools) -> tuple[Picture, Bools]:
    """Return each pixel's median while the person is elsewhere, and which pixels ever are so."""
    hidden = np.broadcast_to(covered[..., None], frames.shape)
    known = ~covered.all(0)
    masked = np.ma.masked_array(frames, hidden)
    room = np.ma.median(masked, axis=0).filled(0)  # type: ignore[no-untyped-call]
    return np.asarray(room, np.uint8), np.asarray(known)


def _cut(frame: Picture, inside: Bools, room: Picture, known: Bools) -> CutOut:
    changed = (np.abs(frame.astype(int) - room).max(-1) > _CHANGED) | ~known
    if not changed[inside].any():
        # GrabCut wants a sample of both sides.
        return CutOut(frame[:1, :1], np.zeros((1, 1), np.float32))
    guess = np.where(inside, np.where(changed, cv2.GC_PR_FGD, cv2.GC_PR_BGD), cv2.GC_BGD)
    people, rest = np.zeros((1, 65)), np.zeros((1, 65))
    mask, _, _ = cv2.grabCut(
        frame, guess.astype(np.uint8), (0, 0, 0, 0), rest, people, 3, cv2.GC_INIT_WITH_MASK
    )
    own = np.isin(mask, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8)
    clean = cv2.morphologyEx(own, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    rows, columns = np.flatnonzero(inside.any(1)), np.flatnonzero(inside.any(0))
    place = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    soft = cv2.GaussianBlur(clean.astype(np.float32), (0, 0), 1.0)
    return CutOut(frame[place], np.asarray(soft[place], np.float32))


def lay_into(
    picture: Picture, labels: BoxLabels, person: CutOut, rng: np.random.Generator
) -> tuple[Picture, BoxLabels]:
    """Return the picture with the person somewhere in it, and what it shows now."""
    height, width = picture.shape[:2]
    scale = rng.uniform(*_SIDES) * max(height, width) / max(person.alpha.shape)
    scale = min(scale, width / person.alpha.shape[1], height / person.alpha.shape[0])
    size = (
        max(2, int(person.alpha.shape[1] * scale)),
        max(2, int(person.alpha.shape[0] * scale)),
    )
    pixels = cv2.resize(person.pixels, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    alpha = np.asarray(cv2.resize(person.alpha, size, interpolation=cv2.INTER_AREA), np.float32)
    if rng.random() < 0.5:
        pixels, alpha = pixels[:, ::-1], alpha[:, ::-1]
    tint = (rng.uniform(0.6, 1.4) * rng.uniform(0.85, 1.15, 3)).astype(np.float32)
    left = int(rng.integers(width - size[0] + 1))
    top = int(rng.integers(height - size[1] + 1))
    place = slice(top, top + size[1]), slice(left, left + size[0])
    laid = picture.astype(np.float32)
    laid[place] += alpha[..., None] * (pixels * tint - laid[place])
    box = _bounds(alpha) + np.array([left, top, left, top], np.float32)
    seen = person_at((box / np.array([width, height] * 2)).astype(np.float32))
    hidden = iou(labels.xyxy, seen.xyxy).max(1, initial=0) > 0.5
    now = BoxLabels.join([labels.select(~hidden), seen])
    return np.clip(laid, 0, 255).astype(np.uint8), now


def _bounds(alpha: Floats) -> Floats:
    own = alpha > 0.5
    rows, columns = np.flatnonzero(own.any(1)), np.flatnonzero(own.any(0))
    if not len(rows):
        return np.array([0, 0, alpha.shape[1], alpha.shape[0]], np.float32)
    return np.array([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1], np.float32)
