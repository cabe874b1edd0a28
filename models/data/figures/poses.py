"""How a drawn person holds itself: joint angles for each action, as functions of time.

Everything here is smooth and periodic or saturating, so that two poses can be blended linearly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

LIMBS: Final = (
    "left upper arm",
    "left forearm",
    "right upper arm",
    "right forearm",
    "left thigh",
    "left shin",
    "right thigh",
    "right shin",
)
_L_ARM, _L_FORE, _R_ARM, _R_FORE, _L_THIGH, _L_SHIN, _R_THIGH, _R_SHIN = range(8)
_TURN: Final = 2 * np.pi
SEAT_M: Final = 0.42  # from the feet of a sitter back to the seat


@dataclass(frozen=True, slots=True)
class Pose:
    """Angles in radians, all zero when standing at attention.

    Attributes
    ----------
    limbs
        (8, 2) float64 in the order of `LIMBS`: flexion (forwards positive) and spread (away from
        the body), each measured from straight down, not from the limb before.
    lean
        Forward bend of the trunk at the hips.
    tilt
        Rotation of the whole body about its side axis: -π/2 lies on the back.
    lift
        Height of the lowest point above the ground, metres.
    recede
        How far the pelvis is behind the place the person stands on, metres: who sits down leaves
        the feet where they are.
    """

    limbs: NDArray[np.float64]
    lean: float = 0.0
    tilt: float = 0.0
    lift: float = 0.0
    recede: float = 0.0

    def blend(self, other: Pose, share: float) -> Pose:
        """Return the pose on the way to `other`, `share` in 0..1 of it."""
        keep = 1.0 - share
        return Pose(
            keep * self.limbs + share * other.limbs,
            keep * self.lean + share * other.lean,
            keep * self.tilt + share * other.tilt,
            keep * self.lift + share * other.lift,
            keep * self.recede + share * other.recede,
        )


@dataclass(frozen=True, slots=True)
class Motion:
    """What an action looks like and how fast it carries its person forwards.

    Attributes
    ----------
    pose
        From the seconds since the action began.
    speed
        Metres per second in the direction the person faces.
    """

    pose: Callable[[float], Pose]
    speed: float = 0.0


def _limbs(**angles: tuple[float, float]) -> NDArray[np.float64]:
    limbs = np.zeros((len(LIMBS), 2))
    limbs[:4, 1] = 0.12  # arms hang a little away from the trunk
    limbs[4:, 1] = 0.05
    for name, pair in angles.items():
        limbs[LIMBS.index(name.replace("_", " "))] = pair
    return limbs


def _standing(t: float) -> Pose:
    limbs = _limbs()
    limbs[[_L_FORE, _R_FORE], 0] = 0.15
    limbs[[_L_ARM, _R_ARM], 1] += 0.03 * np.sin(_TURN * 0.25 * t)
    return Pose(limbs, lean=0.02 * np.sin(_TURN * 0.2 * t))


def _stride(t: float, rate_hz: float, swing: float, knee: float, elbow: float) -> Pose:
    limbs = _limbs()
    for thigh, shin, arm, forearm, side in (
        (_L_THIGH, _L_SHIN, _R_ARM, _R_FORE, 0.0),
        (_R_THIGH, _R_SHIN, _L_ARM, _L_FORE, np.pi),
    ):
        phase = _TURN * rate_hz * t + side
        forwards = swing * np.sin(phase)
        limbs[thigh, 0] = forwards + 0.25 * knee
        # The knee bends while the leg comes forwards and is straight when it bears weight.
        limbs[shin, 0] = forwards + 0.1 * knee - knee * max(0.0, np.cos(phase))
        # The arm goes with the leg of the other side.
        limbs[arm, 0] = 0.9 * forwards
        limbs[forearm, 0] = 0.9 * forwards + elbow
    return Pose(limbs)


def _walking(t: float) -> Pose:
    return _stride(t, 0.95, 0.42, 0.65, 0.3)


def _running(t: float) -> Pose:
    stride = _stride(t, 1.45, 0.75, 1.45, 1.5)
    return Pose(stride.limbs, lean=0.2, lift=0.07 * abs(np.sin(_TURN * 1.45 * t)))


def _sitting(t: float) -> Pose:
    limbs = _limbs(left_thigh=(1.5, 0.12), right_thigh=(1.5, 0.12))
    limbs[[_L_SHIN, _R_SHIN], 0] = 0.08
    limbs[[_L_ARM, _R_ARM], 0] = 0.35 + 0.04 * np.sin(_TURN * 0.3 * t)
    limbs[[_L_FORE, _R_FORE], 0] = 1.25
    return Pose(limbs, lean=-0.05 + 0.03 * np.sin(_TURN * 0.2 * t), recede=SEAT_M)


def _lying(t: float) -> Pose:
    limbs = _limbs(left_upper_arm=(0.1, 0.6), right_upper_arm=(0.2, 0.35))
    limbs[_L_FORE] = (0.2, 0.7)
    limbs[_R_FORE] = (0.5 + 0.1 * np.sin(_TURN * 0.3 * t), 0.1)
    limbs[_L_THIGH, 0], limbs[_L_SHIN, 0] = 0.5, -0.2
    return Pose(limbs, tilt=-np.pi / 2)


def _falling(t: float) -> Pose:
    # Like a rod tipping over: slow at first, then ever faster, 1 s in all.
    share = min(1.0, t) ** 2.2
    limbs = _limbs()
    limbs[[_L_ARM, _R_ARM], 0] = 1.2
    limbs[[_L_ARM, _R_ARM], 1] = 0.9
    limbs[[_L_FORE, _R_FORE]] = (1.6, 0.9)
    limbs[[_L_THIGH, _R_THIGH], 0] = 0.7
    limbs[[_L_SHIN, _R_SHIN], 0] = -0.35
    flung = Pose(limbs, lean=0.3, tilt=-np.pi / 2)
    return _standing(t).blend(flung, share).blend(_lying(t), max(0.0, min(1.0, t - 1.0)))


def _bending(t: float) -> Pose:
    depth = 0.5 - 0.5 * np.cos(_TURN * t / 2.4)
    limbs = _limbs()
    limbs[[_L_ARM, _R_ARM, _L_FORE, _R_FORE], 0] = 0.25 * depth
    limbs[[_L_THIGH, _R_THIGH], 0] = 0.1 * depth
    limbs[[_L_SHIN, _R_SHIN], 0] = -0.12 * depth
    return Pose(limbs, lean=1.45 * depth)


def _crouch(bend: float, spread: float = 0.05) -> NDArray[np.float64]:
    limbs = _limbs()
    limbs[[_L_THIGH, _R_THIGH]] = (bend, spread)
    limbs[[_L_SHIN, _R_SHIN]] = (-bend, spread)
    return limbs


def _jumping(t: float) -> Pose:
    swing = np.sin(_TURN * 1.3 * t)
    limbs = _crouch(0.55 * max(0.0, -swing))
    limbs[[_L_ARM, _R_ARM], 0] = 0.5 * swing
    limbs[[_L_FORE, _R_FORE], 0] = 0.5 * swing + 0.7
    return Pose(limbs, lean=0.2 * max(0.0, -swing), lift=0.28 * max(0.0, swing))


def _jumping_jack(t: float) -> Pose:
    open_ = 0.5 - 0.5 * np.cos(_TURN * 0.95 * t)
    limbs = _crouch(0.0, 0.05 + 0.42 * open_)
    limbs[[_L_ARM, _R_ARM, _L_FORE, _R_FORE], 1] = 0.15 + 2.75 * open_
    return Pose(limbs, lift=0.1 * np.sin(np.pi * ((0.95 * t * 2) % 1.0)))


def _wave(t: float, limbs: NDArray[np.float64], arm: int, forearm: int, late: float) -> None:
    limbs[arm] = (0.1, 1.75)
    limbs[forearm] = (0.1, 2.75 + 0.55 * np.sin(_TURN * 1.4 * t + late))


def _waving_one(t: float) -> Pose:
    limbs = _standing(t).limbs.copy()
    _wave(t, limbs, _R_ARM, _R_FORE, 0.0)
    return Pose(limbs)


def _waving_both(t: float) -> Pose:
    limbs = _standing(t).limbs.copy()
    _wave(t, limbs, _R_ARM, _R_FORE, 0.0)
    _wave(t, limbs, _L_ARM, _L_FORE, 0.4)
    return Pose(limbs)


MOTIONS: Final[Mapping[str, Motion]] = {
    "standing": Motion(_standing),
    "walking": Motion(_walking, speed=1.2),
    "running": Motion(_running, speed=2.7),
    "sitting": Motion(_sitting),
    "lying": Motion(_lying),
    "falling": Motion(_falling),
    "bending": Motion(_bending),
    "jumping in place": Motion(_jumping),
    "jumping jack": Motion(_jumping_jack),
    "waving one hand": Motion(_waving_one),
    "waving both hands": Motion(_waving_both),
}
