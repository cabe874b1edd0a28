"""What is drawn on an exported video."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QCheckBox, QGridLayout, QWidget

from app.theme import GRID_PX

if TYPE_CHECKING:
    from app.overlay_style import OverlayStyle


class DrawingChoice(QWidget):
    """A tick for each part of the overlay, set as on show."""

    def __init__(self, style: OverlayStyle, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self.boxes = self._add(self.tr("Boxes"), style.boxes)
        self.labels = self._add(self.tr("Actions"), style.actions)
        self.memory = self._add(self.tr("Memory badge"), style.memory)
        self.people = self._add(self.tr("Hide people"), style.hide_people)
        self.people.setToolTip(
            self.tr("Only people whom the model finds are hidden: look at the result.")
        )
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(3 * GRID_PX)
        for place, box in enumerate((self.boxes, self.labels, self.memory, self.people)):
            grid.addWidget(box, place // 2, place % 2)
        grid.setColumnStretch(2, 1)

    def overlay(self) -> OverlayStyle:
        """Return what is chosen."""
        return replace(
            self._style,
            boxes=self.boxes.isChecked(),
            actions=self.labels.isChecked(),
            memory=self.memory.isChecked(),
            hide_people=self.people.isChecked(),
        )

    def _add(self, name: str, on: bool) -> QCheckBox:
        box = QCheckBox(name)
        box.setChecked(on)
        return box
