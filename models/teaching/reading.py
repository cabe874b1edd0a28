"""What a taught head sees of one frame: the encoder's map where a person is, and its change.

The bundle's own motion reader keeps a trail of the encoder's map (`models.heads.motion`). Trail
before and trail after a frame tell the map of the frame itself, so no bundle needs a further
output to be taught with, and nothing is encoded twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from models.spec import HeadKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from models.spec import Manifest

    Floats = NDArray[np.float32]
    Tensors = Mapping[str, NDArray[Any]]

TRAIL: Final = "shared.trail"
SEEN: Final = "shared.seen"
CHANNELS: Final = 112
CELLS: Final = 3
READING_SIZE: Final = 2 * CHANNELS * CELLS * CELLS
_TRAIL_S: Final = 0.2
_SHORTEST_DT_S: Final = 1 / 120
_LONGEST_DT_S: Final = 2.0
_GAIN: Final = 10.0
_SURE: Final = 0.3
_PERSON: Final = "person"


class NotTeachableError(ValueError):
    """The bundle keeps no trail of its encoder's map."""


@dataclass(frozen=True, slots=True)
class Where:
    """Where the person was seen last.

    Attributes
    ----------
    box
        (B, 4) x1 y1 x2 y2 as fractions of the picture.
    known
        (B, 1): 1 once a person was seen; until then the whole picture is read.
    """

    box: Floats
    known: Floats


class Reader:
    """Reads C4 on 3 x 3 places of the surest person's box, as it is and as it changed.

    Places relative to the person make a gesture the same wherever in the picture it is shown.
    Measured on actions of five people and gestures in five rooms, each left out in turn: 98 % and
    92 % of frames, against 96 % and 72 % with what `MotionReader` gives to trained heads.

    Parameters
    ----------
    manifest
        Of the bundle to read from.

    Raises
    ------
    NotTeachableError
    """

    def __init__(self, manifest: Manifest) -> None:
        shapes = {spec.name: spec.shape for spec in manifest.state}
        trail = shapes.get(TRAIL, ())
        if SEEN not in shapes or len(trail) != 3 or trail[0] < CHANNELS:
            raise NotTeachableError(
                f"The model {manifest.name!r} cannot be taught: it has no action head with a trail."
            )
        self._rows, self._columns = trail[1:]
        heads = (head for head in manifest.heads if head.kind is HeadKind.BOXES)
        self._head = next(heads, None)
        names = [label.en for label in self._head.labels] if self._head else []
        self._class = names.index(_PERSON) if _PERSON in names else -1

    def find(self, heads: Tensors, before: Where) -> Where:
        """Return the box of the surest person among a step's outputs, else where one was last."""
        name = self._head.name if self._head else ""
        if self._class < 0 or f"{name}.boxes" not in heads:
            return before
        confidence = np.where(
            heads[f"{name}.class_id"] == self._class, heads[f"{name}.confidence"], 0.0
        )
        best = confidence.argmax(axis=1)
        rows = np.arange(len(best))
        sure = confidence[rows, best, None] >= _SURE
        boxes = np.clip(heads[f"{name}.boxes"][rows, best], 0.0, 1.0)
        return Where(
            np.where(sure, boxes, before.box).astype(np.float32),
            np.where(sure, 1.0, before.known).astype(np.float32),
        )

    def read(self, before: Tensors, after: Tensors, dt_s: Floats, where: Where) -> Floats:
        """Read a frame of each of B streams.

        Parameters
        ----------
        before, after
            The bundle's state before and after the step.
        dt_s
            (B,) as given to the step.

        Returns
        -------
        Floats
            (B, 2016): C4 on 3 x 3 places, then its change (compressed), channel-major.
        """
        box = np.where(where.known > 0, where.box, np.array([0, 0, 1, 1], np.float32))
        past = self._sample(before[TRAIL], box)
        present = self._sample(after[TRAIL], box)
        seen = np.asarray(before[SEEN], np.float32).reshape(-1, 1)
        dt_s = np.clip(dt_s, _SHORTEST_DT_S, _LONGEST_DT_S).reshape(-1, 1)
        keep = np.exp(-dt_s / _TRAIL_S) * seen
        change = (present - past) / (1 - keep)
        look = past * seen + change * seen + present * (1 - seen)
        moved = np.log1p(_GAIN * np.abs(change * seen))
        return np.concatenate((look, moved), axis=1).astype(np.float32)

    def _sample(self, trail: NDArray[Any], box: Floats) -> Floats:
        """Interpolate (B, C, H, W) at the middles of 3 x 3 parts of each box; (B, C * 9)."""
        parts = (np.arange(CELLS) + 0.5) / CELLS
        x, x_share = _between(box[:, :1] + parts * (box[:, 2:3] - box[:, :1]), self._columns)
        y, y_share = _between(box[:, 1:2] + parts * (box[:, 3:] - box[:, 1:2]), self._rows)
        stream = np.arange(len(box))[:, None, None]
        maps = np.moveaxis(trail[:, :CHANNELS], 1, 3)  # a view: only the places read are copied

        def at(down: int, right: int) -> Floats:
            return np.asarray(
                maps[stream, (y + down)[:, :, None], (x + right)[:, None, :]], np.float32
            )

        to_right, to_below = x_share[:, None, :, None], y_share[:, :, None, None]
        upper = at(0, 0) * (1 - to_right) + at(0, 1) * to_right
        lower = at(1, 0) * (1 - to_right) + at(1, 1) * to_right
        values = upper * (1 - to_below) + lower * to_below
        return np.moveaxis(values, 3, 1).reshape(len(box), -1).astype(np.float32)


def _between(fraction: Floats, cells: int) -> tuple[NDArray[np.intp], Floats]:
    """Return the cell before each place, and how far it is to the next."""
    place = np.clip(fraction * cells - 0.5, 0, cells - 1)
    cell = np.minimum(place.astype(np.intp), cells - 2)
    return cell, (place - cell).astype(np.float32)
