"""Qt without a window, for its fonts and its painter."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtGui import QGuiApplication

_made: list[QGuiApplication] = []


def ensure_gui_application() -> QGuiApplication:
    """Return the process's Qt application; makes one without a screen where there is none.

    Text cannot be drawn without one.
    """
    from PySide6.QtGui import QGuiApplication

    existing = QGuiApplication.instance()
    if isinstance(existing, QGuiApplication):
        return existing
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    # Qt deletes an application that Python lets go of.
    _made[:] = [QGuiApplication([])]
    return _made[0]
