"""Walking, running, side steps, jumps. Joint curves of the gait follow Winter (1991)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from models.actors.channels import Pose, pose
from models.actors.language import (
    Curve,
    Cycle,
    Improviser,
    Move,
    Step,
    Turn,
    arc,
    bounce,
    through,
    wave,
)
from models.actors.motions.action import Action
from models.actors.motions.poses import standing

if TYPE_CHECKING:
    from collections.abc import Iterator

# Phase 0 is the heel strike of the left foot.
_HIP: Final = ((0.0, 28.0), (0.1, 25.0), (0.3, 5.0), (0.5, -11.0), (0.62, -2.0), (0.85, 32.0))
_KNEE: Final = ((0.0, 4.0), (0.14, 17.0), (0.38, 5.0), (0.58, 32.0), (0.72, 62.0), (0.95, 3.0))
_ANKLE: Final = ((0.0, 2.0), (0.07, -5.0), (0.42, 10.0), (0.61, -18.0), (0.8, 2.0))
_RUN_HIP: Final = ((0.0, 36.0), (0.3, -14.0), (0.42, -18.0), (0.7, 42.0), (0.9, 44.0))
_RUN_KNEE: Final = ((0.0, 18.0), (0.13, 38.0), (0.32, 14.0), (0.62, 105.0), (0.92, 20.0))
_RUN_ANKLE: Final = ((0.0, 5.0), (0.15, 22.0), (0.35, -22.0), (0.7, 5.0))


def _gait(points: tuple[tuple[float, float], ...], name: str, scale: float) -> dict[str, Curve]:
    """Return the curve for both legs, half a period apart."""
    return {
        f"{name}_l": through(*points, scale=scale),
        f"{name}_r": through(*points, shift=0.5, scale=scale),
    }


def _arms(swing: float, elbow: float) -> dict[str, Curve]:
    """Return arms swinging against the legs."""
    return {
        "arm_l": wave(swing, -0.25),
        "arm_r": wave(swing, 0.25),
        "elbow_l": bounce(elbow, 0.5),
        "elbow_r": bounce(elbow),
    }


def _upright(m: Improviser) -> Pose:
    """Return the pose that gait curves are added to."""
    return standing(m) | pose(plant=0, hip_out=0.5, hip_turn=m.between(0, 8), knee=0)


def walk(m: Improviser) -> Iterator[Step]:
    """Walk, straight or along curves, now and then turning back."""
    stride = m.vigour * m.between(0.85, 1.1)
    swing = m.between(8, 30) * stride
    legs = (
        _gait(_HIP, "hip", stride)
        | _gait(_KNEE, "knee", min(stride, 1))
        | _gait(_ANKLE, "ankle", 1)
    )
    body: dict[str, Curve] = {
        "twist": wave(4, 0.25), "roll": wave(1.5), "pelvis": wave(1, 0.1), "nod": wave(1.0, 0.2)
    }  # fmt: skip
    curves = legs | _arms(swing, m.between(4, 22)) | body
    period = m.s(1.1)
    yield Move(_upright(m) | pose(pitch=m.between(0, 4)), m.s(0.35))
    while True:
        span = min(m.rest(), m.between(2.2, 4.5))
        drift = {"yaw": m.between(-28, 28) if m.chance(0.5) else 0.0}
        yield Cycle(curves, period, span, drift=drift, fade=0.35)
        if m.rest(0) < 2.0:
            break
        if m.chance(0.6):
            way = 1 if m.chance(0.5) else -1
            yield Turn(way * m.between(120, 200), m.s(1.3), curves, period)
    yield Move(standing(m), m.s(0.4), labelled=False)


def run(m: Improviser) -> Iterator[Step]:
    """Run, or jog, along a gentle curve."""
    stride = m.vigour * m.between(0.7, 1.05)
    period = m.s(0.7)
    legs = (
        _gait(_RUN_HIP, "hip", stride)
        | _gait(_RUN_KNEE, "knee", min(stride, 1.05))
        | _gait(_RUN_ANKLE, "ankle", 1)
    )
    left, right = arc(0.05, 0.34, 0.5), arc(0.05, 0.84, 1.0)
    body: dict[str, Curve] = {
        "twist": wave(9, 0.25), "lift": lambda phase: left(phase) + right(phase)
    }  # fmt: skip
    ready = _upright(m) | pose(
        pitch=m.between(5, 11), elbow=m.between(70, 95), arm_twist=12, advance=2.6 * stride
    )
    yield Move(ready, m.s(0.35))
    drift = {"yaw": m.between(15, 80) * (1 if m.chance(0.5) else -1)}
    yield Cycle(
        legs | body | _arms(m.between(28, 42) * stride, 12), period, m.rest(keep=0.4), drift=drift,
        fade=0.5,
    )  # fmt: skip
    yield Move(standing(m) | pose(advance=0), m.s(0.5), labelled=False)


def side_step(m: Improviser) -> Iterator[Step]:
    """Step sideways: one leg goes, the other follows."""
    lead, trail = ("l", "r") if m.chance(0.5) else ("r", "l")
    wide = m.between(14, 24) * m.vigour
    curves = {
        f"hip_out_{lead}": through((0, 0), (0.3, wide), (0.55, wide), (0.95, 0)),
        f"hip_out_{trail}": through((0, 0), (0.35, wide * 0.5), (0.6, wide * 0.4), (0.95, -2)),
        f"knee_{lead}": through((0, 5), (0.18, 48), (0.4, 8), (0.9, 5)),
        f"hip_{lead}": through((0, 2), (0.18, 26), (0.4, 4), (0.9, 2)),
        f"knee_{trail}": through((0.4, 8), (0.7, 46), (0.95, 6)),
        f"hip_{trail}": through((0.4, 4), (0.7, 25), (0.95, 2)),
        "arm_out_l": bounce(12),
        "arm_out_r": bounce(12),
    }
    yield Move(standing(m) | pose(hip_out=2, hip_turn=2), m.s(0.3), labelled=False)
    yield Cycle(curves, m.s(0.62), m.rest(keep=0.3), fade=0.2)
    yield Move(standing(m), m.s(0.3), labelled=False)


def _jumping(m: Improviser, height: float, advance: float, arms: dict[str, Curve]) -> Cycle:
    """Return jumps from both feet, each a crouch, a flight and a landing."""
    period = m.s(0.85)
    bent = through((0, 12), (0.2, 58), (0.36, 4), (0.68, 6), (0.82, 46), (0.98, 14))
    hips = through((0, 8), (0.2, 42), (0.36, 2), (0.68, 8), (0.82, 34), (0.98, 8))
    curves = {
        "knee_l": bent, "knee_r": bent, "hip_l": hips, "hip_r": hips,
        "lift": arc(height, 0.34, 0.72), "pelvis": through((0, 5), (0.2, 22), (0.4, 0), (0.82, 16)),
        "ankle_l": through((0.2, 0), (0.45, -32), (0.7, -8)),
        "ankle_r": through((0.2, 0), (0.45, -32), (0.7, -8)),
    }  # fmt: skip
    count = max(1, round(m.rest(keep=0.3) / period))
    drift = {"advance": 0.0} if advance else {}
    return Cycle(curves | arms, period, count * period, drift=drift, fade=0.1)


def jump(m: Improviser) -> Iterator[Step]:
    """Jump on the spot."""
    yield Move(standing(m), m.s(0.3), labelled=False)
    swing = through((0, 0), (0.18, -28), (0.42, m.between(10, 80)), (0.8, 5))
    height = m.between(0.1, 0.3) * m.vigour
    yield _jumping(m, height, 0, {"arm_l": swing, "arm_r": swing, "elbow_l": bounce(20)})


def jump_forward(m: Improviser) -> Iterator[Step]:
    """Jump ahead with both feet, again and again."""
    yield Move(standing(m) | pose(advance=m.between(1.2, 2.0), pitch=4), m.s(0.3), labelled=False)
    swing = through((0, 0), (0.18, -35), (0.42, 70), (0.8, 10))
    yield _jumping(m, m.between(0.12, 0.25), 1.0, {"arm_l": swing, "arm_r": swing})
    yield Move(standing(m), m.s(0.3), labelled=False)


def hop(m: Improviser) -> Iterator[Step]:
    """Hop ahead on one leg."""
    leg, other = ("l", "r") if m.chance(0.5) else ("r", "l")
    ready = standing(m) | pose(advance=m.between(1.0, 1.8), pitch=4)
    ready |= {f"knee_{other}": m.between(65, 95), f"hip_{other}": m.between(5, 30)}
    yield Move(ready, m.s(0.35), labelled=False)
    curves = {
        f"knee_{leg}": through((0, 10), (0.2, 38), (0.38, 4), (0.7, 6), (0.85, 30)),
        f"hip_{leg}": through((0, 6), (0.2, 26), (0.38, 0), (0.7, 4), (0.85, 20)),
        "lift": arc(m.between(0.08, 0.16), 0.36, 0.76),
        "arm_l": wave(18), "arm_r": wave(18), f"hip_{other}": wave(9, 0.3),
    }  # fmt: skip
    yield Cycle(curves, m.s(0.6), m.rest(keep=0.3), fade=0.15, drift={"advance": 0.0})
    yield Move(standing(m), m.s(0.3), labelled=False)


def jumping_jack(m: Improviser) -> Iterator[Step]:
    """Jump with legs and arms spread, and together again."""
    yield Move(standing(m) | pose(arm_out=6, elbow=6, hip_out=1), m.s(0.3), labelled=False)
    top, wide = m.between(140, 172), m.between(15, 25)
    one, two = arc(0.07 * m.vigour, 0.05, 0.42), arc(0.07 * m.vigour, 0.55, 0.92)
    curves = {
        "arm_out_l": bounce(top), "arm_out_r": bounce(top),
        "hip_out_l": bounce(wide), "hip_out_r": bounce(wide),
        "lift": lambda phase: one(phase) + two(phase),
        "knee_l": bounce(14, 0.25), "knee_r": bounce(14, 0.25),
        "hip_l": bounce(8, 0.25), "hip_r": bounce(8, 0.25),
    }  # fmt: skip
    yield Cycle(curves, m.s(0.95), m.rest(keep=0.2), fade=0.15)


ACTIONS: Final = (
    Action("walking", "行走", walk),
    Action("running", "跑步", run),
    Action("side stepping", "侧步", side_step),
    Action("jumping in place", "原地跳", jump, also=("jumping",)),
    Action("jumping forward", "向前跳", jump_forward, also=("jumping",)),
    Action("hopping", "单脚跳", hop),
    Action("jumping jack", "开合跳", jumping_jack),
)
