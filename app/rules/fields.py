"""Small fields that rule forms are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QHBoxLayout, QLabel, QSpinBox, QWidget

from app.theme import GRID_PX

if TYPE_CHECKING:
    from collections.abc import Sequence


def seconds_field(name: str, value: float, most: float) -> QDoubleSpinBox:
    """Return a field for seconds."""
    field = QDoubleSpinBox(minimum=0.0, maximum=most, decimals=1, singleStep=0.5, value=value)
    field.setSuffix(QCoreApplication.translate("Fields", " s"))
    field.setAccessibleName(name)
    field.setFixedWidth(10 * GRID_PX)
    field.setAlignment(Qt.AlignmentFlag.AlignCenter)
    return field


def number_field(name: str, value: int, least: int, most: int, suffix: str = "") -> QSpinBox:
    """Return a field for whole numbers."""
    field = QSpinBox(minimum=least, maximum=most, value=value)
    field.setSuffix(suffix)
    field.setAccessibleName(name)
    field.setFixedWidth(10 * GRID_PX)
    field.setAlignment(Qt.AlignmentFlag.AlignCenter)
    return field


def choice(name: str, rows: Sequence[tuple[str, object]]) -> QComboBox:
    """Return a list of (text, value) to choose from."""
    box = QComboBox()
    box.setAccessibleName(name)
    fill(box, rows)
    return box


def fill(box: QComboBox, rows: Sequence[tuple[str, object]]) -> None:
    """Offer other rows; what was chosen stays chosen where it is still there."""
    chosen = box.currentData()
    box.blockSignals(True)
    box.clear()
    for text, value in rows:
        box.addItem(text, value)
    box.setCurrentIndex(max(0, box.findData(chosen)))
    box.blockSignals(False)


def choose(box: QComboBox, value: object, text: str = "") -> None:
    """Choose a value; one that is not offered is added, so that nothing is lost."""
    if box.findData(value) < 0 and value is not None:
        box.addItem(text or str(value), value)
    box.setCurrentIndex(max(0, box.findData(value)))


def row(*parts: QWidget | str) -> QWidget:
    """Return fields and words side by side."""
    whole = QWidget()
    line = QHBoxLayout(whole)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(GRID_PX)
    for part in parts:
        line.addWidget(QLabel(part) if isinstance(part, str) else part)
    line.addStretch()
    return whole
