"""Standing, sitting, lying, and the ways from one to another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from models.actors.channels import on, pose
from models.actors.language import Cycle, Hold, Improviser, Move, Step, Turn, bounce, wave
from models.actors.motions.action import LIE, SIT, STAND, Action
from models.actors.motions.poses import arm_at_rest, on_side, sitting, standing, supine
from models.actors.motions.poses import lying as lying_pose

if TYPE_CHECKING:
    from collections.abc import Iterator


def stand(m: Improviser) -> Iterator[Step]:
    """Stand, now and then shifting the weight or looking round."""
    yield Move(standing(m), m.s(0.7))
    while m.rest(0) > 1.2:
        yield Hold(m.between(0.6, 2.0))
        side = m.side()
        settle = on(side, hip_out=m.between(0, 8), knee=m.between(2, 18))
        look = {"turn": m.between(-40, 40), "nod": m.between(-5, 15), "twist": m.between(-8, 8)}
        yield Move(settle | look, m.s(0.8))
    yield Hold(m.rest(0.1))


def sit(m: Improviser) -> Iterator[Step]:
    """Sit on a chair, now and then moving an arm or the head."""
    yield Move(sitting(m), m.s(0.6))
    while m.rest(0) > 1.2:
        yield Hold(m.between(0.6, 2.5))
        side = m.side()
        arm = on(side, arm=m.between(15, 45), elbow=m.between(40, 85), arm_twist=m.between(5, 40))
        yield Move(arm | {"turn": m.between(-45, 45), "bend": m.between(-3, 20)}, m.s(0.7))
    yield Hold(m.rest(0.1))


def lie(m: Improviser) -> Iterator[Step]:
    """Lie, now and then stirring."""
    if abs(m.channel("pitch")) < 60 and abs(m.channel("roll")) < 60:
        yield Move(lying_pose(m), m.s(0.8))
    while m.rest(0) > 1.5:
        yield Hold(m.between(0.8, 3.0))
        side = m.side()
        drawn_up = m.between(2, 45)
        stir = on(side, hip=drawn_up, knee=1.9 * drawn_up)
        if m.channel("pitch") < -45:
            yield Move(stir | arm_at_rest(m, side), m.s(1.1))
        else:
            yield Move({"turn": m.channel("turn") + m.between(-15, 15)}, m.s(1.1))
    yield Hold(m.rest(0.1))


def turn_round(m: Improviser) -> Iterator[Step]:
    """Turn on the spot with small steps."""
    yield Move(standing(m), m.s(0.3), labelled=False)
    while m.rest(0) > 0.6:
        degrees = m.between(70, 200) * (1 if m.chance(0.5) else -1)
        steps = {
            "knee_l": bounce(32), "hip_l": bounce(18), "knee_r": bounce(32, 0.5),
            "hip_r": bounce(18, 0.5), "arm_l": wave(7), "arm_r": wave(7, 0.5),
        }  # fmt: skip
        yield Turn(degrees, m.s(abs(degrees) / 95), steps, m.s(0.75))
        yield Hold(m.between(0.05, 0.5))


def sit_down(m: Improviser) -> Iterator[Step]:
    """Lean forward, lower the seat, lean back."""
    yield Move(pose(pelvis=32, bend=12, hip=18, knee=30, arm=25, elbow=35, nod=5), m.s(0.45))
    yield Move(pose(pelvis=42, bend=15, hip=84, knee=88, arm=32, elbow=55), m.s(0.7))
    yield Move(sitting(m), m.s(0.5))


def stand_up(m: Improviser) -> Iterator[Step]:
    """Draw in the feet, lean forward, rise."""
    feet = pose(knee=102, pelvis=44, bend=18, arm=40, elbow=50, nod=-5, hip=88)
    yield Move(feet, m.s(0.5))
    yield Move(pose(pelvis=28, bend=10, hip=20, knee=28, arm=15, elbow=25), m.s(0.6))
    yield Move(standing(m), m.s(0.5))


_CROUCH: Final = pose(
    plant=1, pitch=0, roll=0, pelvis=38, bend=25, hip=112, knee=128, arm=40, elbow=20, ankle=0,
    arm_out=15,
)  # fmt: skip
_ON_FLOOR: Final = pose(
    plant=0, pitch=-18, roll=0, pelvis=0, bend=22, hip=92, knee=62, ankle=-12, arm=-32, arm_out=22,
    elbow=8,
)  # fmt: skip


def lie_down(m: Improviser) -> Iterator[Step]:
    """Crouch, sit on the floor, lie back or over to a side."""
    yield Move(_CROUCH, m.s(0.8))
    yield Move(_ON_FLOOR, m.s(0.7))
    if m.chance(0.3):
        yield Move(on_side(m, m.side()), m.s(1.2))
        return
    yield Move(pose(pitch=-55, bend=18, hip=62, knee=55, arm=-25, elbow=65), m.s(0.7))
    yield Move(supine(m), m.s(0.7))


def get_up(m: Improviser) -> Iterator[Step]:
    """Rise from the floor: over the knees from front and side, over sitting from the back."""
    if m.channel("pitch") > 45 or abs(m.channel("roll")) > 45:
        kneel = pose(
            pitch=72, roll=0, hip=82, knee=88, arm=80, elbow=8, arm_out=8, arm_twist=0, hip_out=4,
            turn=0, nod=-15, bend=8,
        )  # fmt: skip
        yield Move(kneel | on(m.side(), hip=70), m.s(1.0))
        yield Move(pose(pitch=18, hip=40, knee=112, arm=35, bend=25, ankle=15), m.s(0.8))
    else:
        yield Move(_ON_FLOOR, m.s(1.1))
    yield Move(_CROUCH, m.s(0.9))
    yield Move(pose(pelvis=32, bend=15, hip=30, knee=40, arm=20), m.s(0.6))
    yield Move(standing(m), m.s(0.5))


def sit_up(m: Improviser) -> Iterator[Step]:
    """Raise the trunk from lying, and lie back."""
    yield Move(supine(m), m.s(0.6), labelled=False)
    yield Move(_ON_FLOOR | pose(pitch=-10, hip=78, knee=20, arm=10, elbow=30), m.s(1.1))
    yield Hold(m.between(0.4, 1.4))
    yield Move(supine(m), m.s(1.2))


def bend(m: Improviser) -> Iterator[Step]:
    """Bend over until the hands near the feet, and straighten."""
    yield Move(standing(m), m.s(0.3), labelled=False)
    while True:
        depth = m.about(1.0, 0.12) * m.vigour
        down = pose(pelvis=62 * depth, bend=42 * depth, arm=82 * depth, elbow=6, nod=10, knee=12)
        yield Move(down, m.s(1.0))
        yield Hold(m.between(0.1, 0.7))
        yield Move(standing(m), m.s(1.0))
        if m.rest(0) < 2.4:
            return
        yield Hold(m.between(0.1, 0.4), labelled=False)


def squat(m: Improviser) -> Iterator[Step]:
    """Bend the knees deeply, arms forward, and rise, again and again."""
    yield Move(standing(m) | pose(hip_turn=20, hip_out=12), m.s(0.3), labelled=False)
    while True:
        deep = m.between(85, 112)
        low = pose(hip=deep, knee=deep + 12, pelvis=32, bend=8, arm=m.between(60, 95), elbow=10)
        yield Move(low, m.s(0.75))
        yield Hold(m.between(0.1, 0.5))
        yield Move(standing(m) | pose(hip_turn=20, hip_out=12), m.s(0.7))
        if m.rest(0) < 1.6:
            return


def exercise_arms(m: Improviser) -> Iterator[Step]:
    """Swing both arms in circles."""
    yield Move(pose(arm_out=m.between(70, 95), elbow=5), m.s(0.6))
    circle = {"arm_out_l": wave(22), "arm_out_r": wave(22), "arm_l": wave(22, 0.25),
              "arm_r": wave(22, 0.25)}  # fmt: skip
    yield Cycle(circle, m.s(0.8), m.rest(keep=0.3))


ACTIONS: Final = (
    Action("standing", "站立", stand),
    Action("sitting", "坐着", sit, SIT, SIT),
    Action("lying", "躺着", lie, LIE, LIE),
    Action("turning", "转身", turn_round, keeps=True),
    Action("sitting down", "坐下", sit_down, STAND, SIT, lasting=False),
    Action("standing up", "起立", stand_up, SIT, STAND, lasting=False),
    Action("lying down", "躺下", lie_down, STAND, LIE, lasting=False),
    Action("getting up", "爬起", get_up, LIE, STAND, lasting=False),
    Action("sitting up", "坐起", sit_up, LIE, LIE, lasting=False),
    Action("bending", "弯腰", bend),
    Action("squatting", "下蹲", squat),
    Action("swinging arms", "挥臂", exercise_arms, gesture=True, keeps=True),
)
