"""Which label files an export writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QWidget

from app.theme import GRID_PX
from engine.sinks.label_formats import FORMATS, LabelFormat

if TYPE_CHECKING:
    from pathlib import Path

_COLUMNS = 5


class LabelsChoice(QWidget):
    """A tick for each format; the tool-tip says what it carries."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.boxes: dict[str, QCheckBox] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(2 * GRID_PX)
        for place, one in enumerate(FORMATS.values()):
            box = QCheckBox("ASS" if one.name == "ass" else one.title)
            box.setToolTip(self._explain(one))
            box.setAccessibleDescription(box.toolTip())
            box.toggled.connect(self.changed)
            self.boxes[one.name] = box
            grid.addWidget(box, place // _COLUMNS, place % _COLUMNS)
        grid.setColumnStretch(_COLUMNS, 1)

    def any(self) -> bool:
        """Return whether at least one is chosen."""
        return any(box.isChecked() for box in self.boxes.values())

    def paths(self, base: Path) -> list[Path]:
        """Return the files to write: `base` and the ending of each format."""
        return [
            base.with_name(base.name + FORMATS[name].suffix)
            for name, box in self.boxes.items()
            if box.isChecked()
        ]

    def _explain(self, one: LabelFormat) -> str:
        if one.holds == ("boxes",):
            return self.tr("Boxes of every frame ({0})").format(one.suffix)
        if one.holds == ("actions",):
            return self.tr("When each action was recognised ({0})").format(one.suffix)
        return self.tr("Boxes and actions ({0})").format(one.suffix)
