"""Hands memory that is free back to the system."""

from __future__ import annotations

import ctypes
import sys


def hand_back_free_memory() -> None:
    """Return what was freed to the system; some milliseconds, from any thread.

    The C library keeps an arena for each thread that asks for memory, and what is freed there for
    the next thread. Every stream brings threads of its own, and frames of some megabytes: without
    this the process stays as large as all of them at once. So it does after a graph was parsed,
    which takes several times its size. Elsewhere than with GNU's C library nothing is done.
    """
    if sys.platform != "linux":
        return
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
