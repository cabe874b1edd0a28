"""What arms and head say while the rest of the body stands, sits or walks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from models.actors.channels import on, pose
from models.actors.language import Cycle, Hold, Improviser, Move, Program, Step, wave
from models.actors.motions.action import Action

if TYPE_CHECKING:
    from collections.abc import Iterator

    from models.actors.channels import Pose


def wave_one(m: Improviser) -> Iterator[Step]:
    """Wave one hand beside the head, or high above it."""
    side = m.hand()
    if m.chance(0.65):
        yield Move(on(side, arm_out=m.between(60, 100), arm_twist=-90, elbow=100, palm=0), m.s(0.5))
        curves = {f"elbow_{side}": wave(m.between(18, 40) * m.vigour), f"wrist_{side}": wave(8)}
    else:
        yield Move(on(side, arm_out=m.between(135, 158), elbow=15, arm_twist=-60), m.s(0.6))
        curves = {f"arm_out_{side}": wave(m.between(14, 26) * m.vigour), f"elbow_{side}": wave(10)}
    yield Cycle(curves, m.s(m.between(0.4, 0.75)), m.rest(keep=0.5), fade=0.4)


def wave_both(m: Improviser) -> Iterator[Step]:
    """Wave both arms above the head."""
    yield Move(pose(arm_out=m.between(115, 150), arm_twist=-70, elbow=m.between(10, 45)), m.s(0.6))
    big = m.between(16, 34) * m.vigour
    shift = 0.0 if m.chance(0.5) else 0.5
    curves = {"arm_out_l": wave(big), "arm_out_r": wave(big, shift), "elbow_l": wave(12),
              "elbow_r": wave(12, shift)}  # fmt: skip
    yield Cycle(curves, m.s(m.between(0.5, 1.0)), m.rest(keep=0.5), fade=0.4)


def clap(m: Improviser) -> Iterator[Step]:
    """Clap before the chest."""
    yield Move(pose(arm=m.between(26, 45), arm_out=5, arm_twist=20, elbow=88, palm=-10), m.s(0.5))
    swing = wave(m.between(11, 16))
    yield Cycle(
        {"arm_twist_l": swing, "arm_twist_r": swing}, m.s(m.between(0.28, 0.5)), m.rest(keep=0.5),
        fade=0.5,
    )  # fmt: skip


def keep(make: object) -> Program:
    """Return a program that takes the pose `make(m)` and keeps it, swaying a little."""

    def program(m: Improviser) -> Iterator[Step]:
        target: Pose = make(m)  # type: ignore[operator]
        yield Move(target, m.s(0.6))
        while m.rest(0) > 1.0:
            yield Hold(m.between(0.5, 1.6))
            drift = {c: v + m.rng.normal(0, 3) for c, v in target.items() if not c.startswith("p")}
            yield Move(drift, m.s(0.5))
        yield Hold(m.rest(0.2))

    return program


def _sign(side: str) -> float:
    return 1.0 if side == "l" else -1.0


def _raised(m: Improviser) -> Pose:
    side = m.hand()
    if m.chance(0.5):
        return on(side, arm=m.between(155, 178), arm_out=m.between(0, 15), elbow=m.between(2, 25))
    return on(side, arm_out=m.between(150, 175), arm_twist=-60, elbow=m.between(2, 30))


def _crossed(m: Improviser) -> Pose:
    high = m.side()
    low = "l" if high == "r" else "r"
    return on(high, arm=28, arm_out=12, arm_twist=72, elbow=108) | on(
        low, arm=18, arm_out=12, arm_twist=70, elbow=100
    )


def _out(m: Improviser) -> Pose:
    return pose(arm_out=m.between(82, 98), elbow=m.between(0, 10), arm_twist=-15, grip=0)


def _forward(m: Improviser) -> Pose:
    return pose(arm=m.between(80, 97), elbow=m.between(0, 12), arm_out=0)


def _up(m: Improviser) -> Pose:
    return pose(arm_out=m.between(152, 172), elbow=m.between(0, 20), arm_twist=-60)


def _on_head(m: Improviser) -> Pose:
    return pose(arm=20, arm_out=m.between(112, 132), arm_twist=-94, elbow=m.between(106, 122))


def _on_hips(m: Improviser) -> Pose:
    return pose(arm=-34, arm_out=m.between(48, 56), arm_twist=59, elbow=m.between(92, 104))


def _pointing(left_right_up_down: str) -> object:
    def make(m: Improviser) -> Pose:
        if left_right_up_down in ("left", "right"):
            side = left_right_up_down[0]
            look = {
                "turn": _sign(side) * m.between(15, 55),
                "twist": _sign(side) * m.between(0, 10),
            }
            return on(side, arm_out=m.between(78, 100), arm=m.between(0, 12), elbow=4) | look
        side = m.hand()
        if left_right_up_down == "up":
            return on(side, arm=m.between(140, 172), arm_out=8, elbow=8, grip=5) | {"nod": -25.0}
        if left_right_up_down == "down":
            return on(side, arm=m.between(28, 45), arm_out=12, elbow=4) | {
                "nod": 28.0,
                "bend": 12.0,
            }
        return on(side, arm=m.between(78, 98), elbow=4, arm_across=m.between(-12, 12))

    return make


def drink(m: Improviser) -> Iterator[Step]:
    """Lift a cup to the mouth, tip the head back, lower it."""
    side = m.hand()
    low = on(side, arm=m.between(18, 32), arm_out=8, arm_twist=15, elbow=m.between(78, 95), grip=45)
    yield Move(low, m.s(0.6))
    while True:
        yield Move(on(side, arm=53, arm_out=12, arm_twist=29, elbow=124), m.s(0.7))
        yield Move({"nod": -16.0} | on(side, arm=60), m.s(0.4))
        yield Hold(m.between(0.4, 1.2))
        yield Move({"nod": 6.0} | low, m.s(0.7))
        if m.rest(0) < 2.2:
            return
        yield Hold(m.between(0.2, 1.0))


def eat(m: Improviser) -> Iterator[Step]:
    """Bring one hand to the mouth and down, again and again, chewing between."""
    side = m.hand()
    low = on(side, arm=m.between(22, 38), arm_out=6, arm_twist=22, elbow=m.between(70, 88), grip=35)
    yield Move(low | {"nod": 14.0}, m.s(0.6))
    while True:
        yield Move(on(side, arm=52, arm_out=10, arm_twist=28, elbow=125) | {"nod": 8.0}, m.s(0.5))
        yield Hold(m.between(0.15, 0.4))
        yield Move(low | {"nod": m.between(8, 20)}, m.s(0.5))
        if m.rest(0) < 1.6:
            return
        yield Hold(m.between(0.3, 1.0))


def read(m: Improviser) -> Iterator[Step]:
    """Hold a book with both hands; now and then turn a page."""
    yield Move(
        pose(arm=m.between(12, 30), arm_out=12, arm_twist=22, elbow=m.between(92, 108), grip=25,
             nod=m.between(22, 38)), m.s(0.7),
    )  # fmt: skip
    while m.rest(0) > 1.6:
        yield Hold(m.between(0.8, 2.5))
        side = m.side()
        twist, elbow = m.channel(f"arm_twist_{side}"), m.channel(f"elbow_{side}")
        yield Move(on(side, arm_twist=twist + 14, elbow=elbow + 8), m.s(0.35))
        yield Move(on(side, arm_twist=twist, elbow=elbow), m.s(0.4))
    yield Hold(m.rest(0.2))


def _phone(m: Improviser) -> Pose:
    side = m.hand()
    held = on(side, arm=m.between(58, 72), arm_out=20, arm_twist=2, elbow=139, grip=40)
    return held | {"tilt": _sign(side) * 9, "nod": m.between(-2, 12)}


def push(m: Improviser) -> Iterator[Step]:
    """Push away with both hands."""
    ready = pose(arm=38, arm_out=10, elbow=118, arm_twist=5, wrist=-45, bend=6)
    yield Move(ready, m.s(0.4))
    while True:
        yield Move(pose(arm=m.between(76, 90), elbow=10, bend=18), m.s(0.28), ease="snap")
        yield Hold(m.between(0.1, 0.4))
        yield Move(ready, m.s(0.5))
        if m.rest(0) < 1.2:
            return
        yield Hold(m.between(0.1, 0.6))


def punch(m: Improviser) -> Iterator[Step]:
    """Guard, and strike with alternate or random fists."""
    guard = pose(arm=m.between(38, 50), arm_out=14, arm_twist=8, elbow=128, grip=85, bend=10, nod=6)
    yield Move(guard, m.s(0.4))
    side = m.hand()
    while True:
        blow = on(side, arm=m.between(80, 98), elbow=6, arm_out=4, shrug=8)
        twist = {"twist": -_sign(side) * m.between(16, 34), "bend": m.between(8, 22)}
        yield Move(blow | twist, m.s(0.16), ease="snap")
        yield Move(guard | {"twist": 0.0}, m.s(0.24))
        if m.rest(0) < 0.6:
            return
        yield Hold(m.between(0.02, 0.4))
        side = side if m.chance(0.25) else ("l" if side == "r" else "r")


def shake_hand(m: Improviser) -> Iterator[Step]:
    """Reach out the right hand and shake."""
    reach = pose(arm_r=m.between(38, 48), arm_out_r=-6, arm_twist_r=24, elbow_r=42, bend=6)
    yield Move(reach, m.s(0.6))
    yield Cycle({"arm_r": wave(7), "elbow_r": wave(9, 0.5)}, m.s(0.4), m.rest(keep=0.5))


def hug(m: Improviser) -> Iterator[Step]:
    """Open the arms and close them round someone."""
    yield Move(pose(arm=60, arm_out=38, elbow=20), m.s(0.6))
    closed = pose(arm=72, arm_out=10, arm_across=22, arm_twist=40, elbow=m.between(48, 65), bend=8)
    yield Move(closed, m.s(0.5))
    yield Hold(m.rest(keep=0.6))


ACTIONS: Final = tuple(
    Action(name, zh, program, gesture=True, keeps=True, prop=prop)
    for name, zh, program, prop in (
        ("waving one hand", "单手挥动", wave_one, ""),
        ("waving both hands", "双手挥动", wave_both, ""),
        ("clapping", "鼓掌", clap, ""),
        ("raising a hand", "举手", keep(_raised), ""),
        ("arms crossed", "双臂交叉", keep(_crossed), ""),
        ("arms out", "双臂侧平举", keep(_out), ""),
        ("arms forward", "双臂前伸", keep(_forward), ""),
        ("arms up", "双臂上举", keep(_up), ""),
        ("hands on head", "双手抱头", keep(_on_head), ""),
        ("hands on hips", "双手叉腰", keep(_on_hips), ""),
        ("pointing left", "指左", keep(_pointing("left")), ""),
        ("pointing right", "指右", keep(_pointing("right")), ""),
        ("pointing up", "指上", keep(_pointing("up")), ""),
        ("pointing down", "指下", keep(_pointing("down")), ""),
        ("pointing forward", "指前", keep(_pointing("forward")), ""),
        ("drinking", "喝水", drink, "cup"),
        ("eating", "吃东西", eat, "snack"),
        ("reading", "阅读", read, "book"),
        ("phone to the ear", "打电话", keep(_phone), "phone"),
        ("pushing", "推", push, ""),
        ("punching", "出拳", punch, ""),
        ("shaking hands", "握手", shake_hand, ""),
        ("hugging", "拥抱", hug, ""),
    )
)
