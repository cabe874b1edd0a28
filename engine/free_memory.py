"""Memory that the C library keeps for later: less of it, and back to the system."""

from __future__ import annotations

import ctypes
import sys
from typing import Final

_ARENA_MAX: Final = -8
"""``M_ARENA_MAX`` of GNU's ``malloc.h``."""
_ARENAS: Final = 2


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


def share_arenas() -> None:
    """Let all threads started from now on share two arenas; to be called before there are any.

    Each would have one of its own, with free memory in it that no other can use: 30 MB for an
    export. Frames are few and large, so nobody waits for another's lock.
    """
    limit = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if limit is not None:
        limit(_ARENA_MAX, _ARENAS)
