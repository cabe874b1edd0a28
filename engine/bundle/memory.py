"""How much memory a model would take, worked out before any of it is asked for."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from engine.bundle import limits
from engine.bundle.names import AVOID
from engine.errors import BundleError

if TYPE_CHECKING:
    from pathlib import Path

    from models.spec import Manifest

_FLOAT32_BYTES: Final = 4


def verify_state_size(folder: Path, manifest: Manifest) -> None:
    """Check that one stream's memory stays within the limits.

    Raises
    ------
    BundleError
        When the state tensors together are larger.
    """
    wanted = sum(math.prod(spec.shape) for spec in manifest.state) * _FLOAT32_BYTES
    if wanted > limits.STATE_BYTES or len(manifest.state) > limits.STATES:
        raise BundleError(
            f"The bundle {folder} asks for {readable_bytes(wanted)} of memory for one stream "
            f"in {len(manifest.state)} tensors; at most {readable_bytes(limits.STATE_BYTES)} in "
            f"{limits.STATES} are given.",
            AVOID,
        )


def readable_bytes(count: int) -> str:
    """Return `count` bytes for people, however many digits a stranger wrote."""
    if count >= 1 << 50:
        return "more than a thousand TB"
    for unit, shift in (("TB", 40), ("GB", 30), ("MB", 20)):
        if count >= 1 << shift:
            return f"{count / (1 << shift):.0f} {unit}"
    return f"{count >> 10} kB"
