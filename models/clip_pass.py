"""A network over a whole clip at once, against the same network frame by frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

import numpy as np
import torch
from torch import Tensor

from models.heads.actions import ActionHead, Reading, pool_scene
from models.heads.motion import to_grid
from models.network import WEIGHTS, LongtakeNetwork, Views, load_network

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from models.bundled_network import BundledNetwork
    from models.recurrent import Nested, Recurrent, TensorState

_BATCH: Final = 16
_PROBABILITY: Final = "probability"


class NotRebuildableError(Exception):
    """A bundle cannot be run as a whole clip; `str(error)` says why."""


@torch.inference_mode()
def clip_difference(
    folder: Path, frames: Sequence[NDArray[np.uint8]], times_s: NDArray[np.float64]
) -> float:
    """Return the largest difference between both ways, over outputs and final state.

    Of each tensor it is a share of its largest value, or absolute where that is below 1.

    Parameters
    ----------
    folder
        Of a bundle with weights.
    frames
        T pictures (H, W, 3) at the bundle's input size; `times_s` are their times.

    Raises
    ------
    NotRebuildableError
        Without weights, or for a network that has no way but frame by frame.
    """
    if not (folder / WEIGHTS).exists():
        raise NotRebuildableError(f"{folder.name} holds a graph alone, without weights")
    network = load_network(folder)
    if not isinstance(network, LongtakeNetwork):
        raise NotRebuildableError("its tests hold each network of the zoo to this")
    pictures = torch.from_numpy(np.stack(frames))
    gaps_s = np.diff(times_s, prepend=times_s[0] - float(np.median(np.diff(times_s))))
    dt_s = torch.from_numpy(gaps_s.astype(np.float32))
    whole, whole_state = _whole(network, pictures, dt_s)
    folded, folded_state = _folded(network, pictures, dt_s)
    pairs = [
        (one[name].float(), other[name].float())
        for one, other in ((whole, folded), (whole_state, folded_state))
        for name in other
        if one[name].numel()
    ]
    return max(float((a - b).abs().max() / b.abs().max().clamp(min=1)) for a, b in pairs)


def _folded(
    network: BundledNetwork, pictures: Tensor, dt_s: Tensor
) -> tuple[dict[str, Tensor], TensorState]:
    state: TensorState = network.init_state(1)
    found: list[dict[str, Tensor]] = []
    for t in range(len(pictures)):
        outputs, state = network.step(pictures[t : t + 1], state, dt_s[t : t + 1])
        found.append(outputs)
    return {name: torch.cat([one[name] for one in found]) for name in found[0]}, state


def _whole(
    network: LongtakeNetwork, pictures: Tensor, dt_s: Tensor
) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """Encode in batches, then run each recurrent part over all of time."""
    batches = [network.encoder(some) for some in torch.split(pictures, _BATCH)]
    maps = [torch.cat(parts).unsqueeze(0) for parts in zip(*batches, strict=True)]
    outputs: dict[str, Tensor] = {}
    following: dict[str, Tensor] = {}
    initial = network.init_state(1)

    def run(name: str, part: Recurrent, seen: Nested) -> Nested:
        own = _own(initial, name)
        if isinstance(part, ActionHead):
            logits, after = part.forward_reading(cast("Reading", seen), own, dt_s.unsqueeze(0))
            output: Nested = part.probability(logits)
        else:
            output, after = part.forward(seen, own, dt_s.unsqueeze(0))  # type: ignore[assignment]
        following.update({f"{name}.{key}": value for key, value in after.items()})
        return output

    joints = network.find_joints(tuple(m[0] for m in maps))
    reading = None
    if network.motion is not None:
        _, c4, c5 = (m[0] for m in maps)
        motion = run("shared", network.motion, to_grid(c4, c5).unsqueeze(0))
        reading = Reading(pool_scene(c4, c5).unsqueeze(0), cast("Tensor", motion))
    views = Views(tuple(maps), reading, **{k: found.unsqueeze(0) for k, found in joints.items()})
    for plan in network.plans:
        head = cast("Recurrent", network.heads[plan.name])
        said = run(plan.name, head, views.of(head))
        parts = cast("dict[str, Tensor]", said if isinstance(said, dict) else {_PROBABILITY: said})
        outputs |= {f"{plan.name}.{key}": value[0] for key, value in parts.items()}
    return outputs, following


def _own(state: Mapping[str, Tensor], name: str) -> dict[str, Tensor]:
    prefix = f"{name}."
    return {k.removeprefix(prefix): v for k, v in state.items() if k.startswith(prefix)}
