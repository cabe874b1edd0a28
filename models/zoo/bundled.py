"""Zoo networks as a bundle runs them: RGB pictures in, named results out (see `models.spec`)."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

import torch
from torch import Tensor

from models.bundled_network import ARCHITECTURE_KEY, BundledNetwork
from models.registry import ARCHITECTURES, PARTS
from models.spec import TensorSpec
from models.zoo.config import ZooConfig
from models.zoo.peephole_detector import decode_places, place_centres

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from models.recurrent import TensorState

Outputs = dict[str, Tensor]

_LUMA: Final = (0.299, 0.587, 0.114)


@dataclass(frozen=True)
class ZooPlan:
    """What it takes to rebuild a network, but for its weights.

    Attributes
    ----------
    arch
        Key of `models.registry.ARCHITECTURES`.
    head
        Name of its results in the bundle.
    """

    arch: str
    config: ZooConfig
    head: str


class ZooNetwork(BundledNetwork):
    """A `Chain` that takes pictures and names its results; none in the zoo reads ``dt_s``."""

    def __init__(self, plan: ZooPlan) -> None:
        super().__init__()
        self.plan = plan
        self.network = ARCHITECTURES[plan.arch](plan.config)

    def state_spec(self) -> tuple[TensorSpec, ...]:
        """Return names and shapes (without batch) of all state tensors."""
        return tuple(
            TensorSpec(name=f"{self.plan.head}.{spec.name}", shape=spec.shape)
            for spec in self.network.state_spec()
        )

    def init_state(self, batch: int) -> TensorState:
        """Return the state a stream starts from."""
        return {spec.name: torch.zeros(batch, *spec.shape) for spec in self.state_spec()}

    def metadata(self) -> dict[str, str]:
        """Return what `rebuild` needs besides the weights, for the header of the weights file."""
        plan = self.plan
        described = {"zoo": plan.arch, "config": asdict(plan.config), "head": plan.head}
        return {ARCHITECTURE_KEY: json.dumps(described)}

    def _own(self, state: TensorState) -> TensorState:
        return {name.removeprefix(f"{self.plan.head}."): value for name, value in state.items()}

    def _named(self, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
        return {f"{self.plan.head}.{name}": value for name, value in tensors.items()}


class FrameClassifier(ZooNetwork):
    """A video architecture: what the clip shows, so far."""

    def step(
        self, frame: Tensor, state: TensorState, dt_s: Tensor
    ) -> tuple[Outputs, dict[str, Tensor]]:
        """See `BundledNetwork.step`."""
        logits, following = self.network.step(frame, self._own(state), dt_s)
        probability = _clocked(logits.softmax(-1), dt_s)
        return self._named({"probability": probability}), self._named(following)


class PartClassifier(ZooNetwork):
    """An architecture that reads a picture part by part, given some parts with each frame.

    For a line camera: a frame is the next row or rows, and memory goes on from frame to frame.
    """

    def step(
        self, frame: Tensor, state: TensorState, dt_s: Tensor
    ) -> tuple[Outputs, dict[str, Tensor]]:
        """See `BundledNetwork.step`; here H may be less than a whole picture's."""
        parts = PARTS[self.plan.arch](_grey(frame))
        logits, following = self.network(parts, self._own(state), dt_s)
        probability = _clocked(logits[:, -1].softmax(-1), dt_s)
        return self._named({"probability": probability}), self._named(following)


class StillClassifier(PartClassifier):
    """The same, where a frame is a whole picture, read from its first part to its last.

    The picture is the whole sequence, so memory begins empty with each: nothing is carried.
    """

    def state_spec(self) -> tuple[TensorSpec, ...]:
        """Return nothing."""
        return ()

    def step(
        self, frame: Tensor, state: TensorState, dt_s: Tensor
    ) -> tuple[Outputs, dict[str, Tensor]]:
        """See `BundledNetwork.step`."""
        blank = self.network.init_state(frame.shape[0])
        return super().step(frame, self._named(blank), dt_s)[0], {}


class Detector(ZooNetwork):
    """Boxes, one for each place of the map, in fractions of the picture."""

    centres: Tensor
    picture: Tensor

    def __init__(self, plan: ZooPlan) -> None:
        super().__init__(plan)
        size = [plan.config.width, plan.config.height] * 2
        self.register_buffer("centres", place_centres(plan.config), persistent=False)
        self.register_buffer("picture", torch.tensor(size, dtype=torch.float32), persistent=False)

    def step(
        self, frame: Tensor, state: TensorState, dt_s: Tensor
    ) -> tuple[Outputs, dict[str, Tensor]]:
        """See `BundledNetwork.step`."""
        answer, following = self.network.step(frame, self._own(state), dt_s)
        logits, xyxy = decode_places(answer, self.centres)
        best, class_id = logits.max(-1)
        boxes = (xyxy / self.picture).clamp(0, 1)
        confidence = _clocked(best.sigmoid(), dt_s)
        found = {"boxes": boxes, "confidence": confidence, "class_id": class_id}
        return self._named(found), self._named(following)


NETWORKS: Final[Mapping[str, type[ZooNetwork]]] = {
    "cnn-lstm": FrameClassifier,
    "row-lstm": StillClassifier,
    "conv3d-lstm": FrameClassifier,
    "patch-conv1d-lstm": StillClassifier,
    "peephole-detector": Detector,
}
"""How a bundle runs each architecture."""


def rebuild(described: Mapping[str, Any], weights: Mapping[str, Tensor]) -> ZooNetwork:
    """Rebuild the network of a bundle, for inference.

    Parameters
    ----------
    described
        What `ZooNetwork.metadata` wrote, parsed.

    Raises
    ------
    KeyError, TypeError, RuntimeError
        If the architecture is unknown or the weights do not fit it.
    """
    plan = ZooPlan(described["zoo"], ZooConfig(**described["config"]), described["head"])
    network = NETWORKS[plan.arch](plan)
    network.load_state_dict(dict(weights))
    return network.eval()


def _clocked(value: Tensor, dt_s: Tensor) -> Tensor:
    """Return `value` (B, N) unchanged; exporters drop an input that nothing reads."""
    return value + 0 * dt_s.unsqueeze(1)


def _grey(frame: Tensor) -> Tensor:
    """Turn (B, H, W, 3) uint8 into (B, H, W) float32, 0..255."""
    return frame.float() @ torch.tensor(_LUMA, device=frame.device)
