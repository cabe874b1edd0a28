"""Names of the files in a bundle, and what is said when one of them is not sound."""

from __future__ import annotations

from typing import Final

MANIFEST: Final = "manifest.json"
MODEL: Final = "model.onnx"
WEIGHTS: Final = "weights.safetensors"

REINSTALL: Final = "Install the bundle again, or choose another one: `longtake bundles` lists them."
"""Hint where a bundle may have been damaged by accident."""
AVOID: Final = "Do not use it."
"""Hint where no accident makes a bundle look like this."""
