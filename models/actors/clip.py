"""`sample_clip`: a labelled clip from a seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from models.actors.body import Phenotype, template
from models.actors.camera import project
from models.actors.cast import Player, sample_cast
from models.actors.effects import Effects, Lens
from models.actors.language import RATE_HZ
from models.actors.mesh import dressed
from models.actors.motions import ACTIONS
from models.actors.props import prop_mesh
from models.actors.renderer import AMODAL_WIDEN, Renderer
from models.actors.scene import Scene, sample_scene
from models.actors.score import Interval
from models.actors.shot import Shot
from models.actors.truth import (
    FrameTruth,
    PersonTruth,
    TrackInterval,
    keypoint_flags,
    mask_bounds,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

VERSION: Final = 1
"""Raised whenever the same seed no longer gives the same clip."""

_BLUR_STEP_PX: Final = 2.5
_MAX_EXPOSURES: Final = 4
_BLOB_BONES: Final = (("LeftFoot", 0.15), ("RightFoot", 0.15), ("Hips", 0.38))


@dataclass(frozen=True)
class ActorsClip:
    """A clip that is drawn while it is iterated over.

    Attributes
    ----------
    times_s
        (T,) presentation times.
    view
        Where the camera stands, one of `camera.VIEWS`.
    """

    seed: int
    size: tuple[int, int]
    times_s: Array
    cast: tuple[Player, ...]
    scene: Scene
    effects: Effects

    @property
    def view(self) -> str:
        """Where the camera stands."""
        return self.scene.view

    def __len__(self) -> int:
        return len(self.times_s)

    def intervals(self) -> list[TrackInterval]:
        """Return when each label of each person holds, cut to the clip."""
        end_s = float(self.times_s[-1])
        return [
            TrackInterval(i + 1, Interval(at.label, at.start_s, min(at.end_s, end_s)))
            for i, player in enumerate(self.cast)
            for at in player.score.intervals()
            if at.start_s < end_s
        ]

    def frames(
        self, renderer: Renderer | None = None
    ) -> Iterator[tuple[NDArray[np.uint8], FrameTruth]]:
        """Draw the clip: (H, W, 3) RGB pictures with what is true of them.

        Parameters
        ----------
        renderer
            Of the same size; made and closed again when None.

        Raises
        ------
        RendererUnavailableError
            If OpenGL cannot be used.
        """
        drawn = renderer or Renderer(self.size)
        try:
            yield from _Take(self, drawn).frames()
        finally:
            if renderer is None:
                drawn.close()


def sample_clip(
    seed: int,
    *,
    actions: Sequence[str] | None = None,
    seconds: float = 5.0,
    size: tuple[int, int] = (384, 288),
    rate_hz: float = 25.0,
    people: int | None = None,
    view: str | None = None,
    photos: Sequence[Path] = (),
    effects: Effects | None = None,
    steady_rate: bool = False,
) -> ActorsClip:
    """Return the clip of `seed`: cast, place and camera are chosen now, drawing comes later.

    Parameters
    ----------
    actions
        Names of `ACTIONS` to choose from; the first person shows one of them. All by default.
    people
        How many; drawn when None (mostly one).
    photos
        Background photographs, used for about half of the clips when given.
    effects
        Camera faults; drawn when None.
    steady_rate
        Never vary the time between frames.

    Raises
    ------
    KeyError
        If an action is unknown.
    """
    rng = np.random.default_rng([VERSION, seed])
    names = list(actions or ACTIONS)
    if unknown := [name for name in names if name not in ACTIONS]:
        raise KeyError(f"no action is called {unknown[0]!r}; see ACTIONS")
    focus = str(rng.choice(names))
    count = people if people is not None else _people(rng, focus)
    cast = sample_cast(rng, [focus], count, seconds)
    used = photos if len(photos) and rng.random() < 0.5 else ()
    scene = sample_scene(rng, cast, aspect=size[0] / size[1], view=view, photos=used)
    times = _times(rng, seconds, rate_hz, steady=steady_rate)
    return ActorsClip(seed, size, times, tuple(cast), scene, effects or Effects.sample(rng))


def _people(rng: np.random.Generator, focus: str) -> int:
    if focus in ("fighting", "pushing", "shaking hands", "hugging"):
        return int(rng.choice((2, 2, 3)))
    return int(rng.choice((1, 2, 3), p=(0.75, 0.18, 0.07)))


def _times(rng: np.random.Generator, seconds: float, rate_hz: float, *, steady: bool) -> Array:
    """Return presentation times; in a fifth of the clips frames come late or are missing."""
    count = max(2, round(seconds * rate_hz))
    if steady or rng.random() < 0.8:
        return np.arange(count) / rate_hz
    gaps = rng.choice((1, 2, 3), count, p=(0.86, 0.11, 0.03)) + rng.uniform(-0.15, 0.15, count)
    times = np.concatenate([[0.0], np.cumsum(gaps)]) / rate_hz
    return times[times < seconds]


class _Take:
    """One drawing of a clip."""

    def __init__(self, clip: ActorsClip, renderer: Renderer) -> None:
        self._clip, self._renderer = clip, renderer
        self._aspect = clip.size[0] / clip.size[1]
        self._lens = Lens(clip.effects, clip.seed)
        self._keypoints = [player.keypoints() for player in clip.cast]
        window = np.random.default_rng(clip.seed).uniform(0, 1, 3)
        scale = 0.72 + 0.2 * window[0]
        self._window = np.array([*(window[1:] * (1 - scale)), scale, scale])
        renderer.set_backdrop(clip.scene.backdrop, clip.scene.light)
        for player in clip.cast:
            mesh = dressed(player.body, player.look)
            props = [prop_mesh(player.body, held.prop, held.side) for held in player.score.held]
            renderer.add_person(mesh, player.look, _head(), props)

    def frames(self) -> Iterator[tuple[NDArray[np.uint8], FrameTruth]]:
        """Draw all frames."""
        times = self._clip.times_s
        for index, t_s in enumerate(times.tolist()):
            gap_s = float(times[index] - times[index - 1]) if index else 1.0 / 30
            image = self._exposed(t_s, min(gap_s, 0.1) * self._clip.effects.shutter)
            yield self._lens.apply(image, t_s), self._truth(index, t_s)

    def _exposed(self, t_s: float, open_s: float) -> NDArray[np.uint8]:
        """Return the mean of as many exposures as the motion during `open_s` asks for."""
        count = self._exposures(t_s, open_s)
        if count == 1:
            return self._renderer.draw(self._shot(t_s))
        total = np.zeros((self._clip.size[1], self._clip.size[0], 3), np.uint16)
        for k in range(count):
            # Each exposure looks a part of a pixel aside: edges come out smooth all the same.
            shot = self._shot(t_s - open_s * k / count)
            aside = (np.array([k % 2, (k + 1) // 2 % 2]) - 0.5) / self._clip.size
            shot.matrix[:2] += aside[:, None] * shot.matrix[3]
            total += self._renderer.draw(shot, smooth=False, shadows=k == 0)
        return ((total + count // 2) // count).astype(np.uint8)

    def _exposures(self, t_s: float, open_s: float) -> int:
        if open_s <= 0:
            return 1
        ends = []
        for at_s in (t_s, t_s - open_s):
            matrix = self._clip.scene.camera.matrix(self._aspect, at_s)
            points = np.concatenate([_between(k, at_s) for k in self._keypoints])
            ends.append(project(matrix, points, self._clip.size))
        front = (ends[0][:, 2] > 0.1) & (ends[1][:, 2] > 0.1)
        moved = np.hypot(*(ends[0] - ends[1])[front, :2].T)
        return int(np.clip(np.ceil(moved.max(initial=0) / _BLUR_STEP_PX), 1, _MAX_EXPOSURES))

    def _shot(self, t_s: float) -> Shot:
        camera = self._clip.scene.camera
        bones, blobs, holding = [], [], []
        for player in self._clip.cast:
            transforms, joints = _bones(player, t_s)
            bones.append(transforms)
            blobs += _blobs(joints)
            holding.append([held.start_s <= t_s < held.end_s for held in player.score.held])
        window = self._window.copy()
        if camera.shake is not None:
            _, turn = camera.shake.at(t_s)
            window[:2] = np.clip(window[:2] + turn[:2] * 0.01, 0, 1 - window[2:])
        return Shot(
            camera.matrix(self._aspect, t_s),
            camera.matrix(self._aspect, t_s, widen=AMODAL_WIDEN),
            bones,
            np.array(blobs),
            holding,
            (float(window[0]), float(window[1]), float(window[2]), float(window[3])),
        )

    def _truth(self, index: int, t_s: float) -> FrameTruth:
        shot = self._shot(t_s)
        ids, whole = self._renderer.masks(shot)
        people = []
        for i, player in enumerate(self._clip.cast):
            mask = ids == i + 1
            points = project(shot.matrix, _between(self._keypoints[i], t_s), self._clip.size)
            seen = int(np.count_nonzero(mask))
            labels = player.score.labels
            people.append(
                PersonTruth(
                    i + 1,
                    mask_bounds(mask),
                    min(1.0, seen / whole[i]) if whole[i] else 0.0,
                    labels[min(round(t_s * RATE_HZ), len(labels) - 1)],
                    keypoint_flags(points, ids, i + 1),
                )
            )
        return FrameTruth(index, t_s, tuple(people))


def _between(samples: Array, t_s: float) -> Array:
    """Return `samples` (T, ...) at `RATE_HZ`, interpolated at `t_s`."""
    at = np.clip(t_s * RATE_HZ, 0, len(samples) - 1)
    low = int(at)
    high = min(low + 1, len(samples) - 1)
    mixed: Array = samples[low] + (at - low) * (samples[high] - samples[low])
    return mixed


def _bones(player: Player, t_s: float) -> tuple[Array, Array]:
    """Return (B, 3, 4) transforms of the mesh and (B, 3) joints."""
    motion = player.performance.motion
    turns, joints = _between(motion.turns, t_s), _between(motion.joints, t_s)
    moved = joints - np.einsum("bij,bj->bi", turns, player.body.joints)
    return np.concatenate([turns, moved[..., None]], axis=-1), joints


def _blobs(joints: Array) -> list[tuple[float, float, float, float]]:
    """Return the contact shade of one person: darker the nearer a bone is to the floor."""
    bones = template().bones
    made = []
    for name, radius in _BLOB_BONES:
        x, y, z = joints[bones.index(name)]
        made.append((x, z, radius, 0.55 * float(np.exp(-max(y - 0.05, 0) / 0.35))))
    return made


def _head() -> tuple[float, ...]:
    """Return eye height, half eye distance and the head's middle on the average body."""
    shared = template()
    marks = dict(zip(shared.landmarks, shared.body(Phenotype()).landmarks, strict=True))
    middle = (marks["left-ear"] + marks["right-ear"]) / 2
    return (float(marks["left-eye"][1]), float(marks["left-eye"][0]), *middle.tolist())
