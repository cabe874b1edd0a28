"""The Longtake network: one encoder, many heads that each carry a state of their own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

import torch
from safetensors import safe_open
from safetensors.torch import load_file
from torch import Tensor, nn

from models.bundled_network import ARCHITECTURE_KEY, BundledNetwork
from models.encoders.efficientnet_lite import EfficientNetLite0
from models.heads.actions import ActionHead, Reading, pool_scene
from models.heads.body import BodyReader, locate
from models.heads.boxes import BoxHead
from models.heads.motion import MotionReader, to_grid
from models.heads.pair import locate_two
from models.heads.poses import PoseHead
from models.recurrent import Nested, Recurrent, TensorState
from models.spec import SHARED_STATE, TensorSpec
from models.zoo.bundled import rebuild
from models.zoo.celled_head import CelledActionHead

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from models.heads.boxes import Features

WEIGHTS: Final = "weights.safetensors"


@dataclass(frozen=True, slots=True)
class HeadPlan:
    """What it takes to build a head: a key of `HEADS`, and the arguments of its class."""

    name: str
    kind: str
    arguments: Mapping[str, Any]

    def build(self) -> Recurrent:
        """Return the head, untrained."""
        return HEADS[self.kind](**self.arguments)


HEADS: Final[Mapping[str, type[Recurrent]]] = {
    "actions": ActionHead,
    "boxes": BoxHead,
    "celled-actions": CelledActionHead,
    "poses": PoseHead,
}


@dataclass(frozen=True, slots=True)
class Views:
    """What heads may read of a frame (B, ...), or of T frames (1, T, ...).

    Attributes
    ----------
    maps
        C3, C4, C5 of the encoder.
    reading
        Look and motion, if there are action heads.
    joints
        Of who takes up most of the picture, see `models.heads.body.BodyReader`, if any head reads
        them.
    pair
        Joints of two people, see `models.heads.pair`, if any head reads them.
    """

    maps: tuple[Tensor, ...]
    reading: Reading | None = None
    joints: Tensor | None = None
    pair: Tensor | None = None

    def of(self, head: Recurrent) -> Nested:
        """Return what `head` reads."""
        if isinstance(head, ActionHead):
            assert self.reading is not None
            two = _people(head) == 2
            return cast("Nested", self.reading._replace(joints=self.pair if two else self.joints))
        if isinstance(head, PoseHead):
            return cast("Nested", self.joints)
        return self.maps


class LongtakeNetwork(BundledNetwork):
    """One encoder, read by every head; what moved, and where joints are, is told once for all."""

    def __init__(self, plans: tuple[HeadPlan, ...]) -> None:
        super().__init__()
        self.plans = plans
        self.encoder = EfficientNetLite0()
        self.heads = nn.ModuleDict({plan.name: plan.build() for plan in plans})
        acts = any(isinstance(head, ActionHead) for head in self.heads.values())
        self.motion = MotionReader() if acts else None
        self.people = {_people(head) for head in self.heads.values()} - {0}
        self.body = BodyReader() if self.people else None

    def state_spec(self) -> tuple[TensorSpec, ...]:
        """Return names and shapes (without batch) of all state tensors."""
        return tuple(
            TensorSpec(name=f"{name}.{spec.name}", shape=spec.shape)
            for name, part in self._parts().items()
            for spec in part.state_spec()
        )

    def init_state(self, batch: int) -> TensorState:
        """Return the state a stream starts from."""
        return {
            f"{name}.{tensor}": value
            for name, part in self._parts().items()
            for tensor, value in part.init_state(batch).items()
        }

    def step(
        self, frame: Tensor, state: TensorState, dt_s: Tensor
    ) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
        """See `BundledNetwork.step`."""
        features = self.encoder(frame)
        following: dict[str, Tensor] = {}

        def run(name: str, part: Recurrent, seen: Nested) -> Nested:
            prefix = f"{name}."
            own = {k.removeprefix(prefix): v for k, v in state.items() if k.startswith(prefix)}
            output, after = part.step(seen, own, dt_s)
            following.update({prefix + key: value for key, value in after.items()})
            return output

        reading = None
        if self.motion is not None:
            _, c4, c5 = features
            motion = run(SHARED_STATE, self.motion, to_grid(c4, c5))
            reading = Reading(pool_scene(c4, c5), cast("Tensor", motion))
        views = Views(features, reading, **self.find_joints(features))
        outputs: dict[str, Any] = {}
        for name, head in self._heads().items():
            output = run(name, head, views.of(head))
            parts = output if isinstance(output, dict) else {"probability": output}
            outputs |= {f"{name}.{key}": value for key, value in parts.items()}
        return outputs, following

    def find_joints(self, maps: tuple[Tensor, ...]) -> dict[str, Tensor]:
        """Return ``joints`` and ``pair`` of `Views`, as far as any head reads them."""
        if self.body is None:
            return {}
        heat = self.body.heat(cast("Features", maps))
        found = {1: ("joints", locate), 2: ("pair", locate_two)}
        return {name: read(heat) for people, (name, read) in found.items() if people in self.people}

    def metadata(self) -> dict[str, str]:
        """Return what `load_network` needs besides the weights."""
        heads = [
            {"name": plan.name, "kind": plan.kind, "arguments": dict(plan.arguments)}
            for plan in self.plans
        ]
        return {ARCHITECTURE_KEY: json.dumps({"encoder": "efficientnet-lite0", "heads": heads})}

    def _heads(self) -> dict[str, Recurrent]:
        return {name: head for name, head in self.heads.items() if isinstance(head, Recurrent)}

    def _parts(self) -> dict[str, Recurrent]:
        """Return all that carries state, by the prefix of its tensors."""
        shared = {} if self.motion is None else {SHARED_STATE: self.motion}
        return {**shared, **self._heads()}


def _people(head: nn.Module) -> int:
    """Return of how many people a head reads the joints."""
    if isinstance(head, ActionHead):
        return 0 if head.body is None else head.body.people
    return int(isinstance(head, PoseHead))


def load_network(folder: Path) -> BundledNetwork:
    """Rebuild the network of a bundle, for inference.

    Raises
    ------
    OSError, KeyError, TypeError, ValueError, RuntimeError
        If the weights are missing or do not fit the architecture they name.
    """
    path = folder / WEIGHTS
    with safe_open(path, framework="pt") as file:
        described = json.loads(file.metadata()[ARCHITECTURE_KEY])
    weights = {name: tensor.float() for name, tensor in load_file(path).items()}
    if "zoo" in described:
        return rebuild(described, weights)
    plans = tuple(
        HeadPlan(head["name"], head["kind"], _restored(head["arguments"]))
        for head in described["heads"]
    )
    network = LongtakeNetwork(plans)
    missing, surplus = network.load_state_dict(weights, strict=False)
    if surplus or any(not name.endswith("num_batches_tracked") for name in missing):
        raise ValueError(f"{path} does not fit its architecture: {[*missing, *surplus][:4]}")
    return network.eval()


def _restored(arguments: dict[str, Any]) -> dict[str, Any]:
    """Undo what JSON does to tuples."""
    return {k: tuple(v) if isinstance(v, list) else v for k, v in arguments.items()}


def round_to_half(network: nn.Module) -> None:
    """Round every weight to what float16 can hold, in place.

    Weights are stored as float16; rounding before the graph is exported makes both the same.
    """
    with torch.no_grad():
        for tensor in (*network.parameters(), *network.buffers()):
            if tensor.is_floating_point():
                tensor.copy_(tensor.half().float())
