"""Batches on the device that computes."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import TypeVar, cast

import torch
from torch import Tensor

_Of = TypeVar("_Of")


def moved(value: _Of, device: str) -> _Of:
    """Return a tensor, a named tuple or a dataclass of tensors, on `device`."""
    if isinstance(value, Tensor):
        return cast("_Of", value.to(device))
    if isinstance(value, tuple):
        return cast("_Of", type(value)(*(moved(part, device) for part in value)))
    if is_dataclass(value) and not isinstance(value, type):
        parts = {f.name: moved(getattr(value, f.name), device) for f in fields(value)}
        return cast("_Of", replace(value, **parts))
    raise TypeError(f"{type(value).__name__} holds no tensors")


def known_devices() -> tuple[str, ...]:
    """Return what this machine can compute on."""
    return ("cpu", "cuda") if torch.cuda.is_available() else ("cpu",)
