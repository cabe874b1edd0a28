"""Small pictures of any moment of a recording, decoded beside the stream. Knows no Qt."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from engine.errors import LongtakeError

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from engine.sources.base import Source

_WIDTH_PX: Final = 192
_PLACES: Final = 240
_KEPT: Final = 120

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A picture; `pixels` is (H, W, 3) uint8 RGB."""

    pts_s: float
    pixels: NDArray[np.uint8]


class Thumbnails:
    """Opens the recording a second time, in a thread of its own, when first asked.

    Only the newest question is answered: a pointer that moves on leaves the others behind. Where
    the recording cannot be opened again there are no pictures, and no more is made of it.
    """

    def __init__(self, open_source: Callable[[], Source], duration_s: float) -> None:
        self._open_source = open_source
        self._grid_s = max(duration_s / _PLACES, 1e-3)
        self._wake = threading.Condition()
        self._wanted: int | None = None
        self._kept: OrderedDict[int, Thumbnail] = OrderedDict()
        self._stopped = False
        self._thread: threading.Thread | None = None

    def ask(self, pts_s: float) -> Thumbnail | None:
        """Return the picture of about this moment if it is known; otherwise have it looked up."""
        place = round(pts_s / self._grid_s)
        with self._wake:
            if (known := self._kept.get(place)) is not None:
                return known
            self._wanted = place
            self._wake.notify()
            if self._thread is None and not self._stopped:
                self._thread = threading.Thread(
                    target=self._run, name="longtake-thumbnails", daemon=True
                )
                self._thread.start()
        return None

    def stop(self) -> None:
        """End the thread. Idempotent."""
        with self._wake:
            self._stopped = True
            self._wake.notify()
        if self._thread is not None:
            self._thread.join(timeout=1.0)

    def _run(self) -> None:
        try:
            source = self._open_source()
        except LongtakeError as error:
            log.info("No thumbnails: %s", error)
            return
        try:
            while (place := self._await_question()) is not None:
                found = _look_up(source, place * self._grid_s)
                with self._wake:
                    if found is not None:
                        self._kept[place] = found
                        while len(self._kept) > _KEPT:
                            self._kept.popitem(last=False)
        except LongtakeError as error:
            log.info("No more thumbnails: %s", error)
        finally:
            source.close()

    def _await_question(self) -> int | None:
        with self._wake:
            self._wake.wait_for(lambda: self._stopped or self._wanted is not None)
            place, self._wanted = self._wanted, None
            return None if self._stopped else place


def _look_up(source: Source, pts_s: float) -> Thumbnail | None:
    source.seek(pts_s)
    frame = source.read()
    if frame is None:
        return None
    picture = frame.picture
    height = max(1, round(_WIDTH_PX * picture.height / picture.width))
    return Thumbnail(frame.pts_s, picture.rgb(_WIDTH_PX, height))
