"""Long forms of the tests of faults: ``LONGTAKE_FAULTS_LONG=1 pytest tests/faults -s``."""

from __future__ import annotations

import os

LONG = bool(os.environ.get("LONGTAKE_FAULTS_LONG"))


def count(short: int, full: int) -> int:
    """Return how often something is tried: `full` times in the long form."""
    return full if LONG else short


def say(text: str) -> None:
    """Print a figure of the long form."""
    if LONG:
        print(f"\n  {text}", flush=True)
