"""Which randomisations pay: heads trained on halves of a set of actors, tested on real people.

``python -m models.actors.ablation --actors cache/actors/room --photos ../shared/data/photos``
prints a table of ``benchmarks/actors.md``. The clips are divided by what chance gave them: a
photograph or a room behind the people, a camera with or without blur and compression, a camera at
eye level or elsewhere, plain or patterned clothes. Both halves are cut to the same size.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import torch

from models.actors.clip import ActorsClip, sample_clip
from models.actors.dataset import photographs
from models.data.action_sets import ROOM_LABELS, read_room
from models.data.actors_set import read_actors
from models.data.feature_cache import FeatureCache
from models.encoders.efficientnet_lite import EfficientNetLite0, load_imagenet_weights
from models.evaluation.actions import frame_accuracy, score_clip
from models.training.actions import ActionRecipe, train_action_head

if TYPE_CHECKING:
    from collections.abc import Callable

    from models.data.feature_cache import ClipFeatures

_ROOM_VARIANTS: Final = 4

CONTRASTS: Final[dict[str, Callable[[ActorsClip], bool]]] = {
    "a photograph behind them": lambda clip: clip.scene.backdrop.photo is not None,
    "blur and compression": lambda clip: clip.effects.shutter > 0 and clip.effects.jpeg > 0,
    "cameras not at eye level": lambda clip: clip.view not in ("level", "webcam"),
    "patterned clothes": lambda clip: clip.cast[0].look.top_pattern[0] > 0,
}


def _drawn_again(folder: Path, seed: int, photos: tuple[Path, ...]) -> ActorsClip:
    """Return the plan of a clip of the data set in `folder`, without drawing it."""
    plan = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    return sample_clip(
        seed,
        actions=plan["actions"] or None,
        seconds=plan["seconds"],
        size=tuple(plan["size"]),
        rate_hz=plan["rate_hz"],
        photos=photos,
    )


def _balanced(actors: list[ClipFeatures], room: list[ClipFeatures], steps: int) -> float:
    """Train on `actors`; return the balanced accuracy on `room` in per cent."""
    recipe = ActionRecipe(
        labels=ROOM_LABELS, activation="sigmoid", samplings=("full",), steps=steps
    )
    head = train_action_head(recipe, actors)
    scores = [score_clip(head, ROOM_LABELS, features) for features in room]
    return 100 * frame_accuracy(scores, range(len(ROOM_LABELS)))[1]


def main() -> None:
    """Divide, train, test, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m models.actors.ablation", description=__doc__)
    parser.add_argument("--actors", type=Path, default=Path("cache/actors/room"))
    parser.add_argument("--photos", type=Path, help="the folder given to actors-dataset")
    parser.add_argument("--room", type=Path, default=Path("../shared/data/room"))
    parser.add_argument("--features", type=Path, default=Path("cache/features"))
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    encoder = EfficientNetLite0().eval()
    load_imagenet_weights(encoder)
    actors = FeatureCache(given.features, encoder, 1).load(read_actors(given.actors))
    room = FeatureCache(given.features, encoder, _ROOM_VARIANTS).load(read_room(given.room))
    photos = photographs(given.photos)
    plans = [
        _drawn_again(given.actors, int(features.clip.path.stem.removeprefix("clip-")), photos)
        for features in actors
    ]
    print("| of the clips, only those | clips | with, balanced % | without, balanced % |")
    print("|---|---|---|---|")
    for name, holds in CONTRASTS.items():
        has = [f for f, plan in zip(actors, plans, strict=True) if holds(plan)]
        lacks = [f for f, plan in zip(actors, plans, strict=True) if not holds(plan)]
        count = min(len(has), len(lacks))
        rng = np.random.default_rng(0)
        figures = [
            _balanced([half[i] for i in rng.permutation(len(half))[:count]], room, given.steps)
            for half in (has, lacks)
        ]
        print(f"| with {name} | {count} | {figures[0]:.1f} | {figures[1]:.1f} |", flush=True)


if __name__ == "__main__":
    main()
