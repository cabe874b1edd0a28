"""Who plays, what they do, and where they stand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from models.actors.body import Body, Phenotype, template
from models.actors.channels import INDEX
from models.actors.contact import Performance, perform
from models.actors.looks import Look, sample_look
from models.actors.motions import ACTIONS, LIE, SIT, STAND
from models.actors.rig import Motion, about
from models.actors.score import Act, Gesture, Score, play

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

TOGETHER: Final = {
    "fighting": ("fighting", 0.95),
    "pushing": ("stumbling", 0.72),
    "shaking hands": ("shaking hands", 0.82),
    "hugging": ("hugging", 0.42),
}
"""Actions of two: what the other one does, and how many metres apart they stand."""

_STANDING_ONLY: Final = ("punching", "pushing", "hugging", "shaking hands", "swinging arms")
_IDLE: Final = ("standing", "sitting", "walking")
_APART_M: Final = 0.75
_KEYPOINTS: Final = (
    "nose", "left-eye", "right-eye", "left-ear", "right-ear", "LeftArm", "RightArm", "LeftForeArm",
    "RightForeArm", "LeftHand", "RightHand", "LeftUpLeg", "RightUpLeg", "LeftLeg", "RightLeg",
    "LeftFoot", "RightFoot",
)  # fmt: skip

KEYPOINTS: Final = (
    "nose", "left_eye", "right_eye", "left_ear", "right_ear", "left_shoulder", "right_shoulder",
    "left_elbow", "right_elbow", "left_wrist", "right_wrist", "left_hip", "right_hip", "left_knee",
    "right_knee", "left_ankle", "right_ankle",
)  # fmt: skip
"""COCO's names and order."""


def paired(cast: Sequence[Player]) -> bool:
    """Return whether the first two do something together."""
    return len(cast) > 1 and any(not at.isdisjoint(TOGETHER) for at in cast[0].score.labels)


@dataclass(frozen=True, slots=True)
class Player:
    """One person of a clip.

    Attributes
    ----------
    performance
        In the scene's coordinates.
    bed_m
        Height of the bed lain on, 0 without.
    """

    body: Body
    look: Look
    score: Score
    performance: Performance
    bed_m: float = 0.0

    def keypoints(self) -> Array:
        """Return (T, 17, 3) metres, in the order of `KEYPOINTS`."""
        shared = template()
        motion = self.performance.motion
        head = np.array([shared.bones.index("Head")])
        found = []
        for name in _KEYPOINTS:
            if name in shared.bones:
                found.append(motion.joints[:, shared.bones.index(name)])
            else:
                rest = self.body.landmarks[[shared.landmarks.index(name)]].astype(np.float64)
                found.append(motion.points(self.body, head, rest)[:, 0])
        return np.stack(found, axis=1)

    def moved(self, yaw_rad: float, shift: Array) -> Player:
        """Return the player turned about the vertical through the origin, then shifted."""
        turn = about("y", np.degrees(np.array(yaw_rad)))
        motion = self.performance.motion
        placed = Motion(turn @ motion.turns, motion.joints @ turn.T + shift)
        root = placed.joints[:, 0].copy()
        return replace(self, performance=Performance(self.body, placed, root))


def sample_part(
    rng: np.random.Generator, focus: str, seconds: float
) -> tuple[list[Act], list[Gesture]]:
    """Return a part in which `focus` is shown, of at least `seconds`."""
    action = ACTIONS[focus]
    lead = float(rng.uniform(0.2, max(0.5, 0.22 * seconds)))
    if action.gesture:
        base = "standing"
        if focus not in _STANDING_ONLY:
            base = str(rng.choice(("standing", "sitting", "walking"), p=(0.62, 0.26, 0.12)))
        span = max(1.5, seconds - lead - float(rng.uniform(-1.0, 1.2)))
        return [Act(base, seconds + 1)], [Gesture(focus, lead, span)]
    before, after = str(action.start), str(action.end)
    if focus in (before, "walking", "running"):
        start = before if focus == before or rng.random() < 0.6 else "standing"
        return [*([] if rng.random() < 0.6 else [Act(start, lead)]), Act(focus, seconds + 1)], []
    if action.start is STAND and rng.random() < 0.3:
        before, lead = "walking", max(lead, 1.2)
    span = seconds - lead if action.lasting else 0.0
    if action.lasting and rng.random() < 0.4:
        span = max(1.5, span - float(rng.uniform(0.5, 2.0)))
    return [Act(before, lead), Act(focus, span), Act(after, seconds + 1)], []


def sample_player(rng: np.random.Generator, focus: str, seconds: float) -> Player:
    """Draw someone and their part, starting at the origin."""
    who = Phenotype.sample(rng)
    return perform_part(rng, who, *sample_part(rng, focus, seconds), seconds)


def perform_part(
    rng: np.random.Generator,
    who: Phenotype,
    acts: Sequence[Act],
    gestures: Sequence[Gesture],
    seconds: float,
) -> Player:
    """Dress `who` and let them play a part, starting at the origin and heading along z."""
    score = play(rng, acts, gestures).until(seconds)
    bed_m = 0.0
    if {act.name for act in acts} == {str(LIE)} and rng.random() < 0.6:
        bed_m = float(rng.uniform(0.3, 0.6))
        score.channels[:, INDEX["lift"]] += bed_m
    body = template().body(who)
    return Player(body, sample_look(rng, who), score, perform(body, score.channels), bed_m)


def sample_cast(
    rng: np.random.Generator, focus: Sequence[str], people: int, seconds: float
) -> list[Player]:
    """Draw `people`; each shows one of `focus` in turn, or idles when those are used up."""
    first = sample_player(rng, focus[0], seconds)
    middle = first.performance.root.mean(0) * (1, 0, 1)
    first = first.moved(0.0, -middle)
    cast = [first]
    if focus[0] in TOGETHER and people > 1:
        other, apart = TOGETHER[focus[0]]
        cast.append(_facing(sample_player(rng, other, seconds), apart, rng))
    for k in range(len(cast), people):
        wanted = focus[k] if k < len(focus) else str(rng.choice(_IDLE, p=(0.5, 0.25, 0.25)))
        if placed := _placed(rng, sample_player(rng, wanted, seconds), cast):
            cast.append(placed)
    return cast


def _facing(player: Player, apart_m: float, rng: np.random.Generator) -> Player:
    """Put `player` before the origin's +z, looking back at it."""
    distance = apart_m * float(rng.uniform(0.9, 1.15))
    return player.moved(np.pi, np.array([0.0, 0.0, distance]))


def _placed(rng: np.random.Generator, player: Player, others: Sequence[Player]) -> Player | None:
    """Put `player` where it stays clear of `others`; None when no place was found."""
    for _ in range(24):
        bearing, distance = rng.uniform(0, 2 * np.pi), rng.uniform(0.9, 3.2)
        shift = np.array([distance * np.sin(bearing), 0.0, distance * np.cos(bearing)])
        trial = player.moved(float(rng.uniform(0, 2 * np.pi)), shift)
        if all(_gap_m(trial, other) > _APART_M for other in others):
            return trial
    return None


def _gap_m(one: Player, other: Player) -> float:
    """Return how near two players come, in metres on the floor; limbs count."""
    step = 10
    a = one.performance.motion.joints[::step][:, ::3, ::2]
    b = other.performance.motion.joints[::step][:, ::3, ::2]
    count = min(len(a), len(b))
    gaps = a[:count, :, None] - b[:count, None]
    return float(np.sqrt((gaps**2).sum(-1)).min())


def seated(player: Player) -> list[tuple[int, int]]:
    """Return the (begin, end) samples at which the player sits on a chair."""
    sits = np.array([0, *(str(SIT) in at for at in player.score.labels), 0])
    edges = np.flatnonzero(np.diff(sits))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
