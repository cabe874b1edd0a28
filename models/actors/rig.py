"""From channels to bones: forward kinematics, and the matrices that move the mesh.

The mesh rests with arms held out and elbows bent. Each bone first gets a constant correction that
brings it to the zero pose (standing, arms hanging), so that every rotation after it turns about the
person's own axes: x to its left, y up, z forward.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from models.actors.body import Body, Template, template
from models.actors.channels import INDEX

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_DOWN: Final = np.array([0.0, -1.0, 0.0])
_HINGE: Final = np.array([-1.0, 0.0, 0.0])
"""Axis about which bent elbows turn in the zero pose."""


def about(axis: str, degrees: Array) -> Array:
    """Return (T, 3, 3) rotations about ``"x"``, ``"y"`` or ``"z"`` by (T,) `degrees`."""
    angle = np.radians(degrees)
    cos, sin = np.cos(angle), np.sin(angle)
    made = np.zeros((*np.shape(angle), 3, 3))
    i, j = {"x": (1, 2), "y": (2, 0), "z": (0, 1)}[axis]
    made[..., i, i] = made[..., j, j] = cos
    made[..., i, j], made[..., j, i] = -sin, sin
    k = 3 - i - j
    made[..., k, k] = 1.0
    return made


@dataclass(frozen=True)
class Motion:
    """Where the bones are, frame by frame.

    Attributes
    ----------
    turns
        (T, B, 3, 3) rotation of every bone from the mesh at rest.
    joints
        (T, B, 3) metres, heads of the bones.
    """

    turns: Array
    joints: Array

    def points(self, body: Body, bones: NDArray[np.intp], rest: Array) -> Array:
        """Return (T, P, 3): points at `rest` (P, 3), each rigidly on its bone of `bones` (P,)."""
        arm = rest - body.joints[bones]
        at: Array = np.einsum("tpij,pj->tpi", self.turns[:, bones], arm) + self.joints[:, bones]
        return at

    def skinned(self, body: Body, which: NDArray[np.intp]) -> Array:
        """Return (T, P, 3): where the vertices `which` (P,) of the mesh are."""
        shared = template()
        total = np.zeros((len(self.joints), len(which), 3))
        for k in range(shared.bone_index.shape[1]):
            bones = shared.bone_index[which, k].astype(np.intp)
            weight = shared.bone_weight[which, k][None, :, None]
            total += weight * self.points(body, bones, body.vertices[which].astype(np.float64))
        return total


class Rig:
    """The skeleton of one body."""

    def __init__(self, body: Body) -> None:
        self._shared: Template = template()
        self._rest = body.joints.astype(np.float64)
        self._fix = self._corrections(body)
        parents = self._shared.parents
        self._offsets = np.stack(
            [
                self._fix[p] @ (self._rest[b] - self._rest[p]) if p >= 0 else self._rest[b]
                for b, p in enumerate(parents)
            ]
        )

    def _corrections(self, body: Body) -> Array:
        """Return (B, 3, 3): what brings each bone from the mesh's rest to the zero pose."""
        shared = self._shared
        fix = np.tile(np.eye(3), (len(shared.bones), 1, 1))
        at = {name: self._rest[i] for i, name in enumerate(shared.bones)}
        tips = dict(zip(shared.landmarks, body.landmarks.astype(np.float64), strict=True))
        for side in ("Left", "Right"):
            upper = at[f"{side}ForeArm"] - at[f"{side}Arm"]
            fore = at[f"{side}Hand"] - at[f"{side}ForeArm"]
            hinge = np.cross(upper, fore)
            parts = {f"{side}Arm": _aligned(upper, hinge), f"{side}ForeArm": _aligned(fore, hinge)}
            hand = parts[f"{side}ForeArm"] @ (tips[f"{side.lower()}-fingertip"] - at[f"{side}Hand"])
            straight = _between(hand, _DOWN) @ parts[f"{side}ForeArm"]
            fingers = (f"{side}Hand", f"{side[0]}Thumb", f"{side}FingerBase", f"{side}HandFinger1")
            parts |= dict.fromkeys(fingers, straight)
            parts[f"{side}UpLeg"] = _between(at[f"{side}Leg"] - at[f"{side}UpLeg"], _DOWN)
            parts[f"{side}Leg"] = _between(at[f"{side}Foot"] - at[f"{side}Leg"], _DOWN)
            for name, turn in parts.items():
                fix[shared.bones.index(name)] = turn
        return fix

    def pose(self, channels: Array) -> Motion:
        """Return the bones for (T, D) `channels`, the pelvis standing over the origin."""
        turns = bone_turns(channels)
        shared = self._shared
        world = np.stack([turns[_follows(name)] for name in shared.bones], axis=1)
        joints = np.zeros((len(channels), len(shared.bones), 3))
        for bone, parent in enumerate(shared.parents):
            if parent < 0:
                joints[:, bone, 1] = self._offsets[bone][1]
            else:
                joints[:, bone] = joints[:, parent] + world[:, parent] @ self._offsets[bone]
        return Motion(world @ self._fix, joints)


def bone_turns(channels: Array) -> dict[str, Array]:
    """Return the (T, 3, 3) world rotation, from the zero pose, of every bone that turns."""

    def c(name: str) -> Array:
        return channels[:, INDEX[name]]

    root = about("y", c("yaw")) @ about("x", c("pitch")) @ about("z", -c("roll"))
    third = about("y", c("twist") / 3) @ about("x", c("bend") / 3) @ about("z", -c("side") / 3)
    neck = about("y", c("turn") / 3) @ about("x", c("nod") / 3) @ about("z", -c("tilt") / 3)
    made = {"Hips": root @ about("x", c("pelvis"))}
    for name, parent in (("LowerBack", "Hips"), ("Spine", "LowerBack"), ("Spine1", "Spine")):
        made[name] = made[parent] @ third
    for name, parent in (("Neck", "Spine1"), ("Neck1", "Neck"), ("Head", "Neck1")):
        made[name] = made[parent] @ neck
    for side, sign in (("l", 1.0), ("r", -1.0)):
        made |= _limbs(c, side, sign, root, made["Spine1"])
    return made


def _limbs(
    c: Callable[[str], Array], side: str, sign: float, root: Array, chest: Array
) -> dict[str, Array]:
    """Return the bones of one side: clavicle, arm, hand, leg and foot."""
    name = "Left" if sign > 0 else "Right"

    def v(channel: str) -> Array:
        return c(f"{channel}_{side}")

    arm = (
        about("y", -sign * v("arm_across"))
        @ about("z", sign * v("arm_out"))
        @ about("x", -v("arm"))
        @ about("y", -sign * v("arm_twist"))
    )
    made = {f"{name}Shoulder": chest @ about("z", sign * v("shrug")), f"{name}Arm": chest @ arm}
    made[f"{name}ForeArm"] = made[f"{name}Arm"] @ about("x", -v("elbow"))
    palm = about("y", -sign * v("palm"))
    made[f"{name}Hand"] = made[f"{name}ForeArm"] @ palm @ about("x", -v("wrist"))
    curl = about("z", -sign * v("grip"))
    made[f"{name}FingerBase"] = made[f"{name}Hand"] @ curl
    made[f"{name}HandFinger1"] = made[f"{name}FingerBase"] @ curl
    out = about("y", sign * v("hip_turn"))
    made[f"{name}UpLeg"] = root @ out @ about("z", sign * v("hip_out")) @ about("x", -v("hip"))
    made[f"{name}Leg"] = made[f"{name}UpLeg"] @ about("x", v("knee"))
    toes = about("x", -v("ankle"))
    flat = about("y", c("yaw")) @ out
    made[f"{name}Foot"] = _mixed(flat, made[f"{name}Leg"], c("plant")) @ toes
    made[f"{name}ToeBase"] = made[f"{name}Foot"]
    return made


def _follows(bone: str) -> str:
    """Return the bone whose rotation `bone` shares."""
    if bone.endswith("HipJoint"):
        return "Hips"
    if bone.endswith("Thumb"):
        return "LeftHand" if bone.startswith("L") else "RightHand"
    return bone


def _mixed(one: Array, other: Array, share: Array) -> Array:
    """Return rotations between `other` (share 0) and `one` (share 1), made orthonormal again."""
    mixed = share[:, None, None] * one + (1 - share[:, None, None]) * other
    x = mixed[..., 0] / np.maximum(np.linalg.norm(mixed[..., 0], axis=-1, keepdims=True), 1e-6)
    y = mixed[..., 1] - x * np.sum(x * mixed[..., 1], axis=-1, keepdims=True)
    y /= np.maximum(np.linalg.norm(y, axis=-1, keepdims=True), 1e-6)
    return np.stack([x, y, np.cross(x, y)], axis=-1)


def _aligned(bone: Array, hinge: Array) -> Array:
    """Return the rotation that brings `bone` to hang down and `hinge` to the zero pose's axis."""
    down, axis = bone / np.linalg.norm(bone), hinge / np.linalg.norm(hinge)
    old = np.stack([down, axis, np.cross(down, axis)], axis=1)
    new = np.stack([_DOWN, _HINGE, np.cross(_DOWN, _HINGE)], axis=1)
    turn: Array = new @ old.T
    return turn


def _between(source: Array, target: Array) -> Array:
    """Return the shortest rotation from the direction of `source` to that of `target`."""
    a, b = source / np.linalg.norm(source), target / np.linalg.norm(target)
    v, cos = np.cross(a, b), float(a @ b)
    k = np.array([[0, -v[2], v[1]], [v[2], 0, -v[0]], [-v[1], v[0], 0]])
    turn: Array = np.eye(3) + k + k @ k / (1 + cos)
    return turn
