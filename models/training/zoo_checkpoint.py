"""Checkpoints of a zoo training: one safetensors file, replaced in one go, no pickle."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from safetensors import safe_open
from safetensors.torch import save_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import torch
    from torch import Tensor, nn

_MOMENTS: Final = ("step", "exp_avg", "exp_avg_sq")
_STEP_KEY: Final = "step"


def save_checkpoint(
    path: Path, step: int, modules: Mapping[str, nn.Module], optimizer: torch.optim.AdamW
) -> None:
    """Write all that a resumed run needs to take the same next step."""
    tensors = {
        f"{key}.{name}": value
        for key, module in modules.items()
        for name, value in module.state_dict().items()
    }
    for number, parameter in enumerate(_parameters(optimizer)):
        for name in _MOMENTS:
            tensors[f"adam.{number}.{name}"] = optimizer.state[parameter][name]
    replace_tensors(path, tensors, {_STEP_KEY: str(step)})


def load_checkpoint(
    path: Path, modules: Mapping[str, nn.Module], optimizer: torch.optim.AdamW
) -> int:
    """Bring modules and optimiser to where they were; return the step to take next."""
    with safe_open(path, "pt") as stored:
        tensors = {name: stored.get_tensor(name) for name in stored.keys()}
        step = int(stored.metadata()[_STEP_KEY])
    for key, module in modules.items():
        module.load_state_dict(_below(key, tensors))
    for number, parameter in enumerate(_parameters(optimizer)):
        optimizer.state[parameter] = _below(f"adam.{number}", tensors)
    return step


def replace_tensors(path: Path, tensors: Mapping[str, Tensor], metadata: dict[str, str]) -> None:
    """Write a safetensors file so that a crash leaves the old one or the new one, whole."""
    part = path.with_name(path.name + ".part")
    save_file(
        {name: value.detach().contiguous() for name, value in tensors.items()}, part, metadata
    )
    with part.open("rb") as written:
        os.fsync(written.fileno())
    part.replace(path)


def _parameters(optimizer: torch.optim.AdamW) -> list[Tensor]:
    return [p for group in optimizer.param_groups for p in group["params"]]


def _below(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    start = prefix + "."
    return {n.removeprefix(start): value for n, value in tensors.items() if n.startswith(start)}
