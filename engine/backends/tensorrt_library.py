"""TensorRT-RTX or TensorRT, whichever is installed: their interfaces are the same."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any, Final

_DISTRIBUTIONS: Final = ("tensorrt_rtx", "tensorrt")


@dataclass(frozen=True, slots=True)
class Library:
    """An importable TensorRT.

    Attributes
    ----------
    name, version
        Of the module; a plan runs in nothing else.
    module
        The module itself, which comes without types.
    """

    name: str
    version: str
    module: Any

    @property
    def targets(self) -> tuple[str, ...]:
        """Generations of cards that a plan can be built for without one, such as ``SM89``."""
        named = getattr(self.module, "ComputeCapability", None)
        return tuple(sorted(name for name in dir(named) if name.startswith("SM")))


def load_library() -> Library:
    """Import TensorRT-RTX, or TensorRT where only that is there.

    Raises
    ------
    ImportError
        When neither is installed; says how to get one.
    """
    for name in _DISTRIBUTIONS:
        try:
            module = importlib.import_module(name)
        except (ImportError, OSError):
            continue
        # The stub that comes without libraries imports, too.
        if hasattr(module, "Builder"):
            return Library(name, str(module.__version__), module)
    raise ImportError('not installed; `pip install "longtake[tensorrt-rtx]"`')
