"""Works around a race in PySide: enumerations are made when they are first used.

Two threads that paint for the first time at once, the window's and the one that prepares pictures,
ended the program in one of six starts (`QPainter.fillRect`, PySide 6.11, Python 3.11).
"""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter


def paint_once() -> None:
    """Use what painting uses, before there is a second thread that might."""
    image = QImage(2, 2, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.fillRect(QRect(0, 0, 2, 2), QColor("black"))
    painter.drawImage(QRect(0, 0, 1, 1), image.copy())
    painter.setFont(_bold(painter.font()))
    painter.end()


def _bold(font: QFont) -> QFont:
    font.setWeight(QFont.Weight.DemiBold)
    return font
