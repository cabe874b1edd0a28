"""Names of the files in a bundle, and what is said when one of them is not sound."""

from __future__ import annotations

import re
from typing import Final

MANIFEST: Final = "manifest.json"
MODEL: Final = "model.onnx"
WEIGHTS: Final = "weights.safetensors"

ALLOWED_SUFFIXES: Final = frozenset(
    {".json", ".jsonl", ".onnx", ".safetensors", ".md", ".txt", ".png", ".jpg"}
)
"""What a bundle may hold: data that is read without being run."""
PICKLE_SUFFIXES: Final = frozenset(
    {".bin", ".ckpt", ".dill", ".joblib", ".mar", ".npy", ".npz", ".pickle", ".pk", ".pkl"}
    | {".pt", ".pt2", ".pth", ".ptl", ".tar"}
)
"""Formats that are, or may hold, pickles: reading one runs what its author wrote."""
PLAN_SUFFIXES: Final = frozenset({".engine", ".plan", ".trt"})
"""Compiled plans are executable code; they are built here, never taken from a bundle."""
_SAFE_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")

REINSTALL: Final = "Install the bundle again, or choose another one: `longtake bundles` lists them."
"""Hint where a bundle may have been damaged by accident."""
AVOID: Final = "Do not use it."
"""Hint where no accident makes a bundle look like this."""


def is_plain_name(name: str) -> bool:
    """Whether `name` can only mean a file directly inside the bundle, on every system."""
    return _SAFE_NAME.fullmatch(name) is not None and ".." not in name


def refused_kind(name: str) -> str | None:
    """Return why a file of this name has no place in a bundle; None when it has."""
    suffix = _suffix(name)
    if suffix in PICKLE_SUFFIXES:
        return "holds a pickle, and reading one runs its author's code"
    if suffix in PLAN_SUFFIXES:
        return "brings a compiled plan, which is code"
    if suffix not in ALLOWED_SUFFIXES and name not in ("LICENSE", "NOTICE"):
        return "holds a kind of file that no bundle needs"
    return None


def is_code(name: str) -> bool:
    """Whether a file of this name is, or may be, run by what reads it."""
    return _suffix(name) in PICKLE_SUFFIXES | PLAN_SUFFIXES


def _suffix(name: str) -> str:
    return "." + name.rpartition(".")[2].lower() if "." in name else ""
