"""Rules: when something is recognised, do something. Edited while the stream plays on."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.i18n.engine_words import translated
from app.rules.live_rules import UnsavedRules
from app.rules.log_view import LogView
from app.rules.references import renamed, without_line, without_missing_zones
from app.rules.regions_panel import RegionsPanel
from app.rules.rule_form import RuleForm
from app.rules.store import user_secrets
from app.theme import GRID_PX
from engine.rules.model import (
    ActionHolds,
    Notify,
    Present,
    Rule,
    RuleBook,
    RuleError,
    SaveClip,
)
from engine.rules.occasion import Occasion

if TYPE_CHECKING:
    from pathlib import Path

    from app.session import Session
    from app.video_view import VideoView

_LEFT_PX: Final = 30 * GRID_PX
_FORM_PX: Final = 48 * GRID_PX
_FORM_WIDTH_PX: Final = 54 * GRID_PX


class RulesDialog(QDialog):
    """Not modal: zones are drawn on the picture behind it. Rules are followed once saved."""

    left_unsaved = Signal()

    def __init__(
        self, session: Session, video: VideoView, language: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Rules"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._live = session.rules
        self._live.reload()
        stream = session.stream
        self._heads = stream.manifest.heads if stream else ()
        self._rules: list[Rule] = []
        self._row = -1
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Rules"))
        self.list.setProperty("boxed", True)
        self.regions = RegionsPanel(video)
        self.regions.set_drawable(stream is not None)
        self.form = RuleForm(self._heads, language)
        self.log = LogView(self._live.log)
        self.on_recordings = QCheckBox(self.tr("Also act while recordings are played"))
        self.on_recordings.setToolTip(
            self.tr("Otherwise it is only noted below that a rule fired. Live sources always act.")
        )
        self.note = QLabel()
        self.note.setProperty("warn", True)
        self.note.setWordWrap(True)
        names = [self.tr("New"), self.tr("Remove"), self.tr("Try"), self.tr("Save")]
        self.add_button, self.remove_button, self.try_button, self.save_button = map(
            QPushButton, names
        )
        self.try_button.setToolTip(self.tr("Do now what this rule says, but save no clip."))
        self.close_button = QPushButton(self.tr("Close"))
        self.discard_button = QPushButton(self.tr("Discard changes"))
        self.discard_button.setToolTip(self.tr("Go back to the rules as they were saved last."))
        self._arrange()
        self._connect()
        self._show_book(self._live.unsaved or self._live.book)
        if self._live.unsaved is not None:
            self._set_changed(True)
            self.note.setText(self.tr("These changes are not saved yet, and not followed."))

    def save(self) -> bool:
        """Keep the rules and follow them; False when something is wrong, which is told."""
        if not self._take_form():
            return False
        if lost := without_line(self._rules, self.regions.lines):
            text = self.tr("The line that “{0}” watches is gone: choose another.")
            self.note.setText(text.format(lost[0]))
            return False
        try:
            self._live.set_book(self._book())
            for name, value in self._typed.items():
                user_secrets().set(name, value)
        except RuleError as error:
            self.note.setText(translated(str(error)))
            return False
        self._live.unsaved = None
        self._typed.clear()
        self.form.then.token.clear()
        self.form.then.password.clear()
        self.note.clear()
        self._set_changed(False)
        return True

    def add(self) -> None:
        """Begin another rule."""
        if self._row >= 0 and not self._take_form():
            return
        taken, number = {rule.name for rule in self._rules}, 1
        while (name := self.tr("Rule {0}").format(number)) in taken:
            number += 1
        label = self.form.when.action.currentData()
        when = ActionHolds(label=label) if label else Present()
        self._rules.append(Rule(name=name, when=when, then=(Notify(),)))
        self._list_rules(len(self._rules) - 1)
        self._note_change()

    def remove(self) -> None:
        """Remove the rule on show."""
        if self._row >= 0:
            del self._rules[self._row]
            row, self._row = self._row, -1
            self._list_rules(min(row, len(self._rules) - 1))
            self._note_change()

    def try_out(self) -> None:
        """Do what the rule on show says, without a clip."""
        if self._row < 0 or not self._take_form():
            return
        for name, value in self._typed.items():
            user_secrets().set(name, value)
        rule = self._rules[self._row]
        actions = tuple(a for a in rule.then if not isinstance(a, SaveClip))
        at = datetime.now(UTC).astimezone()
        occasion = Occasion(rule.name, self.tr("trial"), 0.0, at, self.tr("trial"), _no_clip)
        self._live.dispatcher.submit(rule.model_copy(update={"then": actions}), occasion)

    def step_aside(self, drawing: bool) -> None:
        """Let the picture be seen while something is drawn on it, and come back."""
        parent = self.parentWidget()
        self.setVisible(not drawing and (parent is None or parent.isVisible()))

    def done(self, result: int) -> None:
        """Close, and take zones and lines off the picture. What is not saved waits."""
        if self.save_button.isEnabled():
            self._take_form()  # what is wrong in it stays as it was
            self._live.unsaved = UnsavedRules(
                tuple(self._rules),
                self.regions.zones,
                self.regions.lines,
                self.on_recordings.isChecked(),
            )
            self.left_unsaved.emit()
        self.regions.stop()
        super().done(result)

    def _book(self) -> RuleBook:
        return RuleBook(
            rules=tuple(self._rules),
            zones=self.regions.zones,
            lines=self.regions.lines,
            act_on_recordings=self.on_recordings.isChecked(),
        )

    def _take_form(self) -> bool:
        """Take over what the form says; False when something is wrong, which is told."""
        if self._row < 0:
            self.note.clear()
            return True
        problem = self.form.problem()
        name = self.form.name.text().strip()
        others = [rule.name for row, rule in enumerate(self._rules) if row != self._row]
        if not problem and name in others:
            problem = self.tr("There is a rule of that name already.")
        self.note.setText(problem)
        if problem:
            return False
        self._typed.update(self.form.then.secrets(name))
        enabled = self._rules[self._row].enabled
        said = {**self.form.said(), "enabled": enabled}
        self._rules[self._row] = Rule.model_validate(said)
        return True

    def discard(self) -> None:
        """Go back to what was saved last."""
        self._live.unsaved = None
        self.note.clear()
        self._row = -1
        self._show_book(self._live.book)

    def _show_book(self, book: RuleBook | UnsavedRules) -> None:
        self._rules, self._typed = list(book.rules), dict[str, str]()
        self.regions.show_regions(book.zones, book.lines)
        self.form.when.offer(book.zones, book.lines)
        self.on_recordings.setChecked(book.act_on_recordings)
        self._list_rules(0 if self._rules else -1)
        self._set_changed(False)

    def _list_rules(self, row: int) -> None:
        self.list.blockSignals(True)
        self.list.clear()
        for rule in self._rules:
            item = QListWidgetItem(rule.name)
            item.setCheckState(Qt.CheckState.Checked if rule.enabled else Qt.CheckState.Unchecked)
            self.list.addItem(item)
        self.list.setCurrentRow(row)
        self.list.blockSignals(False)
        self._show_row(row)

    def _show_row(self, row: int) -> None:
        self._row = row
        shown = row >= 0
        self.form.setVisible(shown)
        self._empty.setVisible(not shown)
        self.remove_button.setEnabled(shown)
        self.try_button.setEnabled(shown)
        if shown:
            self.form.show_rule(self._rules[row])

    def _choose(self, row: int) -> None:
        if row == self._row:
            return
        if not self._take_form():
            self.list.blockSignals(True)
            self.list.setCurrentRow(self._row)
            self.list.blockSignals(False)
            return
        self._show_row(row)

    def _switch(self, item: QListWidgetItem) -> None:
        row = self.list.row(item)
        on = item.checkState() is Qt.CheckState.Checked
        self._rules[row] = self._rules[row].model_copy(update={"enabled": on})
        self._note_change()

    def _set_changed(self, changed: bool) -> None:
        self.save_button.setEnabled(changed)
        self.discard_button.setEnabled(changed)

    def _note_change(self) -> None:
        self._set_changed(True)
        if self._row >= 0:
            item = self.list.item(self._row)
            self.list.blockSignals(True)
            item.setText(self.form.name.text())
            self.list.blockSignals(False)

    def _offer_regions(self) -> None:
        zones, lines = self.regions.zones, self.regions.lines
        self._rules = without_missing_zones(self._rules, zones)
        self.form.when.offer(zones, lines)
        self._note_change()

    def _rename_region(self, old: str, new: str) -> None:
        self._rules = renamed(self._rules, old, new)
        if self._row >= 0:
            self.form.when.offer(self.regions.zones, self.regions.lines)
            self.form.when.show_condition(self._rules[self._row].when)

    def _connect(self) -> None:
        self.list.currentRowChanged.connect(self._choose)
        self.list.itemChanged.connect(self._switch)
        self.form.changed.connect(self._note_change)
        self.regions.renamed.connect(self._rename_region)
        self.regions.changed.connect(self._offer_regions)
        self.regions.canvas.drawing_changed.connect(self.step_aside)
        self.on_recordings.toggled.connect(self._note_change)
        self.add_button.clicked.connect(self.add)
        self.remove_button.clicked.connect(self.remove)
        self.try_button.clicked.connect(self.try_out)
        self.save_button.clicked.connect(self.save)
        self.close_button.clicked.connect(self.close)
        self.discard_button.clicked.connect(self.discard)

    def _arrange(self) -> None:
        self.save_button.setProperty("primary", True)
        for button in (
            *(self.add_button, self.remove_button, self.try_button),
            *(self.close_button, self.discard_button),
        ):
            button.setAutoDefault(False)
        left = QVBoxLayout()
        left.setSpacing(GRID_PX)
        left.addWidget(self.list, 1)
        left.addLayout(_line(self.add_button, self.remove_button))
        left.addWidget(QLabel(self.tr("Zones and lines")))
        left.addWidget(self.regions)
        holder = QWidget()
        holder.setFixedWidth(_LEFT_PX)
        holder.setLayout(left)
        left.setContentsMargins(0, 0, 0, 0)
        self._empty = QLabel(
            self.tr(
                "No rule yet. A rule watches for an action, for things in a zone or for a line "
                "being crossed, and then saves a clip, shows a message or tells another program."
            )
        )
        self._empty.setProperty("muted", True)
        self._empty.setWordWrap(True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setMargin(6 * GRID_PX)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, GRID_PX, 0)
        column.addWidget(self._empty)
        column.addWidget(self.form)
        column.addStretch()
        scroller = QScrollArea()
        scroller.setMinimumSize(_FORM_WIDTH_PX, _FORM_PX)
        scroller.setWidget(inner)
        scroller.setWidgetResizable(True)
        top = QHBoxLayout()
        top.setSpacing(3 * GRID_PX)
        top.addWidget(holder)
        top.addWidget(scroller, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(3 * GRID_PX, 3 * GRID_PX, 3 * GRID_PX, 2 * GRID_PX)
        whole.setSpacing(GRID_PX)
        whole.addLayout(top, 1)
        whole.addWidget(self.on_recordings)
        whole.addWidget(self.note)
        whole.addWidget(self.log)
        whole.addLayout(
            _line(None, self.discard_button, self.try_button, self.close_button, self.save_button)
        )
        self.resize(110 * GRID_PX, 84 * GRID_PX)


def _line(first: QPushButton | None, *buttons: QPushButton) -> QHBoxLayout:
    """Return buttons side by side; on the right where the first is None."""
    line = QHBoxLayout()
    line.setSpacing(GRID_PX)
    if first is None:
        line.addStretch()
    else:
        line.addWidget(first)
    for button in buttons:
        line.addWidget(button)
    return line


def _no_clip(action: SaveClip) -> Path:
    raise RuleError("A trial saves no clip.")
