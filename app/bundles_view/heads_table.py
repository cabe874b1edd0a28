"""The heads of a bundle, to be switched off, and the threshold of every label."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QHeaderView,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from app.head_names import head_name
from app.theme import GRID_PX
from engine.adjustments import Adjustments

if TYPE_CHECKING:
    from models.spec import HeadSpec, Manifest

_STEP: Final = 0.01
_FIELD_PX: Final = 11 * GRID_PX


class HeadsTable(QTreeWidget):
    """Shows the bundle's own values where the user chose none.

    A field for each of some hundred labels would take a second to make: they come when a head is
    unfolded.
    """

    def __init__(self, language: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._language = language
        self._heads: dict[str, HeadSpec] = {}
        self._chosen: dict[str, dict[str, float]] = {}
        self._fields: dict[tuple[str, str], QDoubleSpinBox] = {}
        self.setHeaderLabels([self.tr("Head and label"), self.tr("Shown from")])
        self.setAccessibleName(self.tr("Heads and thresholds"))
        self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        # The header looks at texts, not at the fields of labels that are unfolded later.
        self.header().setSectionResizeMode(1, QHeaderView.ResizeMode.Fixed)
        self.header().resizeSection(1, _FIELD_PX + 2 * GRID_PX)
        self.header().setStretchLastSection(False)
        self.itemExpanded.connect(self._fill)

    def show_bundle(self, manifest: Manifest, adjustments: Adjustments) -> None:
        """Show a bundle as its maker left it, with what was changed about it."""
        self.clear()
        self._fields.clear()
        self._heads = {head.name: head for head in manifest.heads}
        self._chosen = {name: dict(values) for name, values in adjustments.thresholds.items()}
        for head in manifest.heads:
            item = QTreeWidgetItem([f"{head_name(head.name)}  ({len(head.labels)})"])
            item.setData(0, Qt.ItemDataRole.UserRole, head.name)
            on = head.name not in adjustments.heads_off
            item.setCheckState(0, Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
            item.setChildIndicatorPolicy(QTreeWidgetItem.ChildIndicatorPolicy.ShowIndicator)
            self.addTopLevelItem(item)

    def adjustments(self) -> Adjustments:
        """Return what differs from the bundle."""
        for (head, label), field in self._fields.items():
            self._chosen.setdefault(head, {})[label] = round(field.value(), 2)
        thresholds: dict[str, dict[str, float]] = {}
        for name, values in self._chosen.items():
            if (spec := self._heads.get(name)) is None:
                continue
            own = dict(zip((label.en for label in spec.labels), spec.thresholds, strict=True))
            changed = {k: v for k, v in values.items() if k in own and v != round(own[k], 2)}
            if changed:
                thresholds[name] = changed
        return Adjustments(thresholds=thresholds, heads_off=tuple(self._off()))

    def field(self, head: str, label: str) -> QDoubleSpinBox:
        """Return the field of a label; its head must be unfolded."""
        return self._fields[head, label]

    def _off(self) -> list[str]:
        items = [self.topLevelItem(row) for row in range(self.topLevelItemCount())]
        off = [
            str(item.data(0, Qt.ItemDataRole.UserRole))
            for item in items
            if item is not None and item.checkState(0) == Qt.CheckState.Unchecked
        ]
        return off if len(off) < len(items) else []

    def _fill(self, item: QTreeWidgetItem) -> None:
        name = item.data(0, Qt.ItemDataRole.UserRole)
        if name is None or item.childCount():
            return
        head, chosen = self._heads[str(name)], self._chosen.get(str(name), {})
        for label, own in zip(head.labels, head.thresholds, strict=True):
            shown = label.zh if self._language == "zh" else label.en
            row = QTreeWidgetItem([shown])
            item.addChild(row)
            self.setItemWidget(row, 1, self._make_field(head, label.en, shown, chosen, own))

    def _make_field(self, head: HeadSpec, label: str, shown: str, chosen: Any, own: float) -> Any:
        field = QDoubleSpinBox(minimum=0.0, maximum=1.0, singleStep=_STEP, decimals=2)
        field.setValue(chosen.get(label, own))
        field.setFixedWidth(_FIELD_PX)
        field.setAlignment(Qt.AlignmentFlag.AlignCenter)
        field.setAccessibleName(self.tr("Threshold of {0}").format(shown))
        self._fields[head.name, label] = field
        return field
