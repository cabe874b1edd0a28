"""Poses that several programs share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from models.actors.channels import CHANNELS, Pose, on, pose

if TYPE_CHECKING:
    from models.actors.language import Improviser

_ZERO: Final[Pose] = {name: 0.0 for name in CHANNELS if name not in ("yaw", "lift", "plant")}


def standing(m: Improviser) -> Pose:
    """Return a relaxed stance."""
    return pose(
        _ZERO,
        plant=1,
        arm=m.between(-2, 8),
        arm_out=m.between(5, 14),
        elbow=m.between(8, 25),
        grip=m.between(8, 22),
        hip_out=m.between(0, 6),
        hip_turn=m.between(2, 12),
        knee=m.between(1, 6),
        nod=m.between(-4, 12),
    )


def sitting(m: Improviser) -> Pose:
    """Return a posture on a chair, hands near the lap."""
    recline = m.between(-14, 10)
    return pose(
        _ZERO,
        plant=1,
        hip=m.between(82, 92),
        knee=m.between(78, 98),
        hip_out=m.between(2, 14),
        pelvis=recline,
        bend=m.between(0, 14),
        arm=m.between(18, 34) - recline,
        arm_out=m.between(4, 12),
        arm_twist=m.between(10, 35),
        elbow=m.between(45, 72),
        grip=15,
        nod=m.between(-2, 18),
    )


def supine(m: Improviser) -> Pose:
    """Return lying on the back."""
    side = m.side()
    straight = pose(
        _ZERO,
        plant=0,
        pitch=-90,
        hip=m.between(0, 12),
        hip_out=m.between(2, 14),
        hip_turn=m.between(5, 25),
        knee=m.between(2, 18),
        ankle=-m.between(10, 35),
        grip=18,
    )
    straight |= arm_at_rest(m, "l") | arm_at_rest(m, "r")
    if m.chance(0.4):
        straight |= on(side, hip=m.between(40, 62), knee=m.between(70, 105))
    return straight


def arm_at_rest(m: Improviser, side: str) -> Pose:
    """Return an arm of someone on the back: beside the body, on the belly, or beside the head."""
    kind = m.between(0, 1)
    if kind < 0.55:
        return on(side, arm=-4, arm_out=m.between(12, 50), elbow=m.between(3, 14), arm_twist=0)
    if kind < 0.8:
        return on(side, arm=4, arm_out=16, elbow=m.between(82, 100), arm_twist=m.between(58, 72))
    out, elbow = m.between(85, 140), m.between(20, 95)
    return on(side, arm=0, arm_out=out, elbow=elbow, arm_twist=-90)


def prone(m: Improviser) -> Pose:
    """Return lying face down."""
    side = m.side()
    made = pose(
        _ZERO,
        plant=0,
        pitch=90,
        hip=m.between(-3, 1),
        hip_out=m.between(4, 18),
        hip_turn=m.between(0, 25),
        knee=m.between(1, 8),
        ankle=-m.between(45, 65),
        arm_out=m.between(15, 40),
        elbow=m.between(4, 12),
        arm_twist=m.between(0, 30),
        turn=m.between(45, 70) * (1 if side == "l" else -1),
    )
    # Arms stay in the plane of the floor: bent forward they would prop the body up.
    bent = on(side, arm_out=m.between(85, 140), arm_twist=-90, elbow=m.between(35, 100))
    return made | bent | on(side, hip_out=m.between(15, 40))


def on_side(m: Improviser, side: str) -> Pose:
    """Return lying on the left or right `side`, knees drawn up."""
    return pose(
        _ZERO,
        plant=0,
        roll=90 if side == "l" else -90,
        hip=m.between(20, 60),
        knee=m.between(35, 85),
        bend=m.between(5, 22),
        arm=m.between(25, 75),
        arm_across=10,
        elbow=m.between(30, 95),
        ankle=-20,
        grip=18,
    )


def lying(m: Improviser) -> Pose:
    """Return any way of lying."""
    kind = m.between(0, 1)
    if kind < 0.5:
        return supine(m)
    return prone(m) if kind < 0.68 else on_side(m, m.side())
