"""What a measurement holds for: this processor, and this version of a runtime."""

from __future__ import annotations

import importlib.metadata
import os
import platform
from functools import cache
from pathlib import Path
from typing import Final

from engine.backends.nvidia_card import open_card
from engine.backends.tensorrt_library import load_library

_PLANS: Final = "tensorrt"


def usable_cores() -> int:
    """Return how many processor cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def processor(backend: str) -> str:
    """Return the name of what a backend runs on, which decides what is rounded and how."""
    if backend != _PLANS:
        return _cpu()
    try:
        return open_card().name
    except ImportError:
        return ""


@cache
def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    named = (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.machine())


def runtime_version(backend: str) -> str:
    """Return the version of the package behind a backend; empty where there is none."""
    if backend == _PLANS:
        try:
            library = load_library()
        except ImportError:
            return ""
        return f"{library.name} {library.version}"
    try:
        return importlib.metadata.version(backend)
    except importlib.metadata.PackageNotFoundError:
        return ""
