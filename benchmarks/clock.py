"""What to do with frames that come at another rate than the model was trained at.

Usage: ``python -m benchmarks.clock [--sets weizmann,room] [--most 40]``. The shipped network
watches recordings at several rates and with frames lost at random, and is fed in each of several
ways. The encoder runs once a frame; its maps are kept, so that each way costs only the recurrent
part. The figures flatter where the bundle was trained on a set: they compare ways with each other.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import numpy as np
import torch
from torch import Tensor

from assets import asset
from benchmarks.report import print_table
from models.data.action_sets import READERS
from models.data.recordings import read_recording
from models.data.splits import LabelledFile
from models.evaluation.actions import ClipScores
from models.evaluation.streams import figures
from models.heads.actions import ActionHead, Reading, pool_scene
from models.heads.motion import to_grid
from models.network import LongtakeNetwork, load_network

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from models.data.action_sets import LabelledClip
    from models.spec import HeadSpec

_ROOT: Final = Path(__file__).resolve().parents[1]
_BATCH: Final = 8
_FASTEST_HZ: Final = 61.0
_LONGEST_S: Final = 40.0
_EARLY: Final = 0.99
_MOST_STEPS: Final = 50
_SHOWN: Final = ("clip_accuracy", "balanced_frame_accuracy", "mean_average_precision")


class Way(StrEnum):
    """What is done about frames that do not come at the rate the model was trained at."""

    TIMED = "timed"
    """Every frame is one step, and the model is told how much time has passed."""
    THINNED = "thinned"
    """Frames faster than the trained rate are left out; the model is told the time."""
    REPEATED = "repeated"
    """As `THINNED`; a frame that comes late is stepped as often as frames are missing."""
    COUNTED = "counted"
    """Every frame is one step of one period, as if it came at the trained rate."""


@dataclass(frozen=True)
class Feeder:
    """Says which steps a frame takes."""

    period_s: float
    way: Way

    def steps(self, dt_s: float | None) -> tuple[float, ...]:
        """Return the seconds to tell the model at each step; none leaves the frame out.

        Parameters
        ----------
        dt_s
            Stream time since the last frame that was not left out; None without one.
        """
        if dt_s is None or self.way is Way.COUNTED:
            return (self.period_s,)
        if self.way is Way.TIMED:
            return (dt_s,)
        if dt_s < _EARLY * self.period_s:
            return ()
        if self.way is Way.THINNED:
            return (dt_s,)
        count = min(_MOST_STEPS, max(1, round(dt_s / self.period_s)))
        return (dt_s / count,) * count


@dataclass(frozen=True)
class Watched:
    """A recording, and what the encoder makes of each frame: (T, 432, 9, 12) and (T, scene)."""

    labelled: LabelledClip
    times_s: NDArray[np.float64]
    grid: Tensor
    scene: Tensor


def conditions(times_s: NDArray[np.float64]) -> Iterator[tuple[str, NDArray[np.intp]]]:
    """Yield which frames of a recording come, by condition."""
    everything = np.arange(len(times_s))
    yield "as recorded", everything
    for rate_hz in (15.0, 10.0, 5.0):
        picked = [0]
        for index, time_s in enumerate(times_s):
            if time_s - times_s[picked[-1]] >= 0.99 / rate_hz:
                picked.append(index)
        yield f"{rate_hz:g} fps", np.array(picked)
    kept = np.random.default_rng(0).random(len(times_s)) >= 0.3
    kept[0] = True
    yield "30 % lost", everything[kept]


@torch.inference_mode()
def encode(network: LongtakeNetwork, labelled: LabelledClip, size: tuple[int, int]) -> Watched:
    """Read a recording and encode every frame."""
    file = LabelledFile(labelled.path, "", labelled.group)
    clip = read_recording(file, size, _FASTEST_HZ, _LONGEST_S)
    grids, scenes = [], []
    for first in range(0, len(clip.frames), _BATCH):
        _, c4, c5 = network.encoder(torch.from_numpy(clip.frames[first : first + _BATCH]))
        grids.append(to_grid(c4, c5).half())
        scenes.append(pool_scene(c4, c5))
    return Watched(labelled, clip.times_s, torch.cat(grids), torch.cat(scenes))


@torch.inference_mode()
def watch(
    network: LongtakeNetwork,
    spec: HeadSpec,
    seen: Watched,
    picked: NDArray[np.intp],
    feeder: Feeder,
) -> ClipScores:
    """Return the answers for the frames that come; those left out keep the last one."""
    assert network.motion is not None
    head = cast("ActionHead", network.heads[spec.name])
    motion_state, state = network.motion.init_state(1), head.init_state(1)
    answers: list[NDArray[np.float32]] = []
    last_s: float | None = None
    for index in picked:
        time_s = float(seen.times_s[index])
        for dt_s in feeder.steps(None if last_s is None else time_s - last_s):
            dt = torch.full((1,), dt_s)
            motion, motion_state = network.motion.step(
                seen.grid[index][None].float(), motion_state, dt
            )
            reading = Reading(seen.scene[index][None], motion)
            probability, state = head.step(reading, state, dt)
            answer = probability[0].numpy()
            last_s = time_s
        answers.append(answer)
    times_s = seen.times_s[picked]
    labels = tuple(label.en for label in spec.labels)
    truth, weight = seen.labelled.targets(labels, times_s)
    return ClipScores(seen.labelled.key, times_s, np.stack(answers), truth, weight)


def measure(network: LongtakeNetwork, spec: HeadSpec, all_seen: Sequence[Watched]) -> None:
    """Print a table for each figure: ways of feeding down, conditions across."""
    names = [name for name, _ in conditions(all_seen[0].times_s)]
    rows: dict[str, dict[Way, list[str]]] = {shown: {way: [] for way in Way} for shown in _SHOWN}
    for way in Way:
        feeder = Feeder(1 / network_rate(network), way)
        for name in names:
            scores = [
                watch(network, spec, seen, dict(conditions(seen.times_s))[name], feeder)
                for seen in all_seen
            ]
            found = figures(scores, spec)
            for shown in _SHOWN:
                rows[shown][way].append(f"{100 * found.get(shown, float('nan')):.1f}")
    for shown in _SHOWN:
        table = [(way.value, *values) for way, values in rows[shown].items()]
        print_table(f"{spec.name}: {shown.replace('_', ' ')}, %", ("fed", *names), table)


def network_rate(network: LongtakeNetwork) -> float:
    """Return the rate that the heads were trained at."""
    heads = [head for head in network.heads.values() if isinstance(head, ActionHead)]
    return heads[0].rate_hz


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=_ROOT.parent / "shared/data")
    parser.add_argument("--sets", default="weizmann,room")
    parser.add_argument("--most", type=int, default=40, help="recordings of each set")
    options = parser.parse_args()
    torch.set_num_threads(1)
    from engine.bundle import load_bundle

    bundle = load_bundle(asset("bundles/default"))
    network = load_network(bundle.folder)
    assert isinstance(network, LongtakeNetwork)
    spec, size = bundle.manifest.head("actions"), bundle.manifest.input
    for name in options.sets.split(","):
        clips = list(READERS[name](options.data / name))
        chosen = clips[:: max(1, len(clips) // options.most)][: options.most]
        print(f"{name}: {len(chosen)} recordings", flush=True)
        measure(network, spec, [encode(network, c, (size.width, size.height)) for c in chosen])


if __name__ == "__main__":
    main()
