"""Feet on the ground: where the root must be so that nothing sinks, floats or slides.

The lowest points of the skin carry the person. Each frame the whole body is lifted until they touch
the floor, and moved so that they do not slide. Walking forward, getting up and tipping over all
follow from that rule; no motion program says where the body goes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.ndimage import gaussian_filter1d

from models.actors.body import Body, template
from models.actors.channels import INDEX
from models.actors.language import RATE_HZ
from models.actors.rig import Motion, Rig

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_GRIP_M: Final = 0.015
"""How far above the lowest point a point still carries weight."""
_AIRBORNE_M: Final = 0.03
_SMOOTH_S: Final = 0.05
_SETTLE_S: Final = 0.12
_LEVEL: Final = (0.90, 0.98)
"""How level the trunk is (cosine) when gravity begins to lay the body flat, and when it has."""
_ENDS_M: Final = 0.2
_MOST_SETTLED: Final = 0.4


@dataclass(frozen=True, slots=True)
class Performance:
    """One person's motion on the ground, at `RATE_HZ`.

    Attributes
    ----------
    body
        Who moves.
    motion
        Bones in the person's own coordinates: starts at the origin heading along z.
    root
        (T, 3) metres: where the pelvis bone is.
    """

    body: Body
    motion: Motion
    root: Array

    def __len__(self) -> int:
        return len(self.root)


def perform(body: Body, channels: Array) -> Performance:
    """Return the motion on the ground of (T, D) `channels`."""
    motion = Rig(body).pose(channels)
    which = contact_points(body)
    points = motion.skinned(body, which)
    motion = _settled(motion, points)
    points = motion.skinned(body, which)
    root = _rooted(points, channels)
    motion = Motion(motion.turns, motion.joints + root[:, None])
    return Performance(body, motion, motion.joints[:, 0].copy())


def contact_points(body: Body) -> NDArray[np.intp]:
    """Return vertices that stick out of each bone: those that can touch the ground."""
    shared = template()
    vertices = np.unique(shared.triangles["body"])
    owner = shared.bone_index[vertices, 0]
    found: set[int] = set()
    diagonals = np.array(
        [[x, y, z] for x in (-1, 0, 1) for y in (-1, 0, 1) for z in (-1, 0, 1) if x or y or z]
    )
    for bone in np.unique(owner):
        mine = vertices[owner == bone]
        found.update(mine[np.argmax(body.vertices[mine] @ diagonals.T, axis=0)].tolist())
    return np.array(sorted(found), np.intp)


def _settled(motion: Motion, points: Array) -> Motion:
    """Lay those who lie flat: both ends of the body come down to the floor.

    A body that lies is turned as a whole about the level axis across it, until the lowest contact
    points (T, P, 3) beyond the pelvis towards the head and towards the feet are equally high.
    """
    spine = motion.joints[:, template().bones.index("Neck")] - motion.joints[:, 0]
    level = spine * (1, 0, 1)
    length = np.linalg.norm(level, axis=1)
    share = np.clip(
        (length / np.linalg.norm(spine, axis=1) - _LEVEL[0]) / (_LEVEL[1] - _LEVEL[0]), 0, 1
    )
    if not share.any():
        return motion
    ahead = level / np.maximum(length, 1e-9)[:, None]
    from_hips = points - motion.joints[:, :1]
    along = np.einsum("tpi,ti->tp", from_hips, ahead)
    ends = []
    for sign in (1.0, -1.0):
        height = np.where(along * sign > _ENDS_M, from_hips[..., 1], np.inf)
        lowest = height.argmin(1)[:, None]
        ends.append([np.take_along_axis(a, lowest, 1)[:, 0] for a in (from_hips[..., 1], along)])
    (up_y, up_at), (low_y, low_at) = ends
    rise = np.arctan2(low_y - up_y, np.maximum(up_at - low_at, _ENDS_M))
    angle = gaussian_filter1d(
        np.clip(rise, -_MOST_SETTLED, _MOST_SETTLED) * share, _SETTLE_S * RATE_HZ, mode="nearest"
    )
    turn = _about(np.cross(ahead, (0.0, 1.0, 0.0)), angle)
    hips = motion.joints[:, :1]
    joints = np.einsum("tij,tbj->tbi", turn, motion.joints - hips) + hips
    return Motion(turn[:, None] @ motion.turns, joints)


def _about(axes: Array, angles: Array) -> Array:
    """Return (T, 3, 3) rotations about unit `axes` (T, 3) by `angles` (T,), after Rodrigues."""
    x, y, z = axes.T
    nought = np.zeros_like(x)
    cross = np.stack([nought, -z, y, z, nought, -x, -y, x, nought], -1).reshape(-1, 3, 3)
    sin, cos = np.sin(angles)[:, None, None], np.cos(angles)[:, None, None]
    turn: Array = np.eye(3) + sin * cross + (1 - cos) * cross @ cross
    return turn


def _rooted(points: Array, channels: Array) -> Array:
    """Return the (T, 3) displacement that grounds the contact `points` (T, P, 3)."""
    height = points[..., 1]
    lowest = height.min(1)
    lift = channels[:, INDEX["lift"]]
    weight = np.exp(-(height - lowest[:, None]) / _GRIP_M)
    weight /= weight.sum(1, keepdims=True)
    carried = (weight[1:] + weight[:-1]) / 2
    step = -np.einsum("tp,tpi->ti", carried, np.diff(points[..., (0, 2)], axis=0))
    heading = np.radians(channels[1:, INDEX["yaw"]])
    flight = channels[1:, INDEX["advance"], None] / RATE_HZ
    forward = np.stack([np.sin(heading), np.cos(heading)], 1) * flight
    air = np.clip(lift[1:] / _AIRBORNE_M, 0, 1)[:, None] * (flight != 0)
    step = gaussian_filter1d(step * (1 - air) + forward * air, _SMOOTH_S * RATE_HZ, axis=0)
    root = np.zeros((len(points), 3))
    root[1:, (0, 2)] = np.cumsum(step, axis=0)
    root[:, 1] = lift - lowest
    return root
