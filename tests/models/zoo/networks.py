"""Small networks of every architecture, and inputs for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from models.cells.registry import CELLS, MAP_CELLS
from models.registry import ARCHITECTURES
from models.zoo.bundled import Detector, FrameClassifier, PartClassifier, ZooNetwork, ZooPlan
from models.zoo.config import ZooConfig

if TYPE_CHECKING:
    from models.zoo.stages import Chain

CLASSES = 3
PICTURES = {
    "cnn-lstm": (32, 64),
    "row-lstm": (28, 28),
    "conv3d-lstm": (28, 28),
    "patch-conv1d-lstm": (16, 24),
    "peephole-detector": (48, 32),
}
"""Height and width."""
FRAMES = {
    "cnn-lstm": (32, 64, 3),
    "row-lstm": (28,),
    "conv3d-lstm": (28, 28, 3),
    "patch-conv1d-lstm": (16,),
    "peephole-detector": (48, 32, 3),
}
"""Shape of what one step of the architecture takes."""
STEPPED: dict[str, tuple[type[ZooNetwork], tuple[int, int]]] = {
    "cnn-lstm": (FrameClassifier, (32, 64)),
    "row-lstm": (PartClassifier, (1, 28)),
    "conv3d-lstm": (FrameClassifier, (28, 28)),
    "patch-conv1d-lstm": (PartClassifier, (4, 4)),
    "peephole-detector": (Detector, (48, 32)),
}
"""The form of each that carries its state from frame to frame, and its frame's height and width."""


def cells_of(arch: str) -> list[str]:
    return [*CELLS, *(MAP_CELLS if arch == "peephole-detector" else ())]


PAIRS = [(arch, cell) for arch in ARCHITECTURES for cell in cells_of(arch)]


def config_of(arch: str, cell: str | None = None) -> ZooConfig:
    height, width = PICTURES[arch]
    return ZooConfig(CLASSES, width, height, cell, scale=0.125)


def network_of(arch: str, cell: str | None = None, seed: int = 0) -> Chain:
    torch.manual_seed(seed)
    network = ARCHITECTURES[arch](config_of(arch, cell)).eval()
    enliven(network)
    return network


def stepped_of(arch: str, cell: str | None = None) -> ZooNetwork:
    torch.manual_seed(1)
    network = STEPPED[arch][0](ZooPlan(arch, config_of(arch, cell), "it")).eval()
    enliven(network)
    return network


def enliven(network: torch.nn.Module) -> None:
    """Enlarge the dense weights: fresh ones hardly react, and parity of a constant proves nothing.

    Not the recurrent ones: larger, they would make the network chaotic, which no parity survives.
    """
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            if parameter.ndim == 2 and "from_hidden" not in name:
                parameter.mul_(2.0)


def random_clip(arch: str, batch: int, frames: int, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    shape = (batch, frames, *FRAMES[arch])
    return torch.randint(0, 256, shape, dtype=torch.uint8, generator=generator)


def clock(batch: int, frames: int) -> torch.Tensor:
    return torch.full((batch, frames), 0.04)
