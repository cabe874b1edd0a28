"""Checkpoints of a box training: one safetensors file, replaced in one go, no pickle."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import torch
from safetensors import safe_open
from safetensors.torch import save_file

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor, nn

    from models.training.boxes import BoxTrainer

_MOMENTS = ("step", "exp_avg", "exp_avg_sq")


def save_checkpoint(path: Path, trainer: BoxTrainer) -> None:
    """Write all that a resumed run needs to take the same next step."""
    tensors = _prefixed("head", trainer.head.state_dict())
    tensors |= _prefixed("average", trainer.average.state_dict())
    for number, parameter in enumerate(_parameters(trainer)):
        moments = trainer.optimizer.state[parameter]
        tensors |= {f"adam.{number}.{name}": moments[name] for name in _MOMENTS}
    _replace(path, tensors, {"step": trainer.step})


def load_checkpoint(path: Path, trainer: BoxTrainer) -> None:
    """Bring `trainer` to where it was when the checkpoint was written."""
    with safe_open(path, "pt") as stored:
        tensors = {name: stored.get_tensor(name) for name in stored.keys()}
        trainer.step = int(json.loads(stored.metadata()["longtake"])["step"])
    trainer.head.load_state_dict(_below("head", tensors))
    trainer.average.load_state_dict(_below("average", tensors))
    for number, parameter in enumerate(_parameters(trainer)):
        moments = _below(f"adam.{number}", tensors)
        like = {
            name: value.contiguous(memory_format=torch.channels_last) if value.ndim == 4 else value
            for name, value in moments.items()
        }
        trainer.optimizer.state[parameter] = like


def save_weights(path: Path, module: nn.Module) -> None:
    """Write a module's weights."""
    _replace(path, dict(module.state_dict()), {})


def _parameters(trainer: BoxTrainer) -> list[Tensor]:
    return [p for group in trainer.optimizer.param_groups for p in group["params"]]


def _prefixed(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {f"{prefix}.{name}": value for name, value in tensors.items()}


def _below(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    start = prefix + "."
    return {n.removeprefix(start): value for n, value in tensors.items() if n.startswith(start)}


def _replace(path: Path, tensors: dict[str, Tensor], facts: dict[str, int]) -> None:
    part = path.with_name(path.name + ".part")
    save_file(
        {name: value.detach().contiguous() for name, value in tensors.items()},
        part,
        {"longtake": json.dumps(facts)},
    )
    with part.open("rb") as written:
        os.fsync(written.fileno())
    part.replace(path)
