"""Choose a part of the screen with a rubber band over a picture of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QCursor, QGuiApplication, QPainter, QPen
from PySide6.QtWidgets import QWidget

from app.theme import GRID_PX, current_theme

if TYPE_CHECKING:
    from PySide6.QtGui import QCloseEvent, QKeyEvent, QMouseEvent, QPaintEvent, QPixmap

_LEAST_PX: Final = 16
_VEIL: Final = QColor(0, 0, 0, 150)


class RegionPicker(QWidget):
    """Covers one screen with its own picture.

    Emits the address to open: drag for a part, Enter for the whole screen, Esc for nothing.

    Parameters
    ----------
    picture
        Of the screen, at its own resolution.
    place
        Of the screen on the desktop: its corner in device pixels, its size in logical ones.
    """

    chosen = Signal(str)
    given_up = Signal()

    def __init__(self, picture: QPixmap, place: QRect, parent: QWidget | None = None) -> None:
        kind = Qt.WindowType.Window | Qt.WindowType.FramelessWindowHint
        super().__init__(parent, kind | Qt.WindowType.WindowStaysOnTopHint)
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Choose a part of the screen"))
        self.setAccessibleName(self.windowTitle())
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(QCursor(Qt.CursorShape.CrossCursor))
        self._picture, self._place = picture, place
        self._begin: QPoint | None = None
        self._end = QPoint()
        self._address = ""
        self.setGeometry(place)

    @property
    def band(self) -> QRect:
        """What is chosen so far, in logical pixels of this screen; empty at first."""
        if self._begin is None:
            return QRect()
        moved = self._end - self._begin
        band = QRectF(self._begin.x(), self._begin.y(), moved.x(), moved.y()).normalized()
        return band.toRect().intersected(self.rect())

    def address(self, band: QRect) -> str:
        """Return the address of a part: device pixels of the whole desktop."""
        ratio = self._picture.devicePixelRatio()
        left, top = (round(side * ratio) for side in (band.left(), band.top()))
        width, height = (round(side * ratio) for side in (band.width(), band.height()))
        corner = self._place.topLeft()
        return f"screen:{width}x{height}{corner.x() + left:+d}{corner.y() + top:+d}"

    # -- events ----------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a part."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._begin = self._end = event.position().toPoint()
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Stretch it."""
        if self._begin is not None:
            self._end = event.position().toPoint()
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Take it, unless it is a slip of the hand."""
        self.mouseMoveEvent(event)
        band, self._begin = self.band, None
        if min(band.width(), band.height()) >= _LEAST_PX:
            self._finish(self.address(band))
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the whole screen, or nothing."""
        if event.key() == Qt.Key.Key_Escape:
            self._finish("")
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._finish(self.address(self.rect()))
        else:
            super().keyPressEvent(event)

    def _finish(self, address: str) -> None:
        self._address = address
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Tell what was chosen; closed by the desktop, nothing was."""
        if self._address:
            self.chosen.emit(self._address)
        else:
            self.given_up.emit()
        super().closeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the screen, veiled but for what is chosen."""
        painter, band = QPainter(self), self.band
        painter.drawPixmap(self.rect(), self._picture)
        painter.fillRect(self.rect(), _VEIL)
        if band.isEmpty():
            self._write(painter, QRectF(self.rect()), self._words())
            return
        ratio = self._picture.devicePixelRatio()
        shown = QRectF(
            band.x() * ratio, band.y() * ratio, band.width() * ratio, band.height() * ratio
        )
        painter.drawPixmap(QRectF(band), self._picture, shown)
        painter.setPen(QPen(QColor(current_theme().accent), 2))
        painter.drawRect(band)
        size = self.address(band).removeprefix("screen:").split("+")[0].replace("x", " × ")
        self._write(painter, QRectF(band), size)

    def _words(self) -> str:
        return self.tr("Drag over a part of the screen. Enter: all of it. Esc: nothing.")

    def _write(self, painter: QPainter, place: QRectF, text: str) -> None:
        font = painter.font()
        font.setPixelSize(2 * GRID_PX)
        painter.setFont(font)
        room = painter.boundingRect(place, Qt.AlignmentFlag.AlignCenter, text)
        room.adjust(-GRID_PX, -GRID_PX / 2, GRID_PX, GRID_PX / 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(0, 0, 0, 190))
        painter.drawRoundedRect(room, 6, 6)
        painter.setPen(QColor(255, 255, 255))
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, text)


def picker_on(widget: QWidget) -> RegionPicker:
    """Return a picker over the screen that `widget` is on, as that screen looks now."""
    screen = widget.screen() or QGuiApplication.primaryScreen()
    return RegionPicker(screen.grabWindow(0), screen.geometry())
