"""One rule as a form, and what is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFormLayout, QLineEdit, QWidget

from app.rules.actions_form import ActionsForm
from app.rules.condition_form import ConditionForm
from app.rules.fields import seconds_field
from app.theme import GRID_PX

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.rules.model import Rule
    from models.spec import HeadSpec


class RuleForm(QWidget):
    """Name, when, then, cool-down."""

    changed = Signal()

    def __init__(
        self, heads: Sequence[HeadSpec], language: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.name = QLineEdit(maxLength=64)
        self.name.setAccessibleName(self.tr("Name of the rule"))
        self.when, self.then = ConditionForm(heads, language), ActionsForm()
        self.cool_down = seconds_field(self.tr("Not again for"), 10.0, 86_400.0)
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setVerticalSpacing(2 * GRID_PX)
        form.setHorizontalSpacing(2 * GRID_PX)
        form.addRow(self.tr("Name"), self.name)
        form.addRow(self.tr("When"), self.when)
        form.addRow(self.tr("Then"), self.then)
        form.addRow(self.tr("Not again for"), self.cool_down)
        self.name.textChanged.connect(self.changed)
        self.when.changed.connect(self.changed)
        self.then.changed.connect(self.changed)
        self.cool_down.valueChanged.connect(self.changed)

    def show_rule(self, rule: Rule) -> None:
        """Show a rule; tells nobody that something changed."""
        self.blockSignals(True)
        self.name.setText(rule.name)
        self.when.show_condition(rule.when)
        self.then.show_actions(rule.then)
        self.cool_down.setValue(rule.cool_down_s)
        self.blockSignals(False)

    def said(self) -> dict[str, Any]:
        """Return what the form says, as it is kept; `problem` must be empty."""
        name = self.name.text().strip()
        return {
            "name": name,
            "when": self.when.condition(),
            "then": self.then.actions_said(name),
            "cool_down_s": self.cool_down.value(),
        }

    def problem(self) -> str:
        """Return what is wrong, in words; empty when nothing is."""
        when, then = self.when.condition(), self.then
        if not self.name.text().strip():
            return self.tr("Give the rule a name.")
        if not when["label"]:
            return self.tr("This model recognises no actions: choose something else.")
        if when["kind"] == "crosses" and not when["line"]:
            return self.tr("Draw a line on the picture first.")
        if then.ticks["command"].isChecked():
            try:
                if not then.actions_said("x") or not then.command.text().strip():
                    return self.tr("Name the program to run.")
            except ValueError:
                return self.tr("The quotes in the program's arguments do not match.")
        return self._network_problem()

    def _network_problem(self) -> str:
        then = self.then
        if then.ticks["webhook"].isChecked():
            parts = urlsplit(then.url.text().strip())
            if parts.scheme not in ("http", "https") or not parts.hostname:
                return self.tr("Give a web address such as https://example.org/hook.")
        if then.ticks["mqtt"].isChecked():
            topic = then.topic.text().strip()
            if not then.host.text().strip() or not topic:
                return self.tr("Give the broker and the topic.")
            if set("#+") & set(topic):
                return self.tr("A topic to publish to holds no # or +.")
        return ""
