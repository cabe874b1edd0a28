"""The picture: draws finished frames, takes drops and double clicks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.live_painter import fit
from app.theme import current_theme

if TYPE_CHECKING:
    from PySide6.QtGui import QMouseEvent, QPaintEvent, QResizeEvent

    from app.live_painter import RenderedFrame


class VideoView(QWidget):
    """Shows the newest frame, aspect kept. Pixels are copied one to one but while resizing."""

    area_changed = Signal(int, int)
    full_screen_asked = Signal()
    clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._frame: RenderedFrame | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(320, 180)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(self.tr("Video picture with what was recognised"))

    def sizeHint(self) -> QSize:
        """Return a size that suits most windows."""
        return QSize(960, 540)

    def show_frame(self, frame: RenderedFrame | None) -> None:
        """Show `frame` from the next paint on; None shows the bare canvas."""
        self._frame = frame
        self.update()

    def picture_rect(self) -> QRect:
        """Return where the picture lies, in logical pixels; empty without one."""
        if self._frame is None:
            return QRect()
        ratio = self.devicePixelRatioF()
        area = (round(self.width() * ratio), round(self.height() * ratio))
        width, height = fit(self._frame.source_size, area)
        left, top = (area[0] - width) // 2, (area[1] - height) // 2
        return QRect(
            round(left / ratio), round(top / ratio), round(width / ratio), round(height / ratio)
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        """Copy the frame's pixels."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(current_theme().canvas))
        if self._frame is None:
            return
        image, place = self._frame.image, self.picture_rect()
        ratio = self.devicePixelRatioF()
        if image.size() == place.size() * ratio:
            image.setDevicePixelRatio(ratio)
            painter.drawImage(place.topLeft(), image)
        else:
            painter.drawImage(place, image)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tell for how many device pixels frames should be painted."""
        super().resizeEvent(event)
        self.announce_area()

    def announce_area(self) -> None:
        """Emit `area_changed` with the present size."""
        ratio = self.devicePixelRatioF()
        self.area_changed.emit(round(self.width() * ratio), round(self.height() * ratio))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Ask for the full screen."""
        self.full_screen_asked.emit()
