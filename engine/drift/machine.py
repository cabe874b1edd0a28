"""What a measurement holds for: this processor, and this version of a runtime."""

from __future__ import annotations

import importlib.metadata
import platform
from functools import cache
from pathlib import Path


@cache
def processor() -> str:
    """Return the name of the processor, which decides what it rounds and how."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    named = (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.machine())


def runtime_version(backend: str) -> str:
    """Return the version of the package behind a backend; empty where there is none."""
    try:
        return importlib.metadata.version(backend)
    except importlib.metadata.PackageNotFoundError:
        return ""
