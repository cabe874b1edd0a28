"""Where the joints of the person on show are, told from one frame; carries no state.

A heat map for each joint (Tompson et al., "Joint Training of a Convolutional Network and a
Graphical Model for Human Pose Estimation", NIPS 2014), of depthwise separable convolutions (Howard
et al., "MobileNets", arXiv 1704.04861) over three maps of the shared encoder. A place is read as
the mean over the neighbourhood of the hottest cell, which is finer than the cells are.

Of several people the one that takes up most of the picture is meant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.heads.boxes import ENCODER_CHANNELS, conv_norm

if TYPE_CHECKING:
    from models.heads.boxes import Features

JOINTS: Final = (
    "nose",
    "left shoulder", "right shoulder", "left elbow", "right elbow", "left wrist", "right wrist",
    "left hip", "right hip", "left knee", "right knee", "left ankle", "right ankle",
)  # fmt: skip
"""Left and right are the person's own."""
FIGURE_SIZE: Final = 3 * len(JOINTS)
STANCE_SIZE: Final = FIGURE_SIZE + 9

_NEIGHBOURHOOD: Final = 5
_SMALLEST_BODY: Final = 0.02
FARTHEST: Final = 4.0
_ASPECT: Final = 4 / 3
"""Of the bundle's pictures; both axes have one unit by it."""


class BodyReader(nn.Module):
    """Reads C3, C4 and C5 of the encoder.

    Parameters
    ----------
    channels, fine
        Width of the maps at stride 16 and at stride 8.
    blocks, fine_blocks
        Number of separable convolutions at each of them.
    """

    def __init__(
        self, *, channels: int = 96, fine: int = 48, blocks: int = 6, fine_blocks: int = 3
    ) -> None:
        super().__init__()
        c3, c4, c5 = ENCODER_CHANNELS
        self.from_fine = nn.Conv2d(c3, channels, 1, bias=False)
        self.from_middle = nn.Conv2d(c4, channels, 1, bias=False)
        self.from_coarse = nn.Conv2d(c5, channels, 1, bias=False)
        self.norm = nn.BatchNorm2d(channels)
        self.context = nn.Sequential(*(_Separable(channels) for _ in range(blocks)))
        self.drop_maps = nn.Dropout2d(0.1)
        self.lift = nn.Conv2d(channels, fine, 1, bias=False)
        self.beside = nn.Conv2d(c3, fine, 1, bias=False)
        self.norm_fine = nn.BatchNorm2d(fine)
        self.refine = nn.Sequential(*(_Separable(fine) for _ in range(fine_blocks)))
        self.out = nn.Conv2d(fine, len(JOINTS), 1)

    def forward(self, features: Features) -> Tensor:
        """Return (B, 13, 3): x and y as fractions of the picture, and how sure, 0 to 1."""
        return locate(self.heat(features))

    def heat(self, features: Features) -> Tensor:
        """Return (B, 13, H/8, W/8) logits; their softmax over the cells is where a joint is."""
        c3, c4, c5 = features
        maps = (
            self.from_middle(c4)
            + functional.avg_pool2d(self.from_fine(c3), 2)
            + _doubled(self.from_coarse(c5))
        )
        maps = self.drop_maps(self.context(torch.relu(self.norm(maps))))
        maps = torch.relu(self.norm_fine(_doubled(self.lift(maps)) + self.beside(c3)))
        return cast("Tensor", self.out(self.refine(maps)))


class _Separable(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.filter = conv_norm(channels, channels, 5, groups=channels)
        self.mix = nn.Sequential(
            nn.Conv2d(channels, channels, 1, bias=False), nn.BatchNorm2d(channels)
        )

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(x + self.mix(self.filter(x)))


def _doubled(maps: Tensor) -> Tensor:
    return functional.interpolate(maps, scale_factor=2.0, mode="nearest")


def locate(heat: Tensor) -> Tensor:
    """Read (B, J, H, W) logits as (B, J, 3): x and y as fractions, and how sure, 0 to 1.

    How sure is the share of the softmax around the hottest cell: a joint that is out of the
    picture is everywhere a little.
    """
    height, width = heat.shape[2:]
    share = heat.flatten(2).softmax(dim=2).view_as(heat)
    hottest = (heat >= heat.amax(dim=(2, 3), keepdim=True)).to(heat.dtype)
    reach = _NEIGHBOURHOOD // 2
    around = functional.max_pool2d(hottest, _NEIGHBOURHOOD, stride=1, padding=reach) * share
    sure = around.sum(dim=(2, 3))
    across = (torch.arange(width, dtype=heat.dtype, device=heat.device) + 0.5) / width
    down = (torch.arange(height, dtype=heat.dtype, device=heat.device) + 0.5) / height
    x = (around.sum(dim=2) * across).sum(dim=2) / sure
    y = (around.sum(dim=3) * down).sum(dim=2) / sure
    return torch.stack((x, y, sure), dim=2)


class Build(NamedTuple):
    """Where the body's parts are, in heights of the picture, and how large it is.

    Attributes
    ----------
    place
        (..., 13, 2): x and y of the joints.
    shoulders, hips
        (..., 2): the middle between left and right.
    length
        (..., 1): from the one to the other.
    size
        (..., 1): length of the trunk or width of the shoulders, whichever is more.
    """

    place: Tensor
    shoulders: Tensor
    hips: Tensor
    length: Tensor
    size: Tensor


def build_of(joints: Tensor) -> Build:
    """Measure (..., 13, 3) joints, see `BodyReader.forward`."""
    place = torch.stack((joints[..., 0] * _ASPECT, joints[..., 1]), dim=-1)
    shoulders = (place[..., 1, :] + place[..., 2, :]) / 2
    hips = (place[..., 7, :] + place[..., 8, :]) / 2
    length = _length(hips - shoulders).clamp_min(_SMALLEST_BODY)
    breadth = _length(place[..., 1, :] - place[..., 2, :])
    return Build(place, shoulders, hips, length, torch.maximum(length, breadth))


def _length(way: Tensor) -> Tensor:
    return way.square().sum(dim=-1, keepdim=True).sqrt()


def figure(joints: Tensor) -> Tensor:
    """Say how somebody holds themselves, wherever and however large they are.

    Parameters
    ----------
    joints
        (..., 13, 3), see `BodyReader.forward`.

    Returns
    -------
    Tensor
        (..., 39): each joint's x and y from the middle of the shoulders, in sizes of the body, see
        `Build`; then how sure each joint is.
    """
    return torch.cat((_relative(build_of(joints)), joints[..., 2]), dim=-1)


def stance(joints: Tensor) -> Tensor:
    """Say how somebody holds themselves, and where in the picture they are.

    Returns
    -------
    Tensor
        (..., 48): `figure`, no place farther than four sizes of the body; middle of the shoulders,
        middle of the hips, logarithm of the size, direction of the trunk and logarithm of its
        length, height of the feet. Heights of the picture are the unit.
    """
    build = build_of(joints)
    return torch.cat(
        (
            _relative(build).clamp(-FARTHEST, FARTHEST),
            joints[..., 2],
            build.shoulders,
            build.hips,
            build.size.log(),
            (build.hips - build.shoulders) / build.length,
            build.length.log(),
            (build.place[..., 11, 1:] + build.place[..., 12, 1:]) / 2,
        ),
        dim=-1,
    )


def _relative(build: Build) -> Tensor:
    away = build.place - build.shoulders.unsqueeze(-2)
    return (away / build.size.unsqueeze(-1)).flatten(-2)
