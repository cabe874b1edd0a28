"""The numbers a pose is made of, and how a motion program writes them.

All are degrees but ``lift``, ``advance`` and ``plant`` (0..1). Zero everywhere is standing upright,
arms hanging. A name ending in ``_l`` or ``_r`` belongs to the person's own left or right; the same
number means the mirrored pose on either side.

=============  ================================================================
channel        positive is
=============  ================================================================
yaw            the whole person turned to its left
pitch, roll    the whole person tipped forward, to its left (falls, lying)
lift           metres above the ground (jumps, a bed)
advance        metres per second forward while off the ground
plant          1: soles kept parallel to the floor; 0: feet follow the shins
pelvis         pelvis and all above it tipped forward, legs left alone
bend side twist  the spine forward, to the left, turned to the left
nod turn tilt  the head down, to the left, onto the left shoulder
hip hip_out hip_turn  thigh forward, away from the other, knee pointing outwards
knee ankle     knee bent; toes up
arm arm_out arm_across arm_twist  arm swung forward, sideways, towards the other arm, turned inwards
elbow palm wrist grip  elbow bent; palm turned inwards; hand and fingers bent
shrug          shoulder lifted
=============  ================================================================
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_CENTRAL: Final = (
    "yaw", "pitch", "roll", "lift", "advance", "plant", "pelvis", "bend", "side", "twist", "nod",
    "turn", "tilt",
)  # fmt: skip
_SIDED: Final = (
    "hip", "hip_out", "hip_turn", "knee", "ankle", "arm", "arm_out", "arm_across", "arm_twist",
    "elbow", "palm", "wrist", "grip", "shrug",
)  # fmt: skip

CHANNELS: Final = (*_CENTRAL, *(f"{name}_{side}" for side in "lr" for name in _SIDED))
INDEX: Final = {name: i for i, name in enumerate(CHANNELS)}
UPPER_BODY: Final = (
    *_CENTRAL[-6:],
    *(f"{name}_{side}" for side in "lr" for name in _SIDED[5:]),
)
"""What a gesture may move: spine, head, arms and hands."""

Pose = dict[str, float]
"""Channel name to value; channels not named are left as they are."""


def pose(base: Pose | None = None, **values: float) -> Pose:
    """Write a pose; a sided name without its side sets both, as in ``pose(elbow=90)``.

    Raises
    ------
    KeyError
        If a name is no channel.
    """
    made = dict(base or {})
    for name, value in values.items():
        if name in _SIDED:
            made[f"{name}_l"] = made[f"{name}_r"] = value
        elif name in INDEX:
            made[name] = value
        else:
            raise KeyError(f"no channel is called {name!r}")
    return made


def on(side: str, **values: float) -> Pose:
    """Write a pose of one `side` (``"l"`` or ``"r"``), as in ``on("r", arm=90, elbow=20)``."""
    return pose(None, **{f"{name}_{side}": value for name, value in values.items()})


def dense(sparse: Pose) -> NDArray[np.float64]:
    """Return (D,) channel values, zero where `sparse` says nothing; ``plant`` is 1 then."""
    row = np.zeros(len(CHANNELS))
    row[INDEX["plant"]] = 1.0
    for name, value in sparse.items():
        row[INDEX[name]] = value
    return row
