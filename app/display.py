"""Whether there is a screen to open a window on."""

from __future__ import annotations

import os
import sys


def has_display() -> bool:
    """Return False on a Linux or BSD machine without X11 or Wayland; elsewhere True."""
    if sys.platform in ("win32", "darwin"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")) or (
        os.environ.get("QT_QPA_PLATFORM", "").split(":")[0]
        in ("offscreen", "vnc", "linuxfb", "eglfs")
    )
