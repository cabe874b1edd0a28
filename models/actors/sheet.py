"""A contact sheet: random clips as rows of frames, to be looked at.

``python -m models.actors.sheet --out docs/actors.jpg --seed 200`` writes the sheet that the
repository keeps.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from models.actors.clip import sample_clip
from models.actors.dataset import photographs
from models.actors.motions import ACTIONS
from models.actors.renderer import Renderer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from models.actors.clip import ActorsClip
    from models.actors.truth import FrameTruth

    Image = NDArray[np.uint8]

_CAPTION_PX: Final = 14
_GAP_PX: Final = 6
_GREEN: Final = (90, 230, 90)


def strip(clip: ActorsClip, renderer: Renderer, frames: int, *, boxes: bool) -> Image:
    """Return evenly spaced `frames` of `clip` in a row, under a caption of what is shown."""
    chosen = set(np.linspace(0, len(clip) - 1, frames).round().astype(int).tolist())
    row, seen = [], dict[str, None]()
    for image, truth in clip.frames(renderer):
        if truth.index in chosen:
            seen |= dict.fromkeys(sorted(truth.people[0].actions))
            row.append(_boxed(image, truth) if boxes else image)
    made = np.concatenate(row, axis=1)
    caption = np.zeros((_CAPTION_PX, made.shape[1], 3), np.uint8)
    text = f"{clip.seed} {clip.view}: {', '.join(seen)}"
    cv2.putText(caption, text, (3, 10), cv2.FONT_HERSHEY_SIMPLEX, 0.36, (255, 255, 255), 1,
                cv2.LINE_AA)  # fmt: skip
    return np.concatenate([caption, made])


def _boxed(image: Image, truth: FrameTruth) -> Image:
    """Return `image` with the boxes of everyone seen."""
    made = image.copy()
    for person in truth.people:
        if person.xyxy is not None:
            x1, y1, x2, y2 = (int(v) for v in person.xyxy)
            cv2.rectangle(made, (x1, y1), (x2 - 1, y2 - 1), _GREEN, 1)
    return made


def sheet(
    clips: Sequence[ActorsClip], *, columns: int = 3, frames: int = 5, boxes: bool = False
) -> Image:
    """Return (H, W, 3) RGB: a strip per clip, column by column; all clips are of one size."""
    renderer = Renderer(clips[0].size)
    strips = [strip(clip, renderer, frames, boxes=boxes) for clip in clips]
    renderer.close()
    height, width = strips[0].shape[:2]
    rows = -(-len(strips) // columns)
    made = np.full(
        (rows * (height + _GAP_PX), columns * (width + _GAP_PX) - _GAP_PX, 3), 40, np.uint8
    )
    for i, picture in enumerate(strips):
        y, x = (i % rows) * (height + _GAP_PX), (i // rows) * (width + _GAP_PX)
        made[y : y + height, x : x + width] = picture
    return made


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m models.actors.sheet", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="JPEG or PNG to write")
    parser.add_argument("--clips", type=int, default=30)
    parser.add_argument("--seed", type=int, default=0, help="of the first clip")
    parser.add_argument("--action", action="append", choices=tuple(ACTIONS), help="only these")
    parser.add_argument("--frames", type=int, default=5, help="of each clip")
    parser.add_argument("--columns", type=int, default=3)
    parser.add_argument("--size", default="128x96", help="of each frame")
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--rate", type=float, default=10.0, help="frames per second drawn")
    parser.add_argument("--photos", type=Path, help="folder of photographs for backgrounds")
    parser.add_argument("--boxes", action="store_true", help="draw the true boxes")
    return parser.parse_args()


def main() -> None:
    """Write a contact sheet."""
    given = _arguments()
    width, height = (int(side) for side in given.size.split("x"))
    clips = [
        sample_clip(
            given.seed + k,
            actions=given.action,
            seconds=given.seconds,
            size=(width, height),
            rate_hz=given.rate,
            photos=photographs(given.photos),
        )
        for k in range(given.clips)
    ]
    made = sheet(clips, columns=given.columns, frames=given.frames, boxes=given.boxes)
    given.out.parent.mkdir(parents=True, exist_ok=True)
    if not cv2.imwrite(str(given.out), made[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 88]):
        raise SystemExit(f"Cannot write {given.out}.")
    print(f"{given.out}: {given.clips} clips, {given.out.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
