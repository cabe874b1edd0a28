"""How well and how fast new actions are taught, from five takes each, on takes left out.

``python -m benchmarks.teach [--shared ../shared] [--bundle default] [--json FILE]``

Two sets, of five actions with five takes each. In both, takes of one number are left out together,
so that what is recognised is another person, or another room, than was taught:

``people``
    Actions of the Weizmann set, by five people. The bundle's own action head was trained on them,
    but the taught head does not read it: it reads the encoder, which was not.
``rooms``
    Arm gestures as stills, two a second and in no order, each take in another room. In no set that
    the bundle was trained on.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from benchmarks.report import machine, print_table
from engine.backends import create_backend, initial_state
from engine.backends.choice import measure_step_ms
from engine.bundle import load_bundle
from engine.lessons.taught_backend import TaughtHeads
from engine.lessons.viewing import Part, Viewer
from engine.sources.folder import read_image
from models.teaching.course import teach

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.bundle import Bundle
    from models.teaching.course import Taught
    from models.teaching.takes import Take

_PEOPLE: Final = ("daria", "denis", "eli", "ido", "ira")
_ACTIONS: Final = ("bend", "jack", "skip", "wave1", "wave2")
_ROOMS: Final = (0, 1, 2, 4, 7)
_GESTURES: Final = ("up", "down", "land", "video", "closer")
_STILLS: Final = 40
_STILL_S: Final = 0.5


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one set; seconds of wall time on the threads the bundle takes."""

    takes: int
    seconds_of_video: float
    looked_s: float
    taught_s: float
    take_accuracy: float
    frame_accuracy: float


def people(viewer: Viewer, data: Path) -> Iterator[Take]:
    """Yield five people's takes of five actions."""
    for action in _ACTIONS:
        for person in _PEOPLE:
            path = data / "weizmann" / action / f"{person}_{action}.mp4"
            yield viewer.view_part(Part(f"{action}-{person}", action, str(path)))


def rooms(viewer: Viewer, data: Path) -> Iterator[Take]:
    """Yield takes of five gestures in five rooms."""
    spec = viewer.manifest.input
    for gesture in _GESTURES:
        for room in _ROOMS:
            paths = sorted((data / "gestures" / "body" / gesture).glob(f"*_place{room}.webp"))
            images = [image for path in paths[:_STILLS] if (image := read_image(path)) is not None]
            moments = [
                (number * _STILL_S, _fit(image, spec.width, spec.height))
                for number, image in enumerate(images)
            ]
            yield viewer.view(Part(f"{gesture}-{room}", gesture, ""), f"room {room}", moments)


def measure(takes: Iterator[Take], actions: tuple[str, ...]) -> tuple[Figures, Taught]:
    """Look at takes, teach, and test on those left out."""
    begun_s = time.monotonic()
    seen = list(takes)
    looked_s = time.monotonic() - begun_s
    taught = teach(seen, actions)
    verdict = taught.verdict
    figures = Figures(
        takes=len(seen),
        seconds_of_video=round(sum(take.seconds for take in seen), 1),
        looked_s=round(looked_s, 1),
        taught_s=round(time.monotonic() - begun_s - looked_s, 1),
        take_accuracy=round(verdict.accuracy or 0.0, 4),
        frame_accuracy=round(verdict.frame_accuracy or 0.0, 4),
    )
    return figures, taught


def cost_ms(bundle: Bundle, viewer: Viewer, taught: Taught, rounds: int = 7) -> tuple[float, float]:
    """Return the median step in milliseconds without and with a taught head, interleaved."""
    heads = TaughtHeads(viewer.reader, {"lesson": taught.head})
    state, spec = initial_state(bundle.manifest), bundle.manifest.input
    plain, added = [], []
    frame = np.full((1, spec.height, spec.width, 3), 127, np.uint8)
    dt_s = np.full(1, 0.04, np.float32)
    own = viewer.initial_state
    for _ in range(rounds):
        plain.append(measure_step_ms(bundle, viewer.backend))
        output = viewer.backend.step(frame, dt_s, state)
        begun_ns = time.perf_counter_ns()
        for _ in range(20):
            heads.add(own, output, dt_s)
        added.append((time.perf_counter_ns() - begun_ns) / 20e6)
    return float(np.median(plain)), float(np.median(added))


def _fit(image: np.ndarray, width: int, height: int) -> np.ndarray:
    import cv2

    return cv2.resize(image, (width, height), interpolation=cv2.INTER_LINEAR)[..., ::-1].copy()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.teach", description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--bundle", default="default")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    data = arguments.shared / "data"
    bundle = load_bundle(arguments.bundle)
    viewer = Viewer(bundle.manifest, create_backend(bundle))
    figures: dict[str, Figures] = {}
    figures["people"], taught = measure(people(viewer, data), _ACTIONS)
    figures["rooms"], _ = measure(rooms(viewer, data), _GESTURES)
    plain_ms, added_ms = cost_ms(bundle, viewer, taught)
    columns = tuple(asdict(figures["people"]))
    print_table(
        "Five actions, five takes each, on takes left out",
        ("set", *columns),
        [(name, *(str(value) for value in asdict(row).values())) for name, row in figures.items()],
    )
    print(f"A step takes {plain_ms:.2f} ms, a taught head {added_ms:.3f} ms more.")
    if arguments.json:
        report = {"machine": machine(), "plain_ms": plain_ms, "added_ms": added_ms}
        rows = {name: asdict(row) for name, row in figures.items()}
        arguments.json.write_text(json.dumps(report | rows, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
