"""Our own icons, tinted to the theme."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QImage, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from app.theme import current_theme
from assets import asset

_SIZES_PX: Final = (16, 20, 24, 32, 48, 64)


def icon(name: str, colour: str | None = None) -> QIcon:
    """Return the icon ``assets/icons/<name>.svg`` in `colour`, or in the theme's text colour.

    Icons follow a change of theme only when asked for again.
    """
    theme = current_theme()
    return _tinted(name, colour or theme.text, theme.faint, theme.accent)


@lru_cache(maxsize=256)
def _tinted(name: str, normal: str, disabled: str, checked: str) -> QIcon:
    result = QIcon()
    for size in _SIZES_PX:
        result.addPixmap(_render(name, normal, size))
        result.addPixmap(_render(name, disabled, size), QIcon.Mode.Disabled)
        result.addPixmap(_render(name, checked, size), QIcon.Mode.Normal, QIcon.State.On)
    return result


def app_icon() -> QIcon:
    """Return the application's own icon."""
    result = QIcon()
    for size in (16, 24, 32, 48, 64, 128, 256):
        result.addPixmap(_render("longtake", "", size))
    return result


def pixmap(name: str, colour: str, size_px: int, ratio: float = 1.0) -> QPixmap:
    """Return an icon of `size_px` logical pixels for a screen of device pixel ratio `ratio`."""
    picture = _render(name, colour, round(size_px * ratio))
    picture.setDevicePixelRatio(ratio)
    return picture


def _render(name: str, colour: str, size_px: int) -> QPixmap:
    image = QImage(size_px, size_px, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    svg = _source(name).replace(b"currentColor", colour.encode())
    QSvgRenderer(QByteArray(svg)).render(painter, QRectF(0, 0, size_px, size_px))
    painter.end()
    return QPixmap.fromImage(image)


@lru_cache(maxsize=128)
def _source(name: str) -> bytes:
    return asset(f"icons/{name}.svg").read_bytes()
