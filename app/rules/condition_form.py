"""The "when" of a rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.rules.fields import choice, choose, fill, number_field, row, seconds_field
from app.theme import GRID_PX
from models.spec import HeadKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QComboBox

    from engine.rules.model import ActionHolds, Crosses, Line, Present, Zone
    from models.spec import HeadSpec


class ConditionForm(QWidget):
    """An action, things that are there, or a line that is crossed."""

    changed = Signal()

    def __init__(
        self, heads: Sequence[HeadSpec], language: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._head: str | None = None
        kinds = [
            (self.tr("An action is recognised"), "action"),
            (self.tr("Things are in the picture"), "present"),
            (self.tr("Something crosses a line"), "crosses"),
        ]
        self.kind = choice(self.tr("When"), kinds)
        self.action = choice(self.tr("Action"), _labels(heads, HeadKind.ACTIONS, language))
        things = _labels(heads, HeadKind.BOXES, language)
        self.thing = choice(self.tr("Thing"), things)
        self.crosser = choice(self.tr("Thing"), things)
        for box in (self.thing, self.crosser):
            choose(box, "person")
        self.at_least = number_field(self.tr("Least probability"), 60, 1, 100, " %")
        self.count = number_field(self.tr("At least so many"), 1, 1, 1000)
        self.for_s = seconds_field(self.tr("For so long"), 1.0, 3600.0)
        self.zone, self.line = choice(self.tr("Zone"), []), choice(self.tr("Line"), [])
        directions = [
            (self.tr("either way"), "any"),
            (self.tr("the way of the arrow"), "to-right"),
            (self.tr("against the arrow"), "to-left"),
        ]
        self.direction = choice(self.tr("Direction"), directions)
        self.offer([], [])
        self._arrange()
        self._connect()

    def offer(self, zones: Sequence[Zone], lines: Sequence[Line]) -> None:
        """Offer these zones and lines."""
        anywhere: list[tuple[str, object]] = [(self.tr("anywhere"), None)]
        fill(self.zone, [*anywhere, *((zone.name, zone.name) for zone in zones)])
        fill(self.line, [(line.name, line.name) for line in lines])

    def show_condition(self, when: ActionHolds | Present | Crosses) -> None:
        """Show a condition."""
        choose(self.kind, when.kind)
        self._head = None
        if when.kind == "action":
            self._head = when.head
            choose(self.action, when.label)
            self.at_least.setValue(round(when.at_least * 100))
        elif when.kind == "present":
            choose(self.thing, when.label)
            self.count.setValue(when.count)
        if when.kind == "crosses":
            choose(self.crosser, when.label)
            choose(self.line, when.line)
            choose(self.direction, when.direction)
        else:
            self.for_s.setValue(when.for_s)
            choose(self.zone, when.zone)
        self._refresh()

    def condition(self) -> dict[str, Any]:
        """Return what the form says, as it is kept."""
        kind = self.kind.currentData()
        if kind == "crosses":
            return {
                "kind": kind,
                "label": self.crosser.currentData() or "person",
                "line": self.line.currentData() or "",
                "direction": self.direction.currentData(),
            }
        lasting = {"for_s": self.for_s.value(), "zone": self.zone.currentData()}
        if kind == "present":
            label = self.thing.currentData() or "person"
            return {"kind": kind, "label": label, "count": self.count.value(), **lasting}
        label, share = self.action.currentData() or "", self.at_least.value() / 100
        return {"kind": kind, "label": label, "head": self._head, "at_least": share, **lasting}

    def _arrange(self) -> None:
        self._stack = QStackedWidget()
        self._stack.addWidget(row(self.action, self.tr("at least"), self.at_least))
        self._stack.addWidget(row(self.tr("at least"), self.count, self.thing))
        self._stack.addWidget(row(self.crosser, self.line, self.direction))
        self._lasting = row(self.tr("for"), self.for_s, self.tr("in"), self.zone)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID_PX)
        for widget in (self.kind, self._stack, self._lasting):
            column.addWidget(widget)

    def _connect(self) -> None:
        boxes: tuple[QComboBox, ...] = (
            self.kind,
            self.action,
            self.thing,
            self.crosser,
            self.zone,
            self.line,
            self.direction,
        )
        for box in boxes:
            box.currentIndexChanged.connect(self.changed)
        for field in (self.at_least, self.count, self.for_s):
            field.valueChanged.connect(self.changed)
        self.kind.currentIndexChanged.connect(self._refresh)
        self._refresh()

    def _refresh(self) -> None:
        self._stack.setCurrentIndex(self.kind.currentIndex())
        self._lasting.setVisible(self.kind.currentData() != "crosses")


def _labels(heads: Sequence[HeadSpec], kind: HeadKind, language: str) -> list[tuple[str, object]]:
    """Return what the labels of a kind of head are called, and their names; each once."""
    names = {
        label.en: label.zh if language == "zh" else label.en
        for head in heads
        if head.kind is kind
        for label in head.labels
        if label.en not in head.quiet
    }
    return [(text, name) for name, text in names.items()]
