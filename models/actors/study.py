"""Does training on actors help on real people? Real alone, actors alone, and both, on `room`.

``python -m models.actors.study --actors cache/actors/room`` prints the tables of
``benchmarks/actors.md``. Tested is on real recordings of a person never trained on; the people are
taken in turn. Chance is what guessing at random from the four labels would give.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import torch

from models.data.action_sets import ROOM_LABELS, read_room
from models.data.actors_set import read_actors
from models.data.feature_cache import FeatureCache
from models.encoders.efficientnet_lite import EfficientNetLite0, load_imagenet_weights
from models.evaluation.actions import ClipScores, event_figures, frame_accuracy, score_clip
from models.training.actions import ActionRecipe, train_action_head

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from models.data.feature_cache import ClipFeatures

_ROOM_VARIANTS: Final = 4
_FALL: Final = ROOM_LABELS.index("falling")


def compare(
    room: Sequence[ClipFeatures],
    actors: Sequence[ClipFeatures],
    *,
    steps: int,
    seeds: int,
    threshold: float = 0.5,
) -> None:
    """Print figures and a confusion matrix of each way to train."""
    print("| trained on | accuracy % | balanced % | falls found | false alarms |")
    print("|---|---|---|---|---|")
    matrices = {}
    for name in ("real", "actors", "real + actors"):
        runs = [_scores(name, room, actors, steps, seed) for seed in range(seeds)]
        columns = range(len(ROOM_LABELS))
        rates = np.array([frame_accuracy(run, columns) for run in runs]) * 100
        falls = [event_figures(run, _FALL, threshold) for run in runs]
        found = " ".join(f"{fall.found}/{fall.events}" for fall in falls)
        alarms = " ".join(str(fall.false_alarms) for fall in falls)
        means = " | ".join(
            f"{m:.1f} ± {s:.1f}" for m, s in zip(rates.mean(0), rates.std(0), strict=True)
        )
        print(f"| {name} | {means} | {found} | {alarms} |", flush=True)
        matrices[name] = np.sum([_confusion(run) for run in runs], axis=0)
    for name, matrix in matrices.items():
        print(f"\n{name}: rows are what is shown, columns what was said, frames of all runs\n")
        print("| | " + " | ".join(ROOM_LABELS) + " |\n|---|" + "---|" * len(ROOM_LABELS))
        for label, row in zip(ROOM_LABELS, matrix, strict=True):
            print(f"| {label} | " + " | ".join(str(int(count)) for count in row) + " |")


def _scores(
    name: str,
    room: Sequence[ClipFeatures],
    actors: Sequence[ClipFeatures],
    steps: int,
    seed: int,
) -> list[ClipScores]:
    """Return what heads say of all real clips, none of whose people they were trained on."""
    recipe = ActionRecipe(
        labels=ROOM_LABELS, activation="sigmoid", samplings=("full",), steps=steps, seed=seed
    )
    if name == "actors":
        head = train_action_head(recipe, actors)
        return [score_clip(head, ROOM_LABELS, features) for features in room]
    scores: list[ClipScores] = []
    for held_out in sorted({features.clip.group for features in room}):
        real = [features for features in room if features.clip.group != held_out]
        head = train_action_head(recipe, real if name == "real" else [*real, *actors])
        tested = (features for features in room if features.clip.group == held_out)
        scores += [score_clip(head, ROOM_LABELS, features) for features in tested]
    return scores


def _confusion(scores: Iterable[ClipScores]) -> NDArray[np.int64]:
    """Return (L, L) counts over frames that show exactly one label."""
    counts = np.zeros((len(ROOM_LABELS),) * 2, np.int64)
    for score in scores:
        single = ((score.truth * score.weight).sum(1) == 1) & (score.weight.min(1) > 0)
        guesses = score.probability[single].argmax(1)
        np.add.at(counts, (score.truth[single].argmax(1), guesses), 1)
    return counts


def main() -> None:
    """Compute features where they are missing, train, and print the tables."""
    parser = argparse.ArgumentParser(prog="python -m models.actors.study", description=__doc__)
    parser.add_argument("--actors", type=Path, default=Path("cache/actors/room"))
    parser.add_argument("--room", type=Path, default=Path("../shared/data/room"))
    parser.add_argument("--features", type=Path, default=Path("cache/features"))
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    encoder = EfficientNetLite0().eval()
    load_imagenet_weights(encoder)
    room = FeatureCache(given.features, encoder, _ROOM_VARIANTS, threads=given.threads)
    drawn = FeatureCache(given.features, encoder, 1, threads=given.threads)
    actors = drawn.load(read_actors(given.actors))
    print(f"{len(actors)} clips of actors, {given.steps} steps, {given.seeds} seeds\n", flush=True)
    compare(room.load(read_room(given.room)), actors, steps=given.steps, seeds=given.seeds)


if __name__ == "__main__":
    main()
