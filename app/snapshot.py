"""Saves the picture on show, with its overlay, as it is seen."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QStandardPaths

from app.clock import clock

if TYPE_CHECKING:
    from PySide6.QtGui import QImage


def save_snapshot(image: QImage, title: str, pts_s: float, folder: Path | None = None) -> Path:
    """Write ``<title> <time>.png`` under a name not used yet, and return where.

    Parameters
    ----------
    folder
        None is the user's folder for pictures.

    Raises
    ------
    OSError
        When it cannot be written.
    """
    kind = QStandardPaths.StandardLocation.PicturesLocation
    folder = folder or Path(QStandardPaths.writableLocation(kind) or Path.home())
    folder.mkdir(parents=True, exist_ok=True)
    stem = re.sub(r"[^\w.\- ]", "_", Path(title).stem) or "longtake"
    time = clock(pts_s, decimals=2).replace(":", ".")
    names = (f"{stem} {time}{f' ({n})' if n else ''}.png" for n in range(1000))
    path = next(path for name in names if not (path := folder / name).exists())
    if not image.save(str(path)):
        raise OSError(f"{path} cannot be written.")
    return path
