"""What is drawn on an exported video, and who is hidden."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QLabel, QVBoxLayout, QWidget

from app.theme import GRID_PX

if TYPE_CHECKING:
    from app.overlay_style import OverlayStyle

_COLUMNS = 3


class DrawingChoice(QWidget):
    """A tick for each part of the overlay, set as on show."""

    def __init__(self, style: OverlayStyle, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self.boxes = self._add(self.tr("Boxes"), style.boxes)
        self.labels = self._add(self.tr("Labels on boxes"), style.labels)
        self.actions_ = self._add(self.tr("Actions"), style.actions)
        self.memory = self._add(self.tr("Memory badge"), style.memory)
        self.strip = self._add(self.tr("Timeline strip"), style.strip)
        self.strip.setToolTip(
            self.tr("Probabilities of the last ten seconds along the lower edge.")
        )
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(3 * GRID_PX)
        for place, box in enumerate(self._all()):
            grid.addWidget(box, place // _COLUMNS, place % _COLUMNS)
        grid.setColumnStretch(_COLUMNS, 1)
        self.boxes.toggled.connect(self._refresh)
        self._soft = False
        self._refresh()

    def overlay(self) -> OverlayStyle:
        """Return what is chosen; hiding is another choice."""
        return replace(
            self._style,
            boxes=self.boxes.isChecked(),
            labels=self.labels.isChecked(),
            actions=self.actions_.isChecked(),
            memory=self.memory.isChecked(),
            strip=self.strip.isChecked(),
        )

    def set_soft(self, soft: bool) -> None:
        """Offer only what subtitles can show."""
        self._soft = soft
        self._refresh()

    def _refresh(self) -> None:
        self.labels.setEnabled(self.boxes.isChecked())
        for box in (self.memory, self.strip):
            box.setEnabled(not self._soft)

    def _all(self) -> tuple[QCheckBox, ...]:
        return self.boxes, self.labels, self.actions_, self.memory, self.strip

    def _add(self, name: str, on: bool) -> QCheckBox:
        box = QCheckBox(name)
        box.setChecked(on)
        return box


class HidingChoice(QWidget):
    """Who is made unrecognisable, and what that cannot promise."""

    def __init__(self, style: OverlayStyle, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.choice = QComboBox()
        self.choice.addItem(self.tr("Nobody"), "none")
        self.choice.addItem(self.tr("Heads (estimated from person boxes)"), "heads")
        self.choice.addItem(self.tr("People"), "people")
        hidden = "people" if style.hide_people else "heads" if style.hide_heads else "none"
        self.choice.setCurrentIndex(self.choice.findData(hidden))
        self.choice.setAccessibleName(self.tr("Hide"))
        self.warning = QLabel(
            self.tr("A person whom the model does not find is not hidden: look at the result.")
        )
        self.warning.setProperty("muted", True)
        self.warning.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID_PX // 2)
        column.addWidget(self.choice)
        column.addWidget(self.warning)
        self.choice.currentIndexChanged.connect(self._refresh)
        self._refresh()

    def applied(self, style: OverlayStyle) -> OverlayStyle:
        """Return `style` with the choice in it."""
        hidden = self.choice.currentData()
        return replace(style, hide_people=hidden == "people", hide_heads=hidden == "heads")

    def _refresh(self) -> None:
        self.warning.setVisible(self.choice.currentData() != "none")
