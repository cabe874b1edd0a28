"""The detection head: a recurrent feature pyramid and dense, anchor-free boxes.

Memory sits where maps are small: a bottleneck ConvLSTM on C4 and one on C5 (Liu & Zhu, "Mobile
Video Object Detection with Temporally-Aware Feature Maps", CVPR 2018). What they carry flows down
to the finest level and up again along a light path-aggregation pyramid (PANet, Liu et al., CVPR
2018), built of depthwise-separable convolutions. The dense head is FCOS's (Tian et al., ICCV
2019) without centre-ness: class scores say how well the box fits (quality focal loss).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from models.cells.conv_lstm import BottleneckLSTM
from models.heads.class_evidence import ClassEvidence
from models.recurrent import Recurrent
from models.spec import TensorSpec

if TYPE_CHECKING:
    from models.recurrent import Nested, TensorState

Features = tuple[Tensor, Tensor, Tensor]
Raw = tuple[Tensor, Tensor]

STRIDES: Final = (8, 16, 32)
ENCODER_CHANNELS: Final = (40, 112, 320)

_RARE_LOGIT: Final = -4.6
"""Prior of the class scores: 1 % (Lin et al., focal loss, section 3.3)."""
_START_REACH: Final = 1.1
"""Untrained, each side lies exp(1.1) = 3 strides from the location: a plausible box."""
_FIRST_TRUST: Final = 0.1
_MAX_REACH: Final = 5.0
"""exp(5) strides are more than any picture; beyond, the exponential could overflow."""


def conv_norm(inputs: int, outputs: int, kernel: int = 1, groups: int = 1) -> nn.Sequential:
    """Return convolution, batch normalisation, ReLU; the size stays."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, groups=groups, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    )


def separable(inputs: int, outputs: int) -> nn.Sequential:
    """Return a 3 x 3 depthwise and a pointwise convolution, nothing between them."""
    return nn.Sequential(
        nn.Conv2d(inputs, inputs, 3, padding=1, groups=inputs, bias=False),
        nn.Conv2d(inputs, outputs, 1, bias=False),
    )


def separable_norm(inputs: int, outputs: int) -> nn.Sequential:
    """Return `separable`, batch normalisation, ReLU."""
    return nn.Sequential(
        *separable(inputs, outputs), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)
    )


def locations(width: int, height: int) -> tuple[Tensor, Tensor]:
    """Return where the dense head looks in a picture of `width` x `height` pixels.

    Returns
    -------
    Centres (N, 2) float32 in pixels, x and y, and the stride (N,) of each; finest level first,
    row by row.
    """
    centres, strides = [], []
    for stride in STRIDES:
        x = (torch.arange(width // stride) + 0.5) * stride
        y = (torch.arange(height // stride) + 0.5) * stride
        grid = torch.stack(torch.meshgrid(x, y, indexing="xy"), -1).reshape(-1, 2)
        centres.append(grid)
        strides.append(torch.full((len(grid),), float(stride)))
    return torch.cat(centres), torch.cat(strides)


class Tower(nn.Module):
    """Convolutions that all levels share, with statistics of each level's own.

    Levels differ in scale: one normalisation for all would in use be that of none of them
    (Tan, Pang, Le, "EfficientDet", CVPR 2020, does the same).
    """

    def __init__(self, channels: int, depth: int = 2) -> None:
        super().__init__()
        self.layers = nn.ModuleList([separable(channels, channels) for _ in range(depth)])
        self.norms = nn.ModuleList(
            [nn.ModuleList([nn.BatchNorm2d(channels) for _ in STRIDES]) for _ in range(depth)]
        )

    def forward(self, levels: list[Tensor]) -> list[Tensor]:
        """Map one (B, C, H, W) per level to the same shapes."""
        for layer, norms in zip(self.layers, self.norms, strict=True):
            levels = [
                F.relu(norm(layer(level)), inplace=True)
                for norm, level in zip(cast("nn.ModuleList", norms), levels, strict=True)
            ]
        return levels


class DenseHead(nn.Module):
    """Class scores and box sides at every location, the same weights on every level."""

    def __init__(self, channels: int, classes: int) -> None:
        super().__init__()
        self.class_tower = Tower(channels)
        self.side_tower = Tower(channels)
        self.classes = nn.Conv2d(channels, classes, 1)
        self.sides = nn.Conv2d(channels, 4, 1)
        nn.init.normal_(self.classes.weight, std=0.01)
        nn.init.constant_(self.classes.bias, _RARE_LOGIT)  # type: ignore[arg-type]
        nn.init.normal_(self.sides.weight, std=0.01)
        nn.init.constant_(self.sides.bias, _START_REACH)  # type: ignore[arg-type]

    def forward(self, levels: list[Tensor]) -> tuple[Tensor, Tensor]:
        """Return logits (B, N, K) and log sides (B, N, 4) of all levels, one after the other."""
        logits = [_as_rows(self.classes(level)) for level in self.class_tower(levels)]
        sides = [_as_rows(self.sides(level)) for level in self.side_tower(levels)]
        return torch.cat(logits, 1), torch.cat(sides, 1)


def _as_rows(level: Tensor) -> Tensor:
    """Turn (B, C, H, W) into (B, H x W, C); free with channels last, as in training."""
    return level.permute(0, 2, 3, 1).flatten(1, 2)


class BoxHead(Recurrent):
    """Encoder features to boxes, with memory.

    Parameters
    ----------
    channels
        Width of the pyramid.
    classes
        Number of class names, K.
    width, height
        Size of the encoder's input picture in pixels, multiples of 32.
    evidence
        Whether what the encoder's own classifier calls a place counts, too, as much on each level
        as is learnt; see `models.heads.class_evidence`.
    """

    centres: Tensor
    strides: Tensor
    picture: Tensor

    def __init__(
        self,
        channels: int = 80,
        classes: int = 80,
        width: int = 384,
        height: int = 288,
        *,
        evidence: bool = False,
    ) -> None:
        super().__init__()
        self._channels = channels
        self._grids = [(height // stride, width // stride) for stride in STRIDES]
        self.laterals = nn.ModuleList([conv_norm(inputs, channels) for inputs in ENCODER_CHANNELS])
        self.lstm4 = _lively(BottleneckLSTM(channels, channels))
        self.lstm5 = _lively(BottleneckLSTM(channels, channels))
        self.down4 = separable_norm(channels, channels)
        self.down3 = separable_norm(channels, channels)
        self.up4 = separable_norm(channels, channels)
        self.up5 = separable_norm(channels, channels)
        self.dense = DenseHead(channels, classes)
        self.evidence = ClassEvidence(classes) if evidence else None
        if evidence:
            self.trust = nn.Parameter(torch.full((len(STRIDES),), _FIRST_TRUST))
        centres, strides = locations(width, height)
        self.register_buffer("centres", centres, persistent=False)
        self.register_buffer("strides", strides, persistent=False)
        picture = torch.tensor([width, height] * 2, dtype=torch.float32)
        self.register_buffer("picture", picture, persistent=False)

    def state_spec(self) -> tuple[TensorSpec, ...]:
        """Return name and shape, (C, H, W), of every state tensor."""
        return tuple(
            TensorSpec(name=f"lstm{level}.{part}", shape=(self._channels, *self._grids[level - 3]))
            for level in (4, 5)
            for part in ("h", "c")
        )

    def step_raw(self, features: Features, state: TensorState) -> tuple[Raw, TensorState]:
        """Take one frame; return logits (B, N, K), log sides (B, N, 4) and the next state.

        Parameters
        ----------
        features
            C3 (B, 40, H/8, W/8), C4 (B, 112, H/16, W/16), C5 (B, 320, H/32, W/32).
        """
        low, middle, high = self._lateral(features)
        middle, high, state = self._recall(middle, high, state)
        return self._believe(self._predict(low, middle, high), features[2]), state

    def forward_raw(self, features: Features, state: TensorState) -> tuple[Raw, TensorState]:
        """Take T frames, as T calls of `step_raw`, but all that has no memory at once.

        Parameters
        ----------
        features
            As for `step_raw`, each (B, T, C, H, W).

        Returns
        -------
        Logits (B, T, N, K), log sides (B, T, N, 4) and the last state.
        """
        frames = features[0].shape[1]
        merged = _merge_time(features)
        low, middle, high = self._lateral(merged)
        middle, high, state = self._recall_all(middle, high, state, frames)
        logits, sides = self._believe(self._predict(low, middle, high), merged[2])
        return (
            _split_time(logits, frames),
            _split_time(sides, frames),
        ), state

    def warm(
        self, coarse: tuple[Tensor, Tensor], order: list[int], state: TensorState
    ) -> TensorState:
        """Return the state after seeing frames in any order, which may repeat them.

        Parameters
        ----------
        coarse
            C4 and C5, (B, T, C, H, W) each.
        order
            Indices into T.
        """
        middle, high = (
            _split_time(lateral(level.flatten(0, 1)), level.shape[1])
            for lateral, level in zip(self.laterals[1:], coarse, strict=True)
        )
        for frame in order:
            _, _, state = self._recall(middle[:, frame], high[:, frame], state)
        return state

    def _lateral(self, features: Features) -> Features:
        low, middle, high = (
            lateral(level) for lateral, level in zip(self.laterals, features, strict=True)
        )
        return low, middle, high

    def _recall(
        self, middle: Tensor, high: Tensor, state: TensorState
    ) -> tuple[Tensor, Tensor, TensorState]:
        h5, c5 = self.lstm5(high, state["lstm5.h"], state["lstm5.c"])
        h4, c4 = self.lstm4(middle, state["lstm4.h"], state["lstm4.c"])
        following = {"lstm4.h": h4, "lstm4.c": c4, "lstm5.h": h5, "lstm5.c": c5}
        return middle + h4, high + h5, following

    def _recall_all(
        self, middle: Tensor, high: Tensor, state: TensorState, frames: int
    ) -> tuple[Tensor, Tensor, TensorState]:
        middles, highs = [], []
        for now4, now5 in zip(
            _split_time(middle, frames).unbind(1),
            _split_time(high, frames).unbind(1),
            strict=True,
        ):
            middle, high, state = self._recall(now4, now5, state)
            middles.append(middle)
            highs.append(high)
        return _join_time(middles), _join_time(highs), state

    def _predict(self, low: Tensor, middle: Tensor, high: Tensor) -> Raw:
        down4 = self.down4(middle + _double(high))
        level3 = self.down3(low + _double(down4))
        level4 = self.up4(down4 + F.max_pool2d(level3, 2))
        level5 = self.up5(high + F.max_pool2d(level4, 2))
        raw: Raw = self.dense([level3, level4, level5])
        return raw

    def _believe(self, raw: Raw, coarsest: Tensor) -> Raw:
        """Add to the logits (B, N, K) what the classifier says of C5 (B, 320, H, W)."""
        if self.evidence is None:
            return raw
        logits, sides = raw
        said = self.evidence(coarsest)
        levels = [_double(_double(said)), _double(said), said]
        rows = [_as_rows(level) * trust for level, trust in zip(levels, self.trust, strict=True)]
        return logits + torch.cat(rows, 1), sides

    def decode_sides(self, sides: Tensor) -> Tensor:
        """Turn log sides (..., N, 4), left top right bottom in strides, into pixels x1 y1 x2 y2."""
        reach = sides.clamp(max=_MAX_REACH).exp() * self.strides[:, None]
        return torch.cat([self.centres - reach[..., :2], self.centres + reach[..., 2:]], -1)

    def detections(self, raw: Raw) -> dict[str, Tensor]:
        """Return what `step` does from logits (..., N, K) and log sides (..., N, 4)."""
        logits, sides = raw
        best, class_id = first_highest(logits)
        boxes = (self.decode_sides(sides) / self.picture).clamp(0, 1)
        return {"boxes": boxes, "confidence": best.sigmoid(), "class_id": class_id}

    def step(
        self, features: Nested, state: TensorState, dt_s: Tensor
    ) -> tuple[Nested, TensorState]:
        """Take one frame.

        Parameters
        ----------
        features, state
            As for `step_raw`.
        dt_s
            Not used: what a map should forget shows in the picture, not on the clock.

        Returns
        -------
        ``boxes`` (B, N, 4) as fractions of the picture, ``confidence`` (B, N), ``class_id`` (B, N)
        int64, as `models.spec` wants them; and the next state.
        """
        raw, following = self.step_raw(cast("Features", features), state)
        return self.detections(raw), following

    def forward(self, clip: Nested, state: TensorState, dt_s: Tensor) -> tuple[Nested, TensorState]:
        """Take T frames, (B, T, C, H, W) each: the same as folding `step`, outputs (B, T, ...)."""
        raw, following = self.forward_raw(cast("Features", clip), state)
        return self.detections(raw), following


def first_highest(logits: Tensor) -> tuple[Tensor, Tensor]:
    """Return the highest of (..., K) logits, and its index, int64; of equal ones the first.

    As `Tensor.max` does. Written out, for exported as that it takes runtimes ten times as long.
    """
    count = logits.shape[-1]
    best = logits.amax(-1)
    from_the_end = torch.arange(count, 0, -1, dtype=logits.dtype, device=logits.device)
    place = torch.where(logits >= best.unsqueeze(-1), from_the_end, 0.0).amax(-1)
    return best, (count - place).long()


def _lively(cell: BottleneckLSTM) -> BottleneckLSTM:
    """Start a cell's convolutions so that signals keep their size (He et al., ICCV 2015).

    With torch's default the four of them in a row leave a memory of a thousandth of the input,
    next to which the direct path learns first and memory never catches up.
    """
    for layer in cell.modules():
        if isinstance(layer, nn.Conv2d):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
    return cell


def _merge_time(features: Features) -> Features:
    low, middle, high = (level.flatten(0, 1) for level in features)
    return low, middle, high


def _split_time(merged: Tensor, frames: int) -> Tensor:
    return merged.view(-1, frames, *merged.shape[1:])


def _join_time(frames: list[Tensor]) -> Tensor:
    # Stacking loses channels last, without which depthwise gradients are slow.
    merged = torch.stack(frames, 1).flatten(0, 1)
    return merged.contiguous(memory_format=torch.channels_last)


def _double(level: Tensor) -> Tensor:
    return F.interpolate(level, scale_factor=2.0, mode="nearest")
