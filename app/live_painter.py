"""Turns the newest result into a finished picture, in a thread of its own.

The picture is brought to the size it is shown at before the overlay is drawn on it, so that
overlays are crisp at any zoom and the window only copies pixels.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
from PySide6.QtGui import QImage

from app.overlay import OverlayPainter
from engine.sinks.mailbox import Mailbox

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from app.overlay_style import OverlayStyle
    from engine.frame import Frame
    from engine.results import FrameResult
    from models.spec import Manifest

_MIN_SIDE_PX: Final = 16


@dataclass(frozen=True, slots=True)
class RenderedFrame:
    """A finished picture.

    Attributes
    ----------
    image
        RGB32, a view of `pixels`, which must live as long.
    source_size
        Width and height of the picture as it came.
    """

    image: QImage
    pixels: NDArray[np.uint8]
    result: FrameResult
    source_size: tuple[int, int]


class LivePainter:
    """A `Sink` that paints the newest frame whenever the display has taken the one before.

    ``write`` (pipeline's thread) → slot → paint (own thread) → slot → ``take`` (display's thread).
    Neither end ever waits for the other.

    Attributes
    ----------
    on_done
        Called in the painter's own thread when there is a new picture to take.
    """

    def __init__(self, manifest: Manifest, language: str, style: OverlayStyle) -> None:
        self._manifest, self._language = manifest, language
        self._mailbox = Mailbox()
        self._wake = threading.Condition()
        self._style = style
        self._target: tuple[int, int] | None = None
        self._fresh, self._stale, self._stopped = False, False, False
        self._done: RenderedFrame | None = None
        self.on_done: Callable[[], None] = lambda: None
        self._thread = threading.Thread(target=self._run, name="longtake-paint", daemon=True)
        self._thread.start()

    def write(self, frame: Frame, result: FrameResult) -> None:
        """Take a frame and what was seen in it, replacing one that was not yet painted."""
        self._mailbox.write(frame, result)
        with self._wake:
            self._fresh = True
            self._wake.notify()

    def take(self) -> RenderedFrame | None:
        """Return the newest picture once; None when there is nothing new."""
        with self._wake:
            done, self._done = self._done, None
            self._wake.notify()
        return done

    def set_style(self, style: OverlayStyle) -> None:
        """Draw with `style` from now on, the picture on show included."""
        with self._wake:
            self._style, self._stale = style, True
            self._wake.notify()

    def set_language(self, language: str) -> None:
        """Draw in `language` from now on."""
        with self._wake:
            self._language, self._stale = language, True
            self._wake.notify()

    def set_target(self, size: tuple[int, int] | None) -> None:
        """Paint for a display area of `size` device pixels; None keeps the picture's own size."""
        with self._wake:
            if size != self._target:
                self._target, self._stale = size, True
                self._wake.notify()

    def close(self) -> None:
        """Nothing to finish: the last picture stays, and can be painted anew."""

    def abort(self) -> None:
        """Nothing to give up."""

    def stop(self) -> None:
        """End the thread. Idempotent."""
        with self._wake:
            self._stopped = True
            self._wake.notify()
        self._thread.join(timeout=1.0)

    def _run(self) -> None:
        painter: OverlayPainter | None = None
        drawn: tuple[str, OverlayStyle] | None = None
        last: tuple[Frame, FrameResult] | None = None
        while True:
            with self._wake:
                self._wake.wait_for(self._has_turn)
                if self._stopped:
                    return
                look, target = (self._language, self._style), self._target
                self._fresh = self._stale = False
            last = self._mailbox.take() or last
            if last is None:
                continue
            if painter is None or look != drawn:
                painter, drawn = (
                    OverlayPainter(self._manifest, language=look[0], style=look[1]),
                    look,
                )
            done = render(*last, painter, target)
            with self._wake:
                self._done = done
            self.on_done()

    def _has_turn(self) -> bool:
        return self._stopped or self._stale or (self._fresh and self._done is None)


def render(
    frame: Frame, result: FrameResult, painter: OverlayPainter, target: tuple[int, int] | None
) -> RenderedFrame:
    """Convert, scale to fit `target` with the aspect kept, and paint."""
    pixels = frame.picture.bgra()
    source = (pixels.shape[1], pixels.shape[0])
    size = fit(source, target) if target else source
    if size != source:
        shrinking = size[0] * 2 <= source[0]
        method = cv2.INTER_AREA if shrinking else cv2.INTER_LINEAR
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=method), np.uint8)
    painter.paint(pixels, result, source)
    image = QImage(pixels.data, size[0], size[1], size[0] * 4, QImage.Format.Format_RGB32)
    return RenderedFrame(image, pixels, result, source)


def fit(source: tuple[int, int], area: tuple[int, int]) -> tuple[int, int]:
    """Return the largest size of `source`'s aspect within `area`, in pixels."""
    scale = min(area[0] / source[0], area[1] / source[1])
    return (
        max(_MIN_SIDE_PX, round(source[0] * scale)),
        max(_MIN_SIDE_PX, round(source[1] * scale)),
    )
