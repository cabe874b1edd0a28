"""Actions of the whole body on things or people: kicks, throws, picking up, blows taken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from models.actors.channels import on, pose
from models.actors.language import Cycle, Hold, Improviser, Move, Step, bounce
from models.actors.motions.action import Action
from models.actors.motions.poses import standing

if TYPE_CHECKING:
    from collections.abc import Iterator


def kick(m: Improviser) -> Iterator[Step]:
    """Draw the knee up, snap the foot out, set it down."""
    yield Move(standing(m) | pose(arm=25, elbow=80, arm_twist=15), m.s(0.3), labelled=False)
    while True:
        leg = m.hand()
        high = m.between(55, 95) * m.vigour
        yield Move(on(leg, hip=high * 0.75, knee=105) | pose(pitch=-3, bend=8), m.s(0.32))
        yield Move(on(leg, hip=high, knee=8, ankle=-15) | {"pitch": -12.0}, m.s(0.17), ease="snap")
        yield Move(on(leg, hip=high * 0.6, knee=80) | {"pitch": -4.0}, m.s(0.25))
        yield Move(on(leg, hip=0, knee=4, ankle=0) | pose(pitch=0, bend=2), m.s(0.3))
        if m.rest(0) < 1.2:
            return
        yield Hold(m.between(0.1, 0.6), labelled=False)


def pick_up(m: Improviser) -> Iterator[Step]:
    """Reach down with one hand, by the back or by the knees, and bring something up."""
    side = m.hand()
    yield Move(standing(m), m.s(0.3), labelled=False)
    if m.chance(0.5):
        down = pose(pelvis=60, bend=38, knee=22, hip=14, nod=5) | on(side, arm=100, elbow=4)
    else:
        down = pose(pelvis=42, bend=34, knee=115, hip=100) | on(side, arm=88, elbow=4)
    yield Move(down, m.s(1.0))
    yield Move(on(side, grip=60), m.s(0.3))
    yield Move(standing(m) | on(side, arm=25, elbow=75, grip=60), m.s(0.9))
    yield Hold(m.between(0.2, 0.8), labelled=False)


def throw(m: Improviser) -> Iterator[Step]:
    """Wind up and throw overarm."""
    yield Move(standing(m), m.s(0.3), labelled=False)
    while True:
        side = m.hand()
        other, sign = ("l", 1.0) if side == "r" else ("r", -1.0)
        wind = on(side, arm_out=95, arm_twist=-100, elbow=85, arm_across=-25, grip=50)
        wind |= on(other, arm=65, elbow=20) | {"twist": -sign * 35.0, "bend": -8.0}
        yield Move(wind, m.s(0.6))
        step = on(other, hip=18, knee=12) | {"pitch": 6.0}
        fling = on(side, arm=85, arm_out=40, arm_twist=0, elbow=15, arm_across=10, grip=5)
        yield Move(fling | step | {"twist": sign * 28.0, "bend": 22.0}, m.s(0.24), ease="snap")
        yield Hold(0.12)
        yield Move(standing(m), m.s(0.6))
        if m.rest(0) < 1.8:
            return
        yield Hold(m.between(0.1, 0.6), labelled=False)


def fight(m: Improviser) -> Iterator[Step]:
    """Shuffle in guard; strike, kick, push and reel."""
    guard = standing(m) | pose(
        arm=45, arm_out=14, elbow=125, grip=85, bend=14, knee=18, hip=14, hip_out=10, nod=6
    )
    yield Move(guard, m.s(0.35))
    while m.rest(0) > 0.6:
        yield from _blow(m)
        yield Move(guard | {"yaw": m.channel("yaw")}, m.s(0.22))
        steps = {"knee_l": bounce(18), "hip_l": bounce(12), "knee_r": bounce(18, 0.5),
                 "hip_r": bounce(12, 0.5)}  # fmt: skip
        yield Cycle(steps, m.s(0.45), m.between(0.15, 0.7))


def _blow(m: Improviser) -> Iterator[Step]:
    """Strike in one of the ways of a brawl, or take a blow."""
    side = m.side()
    sign = 1.0 if side == "l" else -1.0
    kind = m.between(0, 1)
    if kind < 0.45:
        punch = on(side, arm=m.between(75, 105), elbow=8, arm_out=m.between(0, 25))
        yield Move(punch | {"twist": -sign * 28.0, "pelvis": 14.0}, m.s(0.15), ease="snap")
    elif kind < 0.6:
        yield Move(on(side, hip=60, knee=95) | {"pitch": -4.0}, m.s(0.22))
        yield Move(on(side, hip=75, knee=15) | {"pitch": -14.0}, m.s(0.15), ease="snap")
    elif kind < 0.8:
        shove = pose(arm=82, elbow=12, pelvis=18, bend=12)
        yield Move(shove, m.s(0.2), ease="snap")
    else:
        reel = {"twist": sign * 25.0, "bend": -12.0, "nod": -22.0, "pitch": -9.0, "side": sign * 10}
        yield Move(reel | pose(arm=30, elbow=95, knee=26), m.s(0.2), ease="snap")
        yield Hold(m.between(0.05, 0.25))


def take_push(m: Improviser) -> Iterator[Step]:
    """Stumble back from a push."""
    yield Move(standing(m), m.s(0.3), labelled=False)
    yield Hold(max(0.1, m.seconds * 0.25), labelled=False)
    away = pose(pitch=-12, bend=16, arm=45, elbow=40, nod=10)
    yield Move(away | on(m.side(), hip=-18, knee=25), m.s(0.28), ease="snap")
    yield Move(standing(m) | {"pitch": 0.0}, m.s(0.7))
    yield Hold(m.rest(0.1), labelled=False)


ACTIONS: Final = (
    Action("kicking", "踢", kick),
    Action("picking up", "捡东西", pick_up, lasting=False),
    Action("throwing", "投掷", throw),
    Action("fighting", "打斗", fight),
    Action("stumbling", "踉跄", take_push),
)
