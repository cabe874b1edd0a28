"""Arm poses: do actors teach a classifier of stills of real people? On ``gestures/body``.

``python -m models.actors.stills_study --photos ../shared/data/photos/imagenet`` prints a table of
``benchmarks/actors.md``. The classifier is linear, on features of the frozen encoder; tested is on
each place (cluster of backgrounds) in turn, trained on the real stills of the other places, on
actors, or on both. Neighbouring real stills are near-duplicates, but never across places.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
import torch
from torch import Tensor, nn

from models.actors.clip import sample_clip
from models.actors.dataset import photographs
from models.actors.renderer import Renderer
from models.encoders.efficientnet_lite import EfficientNetLite0, load_imagenet_weights
from models.heads.actions import pool_scene

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    Image = NDArray[np.uint8]

_SIZE: Final = (384, 288)
_SHOWN_BY: Final = {
    "emergency": "hands on head",
    "land": "arms out",
    "left": "pointing left",
    "photo": "hands on hips",
    "right": "pointing right",
    "take_off": "arms up",
}
"""Classes of the real stills that an action shows, and which."""


def draw_stills(each: int, photos: Sequence[Path]) -> tuple[list[Image], list[int]]:
    """Return `each` pictures of every class, drawn in the middle of the action, and the classes."""
    renderer = Renderer(_SIZE)
    images, classes = [], []
    for number, action in enumerate(_SHOWN_BY.values()):
        for seed in range(each):
            clip = sample_clip(
                90_000 + seed, actions=[action], seconds=3.0, size=_SIZE, people=1, photos=photos
            )
            held = next(e.interval for e in clip.intervals() if e.interval.label == action)
            middle = np.array([(held.start_s + held.end_s) / 2])
            image, _ = next(replace(clip, times_s=middle).frames(renderer))
            images.append(image)
            classes.append(number)
    renderer.close()
    return images, classes


def read_stills(folder: Path) -> tuple[list[Image], list[int], list[str]]:
    """Return the real pictures of ``<class>/*_place<P>.webp``, their classes and places."""
    images, classes, places = [], [], []
    for number, name in enumerate(_SHOWN_BY):
        for path in sorted((folder / name).glob("*.webp")):
            read = cv2.imread(str(path))
            if read is None:
                raise SystemExit(f"{path} is no picture that can be read.")
            picture = cv2.resize(read, _SIZE, interpolation=cv2.INTER_AREA)
            images.append(np.ascontiguousarray(picture[..., ::-1], np.uint8))
            classes.append(number)
            places.append(path.stem.rpartition("_")[2])
    return images, classes, places


@torch.inference_mode()
def features(encoder: EfficientNetLite0, images: Iterable[Image]) -> Tensor:
    """Return (N, F) pooled maps of the encoder."""
    rows = []
    for image in images:
        _, c4, c5 = encoder(torch.from_numpy(image)[None])
        rows.append(pool_scene(c4, c5)[0])
    return torch.stack(rows).float()


def accuracy(train: tuple[Tensor, Tensor], test: tuple[Tensor, Tensor], seed: int) -> float:
    """Fit a linear classifier; return its accuracy on `test` in per cent."""
    torch.manual_seed(seed)
    mean, spread = train[0].mean(0), train[0].std(0) + 1e-3
    layer = nn.Linear(train[0].shape[1], len(_SHOWN_BY))
    optimizer = torch.optim.AdamW(layer.parameters(), lr=1e-3, weight_decay=1.0)
    inputs = (train[0] - mean) / spread
    for _ in range(60):
        for part in torch.split(torch.randperm(len(inputs)), 64):
            loss = nn.functional.cross_entropy(layer(inputs[part]), train[1][part])
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
    with torch.inference_mode():
        right = layer((test[0] - mean) / spread).argmax(1) == test[1]
    return 100 * float(right.float().mean())


def main() -> None:
    """Draw, read, encode, compare, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m models.actors.stills_study")
    parser.add_argument("--stills", type=Path, default=Path("../shared/data/gestures/body"))
    parser.add_argument("--photos", type=Path, help="folder of photographs for backgrounds")
    parser.add_argument("--each", type=int, default=80, help="drawn pictures of every class")
    given = parser.parse_args()
    torch.set_num_threads(1)
    encoder = EfficientNetLite0().eval()
    load_imagenet_weights(encoder)
    drawn_images, drawn_classes = draw_stills(given.each, photographs(given.photos))
    real_images, real_classes, places = read_stills(given.stills)
    drawn = features(encoder, drawn_images), torch.tensor(drawn_classes)
    real = features(encoder, real_images), torch.tensor(real_classes)
    print(f"{len(real_images)} real stills, {len(drawn_images)} drawn, {len(_SHOWN_BY)} classes\n")
    print("| tested on | stills | real alone % | actors alone % | real + actors % |")
    print("|---|---|---|---|---|")
    for place in sorted(set(places)):
        here = torch.tensor([p == place for p in places])
        test = real[0][here], real[1][here]
        others = real[0][~here], real[1][~here]
        both = torch.cat([others[0], drawn[0]]), torch.cat([others[1], drawn[1]])
        shown = " | ".join(
            f"{np.mean([accuracy(way, test, seed) for seed in range(3)]):.1f}"
            for way in (others, drawn, both)
        )
        print(f"| {place} | {int(here.sum())} | {shown} |", flush=True)


if __name__ == "__main__":
    main()
