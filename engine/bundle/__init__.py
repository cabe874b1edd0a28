"""Model bundles: found by name or path, checked before anything runs.

A bundle is a folder with ``manifest.json`` (see `models.spec`), ``model.onnx`` and, for the torch
backend and training, ``weights.safetensors``. It is data, never code: whoever made it may be a
stranger, so every module here takes its input for hostile.
"""

from engine.bundle.loading import Bundle, bundle_roots, list_bundles, load_bundle
from engine.bundle.names import MANIFEST, MODEL, WEIGHTS

__all__ = [
    "MANIFEST",
    "MODEL",
    "WEIGHTS",
    "Bundle",
    "bundle_roots",
    "list_bundles",
    "load_bundle",
]
