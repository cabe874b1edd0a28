"""The demo: a few short scenes one after another, with their truth.

``python -m models.actors.demo`` writes ``assets/demo.mp4`` and ``assets/demo.jsonl``.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from models.actors.body import Phenotype
from models.actors.cast import Player, perform_part
from models.actors.clip import VERSION, ActorsClip
from models.actors.effects import Effects
from models.actors.label_lines import label_lines
from models.actors.renderer import Renderer
from models.actors.scene import sample_scene
from models.actors.score import Act, Gesture
from models.actors.truth import TrackInterval
from models.actors.writers import write_json_lines, write_video

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from models.actors.truth import FrameTruth

_SIZE: Final = (640, 480)
_RATE_HZ: Final = 25
_TRACKS_PER_SCENE: Final = 10
_CAMERA: Final = Effects(noise=1.2, sharpness=0.9, shutter=0.4, gain=(1.05, 1.0, 0.97))


@dataclass(frozen=True, slots=True)
class Role:
    """Somebody's part; `at` is where its middle is (x, z in metres), heading from z to x."""

    acts: tuple[Act, ...]
    gestures: tuple[Gesture, ...] = ()
    at: tuple[float, float] = (0.0, 0.0)
    heading_deg: float = 0.0


@dataclass(frozen=True, slots=True)
class DemoScene:
    """One shot: who plays what, how long, seen from where; `seed` draws all the rest."""

    seed: int
    view: str
    seconds: float
    roles: tuple[Role, ...]


def _sitting(seconds: float, *gestures: Gesture) -> tuple[tuple[Act, ...], tuple[Gesture, ...]]:
    return (Act("sitting", seconds),), gestures


SCENES: Final = (
    DemoScene(
        14, "level", 8.0,
        (
            Role(
                (Act("walking", 2.6), Act("standing", 6.0)), (Gesture("waving one hand", 3.6, 3.6),)
            ),
            Role(*_sitting(9.0, Gesture("reading", 1.0, 7.0)), at=(-1.7, -0.3), heading_deg=20),
        ),
    ),
    DemoScene(
        23, "corner", 8.0,
        (
            Role((Act("standing", 1.0), Act("sitting", 3.5), Act("standing", 4.0))),
            Role((Act("walking", 9.0),), at=(-1.7, -1.0), heading_deg=90),
        ),
    ),
    DemoScene(
        37, "level", 7.0,
        (
            Role((Act("standing", 0.8), Act("jumping jack", 5.0), Act("standing", 3.0))),
            Role((Act("standing", 9.0),), (Gesture("clapping", 1.0, 5.0),), at=(1.6, -0.4)),
        ),
    ),
    DemoScene(
        47, "corner", 8.0,
        (
            Role((Act("walking", 2.2), Act("falling sideways", 0.0), Act("lying", 6.0))),
            Role(*_sitting(9.0), at=(-1.9, -0.9), heading_deg=40),
        ),
    ),
    DemoScene(
        59, "level", 8.0,
        (
            Role(
                (Act("standing", 9.0),),
                (Gesture("arms out", 0.6, 2.2), Gesture("hands on hips", 3.0, 2.2),
                 Gesture("hands on head", 5.4, 2.4)),
            ),
        ),
    ),
    DemoScene(
        61, "corner", 9.0,
        (
            Role(
                (Act("lying", 1.5), Act("standing", 0.5), Act("bending", 3.0), Act("standing", 3.0))
            ),
        ),
    ),
)  # fmt: skip


def cast_scene(scene: DemoScene) -> ActorsClip:
    """Return the clip of `scene`."""
    rng = np.random.default_rng([VERSION, scene.seed])
    cast = [_placed(_player(rng, role, scene.seconds), role) for role in scene.roles]
    place = sample_scene(rng, cast, aspect=_SIZE[0] / _SIZE[1], view=scene.view, occluded=False)
    times = np.arange(round(scene.seconds * _RATE_HZ)) / _RATE_HZ
    return ActorsClip(scene.seed, _SIZE, times, tuple(cast), place, _CAMERA)


def _player(rng: np.random.Generator, role: Role, seconds: float) -> Player:
    return perform_part(rng, Phenotype.sample(rng), role.acts, role.gestures, seconds)


def _placed(player: Player, role: Role) -> Player:
    """Return `player` turned, with the middle of its way where the role wants it."""
    turned = player.moved(np.radians(role.heading_deg), np.zeros(3))
    middle = turned.performance.root.mean(0)
    return turned.moved(0.0, np.array([role.at[0] - middle[0], 0.0, role.at[1] - middle[2]]))


def write_demo(video: Path, labels: Path) -> list[FrameTruth]:
    """Draw all `SCENES` into one video and one file of labels; return the truth."""
    clips = [cast_scene(scene) for scene in SCENES]
    truths = write_video(video, _joined(clips), _SIZE, crf=25, preset="slower")
    starts = np.cumsum([0, *map(len, clips)])[:-1].tolist()
    lines = label_lines(
        truths,
        [entry for k, clip in enumerate(clips) for entry in _intervals(clip, k, starts[k])],
        title=video.name,
        size=_SIZE,
        version=VERSION,
        cuts=frozenset(starts),
    )
    write_json_lines(labels, lines)
    return truths


def _joined(clips: list[ActorsClip]) -> Iterator[tuple[NDArray[np.uint8], FrameTruth]]:
    """Draw `clips` one after another, numbered throughout."""
    renderer = Renderer(_SIZE)
    index = 0
    for number, clip in enumerate(clips):
        for image, truth in clip.frames(renderer):
            people = tuple(
                replace(person, track_id=person.track_id + number * _TRACKS_PER_SCENE)
                for person in truth.people
            )
            yield image, replace(truth, index=index, pts_s=index / _RATE_HZ, people=people)
            index += 1
    renderer.close()


def _intervals(clip: ActorsClip, number: int, start: int) -> list[TrackInterval]:
    """Return the intervals of the clip that begins with the frame `start`."""
    shift_s = start / _RATE_HZ
    return [
        TrackInterval(
            entry.track_id + number * _TRACKS_PER_SCENE,
            replace(
                entry.interval,
                start_s=entry.interval.start_s + shift_s,
                end_s=entry.interval.end_s + shift_s,
            ),
        )
        for entry in clip.intervals()
    ]


def main() -> None:
    """Write the demo."""
    parser = argparse.ArgumentParser(prog="python -m models.actors.demo", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("assets"), help="folder to write to")
    folder = parser.parse_args().out
    video, labels = folder / "demo.mp4", folder / "demo.jsonl"
    truths = write_demo(video, labels)
    size_mb = sum(path.stat().st_size for path in (video, labels)) / 1e6
    print(f"{video}, {labels}: {len(truths)} frames, {size_mb:.2f} MB")


if __name__ == "__main__":
    main()
