"""Still images of a folder, one after the other."""

from __future__ import annotations

import math
import re
import time
from fractions import Fraction
from typing import TYPE_CHECKING, cast

import cv2
import numpy as np

from engine.errors import SourceError
from engine.frame import Discontinuity, Frame
from engine.picture import ArrayPicture
from engine.sources.base import SourceInfo, SourceKind, SourceState, SourceStatus

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

IMAGE_SUFFIXES = frozenset(
    {".bmp", ".dib", ".jpeg", ".jpg", ".jpe", ".pbm", ".pgm", ".png", ".ppm", ".tif", ".tiff"}
    | {".webp"}
)
"""File names that end so are stills."""

_ONE_SECOND = Fraction(1)


class FolderSource:
    """The images of a folder in natural order of name, or a single image.

    They are unrelated: each carries ``SOURCE`` (the first ``START``), so nothing is remembered
    from one to the next. One is shown per second; those that cannot be read are skipped, counted,
    and keep their number.

    Parameters
    ----------
    path
        A folder, whose subfolders are not looked into, or one image file.
    """

    def __init__(self, path: Path) -> None:
        self._paths = _images(path)
        self._closed = False
        self._next = 0
        self._unreadable: set[int] = set()
        self._mark = Discontinuity.START
        height, width = self._first_image(path).shape[:2]
        self._info = SourceInfo(
            title=path.name or str(path),
            kind=SourceKind.FOLDER,
            width=width,
            height=height,
            rate_hz=1.0,
            duration_s=float(len(self._paths)),
            frame_count=len(self._paths),
            seekable=True,
            related=False,
        )

    @property
    def info(self) -> SourceInfo:
        """What is known of the folder; the size is that of the first image."""
        return self._info

    @property
    def status(self) -> SourceStatus:
        """A snapshot of its health."""
        over = self._closed or self._next >= len(self._paths)
        damaged = len(self._unreadable)
        detail = f"{damaged} images could not be read." if damaged else ""
        state = SourceState.ENDED if over else SourceState.OPEN
        return SourceStatus(state, detail, damaged=damaged)

    def read(self) -> Frame | None:
        """Return the next image that can be read; None at the end or once closed."""
        while not self._closed and self._next < len(self._paths):
            index, self._next = self._next, self._next + 1
            image = read_image(self._paths[index])
            if image is None:
                self._unreadable.add(index)
                continue
            mark, self._mark = self._mark, Discontinuity.SOURCE
            return Frame(index, index, _ONE_SECOND, time.monotonic_ns(), ArrayPicture(image), mark)
        return None

    def seek(self, pts_s: float) -> None:
        """Make `read` go on with the first image whose pts_s is ≥ `pts_s` (or the last)."""
        self._next = min(max(0, math.ceil(pts_s)), len(self._paths) - 1)
        self._mark = Discontinuity.SEEK

    def close(self) -> None:
        """Stop; a `read` in progress finishes its image. Idempotent."""
        self._closed = True

    def _first_image(self, path: Path) -> NDArray[np.uint8]:
        for candidate in self._paths:
            image = read_image(candidate)
            if image is not None:
                return image
        raise SourceError(f'No image in "{path}" can be read.', "They may be damaged.")


def read_image(path: Path) -> NDArray[np.uint8] | None:
    """Return the still as (H, W, 3) uint8 BGR, turned as its EXIF data says; None if unreadable."""
    try:
        # cv2.imread cannot open every name on Windows.
        encoded = np.fromfile(path, np.uint8)
        image = cv2.imdecode(encoded, cv2.IMREAD_COLOR) if encoded.size else None
    except (OSError, cv2.error):
        return None
    return cast("NDArray[np.uint8] | None", image)


def _images(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    try:
        found = [item for item in path.iterdir() if item.suffix.lower() in IMAGE_SUFFIXES]
    except OSError as error:
        why = (error.strerror or "it is not readable").lower()
        raise SourceError(f'The folder "{path}" cannot be read: {why}.') from None
    images = sorted((item for item in found if item.is_file()), key=_natural_order)
    if not images:
        known = " ".join(sorted(IMAGE_SUFFIXES))
        raise SourceError(f'There are no images in the folder "{path}".', f"Looked for {known}.")
    return images


def _natural_order(path: Path) -> list[tuple[int, int | str]]:
    """Sort ``2.png`` before ``10.png``."""
    parts = re.split(r"(\d+)", path.name.casefold())
    return [(0, int(part)) if place % 2 else (1, part) for place, part in enumerate(parts)]
