"""Losing one's balance: from the first stagger until the body rests on the ground."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from models.actors.channels import on, pose
from models.actors.language import Hold, Improviser, Move, Program, Step
from models.actors.motions.action import LIE, SIT, STAND, Action
from models.actors.motions.poses import on_side, prone, supine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from models.actors.motions.action import Posture


def fall_forward(m: Improviser) -> Iterator[Step]:
    """Tip or trip forward onto knees and hands, and stay face down."""
    stagger = on(m.side(), hip=m.between(15, 40), knee=m.between(25, 50))
    yield Move(stagger | pose(pitch=12, arm=30, arm_out=20, elbow=30, bend=12), m.s(0.3))
    buckle = pose(plant=0, pitch=38, hip=18, knee=m.between(40, 85), arm=85, elbow=25, nod=-10)
    yield Move(buckle | {"roll": m.between(-12, 12)}, m.s(0.4), ease="fall")
    yield Move(prone(m), m.s(0.5), ease="fall")
    yield Hold(m.between(0.1, 0.4))


def fall_backward(m: Improviser) -> Iterator[Step]:
    """Lose balance backwards, sit down hard, roll onto the back."""
    flail = pose(pitch=-10, arm=m.between(20, 60), arm_out=30, elbow=40, bend=18, hip=12, knee=18)
    yield Move(flail, m.s(0.3))
    drop = pose(
        plant=0, pitch=-38, hip=m.between(60, 95), knee=m.between(60, 100), arm=-20, bend=25
    )
    yield Move(drop | {"roll": m.between(-12, 12)}, m.s(0.5), ease="fall")
    yield Move(supine(m) | pose(hip=m.between(10, 45)), m.s(0.45), ease="fall")
    yield Move(supine(m), m.s(0.5))


def fall_sideways(m: Improviser) -> Iterator[Step]:
    """Tip over to one side, an arm stretched out against the floor."""
    side = m.side()
    sign = 1.0 if side == "l" else -1.0
    yield Move(pose(roll=sign * 12, side=sign * 10, arm_out=35, knee=18, hip=12), m.s(0.35))
    drop = pose(plant=0, roll=sign * 48, hip=30, knee=m.between(45, 75), arm_out=40)
    yield Move(drop | on(side, arm_out=80, elbow=15), m.s(0.45), ease="fall")
    yield Move(on_side(m, side) | {"side": 0.0}, m.s(0.5), ease="fall")
    yield Hold(m.between(0.1, 0.4))


def collapse(m: Improviser) -> Iterator[Step]:
    """Faint: knees give way, the body sinks and topples."""
    limp = pose(nod=35, bend=20, arm=8, elbow=8, hip=30, knee=48)
    yield Move(limp, m.s(0.6))
    yield Move(
        pose(plant=0, hip=80, knee=125, bend=32, pitch=m.between(-5, 20)), m.s(0.5), ease="fall"
    )
    end = on_side(m, m.side()) if m.chance(0.6) else prone(m)
    yield Move(end | pose(nod=15), m.s(0.7), ease="fall")


def _from_chair(sideways: bool) -> Program:
    def fall_off(m: Improviser) -> Iterator[Step]:
        """Slide or tip off the chair."""
        side = m.side()
        sign = 1.0 if side == "l" else -1.0
        tip = (
            {"roll": sign * 38.0, "side": sign * 18} if sideways else {"pitch": 28.0, "bend": 28.0}
        )
        yield Move(tip | on(side, arm_out=55, elbow=20), m.s(0.6))
        land = on_side(m, side) if sideways else prone(m)
        yield Move(land | {"side": 0.0, "plant": 0.0}, m.s(0.7), ease="fall")
        yield Hold(m.between(0.1, 0.4))

    return fall_off


def _fall(name: str, zh: str, program: Program, start: Posture = STAND) -> Action:
    return Action(name, zh, program, start, LIE, also=("falling",), lasting=False)


ACTIONS: Final = (
    _fall("falling forward", "向前跌倒", fall_forward),
    _fall("falling backward", "向后跌倒", fall_backward),
    _fall("falling sideways", "侧向跌倒", fall_sideways),
    _fall("collapsing", "瘫倒", collapse),
    _fall("falling off a chair sideways", "从椅子侧倒", _from_chair(True), SIT),
    _fall("falling off a chair forward", "从椅子前倒", _from_chair(False), SIT),
)
