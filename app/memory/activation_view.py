"""The frame, with what speaks for a label lit up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
from PySide6.QtCore import QRect, QSize, Signal
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QSizePolicy, QVBoxLayout, QWidget

from app.head_names import head_name
from app.theme import GRID_PX, current_theme

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from PySide6.QtGui import QPaintEvent

    from models.spec import HeadSpec

_HOT: Final = np.array([255, 150, 40], np.float32)
_DIM: Final = 0.35
_STRONGEST: Final = 0.75


def blend(rgb: NDArray[np.uint8], evidence: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return the picture dimmed where nothing speaks for the label, and tinted where much does."""
    height, width = rgb.shape[:2]
    weight = cv2.resize(evidence, (width, height), interpolation=cv2.INTER_LINEAR)[..., None]
    ground = rgb * (_DIM + (1 - _DIM) * weight)
    mixed = ground * (1 - _STRONGEST * weight * 0.6) + _HOT * (_STRONGEST * weight * 0.6)
    return np.asarray(np.clip(mixed, 0, 255), np.uint8)


class ActivationPicture(QWidget):
    """Shows one picture, as wide as there is room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.image = QImage()
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName(self.tr("What the label rests on"))

    def sizeHint(self) -> QSize:
        """Return the shape of a usual picture."""
        return QSize(33 * GRID_PX, 25 * GRID_PX)

    def heightForWidth(self, width: int) -> int:
        """Return the height that keeps the picture's proportions."""
        shape = self.sizeHint() if self.image.isNull() else self.image.size()
        return round(width * shape.height() / shape.width())

    def show_picture(self, picture: NDArray[np.uint8] | None) -> None:
        """Show (H, W, 3) uint8 RGB; None shows nothing."""
        if picture is None:
            self.image = QImage()
        else:
            height, width = picture.shape[:2]
            shown = QImage(picture.data, width, height, 3 * width, QImage.Format.Format_RGB888)
            former, self.image = self.image.size(), shown.copy()
            if former != self.image.size():
                self.updateGeometry()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the picture, its proportions kept."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(current_theme().sunken))
        if self.image.isNull():
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        scale = min(self.width() / self.image.width(), self.height() / self.image.height())
        width, height = round(self.image.width() * scale), round(self.image.height() * scale)
        left, top = (self.width() - width) // 2, (self.height() - height) // 2
        painter.drawImage(QRect(left, top, width, height), self.image)


class ActivationView(QWidget):
    """A switch, a label to choose, and the picture; off until switched on."""

    changed = Signal()

    def __init__(self, language: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._language = language
        self.on = QCheckBox(self.tr("What does it look at?"))
        self.label, self.picture, self.note = QComboBox(), ActivationPicture(), QLabel()
        self.label.setAccessibleName(self.tr("Label"))
        self.note.setWordWrap(True)
        self.note.setProperty("muted", True)
        self.on.setToolTip(
            self.tr(
                "Places that speak for the label, by gradient times input at the encoder's maps. "
                "What was seen before is in the memory and not on the map."
            )
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID_PX, 0, GRID_PX, 0)
        for widget in (self.on, self.label, self.picture, self.note):
            column.addWidget(widget)
        self.on.toggled.connect(self._switch)
        self.label.activated.connect(lambda _: self.changed.emit())
        self._switch(False)

    @property
    def chosen(self) -> tuple[str, int] | None:
        """The head and the index of the label, if one is wanted."""
        return self.label.currentData() if self.on.isChecked() else None

    def show_heads(self, heads: Sequence[HeadSpec]) -> None:
        """Offer the labels of action heads; the one chosen stays chosen."""
        chosen = self.label.currentText()
        self.label.clear()
        for head in heads:
            for index, label in enumerate(head.labels):
                if label.en not in head.quiet:
                    text = label.zh if self._language == "zh" else label.en
                    self.label.addItem(f"{head_name(head.name)} · {text}", (head.name, index))
        self.label.setCurrentIndex(max(0, self.label.findText(chosen)))
        self.picture.show_picture(None)

    def look_like(self, other: ActivationView) -> None:
        """Look at the label that another view on the same stream looks at, if it does."""
        self.label.setCurrentIndex(other.label.currentIndex())
        self.on.setChecked(other.on.isChecked())

    def show_map(self, rgb: NDArray[np.uint8], evidence: NDArray[np.float32]) -> None:
        """Show a frame with its evidence, (H / 16, W / 16) in 0..1."""
        self.picture.show_picture(blend(rgb, evidence))
        self.say("" if evidence.any() else self.tr("Nothing here speaks for this label."))

    def say(self, text: str) -> None:
        """Show why there is no picture."""
        self.note.setText(text)
        self.note.setVisible(bool(text) and self.on.isChecked())

    def _switch(self, on: bool) -> None:
        for widget in (self.label, self.picture):
            widget.setVisible(on)
        self.say("")
        self.picture.show_picture(None)
        self.changed.emit()
