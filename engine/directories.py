"""Where Longtake keeps things on this machine; each can be moved by an environment variable."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs


def cache_dir() -> Path:
    """Return the folder of what can be recomputed (``LONGTAKE_CACHE_DIR``)."""
    return _directory("LONGTAKE_CACHE_DIR", platformdirs.user_cache_dir("longtake"))


def data_dir() -> Path:
    """Return the folder of what the user installed or made (``LONGTAKE_DATA_DIR``)."""
    return _directory("LONGTAKE_DATA_DIR", platformdirs.user_data_dir("longtake"))


def _directory(variable: str, default: str) -> Path:
    return Path(os.environ.get(variable) or default)
